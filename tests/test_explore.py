"""Exploring leads from symptoms to the conditions that share them, with reasons and no diagnosis."""

import re
from itertools import combinations, pairwise
from typing import Any

import pytest
import yaml
from catalogue import Catalogue, ref
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from shapes import assert_problem, assert_refused, ok, walk
from starlette.testclient import TestClient

from api.knowledge.kinds import BY_NAME
from api.knowledge.onset import OnsetFit, onset_window
from api.knowledge.vocabulary import Region
from api.settings import settings

CONDITIONS = BY_NAME["condition"]
SYMPTOMS = BY_NAME["symptom"]
PARTS = [region for region in Region if region is not Region.ANY]

SLUGS = sorted(path.stem for path in (settings().data_dir / "symptoms").glob("*.yaml"))
ONSETS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))["onset"]
    for path in sorted((settings().data_dir / "conditions").glob("*.yaml"))
}
"""When each condition shows, as its file says."""

TELLING = ["leg-or-arm-pain", "muscle-weakness", "numbness-or-tingling"]
"""Symptoms that many conditions share."""

some_symptoms = st.lists(st.sampled_from(SLUGS), min_size=1, max_size=10, unique=True)


def explore(client: TestClient, symptoms: list[str], **query: Any) -> list[Any]:
    """The whole list of conditions that share symptoms."""
    return walk(client, "/v1/explore", symptom=",".join(symptoms), **query)


def slugs(rows: list[Any]) -> list[str]:
    """The conditions of a list, in its order."""
    return [row["condition"]["slug"] for row in rows]


def edges(catalogue: Catalogue, slug: str, *predicates: str) -> list[Any]:
    """The relations a condition lists at `/relations`, of these predicates."""
    listed = catalogue.relations_by_entity[f"condition/{slug}"]
    return [relation for relation in listed if relation["predicate"] in predicates]


