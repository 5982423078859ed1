"""Search over HTTP: what comes back, how it is explained, and what odd input gets."""

import html
import re

import pytest
from catalogue import Catalogue
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.knowledge.kinds import BY_NAME, KINDS, Kind

ODD = [
    "?",
    "a",
    "🦴🔩😢",
    "the of and to",
    "SELECT * FROM entity; DROP TABLE entity;--",
    "' OR 1=1 --",
    ".*+?^${}()|[]\\",
    "(a+)+$" * 50,
    "¿por qué me duele la espalda después de la fusión?",
    "脊椎融合术失败怎么办",
    "لماذا فشلت عمليتي",
    "x" * 4000,
    "fuzion " * 500,
    "screw-" * 600,
    "'" * 3000,
    "can't " * 600,
    "no fever no fever " * 200,
    " ".join(f"wrod{number}zq" for number in range(400)),
    "L5-S1",
    "%00%0a",
    "<script>alert(1)</script> screw",
]


def search(client: TestClient, q: str, **more: object) -> dict:
    response = client.get("/v1/search", params={"q": q, **more})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_entity_is_found_first_among_its_kind_by_its_name(
    client: TestClient, catalogue: Catalogue, kind: Kind
) -> None:
    for row in catalogue.rows(kind)[::4]:
        if len(row["name"]) < 4:
            continue
        hits = search(client, row["name"], kind=kind.name, limit=3)["data"]
        assert row["slug"] in [hit["entity"]["slug"] for hit in hits], row["name"]


def test_a_hit_shows_the_same_card_as_its_collection(client: TestClient) -> None:
    for hit in search(client, "will smoking stop my bones from fusing")["data"]:
        card = hit["entity"]
        own = client.get(card["url"], params={"fields": ",".join(card)}).json()["data"]
        assert card == own


def test_scores_fall_and_the_best_is_one(client: TestClient) -> None:
    scores = [hit["score"] for hit in search(client, "loose screw", limit=50)["data"]]
    assert scores[0] == 1
    assert scores == sorted(scores, reverse=True)


def test_pages_follow_each_other(client: TestClient) -> None:
    whole = search(client, "pain after fusion", limit=20)
    parts = [search(client, "pain after fusion", limit=7, offset=offset) for offset in (0, 7, 14)]
    assert [hit for part in parts for hit in part["data"]][:20] == whole["data"][:20]
    assert {part["meta"]["total"] for part in parts} == {whole["meta"]["total"]}


def test_only_the_kinds_asked_for_come_back(client: TestClient) -> None:
    for kind in KINDS:
        hits = search(client, "infection after spinal fusion", kind=kind.name)["data"]
        assert hits
        assert {hit["entity"]["kind"] for hit in hits} == {kind.name}


def test_a_snippet_is_a_statement_of_the_entity_with_words_of_the_query_marked(
    client: TestClient,
) -> None:
    hits = search(client, "does smoking stop a fusion from healing")["data"]
    for hit in hits:
        snippet = hit["snippet"]
        statement = client.get(snippet["url"]).json()["data"]
        assert statement["text"] == snippet["text"]
        assert statement["entity"]["url"] == hit["entity"]["url"]
        assert html.unescape(re.sub("</?mark>", "", snippet["html"])) == snippet["text"]
    marked = {
        word.lower()
        for hit in hits
        for word in re.findall("<mark>(.*?)</mark>", hit["snippet"]["html"])
    }
    assert any(word.startswith("smok") for word in marked)


def test_clinicians_get_the_clinical_wording(client: TestClient) -> None:
    plain = search(client, "pseudarthrosis ct")["data"]
    clinical = search(client, "pseudarthrosis ct", audience="clinical")["data"]
    assert [hit["entity"]["slug"] for hit in plain] == [hit["entity"]["slug"] for hit in clinical]
    assert any(
        one["snippet"]["text"] != other["snippet"]["text"]
        for one, other in zip(plain, clinical, strict=True)
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("psuedarthrosis treatmant", "treatment"),
        ("spinal fuson faild", "fusion failed"),
        ("ostioporosis and scrwes", "screws"),
    ],
)
def test_spelling_is_mended_and_the_answer_says_so(
    client: TestClient, typed: str, meant: str
) -> None:
    answer = search(client, typed)
    assert meant in answer["meta"]["corrected_query"]
    assert answer["data"]


