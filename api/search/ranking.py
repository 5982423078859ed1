"""Which entities answer a query best: candidates, their features, and a small learned ranker."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from api.search.encoder import MODEL
from api.search.index import FIELDS, ROLES, Index, likeness
from api.search.query import Query

Floats = NDArray[np.float32]
Numbers = NDArray[np.intp]
Mask = NDArray[np.bool_]

NEAREST: Final = 60
"""So many entities are looked at closely for their meaning, and as many for their words."""

_LONG: Final = 60
"""Words of a query from which on it counts as a long story."""

_ASKED_BEST: Final = 2
_STATEMENTS_BEST: Final = 3
_TINY: Final = 1e-6


@dataclass(frozen=True)
class Candidates:
    """The entities looked at closely, and what is known of each: a row of features."""

    entities: Numbers
    features: Floats
    nearest: NDArray[np.intp]
    """For each, the row of `Index.vectors` nearest in meaning."""
    names: tuple[str, ...]
    """What each column of `features` is."""


def candidates(index: Index, query: Query, among: Mask | None = None) -> Candidates:
    """The entities that words or meaning bring near, with their features; `among` marks those
    that may be chosen, one at least, all if None.
    """
    total = float(sum(index.rarity[term] for term in query.terms)) + _TINY
    by_field = {name: index.fields[name].scores(query.terms) for name in FIELDS}
    by_words = np.sum(list(by_field.values()), axis=0) / np.float32(2 * total)
    named, meant = _names_said(index, query, total)
    by_meaning = index.by_meaning(query.vector)
    if among is None:
        among = np.ones(len(index.entities), dtype=np.bool_)
    chosen = np.union1d(
        _best(by_meaning, NEAREST, among & np.isfinite(by_meaning)),
        np.union1d(
            _best(by_words, NEAREST, among & (by_words > 0)),
            _best(named, NEAREST // 2, among & (named > 0)),
        ),
    )
    table: dict[str, Floats] = {}
    for name, scores in by_field.items():
        own = scores[chosen]
        table[f"words in {name}"] = own / np.float32(2 * total)
        table[f"words in {name}, to the best"] = own / (own.max() + np.float32(_TINY))
    whole = by_words[chosen]
    table["words"] = whole
    table["words, to the best"] = whole / (whole.max() + np.float32(_TINY))
    table["name said"] = named[chosen]
    table["name meant"] = meant[chosen]
    close, nearest = _closeness(index, chosen, query.vector)
    table |= close
    table["gist"] = index.gists[chosen] @ query.vector
    table["near"] = (
        0.5 * close["meaning of name"]
        + 0.5 * close["meaning of asked"]
        + close["meaning of summary"]
        + 0.5 * close["meaning of statement"]
        + 0.5 * table["words in name, to the best"]
        + 0.5 * table["words, to the best"]
        + 0.5 * table["name said"]
    ) / 3
    table["neighbour, best"], table["neighbours"] = _from_neighbours(index, chosen, table["near"])
    table["tier"] = (index.tiers[chosen] - 2).astype(np.float32)
    table["danger told"] = _danger(index, chosen, query)
    length = np.float32(min(query.length, _LONG) / _LONG)
    question = np.float32(query.is_question)
    for number, kind in enumerate(index.kind_names):
        own = (index.kinds[chosen] == number).astype(np.float32)
        table[kind] = own
        table[f"{kind}, by length"] = own * length
        table[f"{kind}, asked"] = own * question
        table[f"{kind}, danger"] = own * np.float32(max(query.reading.red_flags.values()))
    for name in _WEIGHED_BY_LENGTH:
        table[f"{name}, by length"] = table[name] * length
    return Candidates(chosen, np.stack(list(table.values()), axis=1), nearest, tuple(table))


_WEIGHED_BY_LENGTH: Final = (
    "meaning of name",
    "meaning of asked",
    "meaning of summary",
    "meaning of statement",
    "words in name",
    "words in name, to the best",
    "words, to the best",
    "name said",
    "near",
)


class Ranker:
    """A small network over the features, learned by `training/ranker.py` from judged queries."""

    def __init__(self, path: Path = MODEL / "ranker.json") -> None:
        learned = json.loads(path.read_text("utf-8"))
        self._mean = np.array(learned["mean"], dtype=np.float32)
        self._scale = np.array(learned["scale"], dtype=np.float32)
        self._networks = [
            {name: np.array(values, dtype=np.float32) for name, values in network.items()}
            for network in learned["networks"]
        ]

    def scores(self, features: Floats) -> Floats:
        """A score for each row of features; only their order and distances have a meaning."""
        standard = (features - self._mean) / self._scale
        total = np.zeros(len(features), dtype=np.float32)
        for network in self._networks:
            hidden = np.maximum(standard @ network["inner"] + network["bias"], 0)
            total += hidden @ network["outer"] + standard @ network["direct"]
        mean: Floats = total / np.float32(len(self._networks))
        return mean


def _best(scores: Floats, count: int, among: Mask) -> Numbers:
    """Of the entities marked, those with the highest scores, in no order."""
    marked = np.flatnonzero(among)
    if count >= len(marked):
        return marked
    return marked[np.argpartition(-scores[marked], count)[:count]]


def _names_said(index: Index, query: Query, total: float) -> tuple[Floats, Floats]:
    """How much of a name or synonym of each entity the query says, and how much of the query that
    name makes up: of all names the best.
    """
    said = index.phrases.scores(query.terms)
    touched = np.flatnonzero(said)
    weight = said[touched]
    part = weight / index.phrase_weights[touched]
    owner = np.searchsorted(index.phrase_starts, touched, side="right") - 1
    named, meant = np.zeros((2, len(index.entities)), dtype=np.float32)
    # A name of one common word is worth little, said in full or not.
    np.maximum.at(named, owner, part * part * np.minimum(weight / 8, 1))
    np.maximum.at(meant, owner, part * weight / np.float32(total))
    return named, meant


def _closeness(
    index: Index, chosen: Numbers, vector: Floats
) -> tuple[dict[str, Floats], NDArray[np.intp]]:
    """How near the vectors of each candidate are to the query's, by role."""
    first, last = index.role_starts[chosen, 0], index.role_starts[chosen, -1]
    sizes = last - first
    places = np.repeat(first - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes) + np.arange(
        int(sizes.sum())
    )
    near = likeness(index.vectors[places], vector)
    begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    role_begins = begins[:, None] + (index.role_starts[chosen, :-1] - first[:, None])
    best = np.maximum.reduceat(near, role_begins.ravel()).reshape(len(chosen), len(ROLES))
    found = {f"meaning of {role}": best[:, place] for place, role in enumerate(ROLES)}
    role_sizes = np.diff(index.role_starts[chosen], axis=1)
    for role, count in (("asked", _ASKED_BEST), ("statement", _STATEMENTS_BEST)):
        place = ROLES.index(role)
        width = int(role_sizes[:, place].max())
        offsets = np.arange(width)
        inside = offsets < role_sizes[:, place, None]
        padded = np.where(
            inside, near[np.minimum(role_begins[:, place, None] + offsets, len(near) - 1)], 0
        )
        top = -np.sort(-padded, axis=1)[:, :count]
        found[f"meaning of {role}, best {count}"] = (
            top.sum(axis=1) / np.minimum(role_sizes[:, place], count)
        ).astype(np.float32)
    width = int(sizes.max())
    offsets = np.arange(width)
    padded = np.where(
        offsets < sizes[:, None],
        near[np.minimum(begins[:, None] + offsets, len(near) - 1)],
        np.float32(-2),
    )
    nearest = first + padded.argmax(axis=1)
    return found, nearest


def _from_neighbours(index: Index, chosen: Numbers, near: Floats) -> tuple[Floats, Floats]:
    """What the relations say: whether a candidate is joined to others that fit well."""
    standard = (near - near.mean()) / (near.std() + np.float32(_TINY))
    weights = np.exp(np.minimum(standard, 6))
    spread = np.zeros(len(index.entities), dtype=np.float32)
    spread[chosen] = weights / weights.max()
    best = np.zeros(len(chosen), dtype=np.float32)
    total = np.zeros(len(chosen), dtype=np.float32)
    for place, entity in enumerate(chosen):
        start, end = index.neighbour_starts[entity], index.neighbour_starts[entity + 1]
        if end > start:
            own = spread[index.neighbours[start:end]]
            best[place], total[place] = own.max(), own.sum()
    return best, (np.log1p(total) / 2).astype(np.float32)


def _danger(index: Index, chosen: Numbers, query: Query) -> Floats:
    """For a red flag, how likely the query tells of it."""
    told = query.reading.red_flags
    return np.array(
        [
            told.get(index.entities[entity].ref.partition("/")[2], 0.0)
            if index.entities[entity].kind == "red_flag"
            else 0.0
            for entity in chosen
        ],
        dtype=np.float32,
    )
