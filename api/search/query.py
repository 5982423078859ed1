"""Understanding a query: what it says, mended, and what the encoder makes of it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from api.search.encoder import Encoder, Reading
from api.search.index import Index
from api.search.spelling import Mended, Speller
from api.search.words import is_stop_word, terms_of, words

_QUESTION_WORDS: Final = frozenset(
    """
    what how can is will does do should why when which who are could would did has have
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Query:
    """A query, ready to be matched."""

    text: str
    mended: Mended
    terms: tuple[int, ...]
    """Numbers of the terms the index knows, the rarest first."""
    telling: tuple[str, ...]
    """The words that are asked about, as they are read."""
    known: float
    """Which part of these words the index knows, by count."""
    length: int
    is_question: bool
    reading: Reading

    @property
    def vector(self) -> NDArray[np.float32]:
        """Its meaning."""
        return self.reading.vector


def understood(text: str, index: Index, speller: Speller, encoder: Encoder) -> Query:
    """Read a query against an index."""
    mended = speller.mend(text)
    said = words(mended.text)
    telling = tuple(dict.fromkeys(word for word in said if not is_stop_word(word)))
    found: set[int] = set()
    known = 0
    for word in telling:
        numbers = [
            number for term in terms_of(word) if (number := index.vocabulary.get(term)) is not None
        ]
        known += bool(numbers)
        found.update(numbers)
    return Query(
        text=text,
        mended=mended,
        terms=tuple(sorted(found, key=lambda term: (-index.rarity[term], term))),
        telling=telling,
        known=known / len(telling) if telling else 0.0,
        length=len(said),
        is_question="?" in text or bool(said and said[0] in _QUESTION_WORDS),
        reading=encoder.read(mended.text),
    )
