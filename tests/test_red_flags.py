"""Danger signs in free text: told as present they are seen; denied, past, supposed or spoken of in
general they are not. How often in 500 sentences is measured in `evaluation/`.
"""

import json

import pytest
import yaml
from starlette.testclient import TestClient

from api.search.encoder import MODEL
from api.search.signs import Signs, sign_of
from api.settings import ROOT

PRESENT = {
    "loss-of-bladder-or-bowel-control": [
        "Since my spinal fusion yesterday I can't pee at all.",
        "my mum has wet herself twice today, she had back surgery last week",
    ],
    "saddle-numbness-or-pain-down-both-legs": [
        "I am numb between my legs since the operation on my spine",
        "cant feel toilet paper when i wipe, fusion 3 days ago",
    ],
    "new-weakness-or-paralysis": [
        "My husband suddenly can't move his legs after his fusion",
        "I have foot drop since the surgery on Monday",
    ],
    "chest-pain-or-trouble-breathing": [
        "chest pain and short of breath one week after spinal fusion",
        "I can't catch my breath since I came home from my back operation",
    ],
    "high-fever-or-fever-with-back-pain": [
        "fever of 39.5 and terrible back pain ten days after my fusion",
    ],
    "suicidal-thoughts-or-overdose": [
        "the pain after my fusion is so bad that I want to kill myself",
        "he took too many oxycodone and I can't wake him up",
    ],
    "neck-swelling-or-airway-trouble": [
        "my neck is swelling since the ACDF and it is hard to breathe",
    ],
}
ABSENT = [
    "I had a fusion six weeks ago. No fever, no numbness, no weakness. When can I drive?",
    "denies fever, chills, weakness or incontinence, asks about screws",
    "what is cauda equina syndrome",
    "how common is a blood clot after spinal fusion",
    "risk factors for urinary retention after lumbar fusion",
    "does smoking stop a fusion from healing",
    "which scan shows if my fusion is solid",
    "I had foot drop in 2015 and fully recovered. Can I have a spinal cord stimulator?",
]


def safety(client: TestClient, text: str) -> dict:
    response = client.get("/v1/search", params={"q": text, "limit": 1})
    assert response.status_code == 200
    return response.json()["meta"]["safety"]


@pytest.mark.parametrize(
    ("flag", "text"), [(flag, text) for flag, texts in PRESENT.items() for text in texts]
)
def test_a_sign_told_as_present_is_an_emergency(client: TestClient, flag: str, text: str):
    told = safety(client, text)

    assert flag in [seen["slug"] for seen in told["red_flags"]]
    assert told["urgency"] == "emergency"


@pytest.mark.parametrize("text", ABSENT)
def test_what_is_denied_past_or_general_is_no_emergency(client: TestClient, text: str):
    assert safety(client, text)["urgency"] != "emergency"


def test_the_most_urgent_comes_first_with_what_to_do(client: TestClient):
    told = safety(client, "My wound is red and oozing and since this morning I can't move my legs.")

    order = ["emergency", "same-day", "soon"]
    places = [order.index(seen["urgency"]) for seen in told["red_flags"]]
    assert places == sorted(places)
    assert told["urgency"] == told["red_flags"][0]["urgency"] == "emergency"
    for seen in told["red_flags"]:
        flag = client.get(seen["url"]).json()["data"]
        assert {name: flag[name] for name in ("name", "urgency", "action")} == {
            name: seen[name] for name in ("name", "urgency", "action")
        }


def test_the_words_that_tell_of_a_sign_stand_in_the_text(client: TestClient):
    text = "since my fusion i am numb between my legs"

    for seen in safety(client, text)["red_flags"]:
        assert all(words in text for words in seen["matched"])


def test_the_judge_knows_just_the_red_flags_there_are():
    flags = json.loads((MODEL / "red_flags.json").read_text("utf-8"))

    assert flags == sorted(path.stem for path in (ROOT / "data" / "red-flags").glob("*.yaml"))


def told(phrase: str, text: str) -> list[bool]:
    """Whether a text tells of a sign, found by its words alone, as present."""
    return [found.is_present for found in Signs([sign_of("flag", phrase)]).told(text)]


@pytest.mark.parametrize(
    "text",
    [
        "i can't pee",
        "haven't been able to wee since the op",
        "he is unable to pass urine",
        "can not seem to urinate",
    ],
)
def test_a_sign_is_found_in_other_words_that_mean_the_same(text: str):
    assert told("can't pee", text) == [True]


@pytest.mark.parametrize(
    "text",
    [
        "no fever",
        "i have no pain, no chills and no fever",
        "without redness or fever",
        "she denies fever",
        "fever: none",
    ],
)
def test_a_denied_sign_is_found_but_not_told_as_present(text: str):
    assert told("fever", text) == [False]


@pytest.mark.parametrize(
    "text",
    [
        "no pain but a fever",
        "i have no appetite. i have a fever",
        "not only a rash, also a fever",
        "i am not sure if it is a fever",
    ],
)
def test_a_denial_ends_where_another_thought_begins(text: str):
    assert told("fever", text)[-1] is True


def test_a_sign_does_not_reach_over_the_end_of_a_sentence():
    assert told("numb groin", "My foot is numb. I pulled my groin.") == []


def test_every_sign_of_the_data_is_found_in_itself():
    for path in (ROOT / "data" / "red-flags").glob("*.yaml"):
        for phrase in yaml.safe_load(path.read_text("utf-8"))["signs"]:
            assert told(phrase, phrase), phrase
