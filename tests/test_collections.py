"""Every collection keeps one contract: lists, details, pages, filters and what goes with them."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from catalogue import Catalogue, ref
from conftest import NewDatabase, asking, condition, fill, write
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import BASE, assert_problem, assert_refused, documented, ok, walk
from starlette.testclient import TestClient

from api.knowledge.kinds import BY_NAME, KINDS, Kind

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.collection)

CONDITIONS = BY_NAME["condition"]
INCLUDES = ("statements", "relations", "findings", "sources")


def parameters_of(kind: Kind) -> list[str]:
    """The names of a kind's fields that its list can be filtered by."""
    return [*kind.fields.model_fields, "tier", "icd10cm"]


# Lists and details


@every_kind
def test_a_list_is_an_envelope_of_cards(client: TestClient, kind: Kind):
    body = ok(client.get(f"/v1/{kind.collection}"))

    assert set(body["meta"]) == {"release", "license", "disclaimer", "total", "limit", "offset"}
    assert body["meta"]["license"] == "CC-BY-4.0"
    assert (body["meta"]["limit"], body["meta"]["offset"]) == (20, 0)
    assert len(body["data"]) == min(20, body["meta"]["total"])
    for row in body["data"]:
        assert row["kind"] == kind.name
        assert row["url"] == f"{BASE}/v1/{kind.collection}/{row['slug']}"
        assert row["name"]
        assert row["summary"]
        assert set(row["counts"]) == {"statements", "relations", "findings", "sources"}
        assert set(kind.fields.model_fields) <= set(row)
        assert not set(INCLUDES) & set(row)


@every_kind
def test_a_detail_is_its_card_and_more(catalogue: Catalogue, kind: Kind):
    for card in catalogue.rows(kind):
        detail = catalogue.details[ref(card)]

        assert card.items() <= detail.items()
        assert set(detail) - set(card) == {
            "asked_as",
            "summary_plain",
            "summary_clinical",
            "summary_citations",
            "related",
            "statements",
        }


@every_kind
def test_the_directory_counts_what_the_list_holds(
    client: TestClient, catalogue: Catalogue, kind: Kind
):
    directory = ok(client.get("/v1"))["data"]

    (entry,) = [item for item in directory["collections"] if item["kind"] == kind.name]
    assert entry["total"] == len(catalogue.rows(kind)) > 0
    assert entry["url"] == f"{BASE}/v1/{kind.collection}"


@every_kind
def test_a_card_counts_what_can_be_included(client: TestClient, kind: Kind):
    for row in walk(client, f"/v1/{kind.collection}", include=",".join(INCLUDES)):
        assert row["counts"] == {name: len(row[name]) for name in INCLUDES}, row["slug"]


@every_kind
def test_related_lists_are_announced_with_their_length(catalogue: Catalogue, kind: Kind):
    for key in (ref(row) for row in catalogue.rows(kind)):
        detail = catalogue.details[key]
        far: list[str] = [
            end["kind"]
            for relation in catalogue.relations_by_entity[key]
            if relation["object"]
            for end in (relation["subject"], relation["object"])
            if ref(end) != key
        ]

        for link in detail["related"]:
            assert link["url"] == f"{detail['url']}/{link['collection']}"
        assert {link["collection"]: link["total"] for link in detail["related"]} == {
            other.collection: far.count(other.name)
            for other in kind.neighbours
            if other.name in far
        }


# Pages


@every_kind
def test_following_next_visits_every_entity_once(client: TestClient, kind: Kind):
    slugs: list[str] = []
    url: str | None = f"/v1/{kind.collection}?limit=7"
    while url:
        response = client.get(url)
        body = ok(response)
        slugs += [row["slug"] for row in body["data"]]
        assert response.headers["link"] == ", ".join(
            f'<{body["links"][name]}>; rel="{name}"'
            for name in ("first", "prev", "next", "last")
            if body["links"][name]
        )
        url = body["links"]["next"]

    assert len(slugs) == len(set(slugs)) == body["meta"]["total"]
    assert body["links"]["last"] == body["links"]["self"]


@every_kind
def test_prev_leads_back_to_the_first_page(client: TestClient, kind: Kind):
    body = ok(client.get(f"/v1/{kind.collection}?limit=5"))
    first, last = body["links"]["first"], body["links"]["last"]
    url, visited = last, 0
    while url:
        body = ok(client.get(url))
        visited += len(body["data"])
        url = body["links"]["prev"]

    assert body["links"]["self"] == first
    assert visited == body["meta"]["total"]


