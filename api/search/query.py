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
    [
        "what",
        "how",
        "can",
        "is",
        "will",
        "does",
        "do",
        "should",
        "why",
        "when",
        "which",
        "who",
        "are",
        "could",
        "would",
        "did",
        "has",
        "have",
    ]
)


@dataclass(frozen=True)
class Query:
    """A query, ready to be matched."""

    text: str
    mended: Mended
    terms: dict[int, float]
    """Numbers of the terms the index knows, each with its weight."""
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
    found: dict[int, float] = {}
    known = 0
    for word in telling:
        numbers = [
            number for term in terms_of(word) if (number := index.vocabulary.get(term)) is not None
        ]
        known += bool(numbers)
        found.update(dict.fromkeys(numbers, 1.0))
    return Query(
        text=text,
        mended=mended,
        terms=found,
        telling=telling,
        known=known / len(telling) if telling else 0.0,
        length=len(said),
        is_question="?" in text or bool(said and said[0] in _QUESTION_WORDS),
        reading=encoder.read(mended.text),
    )
