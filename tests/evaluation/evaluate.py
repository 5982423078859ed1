"""Measure search on judged questions, beside its rivals: `make eval`.

What each figure means is in the README beside this file.
"""

import argparse
import json
import math
import sqlite3
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from sqlmodel import Session
from starlette.testclient import TestClient

from api import migrations
from api.app import create_app
from api.database import reader, writer
from api.ingest.seed import seed
from api.knowledge.queries.releases import current_release
from api.search.encoder import Encoder
from api.search.index import Index, IndexedEntity, likeness
from api.search.lexical import field_of
from api.search.store import stored_index
from api.search.words import terms, words
from api.settings import ROOT, Settings

HERE = Path(__file__).parent
FIGURES = HERE / "figures.json"
SENT = 500
READ = 10
FUSION = 60
"""The constant of reciprocal-rank fusion (Cormack et al. 2009)."""

Rank = Callable[[str], list[str]]
"""The best entities for a query, as `kind/slug`."""


@dataclass(frozen=True)
class Question:
    """A judged question."""

    query: str
    style: str
    emergency: bool
    qrels: Mapping[str, int]

    @property
    def in_scope(self) -> bool:
        """Whether anything answers it."""
        return bool(self.qrels)


def questions(path: Path = HERE / "queries.dev.jsonl") -> list[Question]:
    """The judged questions."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        Question(row["query"][:SENT], row["style"], row["emergency"], row["qrels"]) for row in rows
    ]


def ndcg(ranked: Sequence[str], qrels: Mapping[str, int]) -> float:
    """NDCG of the first ten."""

    def discounted(gains: Sequence[int]) -> float:
        return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains[:READ]))

    ideal = sorted((2**grade - 1 for grade in qrels.values()), reverse=True)
    return discounted([2 ** qrels.get(ref, 0) - 1 for ref in ranked]) / discounted(ideal)


def first_perfect(ranked: Sequence[str], qrels: Mapping[str, int]) -> int | None:
    """The rank, from 1, of the first entity of grade 3 among the first ten."""
    places = (place for place, ref in enumerate(ranked[:READ], 1) if qrels.get(ref) == 3)
    return next(places, None)


def ranking_figures(rank: Rank, asked: Sequence[Question]) -> dict[str, dict[str, float]]:
    """Figures of a ranking over all questions in scope, and by style."""
    groups: dict[str, list[tuple[float, int | None]]] = defaultdict(list)
    for question in asked:
        if question.in_scope:
            ranked = rank(question.query)
            row = (ndcg(ranked, question.qrels), first_perfect(ranked, question.qrels))
            groups["all"].append(row)
            groups[question.style].append(row)
    return {
        style: {
            "ndcg@10": float(np.mean([score for score, _ in rows])),
            "mrr": float(np.mean([1 / place if place else 0 for _, place in rows])),
            **{
                f"success@{k}": float(np.mean([bool(place and place <= k) for _, place in rows]))
                for k in (1, 3, 5)
            },
        }
        for style, rows in groups.items()
    }


class Product:
    """The product, asked as its users ask it."""

    def __init__(self, client: TestClient) -> None:
        self._client = client
        self._answers: dict[str, Any] = {}

    def answer(self, query: str) -> Any:
        """The answer of `/v1/search`."""
        if query not in self._answers:
            self._answers[query] = self.ask(query)
        return self._answers[query]

    def ask(self, query: str) -> Any:
        """The answer of `/v1/search`, asked for anew."""
        response = self._client.get("/v1/search", params={"q": query, "limit": READ})
        response.raise_for_status()
        return response.json()

    def rank(self, query: str) -> list[str]:
        """Its hits."""
        hits = self.answer(query)["data"]
        return [f"{hit['entity']['kind']}/{hit['entity']['slug']}" for hit in hits]

    def judgements(self, asked: Sequence[Question]) -> dict[str, int]:
        """How often it saw an emergency, and what it held to be covered: counts."""
        metas = [(question, self.answer(question.query)["meta"]) for question in asked]
        return {
            "emergencies": sum(question.emergency for question, _ in metas),
            "emergencies seen": sum(
                bool(meta["safety"]["red_flags"]) for question, meta in metas if question.emergency
            ),
            "false alarms": sum(
                meta["safety"]["urgency"] == "emergency"
                for question, meta in metas
                if question.in_scope and not question.emergency
            ),
            "out of scope": sum(not question.in_scope for question, _ in metas),
            "abstained": sum(
                meta["coverage"] == "not_covered"
                for question, meta in metas
                if not question.in_scope
            ),
            "wrongly rejected": sum(
                meta["coverage"] == "not_covered" for question, meta in metas if question.in_scope
            ),
        }


def _whole(entity: IndexedEntity) -> str:
    texts = [entity.summary.plain, *(statement.plain for statement in entity.statements)]
    return " . ".join([*entity.names, *entity.asked, *texts])


def _short(entity: IndexedEntity) -> str:
    return " . ".join([*entity.names, entity.summary.plain])


def bm25(index: Index, text: Callable[[IndexedEntity], str]) -> Rank:
    """BM25 over one field, with the product's stemmer and stop words."""
    documents = [terms(text(entity)) for entity in index.entities]
    vocabulary = {term: number for number, term in enumerate(sorted(set().union(*documents)))}
    field = field_of(documents, vocabulary)

    def rank(query: str) -> list[str]:
        scores = field.scores([vocabulary[term] for term in terms(query) if term in vocabulary])
        return [index.entities[place].ref for place in np.argsort(-scores, kind="stable")[:100]]

    return rank


