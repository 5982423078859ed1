"""Choosing the statements to answer a question from: within a budget, without saying a thing twice,
and with both sides where the evidence disagrees.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from api.search.engine import Engine, Found
from api.search.index import IndexedStatement, likeness, unit
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
_URGENT: Final = 0.35

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
    entity: int
    statement: IndexedStatement
    vector: NDArray[np.int8]
    worth: float
    stems: frozenset[str]


def passages(engine: Engine, found: Found) -> list[list[Passage]]:
    """The statements of use, the most useful first, in groups that stand or fall together: a
    statement, and what the evidence has on its other side.
    """
    pool = _pool(engine, found)
    groups: list[list[Passage]] = []
    chosen: list[_Candidate] = []
    of_entity: dict[int, int] = {}
    rest = sorted(pool, key=lambda one: (-one.worth, one.statement.id))
    while rest and len(chosen) < MOST:
        # What was said already makes what is like it worth less.
        best = max(rest, key=lambda one: one.worth - _REPEATS * _most_like(one, chosen[-8:]))
        rest.remove(best)
        if best.worth < RELEVANT or of_entity.get(best.entity, 0) >= MOST_OF_ONE:
            continue
        if any(_says_same(best, other) for other in chosen):
            continue
        group = [Passage(best.entity, best.statement, None)]
        chosen.append(best)
        of_entity[best.entity] = of_entity.get(best.entity, 0) + 1
        if other := _other_side(best, pool, chosen):
            group.append(Passage(other.entity, other.statement, best.statement.id))
            chosen.append(other)
            rest = [one for one in rest if one is not other]
        groups.append(group)
    return groups


def _pool(engine: Engine, found: Found) -> list[_Candidate]:
    """Every statement of the best hits, with its worth to the question."""
    query = found.query
    said = {stem(word) for word in query.telling}
    weights = _weights(engine, said)
    total = sum(weights.values()) or 1.0
    pool = []
    for hit in found.hits[:ENTITIES]:
        own = engine.index.entities[hit.entity]
        rows = [
            (own.summary, engine.index.rows(hit.entity, "summary").start),
            *(
                (statement, engine.index.rows(hit.entity, "statement").start + place)
                for place, statement in enumerate(own.statements)
            ),
        ]
        near = likeness(engine.index.vectors[np.array([row for _, row in rows])], query.vector)
        for (statement, row), close in zip(rows, near, strict=True):
            stems = frozenset(
                stem(word) for word in words(statement.plain) if not is_stop_word(word)
            )
            shared = sum(weights[word] for word in said & stems) / total
            worth = float(close) + _WORDS * shared + _ENTITY * float(np.log(hit.score + 1e-4))
            if statement.topic == "urgent":
                # A warning belongs first when there is danger, and else where it is asked for.
                worth += _URGENT if found.safety.urgency == "emergency" else 0.0
            pool.append(_Candidate(hit.entity, statement, engine.index.vectors[row], worth, stems))
    return pool


def _weights(engine: Engine, said: Iterable[str]) -> dict[str, float]:
    """What a match of each word is worth: rare ones more."""
    vocabulary, rarity = engine.index.vocabulary, engine.index.rarity
    return {word: float(rarity[vocabulary[word]]) if word in vocabulary else 0.0 for word in said}


def _close(one: _Candidate, other: _Candidate) -> float:
    return float(likeness(one.vector[None, :], unit(other.vector))[0])


def _most_like(one: _Candidate, chosen: Sequence[_Candidate]) -> float:
    """How far a statement repeats what was chosen."""
    return max((max(0.0, _close(one, other) - 0.5) for other in chosen), default=0.0)


def _says_same(one: _Candidate, other: _Candidate) -> bool:
    shared = len(one.stems & other.stems) / max(1, min(len(one.stems), len(other.stems)))
    return shared >= SAME_WORDS or _close(one, other) >= SAME


def _other_side(
    one: _Candidate, pool: Sequence[_Candidate], chosen: Sequence[_Candidate]
) -> _Candidate | None:
    """Of the same entity, the statement that tells of the disagreement over what `one` says, or
    else whose findings point the other way; None where there is none or it is there already.
    """
    directions = set(one.statement.directions)
    if one.statement.topic == "disagreement" or not directions & (_GOOD | _BAD | _NEITHER):
        return None
    others = [
        other
        for other in pool
        if other.entity == one.entity
        and other is not one
        and _close(one, other) >= SUBJECT
        and other.statement.topic != "summary"
    ]
    open_ = [other for other in others if other.statement.topic == "disagreement"]
    against = [other for other in others if _opposes(directions, set(other.statement.directions))]
    for group in (open_, against):
        if any(other in chosen for other in group):
            return None
        if group:
            return max(group, key=lambda other: (_close(one, other), other.statement.id))
    return None


def _opposes(one: set[str], other: set[str]) -> bool:
    """Whether findings point one way only, and the others' the other way only."""
    if one & _GOOD and not one & (_BAD | _NEITHER):
        return bool(other & (_NEITHER | _BAD)) and not other & _GOOD
    if one & (_NEITHER | _BAD) and not one & _GOOD:
        return bool(other & _GOOD) and not other & (_NEITHER | _BAD)
    return False
