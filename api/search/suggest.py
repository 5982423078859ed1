"""Completing what someone types, by the names and synonyms of entities."""

import bisect
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from api.search.index import Index
from api.search.words import words

_TYPO_FROM: Final = 4
"""From so many letters on a word may be mistyped."""

MAX_WORDS: Final = 8


@dataclass(frozen=True)
class Suggestion:
    """An entity that may be meant, and the name of it that fits what was typed."""

    entity: int
    name: str


class Suggester:
    """The names of one release, ready to be completed."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._names = [
            (number, name) for number, entity in enumerate(index.entities) for name in entity.names
        ]
        held: dict[str, set[int]] = defaultdict(set)
        for place, (_, name) in enumerate(self._names):
            for word in words(name):
                held[word].add(place)
                for part in word.split("-"):
                    held[part].add(place)
        self._held = dict(held)
        self._words = sorted(word for word in held if word)
        heads: dict[int, set[str]] = defaultdict(set)
        for word in self._words:
            for size in range(_TYPO_FROM - 1, len(word)):
                heads[size].add(word[:size])
        self._heads = {size: sorted(own) for size, own in heads.items()}

    def suggestions(self, typed: str, kinds: Collection[str], limit: int) -> list[Suggestion]:
        """The entities that what was typed may become, the best first: of `kinds`, if any is given.

        Every word but the last is taken as finished, the last as begun; each may be mistyped.
        """
        parts = words(typed)[:MAX_WORDS]
        places: set[int] | None = None
        for number, part in enumerate(parts):
            fitting = self._fitting(part, begun=number == len(parts) - 1)
            places = fitting if places is None else places & fitting
        best: dict[int, tuple[tuple[float, ...], str]] = {}
        for place in places or ():
            entity, name = self._names[place]
            one = self._index.entities[entity]
            if kinds and one.kind not in kinds:
                continue
            rank = _rank(parts, name, is_name=name == one.name, tier=one.tier)
            if entity not in best or rank < best[entity][0]:
                best[entity] = (rank, name)
        order = sorted(best, key=lambda entity: (best[entity][0], self._index.entities[entity].ref))
        return [Suggestion(entity, best[entity][1]) for entity in order[:limit]]

    def _fitting(self, part: str, *, begun: bool) -> set[int]:
        """The names with a word that is `part`, begins with it, or nearly does."""
        found: set[int] = set(self._held.get(part, ()))
        if begun:
            for word in self._beginning_with(part):
                found |= self._held[word]
        if found or len(part) < _TYPO_FROM:
            return found
        allowed = 1 if len(part) < 7 else 2
        near = process.extract(
            part, self._words, scorer=OSA.distance, score_cutoff=allowed, limit=10
        )
        for word, _, _ in near:
            found |= self._held[word]
        if begun:
            # The beginning itself is mistyped, "pseudar" for "pseudoar": with a letter lost or added
            # it has another length.
            heads = [
                head
                for size in range(len(part) - 1, len(part) + 2)
                for head in self._heads.get(size, ())
            ]
            mistyped = process.extract(part, heads, scorer=OSA.distance, score_cutoff=1, limit=None)
            for head, _, _ in mistyped:
                for word in self._beginning_with(head):
                    found |= self._held[word]
        return found

    def _beginning_with(self, start: str) -> Sequence[str]:
        first = bisect.bisect_left(self._words, start)
        last = bisect.bisect_left(self._words, start + "\U0010ffff")
        return self._words[first:last]


def _rank(parts: Sequence[str], name: str, *, is_name: bool, tier: int) -> tuple[float, ...]:
    """Names that begin as typed come first, then true names before synonyms, then short ones."""
    own = words(name)
    begins = own[: len(parts)] == list(parts) or " ".join(own).startswith(" ".join(parts))
    return (not begins, tier, not is_name, len(name))