def fts5(index: Index) -> Rank:
    """SQLite's own full-text search, with its Porter stemmer."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE entity USING fts5(ref UNINDEXED, text, tokenize='porter')"
    )
    connection.executemany(
        "INSERT INTO entity VALUES (?, ?)",
        [(entity.ref, _whole(entity)) for entity in index.entities],
    )

    def rank(query: str) -> list[str]:
        wanted = " OR ".join(f'"{word}"' for word in dict.fromkeys(words(query)))
        rows = connection.execute(
            "SELECT ref FROM entity WHERE entity MATCH ? ORDER BY rank LIMIT 100", (wanted,)
        )
        return [ref for (ref,) in rows]

    return rank


def embeddings(index: Index, encoder: Encoder) -> Rank:
    """The encoder alone: the entity with the text nearest to the query."""

    def rank(query: str) -> list[str]:
        near = likeness(index.vectors, encoder.read(query).vector)
        best = np.maximum.reduceat(near, index.role_starts[:, 0])
        return [index.entities[place].ref for place in np.argsort(-best, kind="stable")[:100]]

    return rank


def fusion(*ranks: Rank) -> Rank:
    """Plain reciprocal-rank fusion."""

    def rank(query: str) -> list[str]:
        scores: dict[str, float] = defaultdict(float)
        for one in ranks:
            for place, ref in enumerate(one(query), 1):
                scores[ref] += 1 / (FUSION + place)
        return sorted(scores, key=lambda ref: (-scores[ref], ref))

    return rank


@contextmanager
def serving(**more: Any) -> Iterator[tuple[Product, Index]]:
    """The product on the content in `data/`, with more settings, and the index it searches."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/evaluation.db"
        migrations.upgrade(url)
        engine = writer(url)
        seed(engine, ROOT / "data", "evaluation")
        engine.dispose()
        engine = reader(url)
        with Session(engine) as session:
            release = current_release(session)
            index = stored_index(session, release.id) if release else None
        engine.dispose()
        assert index
        app = create_app(Settings(database_url=url, rate_limit=0, request_seconds=60, **more))
        with TestClient(app) as client:
            yield Product(client), index


def danger_figures(product: Product, path: Path = HERE / "red_flags.jsonl") -> dict[str, int]:
    """How the red flags of the test sentences were seen: counts of sentences."""
    found: Counter[str] = Counter()
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        safety = product.answer(row["text"])["meta"]["safety"]
        seen = {flag["slug"] for flag in safety["red_flags"]}
        if row["flags"]:
            found["with a sign"] += 1
            found["some sign seen"] += bool(seen)
            found["a right sign seen"] += bool(seen & set(row["flags"]))
        else:
            found["without a sign"] += 1
            found["no sign seen"] += not seen
            found["no emergency seen"] += safety["urgency"] != "emergency"
    return dict(found)


