"""The shapes every answer has, whatever was asked."""

from typing import Any

from starlette.testclient import TestClient

BASE = "http://testserver"


def assert_problem(response: Any, status: int, kind: str) -> dict[str, Any]:
    """That a response is an RFC 9457 problem a browser and a program can use; gives its body."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cache-control"] == "no-store"
    body: dict[str, Any] = response.json()
    assert set(body) == {
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "request_id",
        "errors",
        "suggestions",
    }
    assert body["type"] == f"{BASE}/v1/problems/{kind}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["instance"].startswith("/")
    assert body["request_id"] == response.headers["x-request-id"]
    return body


def assert_refused(response: Any, parameter: str) -> str:
    """That a response refuses one parameter with 422; gives the reason it tells."""
    body = assert_problem(response, 422, "invalid-parameters")
    assert {error["parameter"] for error in body["errors"]} == {parameter}
    return " ".join(error["reason"] for error in body["errors"])


def ok(response: Any) -> Any:
    """The body of a response that must be a 200 of JSON with data, meta and links."""
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"data", "meta", "links"}
    assert {"release", "license", "disclaimer"} <= set(body["meta"])
    assert body["links"]["self"].startswith(f"{BASE}/v1")
    return body


def walk(client: TestClient, path: str, **query: Any) -> list[Any]:
    """Every row of a list, following `links.next`."""
    body = ok(client.get(path, params={"limit": 200, **query}))
    rows: list[Any] = body["data"]
    while following := body["links"]["next"]:
        body = ok(client.get(following))
        rows += body["data"]
    return rows


def documented(client: TestClient, path: str, parameter: str) -> list[Any]:
    """The values the OpenAPI document allows for a query parameter; none where it is open."""
    schemas: Any = client.app.openapi()  # type: ignore[attr-defined]
    for item in schemas["paths"][path]["get"]["parameters"]:
        if item["name"] == parameter:
            shape = item["schema"]
            shape = shape.get("items", shape)
            name = shape.get("$ref", "").rpartition("/")[2]
            shape = schemas["components"]["schemas"][name] if name else shape
            if shape.get("type") == "boolean":
                return [True, False]
            return list(shape.get("enum", []))
    raise AssertionError(f"{path} takes no {parameter}")
