"""Choosing the statements to answer a question from: within a budget, without saying a thing twice,
and with both sides where the evidence disagrees.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from api.search.engine import Engine, Found
from api.search.index import IndexedStatement, unit
from api.search.words import is_stop_word, stem, words

ENTITIES: Final = 12
"""Statements are taken from so many of the best hits."""

MOST: Final = 40
"""So many statements at most are put in order, whatever the budget."""

MOST_OF_ONE: Final = 5
"""So many statements at most of one entity, besides the other sides of them."""

SAME: Final = 0.88
"""Two statements nearer than this, in meaning, say the same."""

SAME_WORDS: Final = 0.7
"""And so do two that share this part of their words."""

RELEVANT: Final = 0.25
"""A statement further from the question than this, in meaning and words, is no use to an answer."""

SUBJECT: Final = 0.35
"""How near a statement of the other side must be to the one it stands against."""

_WORDS: Final = 0.3
_ENTITY: Final = 0.08
_REPEATS: Final = 0.3
_TINY: Final = 1e-4
_URGENT: Final = 0.35
"""What a warning is worth more where there is an emergency."""

_GOOD: Final = frozenset({"benefit", "decreases-risk"})
_BAD: Final = frozenset({"harm", "increases-risk"})
_NEITHER: Final = frozenset({"no-benefit", "no-effect"})


@dataclass(frozen=True)
class Passage:
    """A statement that is of use to an answer."""

    entity: int
    statement: IndexedStatement
    against: str | None
    """The id of the chosen statement whose other side this one is."""


@dataclass(frozen=True)
class _Candidate:
    place: int
    """Its row and column in the table of likenesses."""
    entity: int
    statement: IndexedStatement
    worth: float
    stems: frozenset[str]


@dataclass(frozen=True)
class _Pool:
    """The statements of the best hits, and how near each is to each."""

    candidates: Sequence[_Candidate]
    likeness: NDArray[np.float32]

    def near(self, one: _Candidate, other: _Candidate) -> float:
        """How near two statements are in meaning."""
        return float(self.likeness[one.place, other.place])


def passages(engine: Engine, found: Found) -> list[list[Passage]]:
    """The statements of use, the most useful first, in groups that stand or fall together: a
    statement, and what the evidence has on its other side.
    """
    pool = _pool(engine, found)
    groups: list[list[Passage]] = []
    chosen: list[_Candidate] = []
    of_entity: dict[int, int] = {}
    rest = [one for one in pool.candidates if one.worth >= RELEVANT]
    # What was said already makes what is like it worth less.
    repeats = np.zeros(len(pool.candidates), dtype=np.float32)
    while rest and len(chosen) < MOST:
        best = max(rest, key=lambda one: (one.worth - repeats[one.place], one.statement.id))
        rest.remove(best)
        if of_entity.get(best.entity, 0) >= MOST_OF_ONE:
            continue
        if any(_says_same(pool, best, other) for other in chosen):
            continue
        group = [Passage(best.entity, best.statement, None)]
        chosen.append(best)
        of_entity[best.entity] = of_entity.get(best.entity, 0) + 1
        if other := _other_side(best, pool, chosen):
            group.append(Passage(other.entity, other.statement, best.statement.id))
            chosen.append(other)
            rest = [one for one in rest if one is not other]
        groups.append(group)
        for one in chosen[-len(group) :]:
            repeats = np.maximum(repeats, _REPEATS * (pool.likeness[one.place] - 0.5))
    return groups


def _pool(engine: Engine, found: Found) -> _Pool:
    """Every statement of the best hits, with its worth to the question."""
    query, index = found.query, engine.index
    said = {stem(word) for word in query.telling}
    weights = _weights(engine, said)
    total = sum(weights.values()) or 1.0
    told = [
        (hit, statement, row)
        for hit in found.hits[:ENTITIES]
        for statement, row in _rows(engine, hit.entity)
    ]
    if not told:
        return _Pool([], np.empty((0, 0), dtype=np.float32))
    vectors = np.stack([unit(index.vectors[row]) for _, _, row in told])
    near = vectors @ query.vector
    pool = []
    for place, (hit, statement, _) in enumerate(told):
        stems = frozenset(stem(word) for word in words(statement.plain) if not is_stop_word(word))
        shared = sum(weights[word] for word in said & stems) / total
        worth = float(near[place]) + _WORDS * shared + _ENTITY * math.log(hit.score + _TINY)
        if statement.topic == "urgent" and found.safety.urgency == "emergency":
            worth += _URGENT
        pool.append(_Candidate(place, hit.entity, statement, worth, stems))
    return _Pool(pool, vectors @ vectors.T)


def _rows(engine: Engine, entity: int) -> list[tuple[IndexedStatement, int]]:
    """The summary and the statements of an entity, with the rows of their vectors."""
    own = engine.index.entities[entity]
    first = engine.index.rows(entity, "statement").start
    return [
        (own.summary, engine.index.rows(entity, "summary").start),
        *((statement, first + place) for place, statement in enumerate(own.statements)),
    ]


def _weights(engine: Engine, said: Iterable[str]) -> dict[str, float]:
    """What a match of each word is worth: rare ones more."""
    vocabulary, rarity = engine.index.vocabulary, engine.index.rarity
    return {word: float(rarity[vocabulary[word]]) if word in vocabulary else 0.0 for word in said}


def _says_same(pool: _Pool, one: _Candidate, other: _Candidate) -> bool:
    shared = len(one.stems & other.stems) / max(1, min(len(one.stems), len(other.stems)))
    return shared >= SAME_WORDS or pool.near(one, other) >= SAME


def _other_side(one: _Candidate, pool: _Pool, chosen: Sequence[_Candidate]) -> _Candidate | None:
    """Of the same entity, the statement that tells of the disagreement over what `one` says, or
    else whose findings point the other way; None where there is none or it is there already.
    """
    directions = set(one.statement.directions)
    if one.statement.topic == "disagreement" or not directions & (_GOOD | _BAD | _NEITHER):
        return None
    others = [
        other
        for other in pool.candidates
        if other.entity == one.entity
        and other is not one
        and pool.near(one, other) >= SUBJECT
        and other.statement.topic != "summary"
    ]
    open_ = [other for other in others if other.statement.topic == "disagreement"]
    against = [other for other in others if _opposes(directions, set(other.statement.directions))]
    for group in (open_, against):
        if any(other in chosen for other in group):
            return None
        if group:
            return max(group, key=lambda other: (pool.near(one, other), other.statement.id))
    return None


def _opposes(one: set[str], other: set[str]) -> bool:
    """Whether findings point one way only, and the others' the other way only."""
    if one & _GOOD and not one & (_BAD | _NEITHER):
        return bool(other & (_NEITHER | _BAD)) and not other & _GOOD
    if one & (_NEITHER | _BAD) and not one & _GOOD:
        return bool(other & _GOOD) and not other & (_NEITHER | _BAD)
    return False