def test_what_is_spelled_right_is_left_alone(client: TestClient, catalogue: Catalogue) -> None:
    for row in catalogue.rows(BY_NAME["faq"]):
        assert search(client, row["question"], limit=1)["meta"]["corrected_query"] is None


@pytest.mark.parametrize("text", ODD)
def test_odd_input_gets_an_answer(client: TestClient, text: str) -> None:
    for path in ("search", "passages", "suggest"):
        response = client.get(f"/v1/{path}", params={"q": text})
        # 414: signs that take three bytes each in an address make it longer than any may be.
        assert response.status_code in {200, 414, 422}, (path, response.text)
        if response.status_code == 422:
            assert response.json()["errors"][0]["parameter"] == "q"


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=300))
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_any_text_gets_an_answer(client: TestClient, text: str) -> None:
    assert client.get("/v1/search", params={"q": text}).status_code in {200, 422}


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_an_empty_or_endless_query_is_refused_with_what_to_change(
    client: TestClient, text: str
) -> None:
    response = client.get("/v1/search", params={"q": text})
    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "q"


def test_a_missing_query_is_refused(client: TestClient) -> None:
    response = client.get("/v1/search")
    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "q"


def test_what_is_not_covered_has_no_hits_and_says_so(client: TestClient) -> None:
    answer = search(client, "how do I renew my passport online")
    assert answer["meta"]["coverage"] == "not_covered"
    assert answer["data"] == []
    assert answer["meta"]["total"] == 0


def test_a_danger_sign_is_told_first_with_what_to_do(client: TestClient) -> None:
    answer = search(client, "since my fusion yesterday I can't pee and I am numb between my legs")
    told = answer["meta"]["safety"]
    assert told["urgency"] == "emergency"
    flag = client.get(told["red_flags"][0]["url"]).json()["data"]
    assert flag["action"] == told["red_flags"][0]["action"]
    assert flag["urgency"] == "emergency"


def test_a_danger_sign_at_the_end_of_a_long_story_is_heard(client: TestClient) -> None:
    story = "I had a fusion in spring and the surgeon was kind and the food was poor. " * 20
    answer = search(client, story + "Since this morning I cannot move my legs at all.")
    assert answer["meta"]["safety"]["urgency"] == "emergency"


def test_lists_are_searched_among_what_passes_their_filters(client: TestClient) -> None:
    for kind in KINDS:
        path = f"/v1/{kind.collection}"
        tier = client.get(path, params={"tier": 1, "limit": 200}).json()["data"]
        answer = client.get(path, params={"tier": 1, "q": "infection of a fusion"}).json()
        assert {row["slug"] for row in answer["data"]} <= {row["slug"] for row in tier}
        assert answer["meta"]["coverage"] == "covered"
        assert "safety" in answer["meta"]


def test_a_searched_list_puts_the_best_answer_first_unless_another_order_is_asked_for(
    client: TestClient,
):
    query = {"q": "the cage sank into the bone", "limit": 100}
    best = client.get("/v1/conditions", params=query).json()
    by_name = client.get("/v1/conditions", params={**query, "sort": "name"}).json()

    assert best["data"][0]["slug"] == "cage-subsidence"
    names = [row["name"] for row in by_name["data"]]
    assert names == sorted(names)
    assert sorted(names) == sorted(row["name"] for row in best["data"])


def test_a_list_without_a_query_says_nothing_of_coverage(client: TestClient) -> None:
    meta = client.get("/v1/conditions").json()["meta"]
    assert "coverage" not in meta
    assert "safety" not in meta
