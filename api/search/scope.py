"""Whether a query is about what the knowledge base holds."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from api.search.encoder import MODEL
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


def evidence(close: Candidates, query: Query) -> NDArray[np.float32]:
    """What there is to judge by: the encoder's judgement, the nearest texts, and the words known."""
    scope = min(max(query.reading.scope, _TINY), 1 - _TINY)
    column = dict(zip(close.names, close.features.T, strict=True))

    def best(name: str) -> float:
        return float(column[name].max()) if len(close.entities) else 0.0

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

    def coverage(self, close: Candidates, query: Query) -> Coverage:
        """Whether the query is covered."""
        likely = self.likelihood(close, query)
        if likely >= COVERED_FROM:
            return Coverage.COVERED
        return Coverage.PARTIAL if likely >= PARTIAL_FROM else Coverage.NOT_COVERED