@given(limit=st.integers(1, 200), offset=st.integers(0, 250))
@settings(max_examples=30)
def test_a_page_is_that_part_of_the_list(
    client: TestClient, catalogue: Catalogue, limit: int, offset: int
):
    for kind in (CONDITIONS, BY_NAME["faq"]):
        whole = catalogue.rows(kind)

        body = ok(client.get(f"/v1/{kind.collection}?limit={limit}&offset={offset}"))

        assert body["data"] == whole[offset : offset + limit]
        assert (body["meta"]["limit"], body["meta"]["offset"]) == (limit, offset)
        assert (body["links"]["next"] is None) == (offset + limit >= len(whole))
        assert (body["links"]["prev"] is None) == (offset == 0)


@every_kind
def test_past_the_end_is_an_empty_page_that_leads_back(client: TestClient, kind: Kind):
    body = ok(client.get(f"/v1/{kind.collection}?offset=1000000"))

    assert body["data"] == []
    assert body["meta"]["total"] > 0
    assert body["links"]["next"] is None
    assert body["links"]["prev"] == body["links"]["last"]
    assert ok(client.get(body["links"]["last"]))["data"]


def test_links_keep_the_rest_of_the_query(client: TestClient):
    body = ok(client.get("/v1/risk-factors?domain=medical&sort=-name&fields=slug&limit=2"))

    assert body["links"]["next"] == (
        f"{BASE}/v1/risk-factors?domain=medical&sort=-name&fields=slug&limit=2&offset=2"
    )


# What an answer holds


@every_kind
def test_each_field_can_be_asked_for_alone(client: TestClient, kind: Kind):
    for field in documented(client, f"/v1/{kind.collection}", "fields"):
        rows = ok(client.get(f"/v1/{kind.collection}?limit=2&fields={field}"))["data"]

        assert [set(row) for row in rows] == [{field}] * len(rows), field


@every_kind
def test_each_field_of_a_detail_can_be_asked_for_alone(client: TestClient, kind: Kind):
    for field in documented(client, f"/v1/{kind.collection}/{{slug}}", "fields"):
        if field not in INCLUDES:
            detail = ok(client.get(f"/v1/{kind.collection}/{kind.example}?fields={field}"))["data"]

            assert set(detail) == {field}


@every_kind
@pytest.mark.parametrize("include", INCLUDES)
def test_an_include_adds_just_that(client: TestClient, kind: Kind, include: str):
    bare = ok(client.get(f"/v1/{kind.collection}?limit=10"))["data"]

    full = ok(client.get(f"/v1/{kind.collection}?limit=10&include={include}"))["data"]

    assert [{**row, include: None} for row in bare] == [{**row, include: None} for row in full]
    assert all(isinstance(row[include], list) for row in full)


@every_kind
def test_includes_of_a_detail_are_those_of_its_row(client: TestClient, kind: Kind):
    together = ",".join(INCLUDES)

    detail = ok(client.get(f"/v1/{kind.collection}/{kind.example}?include={together}"))["data"]
    (row,) = ok(client.get(f"/v1/{kind.collection}?ids={kind.example}&include={together}"))["data"]

    assert {name: detail[name] for name in INCLUDES} == {name: row[name] for name in INCLUDES}


def test_fields_do_not_take_an_include_away(client: TestClient):
    path = "/v1/conditions/pseudoarthrosis"

    row = ok(client.get(f"{path}?fields=name&include=sources"))["data"]

    assert set(row) == {"name", "sources"}


@every_kind
def test_included_relations_join_entities_that_exist(
    client: TestClient, catalogue: Catalogue, kind: Kind
):
    for row in walk(client, f"/v1/{kind.collection}", include="relations", fields="kind,slug"):
        for relation in row["relations"]:
            ends = [ref(relation["subject"]), ref(relation["object"])]

            assert ref(row) in ends
            assert set(ends) <= set(catalogue.entities)


@every_kind
def test_included_sources_are_those_of_the_findings(client: TestClient, kind: Kind):
    together = "findings,sources"

    for row in walk(client, f"/v1/{kind.collection}", include=together, fields="slug"):
        assert {source["id"] for source in row["sources"]} == {
            finding["source"]["id"] for finding in row["findings"]
        }


@every_kind
def test_included_findings_cover_every_citation(client: TestClient, kind: Kind):
    together = "statements,findings,sources"

    for row in walk(client, f"/v1/{kind.collection}", include=together, fields="slug"):
        findings = {finding["id"] for finding in row["findings"]}
        sources = {source["id"] for source in row["sources"]}
        for citation in (item for text in row["statements"] for item in text["citations"]):
            assert citation["finding"] is None or citation["finding"] in findings
            assert citation["source"] in sources