def scope_figures(product: Product, path: Path = HERE / "scope.jsonl") -> dict[str, int]:
    """How questions within and outside of the scope were told apart: counts of questions."""
    found: Counter[str] = Counter()
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        rejected = product.answer(row["query"])["meta"]["coverage"] == "not_covered"
        found["within" if row["covered"] else "outside"] += 1
        found["within, kept"] += row["covered"] and not rejected
        found["outside, rejected"] += rejected and not row["covered"]
    return dict(found)


Figures = dict[str, dict[str, float]]


def product_figures(product: Product, asked: Sequence[Question]) -> Figures:
    """The figures that are recorded."""
    ranking = ranking_figures(product.rank, asked)["all"]
    return {
        "ranking": {name: round(value, 4) for name, value in ranking.items()},
        "judgements": dict(product.judgements(asked)),
        "red flags": dict(danger_figures(product)),
        "scope": dict(scope_figures(product)),
    }


WORSE_WHEN_HIGHER = frozenset({"false alarms", "wrongly rejected"})

TOLERANCE = {"ranking": 0.01, "red flags": 3, "scope": 1}
"""What processors may differ by: rounding in the last places of the encoder's vectors."""


def worsened(recorded: Figures, now: Figures) -> list[str]:
    """The figures that are worse than the recorded ones."""
    found = []
    for part, figures in recorded.items():
        for name, before in figures.items():
            after = now[part][name]
            fell = after - before if name in WORSE_WHEN_HIGHER else before - after
            if fell > TOLERANCE.get(part, 0):
                found.append(f"{part}, {name}: {after} (recorded: {before})")
    return found


def main() -> int:
    """Print the tables; compare with the recorded figures, or record them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=Path, default=HERE / "queries.dev.jsonl")
    parser.add_argument("--record", action="store_true", help="record the product's figures")
    parser.add_argument("--worst", type=int, default=10, help="how many of the worst to show")
    wanted = parser.parse_args()
    asked = questions(wanted.queries)
    console = Console(width=150)
    with serving() as (product, index):
        best_bm25 = bm25(index, _whole)
        meaning = embeddings(index, Encoder())
        systems: dict[str, Rank] = {
            "BM25, names and summaries": bm25(index, _short),
            "BM25, all texts": best_bm25,
            "SQLite FTS5, all texts": fts5(index),
            "Embeddings alone": meaning,
            "Plain fusion": fusion(best_bm25, meaning),
            "Product": product.rank,
        }
        figures = {name: ranking_figures(rank, asked) for name, rank in systems.items()}
        names = list(figures["Product"]["all"])
        table = Table("system", *names, title="All questions in scope")
        for name, found in figures.items():
            table.add_row(name, *(f"{found['all'][one]:.3f}" for one in names))
        console.print(table)
        styles = [style for style in figures["Product"] if style != "all"]
        table = Table("system", *styles, title="nDCG@10 by style")
        for name, found in figures.items():
            table.add_row(name, *(f"{found[style]['ndcg@10']:.3f}" for style in styles))
        console.print(table)
        table = Table("style", *names, title="Product by style")
        for style in styles:
            table.add_row(style, *(f"{figures['Product'][style][one]:.3f}" for one in names))
        console.print(table)
        for name, count in product.judgements(asked).items():
            console.print(f"{name}: {count}")
        scored = sorted(
            (ndcg(product.rank(one.query), one.qrels), one.query, product.rank(one.query)[:3])
            for one in asked
            if one.in_scope
        )
        for score, query, ranked in scored[: wanted.worst]:
            console.print(f"{score:.2f}  {query[:90]!r}: {', '.join(ranked)}", markup=False)
        now = product_figures(product, asked)
        for part in ("red flags", "scope"):
            shown = ", ".join(f"{name} {count}" for name, count in now[part].items())
            console.print(f"{part}: {shown}")
    if wanted.record:
        FIGURES.write_text(json.dumps(now, indent=1) + "\n")
        return 0
    if faults := worsened(json.loads(FIGURES.read_text("utf-8")), now):
        console.print("Worse than recorded:", *faults, sep="\n  ")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
