"""Search is as good as it was when its figures were last recorded (`make eval ARGS=--record`)."""

import json

import pytest
from evaluation.evaluate import (
    FIGURES,
    Figures,
    Product,
    bm25,
    first_perfect,
    ndcg,
    product_figures,
    questions,
    ranking_figures,
    worsened,
)
from evaluation.evaluate import _whole as whole
from sqlmodel import Session
from starlette.testclient import TestClient

from api.database import reader
from api.knowledge.queries.releases import current_release
from api.search.store import stored_index


@pytest.fixture(scope="module")
def figures(client: TestClient) -> Figures:
    return product_figures(Product(client), questions())


def test_no_figure_is_worse_than_the_recorded_one(figures: Figures) -> None:
    assert worsened(json.loads(FIGURES.read_text("utf-8")), figures) == []


def test_search_meets_what_was_promised_of_it(figures: Figures) -> None:
    ranking, judged = figures["ranking"], figures["judgements"]
    assert ranking["ndcg@10"] >= 0.72
    assert ranking["success@1"] >= 0.70
    assert ranking["success@5"] >= 0.94
    assert judged["emergencies seen"] == judged["emergencies"]
    assert judged["false alarms"] <= 1
    assert judged["abstained"] == judged["out of scope"]
    assert judged["wrongly rejected"] <= 1


def test_search_is_well_above_bm25_over_the_same_texts(figures: Figures, url: str) -> None:
    engine = reader(url)
    with Session(engine) as session:
        index = stored_index(session, current_release(session).id)
    engine.dispose()
    rival = ranking_figures(bm25(index, whole), questions())["all"]["ndcg@10"]
    assert figures["ranking"]["ndcg@10"] >= rival + 0.12


def test_a_perfect_order_has_an_ndcg_of_one_and_an_empty_one_of_nought() -> None:
    qrels = {"faq/a": 3, "term/b": 2, "term/c": 1}
    assert ndcg(["faq/a", "term/b", "term/c"], qrels) == pytest.approx(1)
    assert 0 < ndcg(["term/c", "term/b", "faq/a"], qrels) < 1
    assert ndcg([], qrels) == 0


def test_success_looks_for_the_first_perfect_answer_among_ten() -> None:
    qrels = {"faq/a": 3, "term/b": 2}
    assert first_perfect(["term/b", "faq/a"], qrels) == 2
    assert first_perfect(["term/b"] * 10 + ["faq/a"], qrels) is None
    assert first_perfect([], qrels) is None


def test_a_fallen_figure_is_told() -> None:
    recorded = {"ranking": {"ndcg@10": 0.8}, "judgements": {"false alarms": 0, "abstained": 6}}
    fallen = {"ranking": {"ndcg@10": 0.7}, "judgements": {"false alarms": 1, "abstained": 5}}
    assert len(worsened(recorded, fallen)) == 3
    assert worsened(recorded, recorded) == []