@pytest.fixture(scope="module")
def felt(catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    """The relation to each symptom of each condition, by slugs, as conditions list them."""
    return {
        row["slug"]: {
            relation["object"]["slug"]: relation
            for relation in edges(catalogue, row["slug"], "has_symptom")
        }
        for row in catalogue.rows(CONDITIONS)
    }


# Which conditions are listed


def test_each_symptom_lists_the_conditions_that_have_it(
    client: TestClient, felt: dict[str, dict[str, Any]]
):
    for symptom in SLUGS:
        rows = explore(client, [symptom])

        having = {slug for slug, relations in felt.items() if symptom in relations}
        assert set(slugs(rows)) == having, symptom
        assert len(rows) == len(having), symptom


def test_a_symptom_of_no_condition_is_answered_with_none(
    client: TestClient, felt: dict[str, dict[str, Any]]
):
    nobodys = set(SLUGS) - {symptom for relations in felt.values() for symptom in relations}

    assert nobodys
    for symptom in nobodys:
        body = ok(client.get(f"/v1/explore?symptom={symptom}"))

        assert body["data"] == []
        assert body["meta"]["total"] == 0


@given(symptoms=some_symptoms)
@examples(max_examples=40)
def test_every_condition_that_shares_a_symptom_is_listed_with_those_it_shares(
    client: TestClient, felt: dict[str, dict[str, Any]], symptoms: list[str]
):
    rows = explore(client, symptoms)

    shared = {
        slug: {symptom: relations[symptom] for symptom in symptoms if symptom in relations}
        for slug, relations in felt.items()
    }
    assert sorted(slugs(rows)) == sorted(slug for slug, relations in shared.items() if relations)
    for row in rows:
        reasons = {reason["symptom"]["slug"]: reason for reason in row["shared"]}
        expected = shared[row["condition"]["slug"]]
        assert len(reasons) == len(row["shared"])
        assert {
            slug: (reason["relation"], reason["balance"]) for slug, reason in reasons.items()
        } == {slug: (relation["id"], relation["balance"]) for slug, relation in expected.items()}


def test_names_and_addresses_are_those_of_the_entities(client: TestClient, catalogue: Catalogue):
    for row in explore(client, TELLING):
        links = [row["condition"], *(reason["symptom"] for reason in row["shared"])]
        links += [*row["red_flags"], *row["questions"]]
        for test in row["tests"]:
            links += [test["diagnostic"], *test["also"]]

        for link in links:
            assert link == {name: catalogue.entities[ref(link)][name] for name in link}
            assert set(link) == {"kind", "slug", "name", "url"}


def test_symptoms_are_given_with_commas_or_repeated_in_any_order(client: TestClient):
    commas = ok(client.get(f"/v1/explore?symptom={','.join(TELLING)}"))
    repeated = ok(client.get("/v1/explore", params={"symptom": [*reversed(TELLING), TELLING[0]]}))

    assert commas["data"] == repeated["data"] != []


# The order


@given(symptoms=some_symptoms, weeks=st.none() | st.integers(0, 5200))
@examples(max_examples=40)
def test_the_best_fit_comes_first_and_has_the_whole_score(
    client: TestClient, symptoms: list[str], weeks: int | None
):
    asked = {} if weeks is None else {"weeks_since_surgery": weeks}
    rows = explore(client, symptoms, **asked)

    scores = [row["score"] for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert scores[:1] in ([1.0], [])
    assert all(0 < score <= 1 for score in scores)


@given(symptoms=some_symptoms.filter(lambda chosen: len(chosen) > 1))
@examples(max_examples=60)
def test_a_symptom_more_that_is_shared_lifts_a_condition_over_those_without_it(
    client: TestClient, felt: dict[str, dict[str, Any]], symptoms: list[str]
):
    *fewer, added = symptoms
    before = {row["condition"]["slug"]: row["score"] for row in explore(client, fewer)}
    after = {row["condition"]["slug"]: row["score"] for row in explore(client, symptoms)}

    having = [slug for slug in before if added in felt[slug]]
    for slug in having:
        for other in before.keys() - set(having):
            # Scores are shares of the best: only how two of them compare means anything.
            assert after[slug] / after[other] > before[slug] / before[other], (slug, other)
            if list(before).index(slug) < list(before).index(other):
                assert list(after).index(slug) < list(after).index(other)


def test_some_condition_is_lifted_over_another_by_a_symptom_more(
    client: TestClient, felt: dict[str, dict[str, Any]]
):
    overtaken = 0
    for first, added in combinations(TELLING, 2):
        before = slugs(explore(client, [first]))
        after = slugs(explore(client, [first, added]))
        overtaken += sum(
            added in felt[slug]
            and added not in felt[other]
            and after.index(slug) < after.index(other)
            for other, slug in combinations(before, 2)
        )

    assert overtaken


def test_what_is_directly_supported_stands_before_what_is_not(
    client: TestClient, felt: dict[str, dict[str, Any]]
):
    unsupported = set[str]()
    for symptom in SLUGS:
        rows = explore(client, [symptom])

        told = [row["shared"][0]["balance"]["supports"]["sources"] > 0 for row in rows]
        assert told == sorted(told, reverse=True), symptom
        unsupported |= {slug for slug, known in zip(slugs(rows), told, strict=True) if not known}
    assert unsupported


# The time since surgery and the region


@given(
    symptoms=some_symptoms,
    weeks=st.none() | st.floats(0, 5200),
    region=st.none() | st.sampled_from(list(Region)),
)
@examples(max_examples=60)
def test_time_and_region_take_no_condition_off_the_list(
    client: TestClient, symptoms: list[str], weeks: float | None, region: str | None
):
    asked = {"weeks_since_surgery": weeks, "region": region}
    given_ones = {name: value for name, value in asked.items() if value is not None}

    narrowed = explore(client, symptoms, **given_ones)

    assert sorted(slugs(narrowed)) == sorted(slugs(explore(client, symptoms)))


@given(symptoms=some_symptoms, region=st.sampled_from(PARTS))
@examples(max_examples=40)
def test_the_region_moves_down_just_those_that_do_not_affect_it(
    client: TestClient, catalogue: Catalogue, symptoms: list[str], region: Region
):
    affecting = {
        row["slug"]
        for row in catalogue.rows(CONDITIONS)
        if region in row["regions"] or Region.ANY in row["regions"]
    }
    before = slugs(explore(client, symptoms))

    rows = explore(client, symptoms, region=region)

    for row in rows:
        slug = row["condition"]["slug"]
        assert row["fit"]["region_fits"] == (slug in affecting)
        assert row["fit"]["regions"] == catalogue.entities[f"condition/{slug}"]["regions"]
    assert_only_moved_down(before, slugs(rows), affecting)


@given(symptoms=some_symptoms, weeks=st.sampled_from([0, 1, 3, 8, 30, 60, 100, 520]))
@examples(max_examples=40)
def test_the_time_moves_down_just_those_that_show_at_another(
    client: TestClient, symptoms: list[str], weeks: int
):
    before = slugs(explore(client, symptoms))

    rows = explore(client, symptoms, weeks_since_surgery=weeks)

    fitting = set[str]()
    for row in rows:
        slug = row["condition"]["slug"]
        assert row["fit"]["onset"] == ONSETS[slug]
        assert row["fit"]["onset_fit"] in ("fits", "unusual")
        fitting |= {slug} if row["fit"]["onset_fit"] == "fits" else set()
    assert_only_moved_down(before, slugs(rows), fitting)


def assert_only_moved_down(before: list[str], after: list[str], fitting: set[str]) -> None:
    """That what fits is in the order it was, so is what does not, and of the two what fits won."""
    for part in (fitting, set(before) - fitting):
        assert [slug for slug in after if slug in part] == [slug for slug in before if slug in part]
    for slug, other in combinations(before, 2):
        if slug in fitting and other not in fitting:
            assert after.index(slug) < after.index(other), (slug, other)


@pytest.mark.parametrize("asked", [{"region": "cervical"}, {"weeks_since_surgery": 2}])
def test_what_does_not_fit_is_moved(client: TestClient, asked: dict[str, Any]):
    before, after = explore(client, TELLING), explore(client, TELLING, **asked)

    assert slugs(before) != slugs(after)


def test_what_was_not_asked_for_is_not_judged(client: TestClient):
    for row in explore(client, TELLING):
        assert row["fit"]["onset_fit"] == "unknown"
        assert row["fit"]["region_fits"] is None


def test_no_part_of_the_spine_in_particular_fits_every_condition(client: TestClient):
    response = client.get("/v1/explore", params={"symptom": TELLING, "region": "any"})

    # It may also be refused: it says nothing of where the operation was.
    if response.status_code == 200:
        assert {row["fit"]["region_fits"] for row in ok(response)["data"]} <= {True, None}
    else:
        assert_refused(response, "region")


@pytest.mark.parametrize(
    ("condition", "fits", "unusual"),
    [
        ("venous-thromboembolism", [1, 2, 6], [52, 520]),
        ("bmp-radiculitis", [0, 1], [52, 520]),
        ("cauda-equina-syndrome", [0, 26, 520], []),
        ("pseudoarthrosis", [26, 52, 260], [0, 1]),
        ("adjacent-segment-disease", [104, 520], [0, 1]),
    ],
)
def test_the_time_fits_when_the_condition_shows(
    client: TestClient,
    felt: dict[str, dict[str, Any]],
    condition: str,
    fits: list[int],
    unusual: list[int],
):
    symptom = next(iter(felt[condition]))
    for expected, times in (("fits", fits), ("unusual", unusual)):
        for weeks in times:
            rows = explore(client, [symptom], weeks_since_surgery=weeks)
            (row,) = (row for row in rows if row["condition"]["slug"] == condition)

            assert row["fit"]["onset_fit"] == expected, (row["fit"]["onset"], weeks)


# Onsets, as read from their words


def test_every_onset_is_read_as_a_stretch_of_time():
    for slug, onset in ONSETS.items():
        window = onset_window(onset)

        assert window, (slug, onset)
        assert 0 <= window.start < window.end, (slug, onset)


def test_within_its_window_a_time_fits_and_outside_it_does_not():
    for onset in ONSETS.values():
        window = onset_window(onset)

        assert window
        for weeks in (window.start, window.end, (window.start + window.end) / 2):
            assert window.fit(weeks) is OnsetFit.FITS
        assert window.fit(window.start - 1) is OnsetFit.UNUSUAL
        assert window.fit(window.end + 1) is OnsetFit.UNUSUAL


def test_what_shows_at_once_fits_the_day_of_surgery():
    at_once = r"\b(at once|immediate|straight after|soon after|hours|any time|from (the|surgery))\b"
    found = [onset for onset in ONSETS.values() if re.search(at_once, onset)]

    assert found
    for onset in found:
        window = onset_window(onset)
        assert window
        assert window.fit(0) is OnsetFit.FITS, onset


def test_what_can_show_after_years_fits_ten_years():
    found = [onset for onset in ONSETS.values() if re.search(r"\byears|decades|any time\b", onset)]

    assert found
    for onset in found:
        window = onset_window(onset)
        assert window
        assert window.fit(520) is OnsetFit.FITS, onset


@pytest.mark.parametrize(
    ("onset", "fits", "unusual"),
    [
        ("hours after surgery", 0, 3),
        ("usually within days of surgery", 1, 6),
        ("days to weeks after surgery", 3, 30),
        ("weeks to months after surgery", 20, 0),
        ("months after surgery", 26, 1),
        ("in the first months after surgery", 8, 70),
        ("in the first weeks after surgery", 3, 11),
        ("in the first month after surgery", 2, 20),
        ("in the first year after surgery", 40, 100),
        ("years after surgery", 200, 4),
    ],
)
def test_a_time_named_more_closely_is_read_more_closely(onset: str, fits: int, unusual: int):
    window = onset_window(onset)

    assert window
    assert window.fit(fits) is OnsetFit.FITS
    assert window.fit(unusual) is OnsetFit.UNUSUAL


def test_an_onset_that_names_no_time_is_not_read():
    assert onset_window("it depends") is None


# What tells the conditions apart


@given(symptoms=some_symptoms)
@examples(max_examples=25)
def test_tests_are_those_that_detect_a_condition_or_rule_it_out(
    client: TestClient, catalogue: Catalogue, symptoms: list[str]
):
    rows = explore(client, symptoms)

    bearing = {slug: edges(catalogue, slug, "detects", "rules_out") for slug in slugs(rows)}
    for row in rows:
        slug = row["condition"]["slug"]
        assert sorted(
            (test["diagnostic"]["slug"], test["predicate"], test["label"]) for test in row["tests"]
        ) == sorted(
            (edge["subject"]["slug"], edge["predicate"], edge["label"]) for edge in bearing[slug]
        )
        for test in row["tests"]:
            others = [
                other
                for other in slugs(rows)
                if other != slug
                and test["diagnostic"]["slug"]
                in {edge["subject"]["slug"] for edge in bearing[other]}
            ]
            assert [link["slug"] for link in test["also"]] == others


def test_the_test_that_tells_most_comes_first(client: TestClient):
    rows = explore(client, TELLING)

    for row in rows:
        for before, after in pairwise(row["tests"]):
            assert len(before["also"]) <= len(after["also"]), row["condition"]["slug"]
    assert max(len(row["tests"]) for row in rows) > 1


def test_red_flags_are_those_that_warn_of_a_condition(client: TestClient, catalogue: Catalogue):
    found = 0
    for row in explore(client, TELLING):
        warnings = [
            edge["subject"]
            for edge in edges(catalogue, row["condition"]["slug"], "warns_of")
            if edge["subject"]["kind"] == "red_flag"
        ]

        assert sorted(ref(flag) for flag in row["red_flags"]) == sorted(map(ref, warnings))
        found += len(warnings)
    assert found


def test_questions_are_those_that_draw_on_a_condition(client: TestClient, catalogue: Catalogue):
    found = 0
    for row in explore(client, TELLING):
        asking = [
            edge["subject"] for edge in edges(catalogue, row["condition"]["slug"], "answers_from")
        ]

        assert sorted(ref(item) for item in row["questions"]) == sorted(map(ref, asking))
        found += len(asking)
    assert found


@pytest.mark.parametrize("audience", ["plain", "clinical"])
def test_summary_and_advice_are_those_of_the_condition(client: TestClient, audience: str):
    found = 0
    for row in explore(client, TELLING, audience=audience):
        address = f"{row['condition']['url']}?audience={audience}"
        detail = ok(client.get(address))["data"]

        assert row["summary"] == detail["summary"]
        assert row["advice"] == [text for text in detail["statements"] if text["topic"] == "advice"]
        found += len(row["advice"])
    assert found


# No diagnosis


@pytest.mark.parametrize(
    "query", ["", "&limit=1&offset=2", "&offset=1000", "&region=lumbar", "&audience=clinical"]
)
def test_every_list_is_labelled_as_no_diagnosis(client: TestClient, query: str):
    body = ok(client.get(f"/v1/explore?symptom={TELLING[0]}{query}"))

    assert "no diagnosis" in body["meta"]["label"]
    assert "doctor" in body["meta"]["label"]


def danger(client: TestClient, *symptoms: str) -> Any:
    """What `meta.safety` tells of these symptoms."""
    return ok(client.get("/v1/explore", params={"symptom": symptoms, "limit": 1}))["meta"]["safety"]


@pytest.fixture(scope="module")
def alarming(catalogue: Catalogue) -> list[str]:
    """The symptoms that can be a sign of an emergency, or need help soon."""
    return [row["slug"] for row in catalogue.rows(SYMPTOMS) if row["red_flag"]]


def test_danger_signs_are_red_flags_the_most_urgent_first(client: TestClient, catalogue: Catalogue):
    order = ["emergency", "same-day", "soon"]
    for symptom in SLUGS:
        safety = danger(client, symptom)

        urgencies = [flag["urgency"] for flag in safety["red_flags"]]
        assert urgencies == sorted(urgencies, key=order.index), symptom
        assert safety["urgency"] == next(iter(urgencies), None)
        for flag in safety["red_flags"]:
            row = catalogue.entities[f"red_flag/{flag['slug']}"]
            told = {name: flag[name] for name in ("slug", "name", "urgency", "action", "url")}
            assert told.items() <= row.items()


def test_a_symptom_that_can_be_an_emergency_is_met_with_its_danger_signs(
    client: TestClient, alarming: list[str]
):
    unmet = [symptom for symptom in alarming if not danger(client, symptom)["red_flags"]]

    assert alarming
    assert unmet == []


def test_a_symptom_that_is_no_danger_sign_is_met_with_no_emergency(
    client: TestClient, alarming: list[str]
):
    # Whoever is sent to an emergency department over poor sleep will not believe the next warning.
    harmless = set(SLUGS) - set(alarming)
    frightening = [
        symptom for symptom in sorted(harmless) if danger(client, symptom)["urgency"] == "emergency"
    ]

    assert harmless
    assert frightening == []


@pytest.mark.parametrize("other", ["tiredness", "sleep-problems", "leg-or-arm-pain"])
def test_an_alarming_symptom_stays_alarming_among_others(
    client: TestClient, alarming: list[str], other: str
):
    for symptom in alarming:
        alone = {flag["slug"] for flag in danger(client, symptom)["red_flags"]}

        for together in ([symptom, other], [other, symptom], [other, symptom, "reduced-mobility"]):
            among = {flag["slug"] for flag in danger(client, *together)["red_flags"]}
            assert alone <= among, together


def test_every_page_tells_the_same_danger_signs(client: TestClient):
    address = "/v1/explore?symptom=saddle-numbness,leg-or-arm-pain"
    first = ok(client.get(f"{address}&limit=1"))
    last = ok(client.get(first["links"]["last"]))

    assert first["meta"]["safety"] == last["meta"]["safety"]


# Pages


@given(limit=st.integers(1, 40), offset=st.integers(0, 40))
@examples(max_examples=30)
def test_a_page_is_that_part_of_the_list(client: TestClient, limit: int, offset: int):
    address = f"/v1/explore?symptom={','.join(TELLING)}&weeks_since_surgery=4"
    whole = ok(client.get(f"{address}&limit=200"))["data"]

    body = ok(client.get(f"{address}&limit={limit}&offset={offset}"))

    assert body["meta"]["total"] == len(whole)
    assert (body["meta"]["limit"], body["meta"]["offset"]) == (limit, offset)
    assert slugs(body["data"]) == slugs(whole)[offset : offset + limit]
    for row, same in zip(body["data"], whole[offset : offset + limit], strict=True):
        assert row["score"] == same["score"]
        assert row["shared"] == same["shared"]


def test_what_a_condition_tells_does_not_depend_on_the_page(client: TestClient):
    address = f"/v1/explore?symptom={','.join(TELLING)}"
    whole = ok(client.get(f"{address}&limit=200"))["data"]

    for place, row in enumerate(whole):
        assert ok(client.get(f"{address}&limit=1&offset={place}"))["data"] == [row]


def test_following_next_visits_every_condition_once(client: TestClient):
    address: str | None = f"/v1/explore?symptom={','.join(TELLING)}&region=lumbar&limit=4"
    found: list[str] = []
    while address:
        body = ok(client.get(address))
        found += slugs(body["data"])
        address = body["links"]["next"]

    assert len(found) == len(set(found)) == body["meta"]["total"] > 4
    assert found == slugs(explore(client, TELLING, region="lumbar"))


# Refusals


@pytest.mark.parametrize(
    "asked", ["nonsense", "pseudoarthrosis", "leg-or-arm-pain,nonsense", "leg-pain"]
)
def test_an_unknown_symptom_is_refused_with_those_there_are(client: TestClient, asked: str):
    reason = assert_refused(client.get(f"/v1/explore?symptom={asked}"), "symptom")

    assert f"'{asked.rpartition(',')[2]}'" in reason
    for slug in SLUGS:
        assert slug in reason


@pytest.mark.parametrize("asked", ["foot_drop", "Foot drop", "foot-drop;", "symptom/foot-drop"])
def test_what_is_no_slug_is_refused(client: TestClient, asked: str):
    assert_refused(client.get("/v1/explore", params={"symptom": asked}), "symptom")


def test_each_unknown_symptom_is_named(client: TestClient):
    reason = assert_refused(client.get("/v1/explore?symptom=colour,sound"), "symptom")

    assert "'colour'" in reason
    assert "'sound'" in reason


@pytest.mark.parametrize("query", ["", "symptom=", "symptom=,", "region=lumbar"])
def test_no_symptom_is_refused(client: TestClient, query: str):
    assert_refused(client.get(f"/v1/explore?{query}"), "symptom")


def test_ten_symptoms_can_be_asked_about_and_no_more(client: TestClient):
    assert ok(client.get(f"/v1/explore?symptom={','.join(SLUGS[:10])}"))["data"]
    assert "10" in assert_refused(
        client.get(f"/v1/explore?symptom={','.join(SLUGS[:11])}"), "symptom"
    )


@pytest.mark.parametrize("weeks", ["-1", "5201", "soon", "", "nan", "inf", "-0.1", "1e99"])
def test_an_impossible_time_is_refused(client: TestClient, weeks: str):
    address = f"/v1/explore?symptom={TELLING[0]}&weeks_since_surgery={weeks}"

    assert_refused(client.get(address), "weeks_since_surgery")


def test_an_unknown_region_is_refused_with_those_there_are(client: TestClient):
    reason = assert_refused(client.get("/v1/explore?symptom=foot-drop&region=knee"), "region")

    for region in PARTS:
        assert region in reason


@pytest.mark.parametrize("accept", ["text/csv", "application/xml"])
def test_what_cannot_be_answered_in_a_format_is_said(client: TestClient, accept: str):
    response = client.get("/v1/explore?symptom=foot-drop", headers={"Accept": accept})

    if response.status_code == 200:
        assert response.headers["content-type"].startswith(accept)
    else:
        assert_problem(response, 406, "not-acceptable")
