"""Measures search in process: how soon it answers, beside rivals, and with a hundred times the
content; README.md tells how to read what it prints.
"""

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from evaluation.evaluate import _whole as whole
from evaluation.evaluate import bm25, embeddings, fts5, questions, serving

from api.search.encoder import Encoder
from api.search.engine import Engine
from api.search.index import Index, clustered, dumped, loaded
from api.search.lexical import Field
from api.search.passages import passages
from api.search.ranking import Ranker
from api.search.scope import ScopeJudge

TIMES: Final = 100
P50_TARGET: Final = 6.0
P95_TARGET: Final = 15.0
"""Milliseconds for a search in process, on one core, never asked before."""


def repeated(index: Index, times: int) -> Index:
    """The index of synthetic content: every entity so many times, each copy with vectors a little
    off, so that no two are the same.
    """
    size = len(index.entities)
    chance = np.random.default_rng(0)
    rows = len(index.vectors)
    vectors = np.tile(index.vectors, (times, 1))
    for start in range(0, len(vectors), rows):
        vectors[start : start + rows] += chance.integers(-1, 2, (rows, 1), dtype=np.int8)
    gists = np.tile(index.gists, (times, 1))
    gists += chance.normal(0, 0.01, gists.shape).astype(np.float32)

    def starts(own: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.concatenate([[0], np.cumsum(np.tile(np.diff(own), times))]).astype(np.int32)

    entities = [
        replace(entity, ref=f"{entity.ref}-{copy}")
        for copy in range(times)
        for entity in index.entities
    ]
    return replace(
        index,
        entities=entities,
        fields={name: _repeated(field, times) for name, field in index.fields.items()},
        phrases=_repeated(index.phrases, times),
        phrase_starts=starts(index.phrase_starts),
        phrase_weights=np.tile(index.phrase_weights, times),
        vectors=vectors,
        role_starts=np.concatenate([index.role_starts + copy * rows for copy in range(times)]),
        gists=gists,
        clusters=clustered(gists),
        neighbour_starts=starts(index.neighbour_starts),
        neighbours=np.concatenate([index.neighbours + copy * size for copy in range(times)]),
        kinds=np.tile(index.kinds, times),
        tiers=np.tile(index.tiers, times),
    )


def _repeated(field: Field, times: int) -> Field:
    """The postings of a field whose documents come so many times."""
    sizes = np.diff(field.starts)
    places = np.repeat(np.arange(len(sizes)), sizes)
    documents = np.concatenate([field.documents + copy * field.size for copy in range(times)])
    order = np.argsort(np.tile(places, times), kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes * times)]).astype(np.int32)
    impacts = np.tile(field.impacts, times)[order]
    return Field(starts, documents[order], impacts, field.size * times)


def milliseconds(ask: Callable[[str], object], asked: Sequence[str], rounds: int) -> NDArray:
    """How long each question took, in every round."""
    for query in asked[:5]:
        ask(query)
    taken = []
    for _ in range(rounds):
        for query in asked:
            began = time.perf_counter()
            ask(query)
            taken.append((time.perf_counter() - began) * 1000)
    return np.array(taken)


def resident() -> float:
    """Memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    asked = [question.query for question in questions()]
    with serving(cache_bytes=0) as (service, index):
        before = resident()
        in_service = milliseconds(service.ask, asked, 2)
        print(
            f"Memory of the process after {len(asked)} questions: {resident():.0f} MB "
            f"(with the content seeded in it and nothing asked: {before:.0f} MB).\n"
        )
    encoder, ranker, judge = Encoder(), Ranker(), ScopeJudge()
    data = dumped(index)
    began = time.perf_counter()
    index = loaded(data)
    print(f"Index: {len(data) / 1e6:.1f} MB, read in {time.perf_counter() - began:.2f} s.\n")

    def engine(of: Index) -> Engine:
        # The speller remembers words: a fresh engine has been asked nothing yet.
        return Engine(of, encoder, ranker, judge)

    def search_fresh(one: Engine) -> Callable[[str], object]:
        def ask(query: str) -> object:
            one.forget()
            return one.search(query)

        return ask

    product = engine(index)
    cases: dict[str, Callable[[str], object]] = {
        "search": search_fresh(product),
        "passages": lambda query: passages(product, product.search(query)),
        "encoder alone": encoder.read,
        "embeddings alone": embeddings(index, encoder),
        "BM25, all texts": bm25(index, whole),
        "SQLite FTS5, all texts": fts5(index),
    }
    taken = {name: milliseconds(ask, asked, wanted.rounds) for name, ask in cases.items()}
    taken["search in the service, ten hits"] = in_service
    large = engine(repeated(index, TIMES))
    taken[f"search, {TIMES} times the content"] = milliseconds(search_fresh(large), asked, 2)
    base = np.percentile(taken["search"], [50, 95])
    print("| case | p50 ms | p95 ms | max ms | p50 to search | p95 to search |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, own in taken.items():
        p50, p95 = np.percentile(own, [50, 95])
        print(
            f"| {name} | {p50:.2f} | {p95:.2f} | {own.max():.2f} | {p50 / base[0]:.2f} "
            f"| {p95 / base[1]:.2f} |"
        )
    print(
        f"\nTargets for search: p50 {P50_TARGET} ms, p95 {P95_TARGET} ms; 100 times: p95 ratio 3."
    )
    print(f"{len(asked)} questions, {wanted.rounds} rounds, one core.")


if __name__ == "__main__":
    main()
