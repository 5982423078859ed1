"""The index: the same on every engine, replaced with its release, and bounded in what it does."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import NewDatabase, asking, condition, fill, write
from hypothesis import given
from hypothesis import strategies as st
from small_data import small_folder
from sqlmodel import Session, select

from api.database import reader
from api.knowledge.releases import SearchIndex
from api.search.index import clustered, dumped, loaded
from api.search.lexical import field_of
from api.search.spelling import Speller
from api.search.tokens import tokens_in
from api.search.words import terms, words


def stored(url: str) -> bytes:
    """The index a database keeps."""
    engine = reader(url)
    with Session(engine) as session:
        (kept,) = session.exec(select(SearchIndex)).all()
    engine.dispose()
    return kept.data


def test_the_index_is_the_same_on_every_engine(new_database: NewDatabase, tmp_path: Path):
    folder = small_folder(tmp_path)
    here, there = new_database("an index"), f"sqlite:///{tmp_path / 'other.db'}"
    fill(here, folder)
    fill(there, folder)

    assert hashlib.sha256(stored(here)).digest() == hashlib.sha256(stored(there)).digest()


def test_an_index_is_read_as_it_was_written(url: str):
    data = stored(url)

    assert dumped(loaded(data)) == data


def test_another_release_is_searched_without_a_new_start(
    new_database: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("api.app.EDITION_SECONDS", 0)
    address = new_database("searched anew")
    fill(address, write(tmp_path, {"conditions/nonunion": condition()}))
    with asking(address) as client:
        before = client.get("/v1/search", params={"q": "nonunion"}).json()
        other = condition(name="Loose screw", synonyms=["screw loosening"])
        fill(address, write(tmp_path, {"conditions/loose-screw": other}))
        after = client.get("/v1/search", params={"q": "screw loosening"}).json()

    assert [hit["entity"]["slug"] for hit in before["data"]] == ["nonunion"]
    assert [hit["entity"]["slug"] for hit in after["data"]] == ["loose-screw"]
    assert before["meta"]["release"] != after["meta"]["release"]


def test_a_database_without_an_index_says_what_to_do(new_database: NewDatabase, tmp_path: Path):
    from api.database import writer  # noqa: PLC0415

    address = new_database("no index")
    fill(address, write(tmp_path, {"conditions/nonunion": condition()}))
    engine = writer(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM search_index")
    engine.dispose()
    with asking(address) as client:
        response = client.get("/v1/search", params={"q": "nonunion"})

    assert response.status_code == 503
    assert "failed-fusion seed" in response.json()["detail"]


def test_starting_to_serve_does_not_wait_for_the_encoder():
    loaded_at_import = subprocess.run(
        [sys.executable, "-c", "import sys, api.app; print('onnxruntime' in sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )

    assert loaded_at_import.stdout.strip() == "False"


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), min_size=1, max_size=8))
def test_bm25_gives_nothing_to_documents_without_a_term_and_more_to_shorter_ones(
    documents: list[list[str]],
):
    vocabulary = {term: number for number, term in enumerate("abcdef")}
    field = field_of(documents, vocabulary)
    for term, number in vocabulary.items():
        scores = field.scores([number])
        assert [score > 0 for score in scores] == [term in document for document in documents]
        for one, own in enumerate(documents):
            for other, theirs in enumerate(documents):
                if own.count(term) == theirs.count(term) > 0 and len(own) < len(theirs):
                    assert scores[one] > scores[other]


def test_groups_hold_every_entity_once_and_find_what_is_near():
    chance = np.random.default_rng(1)
    gists = chance.normal(size=(6000, 384)).astype(np.float32)
    gists /= np.linalg.norm(gists, axis=1, keepdims=True)
    groups = clustered(gists)

    assert sorted(groups.members.tolist()) == list(range(6000))
    found = sum(place in groups.near(gists[place]) for place in range(0, 6000, 60))
    assert found == 100
    assert len(groups.near(gists[0])) < 1500


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("haematoma", "hematoma"),
        ("tumour", "tumor"),
        ("immobilised", "immobilized"),
        ("anaesthetic", "anesthetic"),
        ("fibre", "fiber"),
    ],
)
def test_british_and_american_spellings_are_one(british: str, american: str):
    assert terms(british) == terms(american)


def test_words_keep_their_hyphens_and_are_found_by_their_parts_too():
    assert words("PI-LL mismatch, rhBMP-2") == ["pi-ll", "mismatch", "rhbmp-2"]
    assert set(terms("bone-growth")) >= set(terms("bone growth"))


def test_only_unknown_words_are_mended():
    speller = Speller({"surgery": 50, "screw": 20, "fusion": 90}, {"scrow"}.__contains__)

    assert speller.mend("surgury of a scrow").text == "surgery of a scrow"
    assert speller.mend("fusoin fusion").text == "fusion fusion"
    assert speller.mend("screwfusion").text == "screw fusion"
    assert speller.mend("xqzt 1234 surgery's").changes == ()


@given(st.text(max_size=200), st.text(max_size=200))
def test_tokens_of_two_lines_add_up(one: str, other: str):
    assert tokens_in(f"{one}\n{other}") == tokens_in(one) + 1 + tokens_in(other)