@every_kind
def test_the_audience_picks_the_wording(client: TestClient, kind: Kind):
    path = f"/v1/{kind.collection}/{kind.example}"

    plain = ok(client.get(path))["data"]
    clinical = ok(client.get(f"{path}?audience=clinical"))["data"]

    assert ok(client.get(f"{path}?audience=plain"))["data"] == plain
    assert plain["summary"] == plain["summary_plain"] == clinical["summary_plain"]
    assert clinical["summary"] == clinical["summary_clinical"] == plain["summary_clinical"]
    for text in plain["statements"]:
        assert text["text"] == text["plain"]
    for text in clinical["statements"]:
        assert text["text"] == text["clinical"] or (text["clinical"] is None)
    assert [text["plain"] for text in plain["statements"]] == [
        text["plain"] for text in clinical["statements"]
    ]


# Sorting


@every_kind
def test_a_list_sorts_both_ways(client: TestClient, catalogue: Catalogue, kind: Kind):
    for key in documented(client, f"/v1/{kind.collection}", "sort"):
        name = key.lstrip("-")

        fields = f"slug,counts,{name}" if name not in ("findings", "sources") else "slug,counts"
        rows = walk(client, f"/v1/{kind.collection}", sort=key, fields=fields)

        values = [row["counts"].get(name) if name in row["counts"] else row[name] for row in rows]
        known = [value for value in values if value is not None]
        assert known == sorted(known, reverse=key.startswith("-")), key
        assert values[len(known) :] == [None] * (len(values) - len(known)), key
        assert {row["slug"] for row in rows} == {row["slug"] for row in catalogue.rows(kind)}


def test_a_second_sort_key_orders_within_the_first(client: TestClient):
    rows = walk(client, "/v1/risk-factors", sort="domain,-name")

    for before, after in pairwise(rows):
        assert before["domain"] <= after["domain"]
        if before["domain"] == after["domain"]:
            assert before["name"] > after["name"]


# Batches


@every_kind
def test_a_batch_answers_what_it_names_and_tells_what_is_missing(
    client: TestClient, catalogue: Catalogue, kind: Kind
):
    wanted = [row["slug"] for row in catalogue.rows(kind)[:3]]

    body = ok(client.get(f"/v1/{kind.collection}?ids={','.join(wanted)},no-such-slug"))

    assert {row["slug"] for row in body["data"]} == set(wanted)
    assert body["meta"]["total"] == len(wanted)
    assert body["meta"]["missing"] == ["no-such-slug"]


@every_kind
def test_the_order_of_a_batch_does_not_matter(client: TestClient, catalogue: Catalogue, kind: Kind):
    wanted = [row["slug"] for row in catalogue.rows(kind)[:5]]

    forth = ok(client.get(f"/v1/{kind.collection}?ids={','.join(wanted)}"))
    back = ok(client.get(f"/v1/{kind.collection}?ids={','.join(reversed(wanted))}"))
    repeated = ok(client.get(f"/v1/{kind.collection}", params={"ids": [*wanted, wanted[0]]}))

    assert forth["data"] == back["data"] == repeated["data"]
    assert forth["meta"]["missing"] == []


@pytest.mark.parametrize("path", ["/v1/conditions", "/v1/evidence", "/v1/sources"])
def test_an_empty_batch_is_not_taken_for_everything(client: TestClient, path: str):
    response = client.get(f"{path}?ids=")

    assert response.status_code == 422 or response.json()["data"] == []


def test_a_batch_names_at_most_200(client: TestClient):
    slugs = ",".join(f"a{number}" for number in range(201))

    assert_refused(client.get(f"/v1/conditions?ids={slugs}"), "ids")


# Filters


@every_kind
def test_a_filter_keeps_just_what_has_the_value(
    client: TestClient, catalogue: Catalogue, kind: Kind
):
    path = f"/v1/{kind.collection}"
    offered = {item["name"] for item in _operation(client, path)["parameters"]}
    for name in (name for name in parameters_of(kind) if name in offered):
        whole = catalogue.rows(kind)
        held = {row["slug"]: _values(row[name]) for row in whole}
        values = documented(client, path, name) or sorted(set().union(*held.values()))
        for value in values:
            asked = str(value).lower() if isinstance(value, bool) else value

            rows = walk(client, path, **{name: asked})

            assert rows == [row for row in whole if value in held[row["slug"]]], (name, value)


@every_kind
def test_the_values_of_a_vocabulary_cover_the_collection(
    client: TestClient, catalogue: Catalogue, kind: Kind
):
    path = f"/v1/{kind.collection}"
    offered = {item["name"] for item in _operation(client, path)["parameters"]}
    for name in kind.fields.model_fields:
        if name in offered and (values := documented(client, path, name)):
            found = set[str]()
            for value in values:
                asked = str(value).lower() if isinstance(value, bool) else value
                found |= {row["slug"] for row in walk(client, path, fields="slug", **{name: asked})}

            assert found == {row["slug"] for row in catalogue.rows(kind)}, name


