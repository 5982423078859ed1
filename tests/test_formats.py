"""Representations beside JSON: chosen by `format`, or by Accept."""

import csv
import io
import json

import pytest
from shapes import assert_problem
from starlette.testclient import TestClient

LISTS = ("/v1/conditions", "/v1/evidence", "/v1/sources", "/v1/statements", "/v1/changes")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_csv_by_format_and_by_accept(client: TestClient, path: str):
    by_format = client.get(f"{path}?limit=3&format=csv")
    by_accept = client.get(f"{path}?limit=3", headers={"Accept": "text/csv"})

    assert by_format.headers["content-type"] == "text/csv; charset=utf-8"
    assert by_format.text == by_accept.text
    assert len(rows_of(by_format.text)) == 3


def test_csv_says_what_json_says(client: TestClient):
    address = "/v1/risk-factors?limit=200&fields=slug,name,tier,counts,synonyms"

    told = rows_of(client.get(f"{address}&format=csv").text)

    for row, cells in zip(client.get(address).json()["data"], told, strict=True):
        assert cells["name"] == row["name"]
        assert cells["counts.sources"] == str(row["counts"]["sources"])
        assert cells["synonyms"] == " | ".join(row["synonyms"])


def test_pages_of_csv_are_linked_in_the_header(client: TestClient):
    response = client.get("/v1/conditions?limit=3&format=csv")

    assert client.get(response.links["next"]["url"]).text != response.text


@pytest.mark.parametrize(
    ("name", "media_type", "start"),
    [
        ("bibtex", "application/x-bibtex", "@"),
        ("ris", "application/x-research-info-systems", "TY  - "),
        ("csl", "application/vnd.citationstyles.csl+json", "["),
    ],
)
def test_sources_are_citations(client: TestClient, name: str, media_type: str, start: str):
    listed = client.get(f"/v1/sources?limit=200&format={name}")
    single = client.get("/v1/sources/pmid-32445805", headers={"Accept": media_type})

    assert listed.headers["content-type"].startswith(media_type)
    assert listed.text.startswith(start)
    assert "10.1016/j.spinee.2020.05.100" in single.text


def test_csl_keeps_every_identifier(client: TestClient):
    sources = client.get("/v1/sources?limit=200").json()["data"]

    cited = json.loads(client.get("/v1/sources?limit=200&format=csl").text)

    assert [item.get("DOI") for item in cited] == [source["doi"] for source in sources]
    assert [item["title"] for item in cited] == [source["title"] for source in sources]


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/v1/conditions", "text/html"),
        ("/v1/conditions/pseudoarthrosis", "text/csv"),
        ("/v1", "image/png"),
    ],
)
def test_what_is_not_to_be_had_is_not_acceptable(client: TestClient, path: str, accept: str):
    body = assert_problem(client.get(path, headers={"Accept": accept}), 406, "not-acceptable")

    assert "application/json" in body["detail"]


@pytest.mark.parametrize("accept", ["*/*", "text/html,*/*;q=0.8", "application/*", ""])
def test_who_accepts_anything_gets_json(client: TestClient, accept: str):
    response = client.get("/v1/conditions", headers={"Accept": accept})

    assert response.headers["content-type"] == "application/json"
