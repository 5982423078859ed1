"""Spelling, mended against the words that the knowledge base itself uses."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from api.search.words import is_stop_word, plain, stem, words

SHORTEST: Final = 4
"""Shorter words are left alone: most are abbreviations, and everything is near to them."""

_REMEMBERED: Final = 5_000
MOST_UNKNOWN: Final = 12
"""So many unknown words of a query are looked up: text in another language is left as it is."""


@dataclass(frozen=True)
class Mended:
    """A query as it is searched for, and what was changed in it: the words as given, and as read."""

    text: str
    changes: tuple[tuple[str, str], ...] = ()


class Speller:
    """Mends words that neither the knowledge base nor common English knows.

    Candidates are compared by optimal string alignment distance: letters dropped, added, changed,
    or swapped with their neighbour.
    """

    def __init__(self, counts: Mapping[str, int], is_english: Callable[[str], bool]) -> None:
        self._counts = counts
        self._stems = {stem(word) for word in counts}
        self._is_english = is_english
        self._known: dict[tuple[str, int], list[str]] = {}
        for word in counts:
            if len(word) >= SHORTEST and word.isalpha():
                self._known.setdefault((word[0], len(word)), []).append(word)
        self._mend = lru_cache(_REMEMBERED)(self._nearest)

    def mend(self, text: str) -> Mended:
        """The text with its unknown words replaced by the likeliest known ones."""
        changes: dict[str, str] = {}
        unknown = [word for word in dict.fromkeys(words(text)) if self._is_unknown(word)]
        if len(unknown) <= MOST_UNKNOWN:
            changes = {word: better for word in unknown if (better := self._mend(word))}
        if not changes:
            return Mended(text)
        mended = plain(text)
        for word in sorted(changes, key=len, reverse=True):
            mended = re.sub(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", changes[word], mended)
        return Mended(mended, tuple(changes.items()))

    def forget(self) -> None:
        """Forget the words that were looked up: the next is looked up as the first was."""
        self._mend.cache_clear()

    def _is_unknown(self, word: str) -> bool:
        return (
            len(word) >= SHORTEST
            and word.replace("'", "").isalpha()
            and word not in self._counts
            and not is_stop_word(word)
            and not self._is_english(word)
            and stem(word) not in self._stems
        )

    def _nearest(self, word: str) -> str | None:
        """The likeliest known word, or two known words written as one; None where none is near."""
        allowed = 1 if len(word) < 6 else 2 if len(word) < 10 else 3
        # The first letter is seldom wrong, but for one that changed places with the second.
        near = [
            known
            for first in {word[0], word[1]}
            for length in range(len(word) - allowed, len(word) + allowed + 1)
            for known in self._known.get((first, length), ())
        ]
        found = process.extract(word, near, scorer=OSA.distance, score_cutoff=allowed, limit=20)
        if found:
            # Among equals the commoner word is meant.
            best = min(
                found,
                key=lambda item: (
                    item[1] + (item[0][0] != word[0]) - min(self._counts[item[0]], 400) ** 0.5 / 25,
                    item[0],
                ),
            )
            return best[0]
        for at in range(3, len(word) - 2):
            if self._counts.get(word[:at], 0) > 2 and self._counts.get(word[at:], 0) > 2:
                return f"{word[:at]} {word[at:]}"
        return None
