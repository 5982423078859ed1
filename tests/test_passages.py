"""Passages: within the budget, cited, without repeats, both sides, what is urgent first."""

import re

import pytest
from starlette.testclient import TestClient
from tokenizers import Tokenizer

from api.search.encoder import MODEL
from api.search.tokens import tokens_in

QUESTIONS = [
    "does a bone growth stimulator work",
    "will smoking stop my fusion from healing",
    "is a spinal cord stimulator worth it",
    "my cage sank into the bone what happens now",
    "how long until I can go back to work",
    "is bone morphogenetic protein safe",
    "I can't pee and my saddle area is numb since the operation",
    "fever and bad back pain two weeks after my fusion",
]
BUDGETS = [200, 350, 800, 2500, 8000]


def passages(client: TestClient, q: str, **more: object) -> dict:
    response = client.get("/v1/passages", params={"q": q, **more})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_context_never_exceeds_its_budget_and_more_budget_never_says_less(
    client: TestClient, question: str
) -> None:
    told = []
    for budget in BUDGETS:
        data = passages(client, question, max_tokens=budget)["data"]
        assert data["tokens"] == tokens_in(data["context"]) <= budget
        told.append(len(data["passages"]))
    assert told == sorted(told)
    assert told[-1] > told[0]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_passage_is_a_statement_with_all_its_citations(
    client: TestClient, question: str
) -> None:
    data = passages(client, question, max_tokens=2500)["data"]
    by_number = {citation["number"]: citation for citation in data["citations"]}
    assert list(by_number) == list(range(1, len(by_number) + 1))
    for passage in data["passages"]:
        statement = client.get(passage["url"]).json()["data"]
        assert passage["text"] == statement["text"]
        assert passage["entity"] == statement["entity"]
        cited = {citation["source"] for citation in statement["citations"]}
        assert {by_number[number]["source"] for number in passage["citations"]} == cited
        marks = "".join(f"[{number}]" for number in passage["citations"])
        assert f"{passage['text']} {marks}" in data["context"]
    used = {number for passage in data["passages"] for number in passage["citations"]}
    assert used == set(by_number)
    for number, citation in by_number.items():
        assert f"[{number}] {citation['label']}" in data["context"]
        source = client.get(f"/v1/sources/{citation['source']}").json()["data"]
        for name in ("label", "title", "year", "doi", "pmid", "pmcid", "url"):
            assert citation[name] == source[name]


@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_is_said_twice(client: TestClient, question: str) -> None:
    texts = [
        frozenset(re.findall(r"\w{4,}", passage["text"].lower()))
        for passage in passages(client, question, max_tokens=8000)["data"]["passages"]
    ]
    for place, one in enumerate(texts):
        for other in texts[:place]:
            assert len(one & other) / min(len(one), len(other)) < 0.9


@pytest.mark.parametrize(
    "question", ["is a spinal cord stimulator worth it", "does a bone growth stimulator work"]
)
def test_where_the_evidence_disagrees_both_sides_come_together(
    client: TestClient, question: str
) -> None:
    shown = passages(client, question, max_tokens=2500)["data"]["passages"]
    places = {passage["id"]: place for place, passage in enumerate(shown)}
    paired = [passage for passage in shown if passage["other_side_of"]]
    assert paired
    for passage in paired:
        assert places[passage["id"]] == places[passage["other_side_of"]] + 1


def test_danger_comes_first_even_in_the_smallest_budget(client: TestClient) -> None:
    data = passages(
        client, "I can't pee and my saddle area is numb since the operation", max_tokens=200
    )
    assert data["meta"]["safety"]["urgency"] == "emergency"
    first = data["data"]["context"].splitlines()[0]
    assert first.startswith("EMERGENCY")
    assert data["meta"]["safety"]["red_flags"][0]["action"] in first


def test_what_is_not_covered_gives_no_passages_and_says_so(client: TestClient) -> None:
    answer = passages(client, "how do I renew my passport online")
    assert answer["meta"]["coverage"] == "not_covered"
    assert answer["data"]["passages"] == answer["data"]["citations"] == []
    assert "holds nothing on this question" in answer["data"]["context"]


def test_clinicians_get_the_clinical_wording(client: TestClient) -> None:
    data = passages(client, "pseudarthrosis risk with smoking", audience="clinical")["data"]
    for passage in data["passages"]:
        statement = client.get(passage["url"], params={"audience": "clinical"}).json()["data"]
        assert passage["text"] == statement["text"]


def test_only_statements_of_the_kinds_asked_for(client: TestClient) -> None:
    data = passages(client, "infection after fusion", kind="treatment,faq")["data"]
    assert {passage["entity"]["kind"] for passage in data["passages"]} <= {"treatment", "faq"}
    assert data["passages"]


@pytest.mark.parametrize("budget", [0, 199, 8001, "many"])
def test_a_budget_out_of_bounds_is_refused(client: TestClient, budget: object) -> None:
    response = client.get("/v1/passages", params={"q": "screws", "max_tokens": budget})
    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "max_tokens"


def test_tokens_are_counted_higher_than_a_real_tokenizer_does(client: TestClient) -> None:
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    for question in QUESTIONS:
        for audience in ("plain", "clinical"):
            context = passages(client, question, max_tokens=8000, audience=audience)["data"][
                "context"
            ]
            assert len(tokenizer.encode(context, add_special_tokens=False).ids) <= tokens_in(
                context
            )