def test_filters_narrow_each_other(client: TestClient, catalogue: Catalogue):
    whole = catalogue.rows(BY_NAME["risk_factor"])

    rows = walk(client, "/v1/risk-factors", domain="lifestyle", modifiable="yes", tier=1)

    assert rows == [
        row
        for row in whole
        if (row["domain"], row["modifiable"], row["tier"]) == ("lifestyle", "yes", 1)
    ]


@every_kind
def test_an_unknown_parameter_is_refused_with_those_there_are(client: TestClient, kind: Kind):
    reason = assert_refused(client.get(f"/v1/{kind.collection}?limitt=5"), "limitt")

    assert "Did you mean limit?" in reason
    for name in ("limit", "offset", "ids", "include", "fields", "sort", "audience", "tier"):
        assert re.search(rf"\b{name}\b", reason)


@every_kind
def test_an_unknown_value_is_refused_with_those_there_are(client: TestClient, kind: Kind):
    path = f"/v1/{kind.collection}"
    closed = [
        item["name"]
        for item in _operation(client, path)["parameters"]
        if documented(client, path, item["name"]) not in ([], [True, False])
    ]

    assert {"include", "fields", "sort", "audience"} <= set(closed)
    for name in closed:
        reason = assert_refused(client.get(f"{path}?{name}=nonsense"), name)

        assert "'nonsense'" in reason
        for value in documented(client, path, name):
            assert str(value) in reason


# Addresses


@every_kind
def test_a_trailing_slash_changes_nothing(client: TestClient, kind: Kind):
    for path in (f"/v1/{kind.collection}", f"/v1/{kind.collection}/{kind.example}"):
        assert client.get(f"{path}/?fields=slug").text == client.get(f"{path}?fields=slug").text


@every_kind
def test_a_mistyped_slug_is_answered_with_what_was_meant(client: TestClient, kind: Kind):
    response = client.get(f"/v1/{kind.collection}/{kind.example[:-1]}")

    body = assert_problem(response, 404, "not-found")
    assert body["suggestions"][0]["url"] == f"{BASE}/v1/{kind.collection}/{kind.example}"


@every_kind
@pytest.mark.parametrize("rest", ["/relations", "/evidence"])
def test_below_a_mistyped_slug_the_same_place_is_suggested(
    client: TestClient, kind: Kind, rest: str
):
    response = client.get(f"/v1/{kind.collection}/{kind.example[:-1]}{rest}")

    body = assert_problem(response, 404, "not-found")
    assert body["suggestions"][0]["url"] == f"{BASE}/v1/{kind.collection}/{kind.example}{rest}"


@pytest.mark.parametrize("word", ["nonunion", "Non-Union", "pseudarthrosis", "psuedoarthrosis"])
def test_a_synonym_for_a_slug_leads_to_the_entity(client: TestClient, word: str):
    body = assert_problem(client.get(f"/v1/conditions/{word}"), 404, "not-found")

    assert body["suggestions"][0]["url"] == f"{BASE}/v1/conditions/pseudoarthrosis"


def test_what_resembles_nothing_is_answered_without_suggestions(client: TestClient):
    body = assert_problem(client.get("/v1/conditions/qqqqqqqqqqqq"), 404, "not-found")

    assert body["suggestions"] == []


@pytest.fixture(scope="module")
def renamed(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    """An application in which a condition was renamed, from `non-healing` to `nonunion`."""
    address = new_database("renamed")
    files = {"conditions/nonunion": condition(former_slugs=["non-healing"])}
    fill(address, write(tmp_path_factory.mktemp("data"), files))
    with asking(address) as client:
        yield client


@pytest.mark.parametrize(
    "rest", ["", "?audience=clinical", "/relations", "/evidence?limit=3", "/risk-factors?limit=3"]
)
def test_a_former_slug_sends_on_to_the_new_one(renamed: TestClient, rest: str):
    response = renamed.get(f"/v1/conditions/non-healing{rest}")

    assert response.status_code == 308
    assert response.headers["location"] == f"{BASE}/v1/conditions/nonunion{rest}"
    ok(renamed.get(response.headers["location"]))


def test_a_statement_keeps_its_address_when_its_entity_is_renamed(renamed: TestClient):
    response = renamed.get("/v1/statements/condition.non-healing.what-it-is")

    assert response.status_code == 308
    assert ok(renamed.get(response.headers["location"]))


def _operation(client: TestClient, path: str) -> Any:
    document: Any = client.app.openapi()  # type: ignore[attr-defined]
    return document["paths"][path]["get"]


def _values(value: Any) -> set[Any]:
    return set(value) if isinstance(value, list) else {value}
