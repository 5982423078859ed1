"""What is true of the content whatever is written in it."""

from collections import Counter, defaultdict

import pytest
import simple_icd_10_cm as icd10cm
from catalogue import Catalogue, ref
from shapes import walk
from starlette.testclient import TestClient

from api.knowledge.kinds import BY_NAME, KINDS, Kind

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.collection)


def test_kinds_have_names_and_folders_of_their_own():
    for names in (
        [kind.name for kind in KINDS],
        [kind.collection for kind in KINDS],
        [kind.plural for kind in KINDS],
    ):
        assert len(names) == len(set(names))
    taken = {"sources", "evidence", "statements", "releases", "changes", "meta", "problems"}
    assert not taken & {kind.collection for kind in KINDS}


def test_every_finding_of_the_founding_pages_is_used(catalogue: Catalogue):
    founding = {row["id"] for row in catalogue.sources if row["founding"]}
    cited = {item["finding"] for row in catalogue.statements for item in row["citations"]}
    filed = {
        item["finding"]["id"]
        for relation in catalogue.relations.values()
        for item in relation["findings"]
    }

    read = {row["id"] for row in catalogue.findings if row["source"]["id"] in founding}

    assert len(founding) == 5
    assert read
    assert read - cited - filed == set()


@every_kind
def test_every_entity_tells_something(catalogue: Catalogue, kind: Kind):
    for row in catalogue.rows(kind):
        detail = catalogue.details[ref(row)]

        assert detail["summary_plain"]
        assert detail["summary_clinical"]
        assert detail["statements"], row["slug"]


@every_kind
def test_the_example_of_a_kind_exists(catalogue: Catalogue, kind: Kind):
    assert f"{kind.name}/{kind.example}" in catalogue.entities


@pytest.mark.parametrize(
    "key",
    [
        "condition/pseudoarthrosis",
        "condition/adjacent-segment-disease",
        "condition/failed-back-surgery-syndrome",
        "condition/cauda-equina-syndrome",
        "treatment/revision-surgery",
        "risk_factor/cigarette-smoking",
        "red_flag/loss-of-bladder-or-bowel-control",
    ],
)
def test_what_people_look_for_first_is_there(catalogue: Catalogue, key: str):
    assert catalogue.entities[key]["tier"] == 1


def test_codes_are_codes_of_icd_10_cm(catalogue: Catalogue):
    codes = {code for row in catalogue.entities.values() for code in row["icd10cm"]}

    assert "M96.0" in codes
    for code in codes:
        assert icd10cm.is_valid_item(code), code


@every_kind
def test_a_name_means_one_entity_of_a_kind(catalogue: Catalogue, kind: Kind):
    names = Counter(
        word.casefold() for row in catalogue.rows(kind) for word in (row["name"], *row["synonyms"])
    )

    assert [name for name, count in names.items() if count > 1] == []


def test_every_red_flag_says_what_to_do_and_how_it_is_told(catalogue: Catalogue):
    rows = catalogue.rows(BY_NAME["red_flag"])

    assert {row["urgency"] for row in rows} == {"emergency", "same-day", "soon"}
    for row in rows:
        assert row["action"]
        assert row["signs"]
        assert row["signs"] == [sign.lower() for sign in row["signs"]]


def test_every_red_flag_warns_of_something(catalogue: Catalogue):
    warned: dict[str, list[str]] = defaultdict(list)
    for relation in catalogue.relations.values():
        if relation["predicate"] == "warns_of":
            warned[ref(relation["subject"])].append(ref(relation["object"]))

    for row in catalogue.rows(BY_NAME["red_flag"]):
        assert warned[ref(row)], row["slug"]


def test_a_condition_an_emergency_warns_of_says_so(catalogue: Catalogue):
    for relation in catalogue.relations.values():
        subject = catalogue.entities[ref(relation["subject"])]
        if relation["predicate"] == "warns_of" and subject.get("urgency") == "emergency":
            texts = catalogue.details[ref(relation["object"])]["statements"]

            assert "urgent" in {text["topic"] for text in texts}, ref(relation["object"])


def test_urgent_statements_come_first_in_what_is_an_emergency(catalogue: Catalogue):
    for row in catalogue.rows(BY_NAME["red_flag"]):
        topics = [text["topic"] for text in catalogue.details[ref(row)]["statements"]]

        assert "urgent" in topics[:3], row["slug"]


def test_recovery_reads_in_order(catalogue: Catalogue):
    orders = [row["order"] for row in catalogue.rows(BY_NAME["recovery_stage"])]

    assert orders == sorted(set(orders))


def test_a_fact_check_names_findings_that_exist(catalogue: Catalogue):
    known = {row["id"] for row in catalogue.findings}

    for row in catalogue.rows(BY_NAME["fact_check"]):
        assert set(row["claimed_by"]) <= known


def test_everything_searched_for_in_vain_is_said_somewhere(client: TestClient):
    record = client.get("/v1/sources/evidence-search").json()["data"]
    said = {
        citation["finding"]
        for row in walk(client, "/v1/statements", topic="known_gap")
        for citation in row["citations"]
    }

    assert {finding["id"] for finding in record["findings"]} <= said
