"""Relations read the same from both ends, and their balance counts sources, not findings."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest
from catalogue import Catalogue, ref
from shapes import assert_refused, documented, ok, walk
from starlette.testclient import TestClient

from api.knowledge.kinds import BY_NAME, KINDS, Kind
from api.knowledge.relations import SHAPES, Weighed, balance_of
from api.knowledge.vocabulary import Design, Direction, Predicate, Stance

SIDES = {"supports": "supports", "opposes": "opposes", "null_result": "null-result"}

FINDING = Weighed(
    finding_id="a",
    source_id="trial",
    stance=Stance.SUPPORTS,
    indirect=False,
    duplicate=False,
    design=Design.RCT,
    direction=Direction.BENEFIT,
    n_participants=100,
)


# The balance, by example


def test_one_source_counts_once_however_much_it_reports():
    balance = balance_of([FINDING, replace(FINDING, finding_id="b")])

    assert balance.supports.sources == 1


def test_each_stance_is_counted_on_its_own_side():
    balance = balance_of(
        [
            FINDING,
            replace(FINDING, finding_id="b", stance=Stance.OPPOSES),
            replace(FINDING, finding_id="c", source_id="other", stance=Stance.NULL_RESULT),
            replace(FINDING, finding_id="d", source_id="third", stance=Stance.CONTEXT),
        ]
    )

    assert balance.supports.sources == 1
    assert balance.opposes.sources == 1
    assert balance.null_result.sources == 1
    assert balance.indirect == {Stance.SUPPORTS: 0, Stance.OPPOSES: 0, Stance.NULL_RESULT: 0}


def test_a_duplicate_is_left_out():
    twice = replace(FINDING, finding_id="b", source_id="review", duplicate=True)

    balance = balance_of([FINDING, twice])

    assert balance.supports.sources == 1
    assert balance_of([twice]).supports.strongest is None


def test_other_populations_are_counted_apart():
    elsewhere = replace(FINDING, finding_id="b", source_id="hip", indirect=True)

    balance = balance_of([FINDING, elsewhere])

    assert balance.supports.sources == 1
    assert balance.supports.strongest == "a"
    assert balance.indirect[Stance.SUPPORTS] == 1


def test_the_strongest_is_of_the_best_design():
    pooled = replace(
        FINDING, finding_id="b", source_id="pool", design=Design.META_ANALYSIS, n_participants=None
    )

    assert balance_of([FINDING, pooled]).supports.strongest == "b"


def test_of_one_design_the_larger_study_is_the_strongest():
    larger = replace(FINDING, finding_id="b", source_id="large", n_participants=101)

    assert balance_of([FINDING, larger]).supports.strongest == "b"


def test_nothing_is_a_balance_of_zeros():
    balance = balance_of([])

    assert (balance.supports.sources, balance.supports.strongest) == (0, None)


# All relations


def test_a_relation_is_listed_alike_by_both_ends(catalogue: Catalogue):
    listed: dict[str, set[str]] = defaultdict(set)
    for key, relations in catalogue.relations_by_entity.items():
        for relation in relations:
            listed[relation["id"]].add(key)
            assert relation == catalogue.relations[relation["id"]]

    for relation_id, relation in catalogue.relations.items():
        ends = {ref(end) for end in (relation["subject"], relation["object"]) if end}
        assert listed[relation_id] == ends


def test_a_relation_is_listed_once_by_an_end(catalogue: Catalogue):
    for relations in catalogue.relations_by_entity.values():
        ids = [relation["id"] for relation in relations]

        assert len(ids) == len(set(ids))


def test_a_relation_joins_what_its_predicate_allows(catalogue: Catalogue):
    for relation in catalogue.relations.values():
        other = relation["object"]
        shape = SHAPES[Predicate(relation["predicate"])]

        assert shape.admits(relation["subject"]["kind"], other and other["kind"]), relation["id"]
        assert relation["label"] == shape.label


def test_the_balance_is_that_of_the_findings_listed(catalogue: Catalogue):
    for relation in catalogue.relations.values():
        counted = [item for item in relation["findings"] if not item["duplicate_of"]]
        for name, stance in SIDES.items():
            mine = [item for item in counted if item["stance"] == stance]
            direct = [item["finding"] for item in mine if not item["indirect"]]
            apart = {item["finding"]["source"]["id"] for item in mine if item["indirect"]}
            side = relation["balance"][name]

            assert side["sources"] == len({finding["source"]["id"] for finding in direct})
            assert relation["balance"]["indirect"][stance] == len(apart)
            if direct:
                best = {finding["id"]: Design(finding["design"]).rank for finding in direct}
                assert best[side["strongest"]] == min(best.values())
            else:
                assert side["strongest"] is None


def test_what_is_counted_instead_of_a_duplicate_stands_beside_it(catalogue: Catalogue):
    for relation in catalogue.relations.values():
        counted = {
            item["finding"]["id"] for item in relation["findings"] if not item["duplicate_of"]
        }
        for item in relation["findings"]:
            assert item["duplicate_of"] is None or item["duplicate_of"] in counted, relation["id"]


def test_sides_stand_apart_and_the_strongest_design_of_each_comes_first(catalogue: Catalogue):
    sides = [None, "benefit", "no-benefit", "harm", "context"]

    def place(item: Any) -> tuple[int, bool, bool, int]:
        rank = Design(item["finding"]["design"]).rank
        side = sides.index(item["side"])
        return (side, item["duplicate_of"] is not None, item["indirect"], rank)

    for relation in catalogue.relations.values():
        places = [place(item) for item in relation["findings"]]

        assert places == sorted(places), relation["id"]


def test_edges_that_claim_something_name_what_they_rest_on(catalogue: Catalogue):
    for relation in catalogue.relations.values():
        if SHAPES[Predicate(relation["predicate"])].evidenced:
            assert relation["findings"], relation["id"]


# Lists of related entities


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.collection)
def test_related_lists_hold_the_relations_to_that_kind(
    client: TestClient, catalogue: Catalogue, kind: Kind
):
    for key in (ref(row) for row in catalogue.rows(kind)[::3]):
        detail = catalogue.details[key]
        own = {relation["id"]: relation for relation in catalogue.relations_by_entity[key]}
        for link in detail["related"]:
            rows = walk(client, link["url"])

            assert len(rows) == link["total"]
            for row in rows:
                assert own[row["relation"]["id"]] == row["relation"]
                assert f"/v1/{link['collection']}/" in row["entity"]["url"]
                assert row["entity"] == {
                    name: catalogue.entities[ref(row["entity"])][name] for name in row["entity"]
                }
                ends = [row["relation"]["subject"], row["relation"]["object"]]
                assert {ref(end) for end in ends} == {key, ref(row["entity"])}


def test_the_best_evidenced_come_first(client: TestClient):
    rows = walk(client, "/v1/conditions/pseudoarthrosis/risk-factors")

    weights = [
        len(
            {
                item["finding"]["source"]["id"]
                for item in row["relation"]["findings"]
                if item["stance"] != "context" and not item["duplicate_of"]
            }
        )
        for row in rows
    ]
    assert weights == sorted(weights, reverse=True)
    assert len(rows) > 10


@pytest.mark.parametrize(
    "path",
    ["/v1/conditions/pseudoarthrosis/relations", "/v1/conditions/pseudoarthrosis/treatments"],
)
def test_a_predicate_picks_the_edges_of_one_kind(client: TestClient, path: str):
    def edge(row: Any) -> Any:
        return row.get("relation", row)

    whole = walk(client, path)

    found: list[Any] = []
    template = path.replace("pseudoarthrosis", "{slug}")
    for predicate in documented(client, template, "predicate"):
        rows = walk(client, path, predicate=predicate)
        assert rows == [row for row in whole if edge(row)["predicate"] == predicate]
        found += rows
    assert len(found) == len(whole) > 0


def test_an_unknown_predicate_is_refused_with_those_there_are(client: TestClient):
    response = client.get("/v1/conditions/pseudoarthrosis/relations?predicate=causes")

    reason = assert_refused(response, "predicate")
    for predicate in Predicate:
        assert predicate in reason


def test_related_lists_page_like_every_list(client: TestClient):
    path = "/v1/conditions/pseudoarthrosis/risk-factors"
    whole = walk(client, path)

    body = ok(client.get(f"{path}?limit=3&offset=4"))

    assert body["data"] == whole[4:7]
    assert body["meta"]["total"] == len(whole)


def test_the_audience_picks_the_wording_of_related_cards(client: TestClient):
    path = "/v1/treatments/revision-surgery/conditions?audience=clinical&limit=3"

    for row in ok(client.get(path))["data"]:
        detail = ok(client.get(row["entity"]["url"]))["data"]

        assert row["entity"]["summary"] == detail["summary_clinical"]


def test_a_kind_no_edge_leads_to_is_no_address(client: TestClient):
    kind = BY_NAME["symptom"]
    strangers = [
        other for other in KINDS if other not in kind.neighbours and other.name != "symptom"
    ]

    assert strangers
    for other in strangers:
        path = f"/v1/{kind.collection}/{kind.example}/{other.collection}"
        assert client.get(path).status_code == 404
