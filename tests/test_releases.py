"""Releases: what changed, entity by entity, since a release or a day."""

from collections.abc import Iterator
from typing import Any

import pytest
from conftest import NewDatabase, asking, condition, fill, write
from shapes import assert_refused, ok, walk
from starlette.testclient import TestClient


@pytest.fixture(scope="module")
def history(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    """An application after three releases: two conditions added, one changed, one removed."""
    address = new_database("history")
    folder = tmp_path_factory.mktemp("data")
    other = condition(name="Loose screw")
    changed = condition(onset="years after surgery")
    for files in (
        {"conditions/nonunion": condition(), "conditions/loose-screw": other},
        {"conditions/nonunion": changed, "conditions/loose-screw": other},
        {"conditions/nonunion": changed},
    ):
        fill(address, write(folder, files))
    with asking(address) as client:
        yield client


def told(rows: list[Any]) -> list[tuple[str, str]]:
    """What a list of changes tells, without when."""
    return [(row["subject"], row["action"]) for row in rows]


def test_releases_are_listed_newest_first(history: TestClient):
    rows = walk(history, "/v1/releases")

    assert [row["counts"]["conditions"] for row in rows] == [1, 2, 2]
    assert len({row["id"] for row in rows}) == 3
    assert ok(history.get("/v1"))["meta"]["release"] == rows[0]["id"]
    assert ok(history.get("/v1/meta"))["data"]["release"] == rows[0]


def test_all_changes_are_told_in_order(history: TestClient):
    assert told(walk(history, "/v1/changes")) == [
        ("condition/loose-screw", "added"),
        ("condition/nonunion", "added"),
        ("source/example-2019", "added"),
        ("condition/nonunion", "changed"),
        ("condition/loose-screw", "removed"),
    ]


def test_a_change_names_the_part_that_differs(history: TestClient):
    (row,) = [row for row in walk(history, "/v1/changes") if row["action"] == "changed"]

    assert row["parts"] == ["fields"]


def test_changes_since_a_release_are_those_after_it(history: TestClient):
    newest, middle, oldest = walk(history, "/v1/releases")

    assert told(walk(history, "/v1/changes", since=newest["id"])) == []
    assert told(walk(history, "/v1/changes", since=middle["id"])) == [
        ("condition/loose-screw", "removed")
    ]
    assert told(ok(history.get(oldest["changes_url"]))["data"]) == [
        ("condition/nonunion", "changed"),
        ("condition/loose-screw", "removed"),
    ]


def test_changes_since_a_day_are_those_after_it(history: TestClient):
    everything = walk(history, "/v1/changes")

    assert walk(history, "/v1/changes", since="2020-01-01") == everything
    assert walk(history, "/v1/changes", since="2026-11-22") == []


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01", "0000", "d" * 40])
def test_an_unknown_release_or_day_is_refused(history: TestClient, since: str):
    assert "/v1/releases" in assert_refused(history.get(f"/v1/changes?since={since}"), "since")


def test_every_address_of_a_change_answers(history: TestClient):
    for row in walk(history, "/v1/changes"):
        if row["url"]:
            assert history.get(row["url"]).status_code == 200, row
