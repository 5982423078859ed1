"""Whether a query is about what the knowledge base holds."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from api.search.encoder import MODEL
from api.search.index import Index
from api.search.query import Query
from api.search.ranking import Candidates

_TINY: Final = 1e-6


class Coverage(StrEnum):
    """Whether what was asked is covered."""

    COVERED = "covered"
    PARTIAL = "partial"
    NOT_COVERED = "not_covered"


COVERED_FROM: Final = 0.5
PARTIAL_FROM: Final = 0.2
"""From which likelihood on a query is held to be covered, and to be covered in part. A question
wrongly sent away costs its asker more than some hits beside the point."""

NAMED_FROM: Final = 0.5
"""A query of which so much is a name is near what is held, whatever else it says."""

NOTHING_ELSE: Final = 0.95
RARE: Final = 2.0
"""The rarity of a term from which on it may be a name among other words: one entity in eight holds
it."""

UNKNOWN: Final = 4.0
"""What a word weighs that stands nowhere in the knowledge base."""


def evidence(close: Candidates, query: Query) -> NDArray[np.float32]:
    """What there is to judge by: the encoder's judgement, the nearest texts, and the words known."""
    scope = min(max(query.reading.scope, _TINY), 1 - _TINY)
    column = dict(zip(close.names, close.features.T, strict=True))

    def best(name: str) -> float:
        return float(column[name].max())

    return np.array(
        [
            np.log(scope / (1 - scope)),
            best("meaning of name"),
            best("meaning of asked"),
            best("meaning of summary"),
            best("meaning of statement"),
            best("name said"),
            best("name meant"),
            query.known,
            float(not query.telling),
        ],
        dtype=np.float32,
    )


class ScopeJudge:
    """A logistic regression, learned by `training/ranker.py`."""

    def __init__(self, path: Path = MODEL / "scope.json") -> None:
        learned = json.loads(path.read_text("utf-8"))
        self._mean = np.array(learned["mean"], dtype=np.float32)
        self._scale = np.array(learned["scale"], dtype=np.float32)
        self._weights = np.array(learned["weights"], dtype=np.float32)
        self._bias = float(learned["bias"])

    def likelihood(self, close: Candidates, query: Query) -> float:
        """How likely the query is covered."""
        standard = (evidence(close, query) - self._mean) / self._scale
        return float(1 / (1 + np.exp(-(standard @ self._weights + self._bias))))

    def coverage(self, index: Index, close: Candidates, query: Query) -> Coverage:
        """Whether the query is covered."""
        likely = self.likelihood(close, query)
        if likely >= COVERED_FROM:
            return Coverage.COVERED
        if likely >= PARTIAL_FROM or named_part(index, query) >= NAMED_FROM:
            return Coverage.PARTIAL
        return Coverage.NOT_COVERED


def named_part(index: Index, query: Query) -> float:
    """Which part of a query is the whole name, or synonym, of an entity; 0 where it says none.

    A name that the encoder has never seen ("ODI") is still one. Rare words weigh more, unknown ones
    as much as rare ones.
    """
    said = index.phrases.scores(query.terms)
    whole = said >= index.phrase_weights - np.float32(_TINY)
    weight = float(said[whole].max(initial=0.0))
    if not weight:
        return 0.0
    unknown = len(query.telling) * (1 - query.known)
    part = weight / (float(sum(index.rarity[term] for term in query.terms)) + UNKNOWN * unknown)
    # A name of common words is one only where nothing else is said: "spinal fusion".
    return part if weight >= RARE or part >= NOTHING_ELSE else 0.0
