"""Suggestions complete what someone types: every name leads to its entity, mistyped ones too."""

import re
from collections import defaultdict
from typing import Any

import pytest
import yaml
from catalogue import Catalogue, ref
from hypothesis import assume, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from shapes import assert_problem, assert_refused, ok
from starlette.testclient import TestClient

from api.knowledge.kinds import BY_COLLECTION, BY_NAME, KINDS
from api.settings import settings

MOST = 50
"""The most suggestions one answer holds."""


def _named() -> dict[str, list[str]]:
    """The names and synonyms of every entity, as the data files state them, by `kind/slug`.

    What a question asks and a fact-check claims name them, too.
    """
    found = {}
    for collection, kind in BY_COLLECTION.items():
        for path in sorted((settings().data_dir / collection).glob("*.yaml")):
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            titles = [content[field] for field in ("question", "claim") if field in content]
            found[f"{kind.name}/{path.stem}"] = [
                content["name"],
                *titles,
                *content.get("synonyms", []),
            ]
    return found


NAMES = _named()
NAMED = [(key, name) for key, names in NAMES.items() for name in names]
HELD = {word for _, name in NAMED for word in re.findall(r"[a-z0-9]+", name.lower())}
"""Every word of a name. What one of them begins with is no mistyped word."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def groups(client: TestClient, typed: str, **query: Any) -> list[Any]:
    """The groups suggested for what was typed, at most as many suggestions as can be had."""
    return ok(client.get("/v1/suggest", params={"q": typed, "limit": MOST, **query}))["data"]


def suggested(client: TestClient, typed: str, **query: Any) -> dict[str, str]:
    """The names suggested, by the `kind/slug` of their entity, in their order."""
    return {
        ref(item["entity"]): item["text"]
        for group in groups(client, typed, **query)
        for item in group["suggestions"]
    }


def begins(name: str, typed: str) -> bool:
    """Whether a name begins as typed, whatever signs stand between its words."""

    def bare(text: str) -> str:
        return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()

    return bare(name).startswith(bare(typed))


def mistyped(draw: st.DrawFn, word: str) -> str:
    """A word with one letter lost, added, wrong, or in the place of its neighbour."""
    place = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from(LETTERS))
    before, at, after = word[:place], word[place], word[place + 1 :]
    wrong = draw(
        st.sampled_from(
            [
                before + after,
                before + letter + at + after,
                before + letter + after,
                before + after[:1] + at + after[1:],
            ]
        )
    )
    assume(not any(held.startswith(wrong) for held in HELD))
    return wrong


@st.composite
def misspelled_names(draw: st.DrawFn) -> tuple[str, str]:
    """An entity, and one of its names with a letter mistyped in a word of five or more."""
    key, name = draw(st.sampled_from(NAMED))
    found = list(re.finditer(r"[a-z]{5,}", name.lower()))
    assume(found)
    word = draw(st.sampled_from(found))
    wrong = mistyped(draw, word[0])
    return key, f"{name[: word.start()]}{wrong}{name[word.end() :]}"


@st.composite
def misspelled_beginnings(draw: st.DrawFn) -> tuple[str, str]:
    """An entity, and the beginning of one of its names, up to within a word that is mistyped."""
    key, name = draw(st.sampled_from(NAMED))
    found = list(re.finditer(r"[a-z]{7,}", name.lower()))
    assume(found)
    word = draw(st.sampled_from(found))
    begun = word[0][: draw(st.integers(5, len(word[0]) - 1))]
    return key, name[: word.start()] + mistyped(draw, begun)


# By name and synonym


def assert_completed(client: TestClient, typed: str) -> None:
    """That what was typed finds every entity with a name that begins so, or as many as there is
    room for, each by such a name.
    """
    meant = {key for key, name in NAMED if name.lower().startswith(typed.lower())}
    found = suggested(client, typed)

    if len(meant) <= MOST:
        assert meant <= set(found), typed
    else:
        assert len(found) == MOST, typed
        assert set(found) <= meant, typed
    for key in meant & set(found):
        assert begins(found[key], typed), typed


def test_names_and_synonyms_find_their_entity(client: TestClient):
    # One in five of some four thousand: each costs a request.
    for name in list(dict.fromkeys(name for _, name in NAMED))[::5]:
        assert_completed(client, name)


def test_three_letters_find_what_begins_with_them(client: TestClient):
    starts = {name[:3].lower() for _, name in NAMED}

    for typed in sorted(start for start in starts if start[-1].isalnum())[::4]:
        assert_completed(client, typed)


@given(name=st.sampled_from([name for _, name in NAMED]), data=st.data())
@examples(max_examples=100)
def test_a_name_is_found_at_every_letter_of_typing_it(
    client: TestClient, name: str, data: st.DataObject
):
    typed = name[: data.draw(st.integers(1, len(name)))]
    # After a space or a hyphen, what was typed reads as a finished word of other names as well.
    assume(typed[-1].isalnum())

    assert_completed(client, typed)


def test_a_name_typed_in_full_comes_first_of_its_kind(client: TestClient):
    for key, (name, *_) in list(NAMES.items())[::3]:
        (group,) = groups(client, name, kind=key.partition("/")[0])

        first = group["suggestions"][0]["entity"]
        assert name.lower() in {other.lower() for other in NAMES[ref(first)]}, key


def test_a_part_of_a_compound_word_finds_it(client: TestClient):
    compounds = [
        (key, word)
        for key, name in NAMED
        for word in re.findall(r"\b[a-z]+-[a-z]+\b", name.lower())
    ]

    for key, word in compounds[::5]:
        for part in word.split("-"):
            found = suggested(client, part, kind=key.partition("/")[0])
            assert key in found or len(found) == MOST, (key, word, part)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("pseud", "condition/pseudoarthrosis"),
        ("NONUNION", "condition/pseudoarthrosis"),
        ("non-union", "condition/pseudoarthrosis"),
        ("  nonunion  ", "condition/pseudoarthrosis"),
        ("fusion failed", "condition/failed-spinal-fusion"),
        ("ct", "diagnostic/ct-scan"),
        ("fbss", "condition/failed-back-surgery-syndrome"),
    ],
)
def test_case_spaces_and_order_of_words_do_not_matter(client: TestClient, typed: str, key: str):
    assert key in suggested(client, typed)


# Mistyped


@given(misspelled_names())
@examples(max_examples=100)
def test_a_mistyped_letter_still_finds_the_entity(client: TestClient, meant: tuple[str, str]):
    key, typed = meant

    assert key in suggested(client, typed)


@given(misspelled_beginnings())
@examples(max_examples=80)
def test_a_mistyped_letter_is_forgiven_before_the_word_is_finished(
    client: TestClient, meant: tuple[str, str]
):
    key, typed = meant

    found = suggested(client, typed, kind=key.partition("/")[0])

    assert key in found or len(found) == MOST


@pytest.mark.parametrize("typed", ["qzxvjkw", "fusion qzxvjkw", "qzxvjkw fusion"])
def test_what_resembles_no_name_is_answered_with_nothing(client: TestClient, typed: str):
    assert groups(client, typed) == []


# Groups


@given(typed=st.sampled_from(sorted({name[:4] for _, name in NAMED})))
@examples(max_examples=60)
def test_suggestions_stand_in_the_group_of_their_kind(
    client: TestClient, catalogue: Catalogue, typed: str
):
    titles = {item["kind"]: item["title"] for item in ok(client.get("/v1"))["data"]["collections"]}
    found = groups(client, typed)

    kinds = [group["kind"] for group in found]
    assert len(kinds) == len(set(kinds))
    for group in found:
        assert group["label"] == titles[group["kind"]]
        assert group["suggestions"]
        for item in group["suggestions"]:
            assert item["entity"]["kind"] == group["kind"]
    links = [item["entity"] for group in found for item in group["suggestions"]]
    assert len({ref(link) for link in links}) == len(links)
    for link in links:
        row = catalogue.entities[ref(link)]
        assert link == {name: row[name] for name in ("kind", "slug", "name", "url")}


@given(typed=st.sampled_from(sorted({name[:4] for _, name in NAMED})))
@examples(max_examples=60)
def test_what_is_suggested_is_a_name_of_the_entity(client: TestClient, typed: str):
    for key, text in suggested(client, typed).items():
        assert text in NAMES[key]


# What narrows


@given(
    typed=st.sampled_from(sorted({name[:4] for _, name in NAMED})),
    kinds=st.sets(st.sampled_from(list(BY_NAME)), min_size=1),
)
@examples(max_examples=60)
def test_a_kind_keeps_its_groups(client: TestClient, typed: str, kinds: set[str]):
    kept = groups(client, typed, kind=",".join(kinds))

    assert {group["kind"] for group in kept} <= kinds
    whole = groups(client, typed)
    if sum(len(group["suggestions"]) for group in whole) < MOST:
        assert kept == [group for group in whole if group["kind"] in kinds]


def test_each_kind_can_be_completed_alone(client: TestClient):
    for kind in KINDS:
        name = NAMES[f"{kind.name}/{kind.example}"][0]

        (group,) = groups(client, name.split()[0], kind=kind.name)

        assert group["kind"] == kind.name


@given(
    typed=st.sampled_from(sorted({name[:3] for _, name in NAMED})), limit=st.integers(1, MOST - 1)
)
@examples(max_examples=60)
def test_a_limit_keeps_the_best(client: TestClient, typed: str, limit: int):
    more = groups(client, typed, limit=limit + 1)
    fewer = groups(client, typed, limit=limit)

    (first,) = groups(client, typed, limit=1) or [None]
    placed = defaultdict[str, list[Any]](list)
    for group in more:
        placed[group["kind"]] = group["suggestions"]
    assert sum(len(group["suggestions"]) for group in fewer) <= limit
    assert [group["kind"] for group in fewer] == [group["kind"] for group in more][: len(fewer)]
    for group in fewer:
        # The one that is cut off is the last of its group.
        kept = len(group["suggestions"])
        assert placed[group["kind"]][:kept] == group["suggestions"]
    if first:
        assert fewer[0]["kind"] == first["kind"]
        assert fewer[0]["suggestions"][0] == first["suggestions"][0]


def test_ten_are_suggested_by_default(client: TestClient):
    body = ok(client.get("/v1/suggest?q=s"))

    assert sum(len(group["suggestions"]) for group in body["data"]) == 10
    assert body["data"] == groups(client, "s", limit=10)


# Odd input


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=100))
@examples(max_examples=100)
def test_any_text_is_answered(client: TestClient, typed: str):
    response = client.get("/v1/suggest", params={"q": typed})

    if typed.strip():
        ok(response)
    else:
        assert_refused(response, "q")


@pytest.mark.parametrize(
    "typed",
    [
        "🦴",
        "pain 😭😭😭",
        "👩‍⚕️",
        ".*",
        "(((",
        "[a-z",
        "\\",
        "(?P<x>",
        "a{100000}",
        "%",
        "100%_",
        "'; DROP TABLE entity; --",
        '" OR ""="',
        "<script>alert(1)</script>",
        "${jndi:ldap://x}",
        "../../etc/passwd",
        "псевдоартроз",
        "脊椎融合",
        "الانصمام",
        "ไม่ติด",
        "ﷺ" * 100,
        "e" + "\u0301" * 99,
        "\u202enoisuf",
        "-",
        "'",
        "a-" * 50,
        "x " * 50,
        "1" * 100,
        "NULL",
        "\ufeff",
    ],
)
def test_odd_input_is_answered_with_the_shape_of_every_answer(client: TestClient, typed: str):
    for group in groups(client, typed):
        assert group["suggestions"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("psëudoarthrosis", "pseudoarthrosis"),
        ("\uff4e\uff4f\uff4eunion", "nonunion"),
        ("non\u2011union", "non-union"),
    ],
)
def test_accents_wide_letters_and_typographic_signs_read_as_plain_ones(
    client: TestClient, typed: str, meant: str
):
    assert groups(client, typed) == groups(client, meant) != []


@pytest.mark.parametrize(
    "typed", ["pseud 🦴", "pseud .*", "(pseud", "pseud'; --", "pseud%"], ids=ascii
)
def test_signs_around_a_word_do_not_hide_it(client: TestClient, typed: str):
    assert "condition/pseudoarthrosis" in suggested(client, typed)


# Refusals


@pytest.mark.parametrize("query", ["", "q=", "q=%20%20", "q=%E3%80%80"])
def test_nothing_typed_is_refused(client: TestClient, query: str):
    assert_refused(client.get(f"/v1/suggest?{query}"), "q")


def test_more_than_a_hundred_letters_are_refused(client: TestClient):
    assert "100" in assert_refused(client.get("/v1/suggest", params={"q": "a" * 101}), "q")
    assert ok(client.get("/v1/suggest", params={"q": "a" * 100}))


@pytest.mark.parametrize("limit", ["0", "-1", "51", "abc", "1.5", ""])
def test_an_impossible_limit_is_refused(client: TestClient, limit: str):
    assert_refused(client.get(f"/v1/suggest?q=pseud&limit={limit}"), "limit")


def test_an_unknown_kind_is_refused_with_those_there_are(client: TestClient):
    reason = assert_refused(client.get("/v1/suggest?q=pseud&kind=conditions"), "kind")

    for kind in BY_NAME:
        assert kind in reason


def test_a_control_character_is_refused(client: TestClient):
    assert_problem(client.get("/v1/suggest?q=a%00b"), 400, "malformed-request")
