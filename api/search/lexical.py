"""Matching by words: BM25 (Robertson and Zaragoza 2009) over the fields of documents."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

K1: Final = 1.2
B: Final = 0.75
"""BM25's usual constants: how soon a repeated word stops counting, and how much length does."""

MOST_POSTINGS: Final = 60_000
"""Postings of a field that a query looks at: more than any query has with our own content."""

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Field:
    """One field of all documents: for each term, the documents that hold it and what it adds."""

    starts: NDArray[np.int32]
    documents: NDArray[np.int32]
    impacts: Scores
    size: int

    def scores(self, terms: Sequence[int]) -> Scores:
        """The BM25 score of every document for terms, which come with the most telling first.

        At most `MOST_POSTINGS` are looked at: the common words of a query are left out where there
        are very many documents, so that its time is bounded.
        """
        found = np.zeros(self.size, dtype=np.float32)
        seen = 0
        for term in terms:
            start, end = self.starts[term], self.starts[term + 1]
            seen += int(end - start)
            if seen > MOST_POSTINGS:
                break
            found[self.documents[start:end]] += self.impacts[start:end]
        return found


def field_of(documents: Sequence[Sequence[str]], vocabulary: Mapping[str, int]) -> Field:
    """Index a field: the terms of every document, in the order of documents."""
    held: list[list[tuple[int, int]]] = [[] for _ in vocabulary]
    lengths = np.array([len(terms) for terms in documents], dtype=np.float32)
    for number, terms in enumerate(documents):
        for term, times in Counter(terms).items():
            held[vocabulary[term]].append((number, times))
    filled = max(1, int((lengths > 0).sum()))
    mean = float(lengths.sum()) / filled or 1.0
    starts = np.zeros(len(vocabulary) + 1, dtype=np.int32)
    starts[1:] = np.cumsum([len(places) for places in held])
    numbers = np.array([number for places in held for number, _ in places], dtype=np.int32)
    often = np.array([times for places in held for _, times in places], dtype=np.float32)
    rarity = np.array(
        [
            math.log(1 + (filled - len(places) + 0.5) / (len(places) + 0.5)) if places else 0.0
            for places in held
        ],
        dtype=np.float32,
    )
    weight = np.repeat(rarity, np.diff(starts))
    norm = K1 * (1 - B + B * lengths[numbers] / mean) if len(numbers) else often
    impacts = (weight * often * (K1 + 1) / (often + norm)).astype(np.float32)
    return Field(starts, numbers, impacts, len(documents))
