"""However large the page, the database is asked a fixed, small number of questions."""

from collections.abc import Iterator
from typing import Any

import pytest
from conftest import asking
from shapes import ok
from sqlalchemy import event
from starlette.testclient import TestClient

from api.knowledge.kinds import KINDS

INCLUDES = "include=statements,relations,findings,sources"

LISTS = [
    *(f"/v1/{kind.collection}" for kind in KINDS),
    *(f"/v1/{kind.collection}?{INCLUDES}" for kind in KINDS),
    "/v1/conditions/pseudoarthrosis/risk-factors",
    "/v1/conditions/pseudoarthrosis/treatments",
    "/v1/conditions/pseudoarthrosis/relations",
    "/v1/conditions/pseudoarthrosis/evidence",
    "/v1/evidence",
    "/v1/evidence?condition=pseudoarthrosis",
    "/v1/sources",
    "/v1/statements",
    "/v1/changes",
    "/v1/releases",
]
DETAILS = [
    "/v1",
    "/v1/meta",
    *(f"/v1/{kind.collection}/{kind.example}?{INCLUDES}" for kind in KINDS),
]
MOST = 15


@pytest.fixture(scope="module")
def uncached(url: str) -> Iterator[TestClient]:
    """An application that keeps no answers, so that each request reaches the database."""
    with asking(url, cache_bytes=0) as client:
        client.get("/readyz")
        yield client


def questions(client: TestClient, path: str) -> tuple[list[str], Any]:
    """The SQL statements one request sends for its content, and its body."""
    engine: Any = client.app.state.engine  # type: ignore[attr-defined]
    ok(client.get(path))
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        # Which release is served is looked up once a second, whatever is asked.
        if statement != "BEGIN" and "FROM release" not in statement:
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        body = ok(client.get(path))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sent, body


@pytest.mark.parametrize("path", LISTS)
def test_a_full_page_asks_no_more_than_a_short_one(uncached: TestClient, path: str):
    joint = "&" if "?" in path else "?"

    short, few = questions(uncached, f"{path}{joint}limit=40")
    full, many = questions(uncached, f"{path}{joint}limit=200")

    assert len(few["data"]) <= len(many["data"])
    assert len(full) <= len(short)
    assert len(full) <= MOST, "\n".join(full)


@pytest.mark.parametrize("path", DETAILS)
def test_a_detail_asks_few_questions(uncached: TestClient, path: str):
    sent, _ = questions(uncached, path)

    assert len(sent) <= MOST, "\n".join(sent)


def test_an_answer_that_is_kept_asks_for_no_content(url: str):
    with asking(url) as client:
        client.get("/v1/conditions")

        sent, _ = questions(client, "/v1/conditions")

    assert sent == []
