"""Statements: each at a permanent address, each with what it rests on."""

from collections.abc import Callable
from typing import Any

import pytest
from catalogue import Catalogue, ref
from shapes import BASE, assert_problem, documented, ok, walk
from starlette.testclient import TestClient

from api.knowledge.certainty import UNGRADED, Graded, certainty_of
from api.knowledge.vocabulary import Certainty, Design, Topic

TRIAL = Graded(design=Design.RCT, rated=None, indirect=False)
COHORT = Graded(design=Design.RETROSPECTIVE_COHORT, rated=None, indirect=False)
SERIES = Graded(design=Design.CASE_SERIES, rated=None, indirect=False)

FILTERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "topic": lambda row: row["topic"],
    "kind": lambda row: row["entity"]["kind"],
    "certainty": lambda row: row["certainty"],
}


def test_every_statement_is_listed_once_with_its_summary_first(
    client: TestClient, catalogue: Catalogue
):
    counts = ok(client.get("/v1/meta"))["data"]["release"]["counts"]

    ids = [row["id"] for row in catalogue.statements]

    assert len(ids) == len(set(ids)) == counts["statements"] + len(catalogue.entities)
    seen = set[str]()
    for row in catalogue.statements:
        assert (row["topic"] == "summary") == (ref(row["entity"]) not in seen)
        seen.add(ref(row["entity"]))


def test_a_statement_is_found_at_its_own_address(client: TestClient, catalogue: Catalogue):
    for row in catalogue.statements[::10]:
        assert row["url"] == f"{BASE}/v1/statements/{row['id']}"
        assert ok(client.get(row["url"]))["data"] == row


def test_an_address_tells_the_entity_and_the_statement(catalogue: Catalogue):
    for row in catalogue.statements:
        kind, slug, name = row["id"].split(".")

        assert (row["entity"]["kind"], row["entity"]["slug"]) == (kind, slug)
        assert name


def test_an_entity_shows_its_statements_in_the_order_of_the_list(catalogue: Catalogue):
    for key, detail in catalogue.details.items():
        listed = [row for row in catalogue.statements if ref(row["entity"]) == key][1:]

        assert [text["id"] for text in detail["statements"]] == [row["id"] for row in listed]


def test_every_statement_carries_its_source(catalogue: Catalogue):
    known = {row["id"]: row["source"]["id"] for row in catalogue.findings}
    for row in catalogue.statements:
        assert row["citations"] or row["editorial"], row["id"]
        for citation in row["citations"]:
            assert citation["label"]
            if citation["finding"]:
                assert known[citation["finding"]] == citation["source"]


def test_only_dictionary_definitions_are_in_our_own_words_alone(catalogue: Catalogue):
    for row in catalogue.statements:
        if row["editorial"]:
            assert row["entity"]["kind"] == "term", row["id"]
            assert row["topic"] in ("summary", "definition"), row["id"]


@pytest.mark.parametrize("name", FILTERS)
def test_a_statement_filter_keeps_just_what_has_the_value(
    client: TestClient, catalogue: Catalogue, name: str
):
    for value in documented(client, "/v1/statements", name):
        rows = walk(client, "/v1/statements", **{name: value})

        assert rows == [row for row in catalogue.statements if FILTERS[name](row) == value], value


def test_entity_keeps_the_text_of_one(client: TestClient, catalogue: Catalogue):
    rows = walk(client, "/v1/statements", entity="treatment/revision-surgery")

    assert rows == [
        row for row in catalogue.statements if ref(row["entity"]) == "treatment/revision-surgery"
    ]


def test_what_cites_a_finding_or_a_source_can_be_asked_for(
    client: TestClient, catalogue: Catalogue
):
    cited = [row["citations"][0] for row in catalogue.statements[::100] if row["citations"]]
    for citation in cited:
        for name in ("finding", "source"):
            if citation[name]:
                rows = walk(client, "/v1/statements", **{name: citation[name]})

                assert rows == [
                    row
                    for row in catalogue.statements
                    if citation[name] in [item[name] for item in row["citations"]]
                ]


def test_the_audience_picks_the_text(client: TestClient, catalogue: Catalogue):
    rows = walk(client, "/v1/statements", audience="clinical")

    assert [row["id"] for row in rows] == [row["id"] for row in catalogue.statements]
    for row in rows:
        assert row["text"] == (row["clinical"] or row["plain"])
    for row in catalogue.statements:
        assert row["text"] == row["plain"]


def test_an_unknown_statement_is_a_problem_that_tells_how_ids_are_made(client: TestClient):
    body = assert_problem(client.get("/v1/statements/nothing"), 404, "not-found")

    assert "kind.slug.name" in body["detail"]


# Certainty, by example


def test_a_statement_is_as_certain_as_the_surest_thing_it_cites():
    assert certainty_of(Topic.BENEFIT, [SERIES, TRIAL, COHORT]) is Certainty.MODERATE
    assert certainty_of(Topic.BENEFIT, [SERIES, COHORT]) is Certainty.LOW
    assert certainty_of(Topic.BENEFIT, [SERIES]) is Certainty.VERY_LOW


def test_only_what_its_source_rates_high_is_high():
    rated = Graded(design=Design.RCT, rated=Certainty.HIGH, indirect=False)

    assert certainty_of(Topic.BENEFIT, [rated]) is Certainty.HIGH
    for design in Design:
        assert certainty_of(Topic.BENEFIT, [Graded(design, None, False)]) is not Certainty.HIGH


def test_what_its_source_rates_low_is_low():
    rated = Graded(design=Design.META_ANALYSIS, rated=Certainty.VERY_LOW, indirect=False)

    assert certainty_of(Topic.BENEFIT, [rated]) is Certainty.VERY_LOW


def test_a_finding_in_other_people_is_a_step_less_certain():
    elsewhere = Graded(design=Design.RCT, rated=None, indirect=True)

    assert certainty_of(Topic.BENEFIT, [elsewhere]) is Certainty.LOW
    assert certainty_of(Topic.BENEFIT, [Graded(Design.CASE_SERIES, None, True)]) is (
        Certainty.VERY_LOW
    )


@pytest.mark.parametrize("topic", sorted(UNGRADED))
def test_advice_definitions_and_gaps_are_not_graded(topic: Topic):
    assert certainty_of(topic, [TRIAL]) is None


def test_where_no_finding_is_cited_there_is_no_certainty():
    search = Graded(design=Design.EVIDENCE_SEARCH, rated=None, indirect=False)

    assert certainty_of(Topic.BENEFIT, []) is None
    assert certainty_of(Topic.BENEFIT, [search]) is None


def test_served_certainty_follows_the_rule(catalogue: Catalogue):
    for row in catalogue.statements:
        if Topic(row["topic"]) in UNGRADED:
            assert row["certainty"] is None, row["id"]
