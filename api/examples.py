"""Examples for the OpenAPI document: the application's own answers, shortened, never written by
hand, so that they can't become untrue.
"""

import asyncio
import json
import re
from typing import Any, Final
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

BASE: Final = ("127.0.0.1", 8000)
"""The address examples are shown with: where `make serve` answers."""

_FILLER: Final = re.compile(r"\{\w+\}")

MAX_ITEMS: Final = 2
"""Lists in an example are cut to so many items."""


def add_examples(document: dict[str, Any], app: ASGIApp) -> None:
    """Ask `app` every operation of `document` once, and put answers where examples belong.

    Each 200 response gets its answer; each model the first part of an answer that has its shape. An
    operation the application does not answer with 200 is left without.
    """
    models: dict[str, Any] = document["components"]["schemas"]
    for operation, answer in asyncio.run(_answers(document, app)):
        media = operation["responses"]["200"]["content"]["application/json"]
        media["example"] = _shortened(answer)
        _spread(answer, media["schema"], models)
    for response in document["components"]["responses"].values():
        for media in response["content"].values():
            _spread(media["example"], media["schema"], models)
    for model in models.values():
        if "enum" in model:
            model.setdefault("examples", model["enum"][:1])


async def _answers(document: dict[str, Any], app: ASGIApp) -> list[tuple[dict[str, Any], Any]]:
    """Each operation with an answer of it."""
    slugs: dict[str, list[str]] = {}
    found = []
    for path, operations in document["paths"].items():
        operation = operations["get"]
        names = {item["name"] for item in operation.get("parameters", [])}
        query = "limit=1" if "limit" in names else ""
        if "include" in names and "limit" not in names:
            query = "include=relations,findings,sources"
        query = "&".join(filter(None, [query, _required(operation)]))
        shown = [
            str(item["schema"]["examples"][0])
            for item in operation.get("parameters", [])
            if item["in"] == "path"
        ]
        collection = path.partition("/{slug}/")[0]
        if "/{slug}/" in path and collection not in slugs:
            listed = await _get(app, collection, "limit=200&fields=slug")
            slugs[collection] = [row["slug"] for row in listed["data"]] if listed else []
        answer = None
        # Not every entity has relations of every sort: show one that has. (Few kinds have forms of
        # their own kind, and their rows are shown elsewhere.)
        others = [] if path.endswith(f"/{{slug}}/{collection[4:]}") else slugs.get(collection, [])
        for value in [*shown, *others] or [""]:
            tried = await _get(app, _FILLER.sub(value, path), query)
            answer = tried or answer
            if tried and tried.get("data", True) != []:
                break
        for shape in _other_shapes(operation):
            shaped = await _get(app, path, "&".join(filter(None, [query, f"shape={shape}"])))
            found.append((operation, shaped))
        if answer is not None:
            found.append((operation, answer))  # the last is the one shown
    return found


def _other_shapes(operation: dict[str, Any]) -> list[str]:
    """The shapes an operation also answers in, besides its default."""
    schemas = (p["schema"] for p in operation.get("parameters", []) if p["name"] == "shape")
    return [name for schema in schemas for name in schema["enum"] if name != schema["default"]]


def _required(operation: dict[str, Any]) -> str:
    """The query parameters an operation can't do without, with their examples."""
    values = {
        item["name"]: item["schema"]["examples"][0]
        for item in operation.get("parameters", [])
        if item["in"] == "query" and item["required"]
    }
    return urlencode(
        {name: ",".join(one) if isinstance(one, list) else one for name, one in values.items()}
    )


async def _get(app: ASGIApp, path: str, query: str) -> Any:
    """The body of a GET, or None where it is not a 200."""
    status, body = 0, b""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    await app(
        {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", f"{BASE[0]}:{BASE[1]}".encode())],
            "server": BASE,
            "client": BASE,
            "state": {"uncounted": True},  # our own questions use up nobody's requests
        },
        receive,
        send,
    )
    return json.loads(body) if status == 200 else None


def _shortened(value: Any) -> Any:
    """A value with its lists cut, at every depth."""
    if isinstance(value, list):
        return [_shortened(item) for item in value[:MAX_ITEMS]]
    if isinstance(value, dict):
        return {key: _shortened(item) for key, item in value.items()}
    return value


def _spread(value: Any, schema: dict[str, Any], models: dict[str, Any]) -> None:
    """Give every model that a part of `value` has the shape of that part as its example."""
    if name := schema.get("$ref", "").rpartition("/")[2]:
        model = models[name]
        if "examples" not in model:
            model["examples"] = [_shortened(value)]
        _spread(value, {key: part for key, part in model.items() if key != "examples"}, models)
    for option in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        model = models.get(option.get("$ref", "").rpartition("/")[2], {})
        fits = not isinstance(value, dict) or set(model.get("required", ())) <= value.keys()
        if option.get("type") != "null" and value is not None and fits:
            _spread(value, option, models)
    if isinstance(value, dict):
        for key, part in schema.get("properties", {}).items():
            if key in value:
                _spread(value[key], part, models)
    elif isinstance(value, list) and "items" in schema:
        for item in value:
            _spread(item, schema["items"], models)
