"""Findings and sources: each filter keeps just what it says, and what rests on them agrees."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from catalogue import Catalogue, ref
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import BASE, assert_problem, assert_refused, documented, ok, walk
from starlette.testclient import TestClient

from api.knowledge.kinds import KINDS, Kind

Row = dict[str, Any]

FINDING_VOCABULARIES: dict[str, Callable[[Row], Any]] = {
    "subject_kind": lambda row: row["subject_kind"],
    "design": lambda row: row["design"],
    "measure_type": lambda row: row["measure"] and row["measure"]["type"],
    "direction": lambda row: row["direction"],
    "region": lambda row: row["region"],
    "certainty": lambda row: row["certainty"],
}
FINDING_SORTS: dict[str, Callable[[Row], Any]] = {
    "n": lambda row: row["n_participants"],
    "year": lambda row: row["source"]["year"],
    "value": lambda row: row["measure"] and row["measure"]["value"],
    "id": lambda row: row["id"],
}
SOURCE_SORTS: dict[str, Callable[[Row], Any]] = {
    "year": lambda row: row["year"],
    "title": lambda row: row["title"],
    "id": lambda row: row["id"],
}


def has_interval(row: Row) -> bool:
    return bool(row["measure"]) and row["measure"]["ci_low"] is not None


def at_least(value: int | None, least: int) -> bool:
    return value is not None and value >= least


def between(year: int | None, first: int, last: int) -> bool:
    return year is not None and first <= year <= last


# Findings


def test_every_finding_is_listed_once(client: TestClient, catalogue: Catalogue):
    counts = ok(client.get("/v1/meta"))["data"]["release"]["counts"]

    ids = [row["id"] for row in catalogue.findings]

    assert len(ids) == len(set(ids)) == counts["findings"]


def test_a_finding_says_what_was_found_in_whom_and_where(catalogue: Catalogue):
    for row in catalogue.findings:
        assert row["url"] == f"{BASE}/v1/evidence/{row['id']}"
        assert row["statement"]
        assert row["design"]
        assert row["locator"]
        assert row["source"]["label"]
        assert row["source"]["api_url"] == f"{BASE}/v1/sources/{row['source']['id']}"


def test_an_interval_holds_its_value(catalogue: Catalogue):
    for row in filter(has_interval, catalogue.findings):
        measure = row["measure"]

        assert measure["ci_low"] <= measure["value"] <= measure["ci_high"], row["id"]


@pytest.mark.parametrize("name", FINDING_VOCABULARIES)
def test_a_finding_filter_keeps_just_what_has_the_value(
    client: TestClient, catalogue: Catalogue, name: str
):
    value_of = FINDING_VOCABULARIES[name]
    for value in documented(client, "/v1/evidence", name):
        rows = walk(client, "/v1/evidence", **{name: value})

        assert rows == [row for row in catalogue.findings if value_of(row) == value], value


def test_several_values_of_a_filter_widen_it(client: TestClient, catalogue: Catalogue):
    rows = walk(client, "/v1/evidence", design="meta-analysis,rct")

    assert rows == [row for row in catalogue.findings if row["design"] in ("meta-analysis", "rct")]


def test_several_filters_narrow_each_other(client: TestClient, catalogue: Catalogue):
    rows = walk(client, "/v1/evidence", region="lumbar", has_interval="true", min_n=500)

    assert rows
    assert rows == [
        row
        for row in catalogue.findings
        if row["region"] == "lumbar" and has_interval(row) and at_least(row["n_participants"], 500)
    ]


@pytest.mark.parametrize("wanted", [True, False])
def test_has_interval_parts_the_findings(client: TestClient, catalogue: Catalogue, wanted: bool):
    rows = walk(client, "/v1/evidence", has_interval=str(wanted).lower())

    assert rows == [row for row in catalogue.findings if has_interval(row) is wanted]


@given(least=st.integers(1, 10**6))
@settings(max_examples=8)
def test_min_n_keeps_studies_of_at_least_that_size(
    client: TestClient, catalogue: Catalogue, least: int
):
    rows = walk(client, "/v1/evidence", min_n=least, fields="id")

    assert rows == [
        {"id": row["id"]} for row in catalogue.findings if at_least(row["n_participants"], least)
    ]


@given(first=st.integers(1900, 2100), last=st.integers(1900, 2100))
@settings(max_examples=8)
def test_years_keep_what_was_published_between_them(
    client: TestClient, catalogue: Catalogue, first: int, last: int
):
    findings = walk(client, "/v1/evidence", year_from=first, year_to=last, fields="id")
    sources = walk(client, "/v1/sources", year_from=first, year_to=last, fields="id")

    assert findings == [
        {"id": row["id"]}
        for row in catalogue.findings
        if between(row["source"]["year"], first, last)
    ]
    assert sources == [
        {"id": row["id"]} for row in catalogue.sources if between(row["year"], first, last)
    ]


@pytest.mark.parametrize("words", ["smoking", "SMOKING", "10°", "%", "_", "no such subject"])
def test_subject_keeps_what_holds_the_words(client: TestClient, catalogue: Catalogue, words: str):
    rows = walk(client, "/v1/evidence", subject=words) if len(words) > 1 else None

    if rows is None:
        assert_refused(client.get("/v1/evidence", params={"subject": words}), "subject")
    else:
        assert rows == [
            row for row in catalogue.findings if words.casefold() in row["subject"].casefold()
        ]


def test_wildcards_of_sql_are_plain_letters(client: TestClient, catalogue: Catalogue):
    rows = walk(client, "/v1/evidence", subject="s%g")

    assert rows == [row for row in catalogue.findings if "s%g" in row["subject"].casefold()]


def test_source_keeps_the_findings_of_these_sources(client: TestClient, catalogue: Catalogue):
    wanted = [row["id"] for row in catalogue.sources[:3]]

    rows = walk(client, "/v1/evidence", source=",".join(wanted))

    assert rows == [row for row in catalogue.findings if row["source"]["id"] in wanted]


@pytest.mark.parametrize("path", ["/v1/evidence", "/v1/sources"])
def test_a_batch_tells_what_is_missing(client: TestClient, path: str):
    wanted = [row["id"] for row in ok(client.get(f"{path}?limit=3"))["data"]]

    forth = ok(client.get(f"{path}?ids={','.join(wanted)},no-such-id"))
    back = ok(client.get(f"{path}?ids=no-such-id,{','.join(reversed(wanted))}"))

    assert forth["data"] == back["data"]
    assert {row["id"] for row in forth["data"]} == set(wanted)
    assert forth["meta"]["missing"] == ["no-such-id"]


@pytest.mark.parametrize(
    ("path", "sorts", "fields"),
    [
        ("/v1/evidence", FINDING_SORTS, "id,n_participants,measure,source"),
        ("/v1/sources", SOURCE_SORTS, "id,year,title"),
    ],
)
def test_lists_of_evidence_sort_both_ways(
    client: TestClient, path: str, sorts: dict[str, Callable[[Row], Any]], fields: str
):
    offered = documented(client, path, "sort")

    assert {key.lstrip("-") for key in offered} == set(sorts)
    for key in offered:
        rows = walk(client, path, sort=key, fields=fields)
        values = [sorts[key.lstrip("-")](row) for row in rows]
        known = [value for value in values if value is not None]
        assert known == sorted(known, reverse=key.startswith("-")), key
        assert values[len(known) :] == [None] * (len(values) - len(known)), key


def test_the_largest_studies_and_the_newest_sources_come_first(catalogue: Catalogue):
    sizes = [row["n_participants"] or 0 for row in catalogue.findings]
    years = [row["year"] or 0 for row in catalogue.sources]

    assert sizes == sorted(sizes, reverse=True)
    assert years == sorted(years, reverse=True)


# Sources


def test_a_source_counts_its_findings(catalogue: Catalogue):
    read: dict[str, int] = defaultdict(int)
    for row in catalogue.findings:
        read[row["source"]["id"]] += 1

    for row in catalogue.sources:
        assert row["finding_count"] == read[row["id"]]


def test_kind_keeps_sources_of_that_kind(client: TestClient, catalogue: Catalogue):
    for kind in documented(client, "/v1/sources", "kind"):
        rows = walk(client, "/v1/sources", kind=kind)

        assert rows == [row for row in catalogue.sources if row["kind"] == kind]


@pytest.mark.parametrize("name", ["founding", "corrected"])
@pytest.mark.parametrize("wanted", [True, False])
def test_a_flag_parts_the_sources(
    client: TestClient, catalogue: Catalogue, name: str, wanted: bool
):
    rows = walk(client, "/v1/sources", **{name: str(wanted).lower()})

    field = {"founding": "founding", "corrected": "correction"}[name]
    assert rows == [row for row in catalogue.sources if bool(row[field]) is wanted]


def test_a_source_can_be_found_by_a_reader(catalogue: Catalogue):
    for row in catalogue.sources:
        assert row["title"]
        assert row["doi"] or row["pmid"] or row["pmcid"] or row["url"] or row["unresolved"]


# What rests on them


def test_what_rests_on_a_finding_is_told_by_it(client: TestClient, catalogue: Catalogue):
    citing: dict[str, set[str]] = defaultdict(set)
    for statement in catalogue.statements:
        for citation in statement["citations"]:
            citing[citation["finding"]].add(statement["id"])
    filed: dict[str, set[tuple[str, str, bool]]] = defaultdict(set)
    for relation in catalogue.relations.values():
        for item in relation["findings"]:
            filed[item["finding"]["id"]].add((relation["id"], item["stance"], item["indirect"]))

    for row in catalogue.findings[::15]:
        detail = ok(client.get(row["url"]))["data"]

        assert row.items() <= detail.items()
        used = detail["used_by"]
        assert {item["id"] for item in used["statements"]} == citing[row["id"]]
        assert {
            (item["id"], item["stance"], item["indirect"]) for item in used["relations"]
        } == filed[row["id"]]


def test_what_rests_on_a_source_is_told_by_it(client: TestClient, catalogue: Catalogue):
    citing: dict[str, set[str]] = defaultdict(set)
    for statement in catalogue.statements:
        for citation in statement["citations"]:
            citing[citation["source"]].add(statement["id"])
    filed: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for relation in catalogue.relations.values():
        for item in relation["findings"]:
            key = item["finding"]["source"]["id"]
            filed[key].add((relation["id"], item["finding"]["id"]))

    for row in catalogue.sources[::15]:
        detail = ok(client.get(row["api_url"]))["data"]

        assert row.items() <= detail.items()
        assert len(detail["findings"]) == row["finding_count"]
        assert {item["source"]["id"] for item in detail["findings"]} <= {row["id"]}
        used = detail["used_by"]
        assert {item["id"] for item in used["statements"]} == citing[row["id"]]
        assert {(item["id"], item["finding"]) for item in used["relations"]} == filed[row["id"]]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.collection)
def test_the_evidence_of_an_entity_is_what_it_rests_on(
    client: TestClient, catalogue: Catalogue, kind: Kind
):
    cited: dict[str, set[str]] = defaultdict(set)
    for statement in catalogue.statements:
        for citation in statement["citations"]:
            cited[ref(statement["entity"])].add(citation["finding"])

    for row in catalogue.rows(kind)[::8]:
        key = ref(row)
        filed = {
            item["finding"]["id"]
            for relation in catalogue.relations_by_entity[key]
            for item in relation["findings"]
        }

        found = walk(client, f"{row['url']}/evidence")

        bearing = (cited[key] | filed) - {None}
        assert found == [item for item in catalogue.findings if item["id"] in bearing]
        assert walk(client, "/v1/evidence", entity=key) == found


def test_condition_is_a_short_name_for_an_entity(client: TestClient):
    short = walk(client, "/v1/evidence", condition="pseudoarthrosis")

    assert short == walk(client, "/v1/evidence", entity="condition/pseudoarthrosis")
    assert short == walk(client, "/v1/conditions/pseudoarthrosis/evidence")


def test_the_evidence_of_an_entity_takes_the_filters_of_all_evidence(client: TestClient):
    path = "/v1/conditions/pseudoarthrosis/evidence"

    rows = walk(client, path, design="meta-analysis", sort="-year")

    whole = walk(client, "/v1/evidence", sort="-year", condition="pseudoarthrosis")
    assert rows == [row for row in whole if row["design"] == "meta-analysis"]


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/v1/evidence?condition=no-such-condition", "condition"),
        ("/v1/evidence?entity=condition/no-such-condition", "entity"),
        ("/v1/statements?entity=condition/no-such-condition", "entity"),
    ],
)
def test_an_entity_there_is_not_is_refused(client: TestClient, path: str, parameter: str):
    assert_refused(client.get(path), parameter)


@pytest.mark.parametrize("path", ["/v1/evidence/no-such-finding", "/v1/sources/no-such-source"])
def test_an_unknown_id_is_a_problem_that_says_where_they_are(client: TestClient, path: str):
    body = assert_problem(client.get(path), 404, "not-found")

    assert path.rpartition("/")[0] in body["detail"]
