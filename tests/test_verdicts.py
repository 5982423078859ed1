"""Verdicts: the rule by example, and what the API shows of each."""

from dataclasses import replace

import pytest
from catalogue import Catalogue
from starlette.testclient import TestClient

from api.knowledge.relations import Weighed
from api.knowledge.verdicts import JUDGED, JUDGED_KINDS, Side, Verdict, side_of, verdict_by_rule
from api.knowledge.vocabulary import Design, Direction, Predicate, Stance

TRIAL = Weighed(
    finding_id="a",
    source_id="trial",
    stance=Stance.SUPPORTS,
    indirect=False,
    duplicate=False,
    design=Design.RCT,
    direction=Direction.BENEFIT,
    n_participants=100,
)
OTHER_TRIAL = replace(TRIAL, source_id="other-trial")
NULL_TRIAL = replace(TRIAL, source_id="null", stance=Stance.NULL_RESULT)
HARMFUL_TRIAL = replace(TRIAL, source_id="harm", stance=Stance.OPPOSES, direction=Direction.HARM)
COHORT = replace(TRIAL, source_id="cohort", design=Design.RETROSPECTIVE_COHORT)
OTHER_COHORT = replace(COHORT, source_id="other-cohort")
NULL_COHORT = replace(COHORT, source_id="null-cohort", stance=Stance.NULL_RESULT)
OTHER_NULL_COHORT = replace(NULL_COHORT, source_id="other-null-cohort")
SERIES = replace(TRIAL, source_id="series", design=Design.CASE_SERIES)


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([], Verdict.INSUFFICIENT),
        ([SERIES], Verdict.INSUFFICIENT),
        ([TRIAL], Verdict.PROBABLE_BENEFIT),
        ([TRIAL, OTHER_TRIAL], Verdict.BENEFIT),
        ([TRIAL, NULL_TRIAL], Verdict.MIXED),
        ([NULL_TRIAL], Verdict.NO_BENEFIT),
        ([HARMFUL_TRIAL], Verdict.HARM),
        ([TRIAL, HARMFUL_TRIAL], Verdict.MIXED),
        ([COHORT], Verdict.INSUFFICIENT),
        ([COHORT, OTHER_COHORT], Verdict.PROBABLE_BENEFIT),
        ([COHORT, NULL_COHORT], Verdict.MIXED),
        ([NULL_COHORT, OTHER_NULL_COHORT], Verdict.NO_BENEFIT),
        ([TRIAL, NULL_COHORT], Verdict.PROBABLE_BENEFIT),
    ],
)
def test_the_strongest_level_of_design_decides(findings: list[Weighed], verdict: Verdict):
    assert verdict_by_rule(findings) is verdict


def test_one_source_counts_once():
    assert verdict_by_rule([TRIAL, replace(TRIAL, finding_id="b")]) is Verdict.PROBABLE_BENEFIT


@pytest.mark.parametrize("left_out", ["indirect", "duplicate"])
def test_indirect_findings_and_repeats_decide_nothing(left_out: str):
    assert verdict_by_rule([replace(TRIAL, **{left_out: True})]) is Verdict.INSUFFICIENT


def test_only_what_points_to_harm_is_harm():
    assert side_of(Stance.OPPOSES, Direction.HARM) is Side.HARM
    assert side_of(Stance.OPPOSES, Direction.NO_BENEFIT) is Side.NO_BENEFIT
    assert side_of(Stance.NULL_RESULT, Direction.HARM) is Side.NO_BENEFIT


def test_every_claim_of_a_good_effect_is_judged_and_nothing_else(catalogue: Catalogue):
    for relation in catalogue.relations.values():
        claims = (
            Predicate(relation["predicate"]) in JUDGED
            and relation["subject"]["kind"] in JUDGED_KINDS
        )

        assert (relation["verdict"] is not None) == claims, relation["id"]


def test_a_verdict_cites_findings_of_its_relation_and_owns_up_to_departing(catalogue: Catalogue):
    for relation in catalogue.relations.values():
        if verdict := relation["verdict"]:
            own = {item["finding"]["id"] for item in relation["findings"]}
            assert {item["finding"] for item in verdict["citations"]} <= own
            assert (verdict["value"] != verdict["by_rule"]) == (verdict["departs"] is not None)


def test_every_verdict_links_to_the_method(client: TestClient, catalogue: Catalogue):
    (address,) = {
        relation["verdict"]["method_url"]
        for relation in catalogue.relations.values()
        if relation["verdict"]
    }

    sections = client.get(address).json()["data"]["sections"]

    assert {"verdicts", "balance", "certainty", "editorial"} <= {item["id"] for item in sections}
