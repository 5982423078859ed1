"""The OpenAPI document is complete and true, and its pages need no other host."""

import re
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest
from shapes import ok
from starlette.testclient import TestClient

from api.http.problems import DESCRIPTIONS

ENVELOPES = ("Answer", "ListAnswer", "SearchableAnswer")
"""What is around the data; the README tells of it once."""

PROSE = 300
"""Characters a description has at most: it is read in a list."""


@pytest.fixture(scope="session")
def document(client: TestClient) -> dict[str, Any]:
    response = client.get("/openapi.json")
    assert response.status_code == 200
    return dict(response.json())


@pytest.fixture(scope="session")
def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every operation by its path."""
    return {path: methods["get"] for path, methods in document["paths"].items()}


def test_it_is_openapi_3_1(document: dict[str, Any]):
    assert document["openapi"].startswith("3.1")
    assert document["info"]["license"]["identifier"]
    assert {tag["name"] for tag in document["tags"]}


def test_it_describes_reading_only(document: dict[str, Any]):
    for methods in document["paths"].values():
        assert set(methods) == {"get"}


def test_operations_have_names_of_their_own(operations: dict[str, dict[str, Any]]):
    names = [operation["operationId"] for operation in operations.values()]

    assert len(names) == len(set(names))
    for name in names:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name)


def test_operations_are_described_and_tagged(
    document: dict[str, Any], operations: dict[str, dict[str, Any]]
):
    tags = {tag["name"] for tag in document["tags"]}
    for operation in operations.values():
        name = operation["operationId"]
        assert operation["summary"], name
        assert 0 < len(first_paragraph(operation["description"])) <= PROSE, name
        assert set(operation["tags"]) <= tags, name


def test_parameters_are_described(operations: dict[str, dict[str, Any]]):
    for path, operation in operations.items():
        for parameter in operation.get("parameters", []):
            text = parameter.get("description") or parameter["schema"].get("description", "")
            assert 0 < len(text) <= PROSE, (path, parameter["name"])


def test_schemas_are_described_and_shown(document: dict[str, Any]):
    for name, schema in document["components"]["schemas"].items():
        if not name.startswith(ENVELOPES):
            assert 0 < len(schema.get("description", "")) <= PROSE, name
            assert schema.get("examples"), name
        for field, part in schema.get("properties", {}).items():
            assert len(part.get("description", "")) <= PROSE, (name, field)


def test_fields_are_described(document: dict[str, Any]):
    for name, schema in document["components"]["schemas"].items():
        for field, part in schema.get("properties", {}).items():
            if name.startswith(ENVELOPES) or "$ref" in part:
                continue
            assert part.get("description"), f"{name}.{field}"


def test_examples_have_the_shape_they_are_examples_of(document: dict[str, Any]):
    for name, schema in document["components"]["schemas"].items():
        for example in schema.get("examples", []):
            faults = list(validator(document, schema).iter_errors(example))
            assert not faults, (name, faults[0].message)


def test_answers_shown_have_the_shape_documented(
    document: dict[str, Any], operations: dict[str, dict[str, Any]]
):
    for path, operation in operations.items():
        media = operation["responses"]["200"]["content"]["application/json"]
        assert "example" in media, path
        faults = list(validator(document, media["schema"]).iter_errors(media["example"]))
        assert not faults, (path, faults[0].message)


def test_every_error_is_documented(document: dict[str, Any], operations: dict[str, dict[str, Any]]):
    every = {str(item.status) for item in DESCRIPTIONS.values()}
    for path, operation in operations.items():
        expected = every if "{" in path else every - {"404"}
        assert set(operation["responses"]) - {"200", "308"} == expected, path
    for response in document["components"]["responses"].values():
        (media,) = response["content"].values()
        assert list(response["content"]) == ["application/problem+json"]
        assert not list(validator(document, media["schema"]).iter_errors(media["example"]))


def test_every_address_answers_in_the_shape_documented(
    client: TestClient, document: dict[str, Any], operations: dict[str, dict[str, Any]]
):
    for path, operation in operations.items():
        address = filled(path, operation)

        response = client.get(address)

        assert response.status_code == 200, (address, response.text)
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        faults = list(validator(document, schema).iter_errors(response.json()))
        assert not faults, (address, faults[0].message)


def test_the_directory_names_every_list(client: TestClient, operations: dict[str, dict[str, Any]]):
    directory = ok(client.get("/v1"))["data"]

    named = {item["url"] for part in ("collections", "resources") for item in directory[part]}
    for path in operations:
        if path.startswith("/v1/") and "{" not in path:
            assert f"http://testserver{path}" in {url.partition("?")[0] for url in named}
    for url in named:
        assert client.get(url).status_code == 200


def test_the_documentation_needs_no_other_host(client: TestClient):
    for page in ("/docs", "/redoc"):
        response = client.get(page)
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/html")
        assets = re.findall(r"""(?:src|href)\s*=\s*["']([^"']+)""", response.text)
        assets += re.findall(r"""url:\s*["']([^"']+)""", response.text)
        assert assets
        for asset in assets:
            assert not re.match(r"(?:\w+:)?//", asset), (page, asset)
            assert client.get(asset).status_code == 200, (page, asset)


def test_the_front_door_leads_to_the_documentation(client: TestClient):
    response = client.get("/", follow_redirects=True)

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")


def first_paragraph(text: str) -> str:
    return text.partition("\n\n")[0]


def filled(path: str, operation: dict[str, Any]) -> str:
    """A path with the example of each of the parameters it needs."""
    query = {}
    for parameter in operation.get("parameters", []):
        examples = parameter["schema"].get("examples") or [parameter.get("example")]
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(examples[0]))
        elif parameter["required"]:
            query[parameter["name"]] = examples[0]
    return f"{path}?{urlencode(query, doseq=True)}" if query else path


def validator(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """A validator of a part of the document, which can look up its references there."""
    whole = {"components": document["components"], **schema}
    return jsonschema.Draft202012Validator(whole)
