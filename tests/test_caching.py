"""Answers can be kept by every cache between us and a reader, and turn over with a release."""

import asyncio
import gzip
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
from conftest import asking, condition, fill, write
from shapes import ok
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from api.app import EDITION_SECONDS
from api.http.caching import Caching, Edition

CACHED = [
    "/v1",
    "/v1/meta",
    "/v1/conditions",
    "/v1/conditions/pseudoarthrosis",
    "/v1/conditions/pseudoarthrosis/risk-factors?limit=5",
    "/v1/evidence?design=rct&limit=5",
    "/v1/sources?limit=5",
    "/v1/statements?limit=5",
    "/v1/changes?limit=5",
    "/openapi.json",
]
ERRORS = ["/v1/nothing", "/v1/conditions/nothing", "/v1/conditions?limit=0"]

every_path = pytest.mark.parametrize("path", CACHED)


def raw(client: TestClient, path: str, **headers: str) -> tuple[Any, bytes]:
    """A response and its body as it went over the wire."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.stream("GET", path, headers={"accept-encoding": "identity", **named}) as response:
        return response, b"".join(response.iter_raw())


@every_path
def test_an_answer_may_be_kept(client: TestClient, path: str):
    response, _ = raw(client, path)

    assert response.headers["cache-control"] == (
        "public, max-age=300, stale-while-revalidate=86400"
    )
    assert {item.strip() for item in response.headers["vary"].split(",")} == {
        "Accept",
        "Accept-Encoding",
    }
    assert response.headers["etag"].startswith('"')
    assert response.headers["last-modified"].endswith(" GMT")


@every_path
def test_a_repeated_answer_is_the_same(client: TestClient, path: str):
    first, body = raw(client, path)
    second, again = raw(client, path)

    assert body == again
    assert first.headers["etag"] == second.headers["etag"]


@every_path
@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
def test_who_has_an_answer_gets_none(client: TestClient, path: str, encoding: str):
    full, _ = raw(client, path, accept_encoding=encoding)

    response, body = raw(client, path, accept_encoding=encoding, if_none_match=full.headers["etag"])

    assert response.status_code == 304
    assert body == b""
    assert not [name for name in response.headers if name.startswith("content-")]
    for name in ("etag", "cache-control", "vary", "last-modified"):
        assert response.headers[name] == full.headers[name]


@pytest.mark.parametrize("tags", ["*", "W/{}", '"other", {}', '"other",{}'])
def test_the_entity_tag_is_found_among_others(client: TestClient, tags: str):
    etag = client.get("/v1/meta").headers["etag"]

    response = client.get("/v1/meta", headers={"If-None-Match": tags.format(etag)})

    assert response.status_code == 304


def test_another_entity_tag_gets_the_answer(client: TestClient):
    path = "/v1/conditions"
    modified = client.get(path).headers["last-modified"]

    response = client.get(path, headers={"If-None-Match": '"other"', "If-Modified-Since": modified})

    assert response.status_code == 200


def test_who_has_it_since_it_was_made_gets_none(client: TestClient):
    modified = client.get("/v1/conditions").headers["last-modified"]

    response = client.get("/v1/conditions", headers={"If-Modified-Since": modified})

    assert response.status_code == 304


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 01 Jan 2024 00:00:00 GMT",
        "Mon, 01 Jan 2024 00:00:00",
        "yesterday",
        "",
        "Mon, 01 Jan 2024 00:00:00 +99999999999999",
        "Mon, 01 Jan 9999999999999999999 00:00:00 GMT",
    ],
)
def test_an_older_or_impossible_date_gets_the_answer(client: TestClient, date: str):
    response = client.get("/v1/conditions", headers={"If-Modified-Since": date})

    assert response.status_code == 200


@every_path
@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
def test_head_is_get_without_the_body(client: TestClient, path: str, encoding: str):
    get, body = raw(client, path, accept_encoding=encoding)

    head = client.head(path, headers={"accept-encoding": encoding})

    own = {"x-request-id"}
    assert head.status_code == 200
    assert head.content == b""
    assert {name: value for name, value in head.headers.items() if name not in own} == {
        name: value for name, value in get.headers.items() if name not in own
    }
    assert head.headers["content-length"] == str(len(body))


@pytest.mark.parametrize("path", [*ERRORS, "/docs", "/healthz"])
def test_head_of_anything_has_no_body(client: TestClient, path: str):
    get, head = client.get(path), client.head(path)

    assert head.status_code == get.status_code
    assert head.headers["content-type"] == get.headers["content-type"]
    assert head.content == b""


# Encodings


@every_path
def test_each_encoding_holds_the_same_bytes(client: TestClient, path: str):
    _, plain = raw(client, path)
    zipped, gzip_body = raw(client, path, accept_encoding="gzip")
    squeezed, brotli_body = raw(client, path, accept_encoding="br")

    assert zipped.headers["content-encoding"] == "gzip"
    assert squeezed.headers["content-encoding"] == "br"
    assert gzip.decompress(gzip_body) == brotli.decompress(brotli_body) == plain
    assert len(brotli_body) < len(plain)


def test_each_encoding_has_its_own_entity_tag(client: TestClient):
    etags = [
        raw(client, "/v1/conditions", accept_encoding=name)[0].headers["etag"]
        for name in ("identity", "gzip", "br")
    ]

    assert len(set(etags)) == 3


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0, gzip; q=0", None),
        ("gzip;q=0", None),
        ("*;q=0", None),
        ("*", "br"),
        ("*, br;q=0", "gzip"),
        ("deflate", None),
        ("identity", None),
        ("", None),
        ("GZIP", "gzip"),
        ("gzip;q=nonsense", None),
        (",,;q=1,gzip", "gzip"),
        ("identity;q=1, gzip;q=0.5", None),
    ],
)
def test_the_preferred_encoding_is_used(client: TestClient, accepted: str, encoding: str | None):
    response, _ = raw(client, "/v1/conditions", accept_encoding=accepted)

    assert response.status_code == 200
    assert response.headers.get("content-encoding") == encoding


# What must not be kept


@pytest.mark.parametrize("path", ERRORS)
def test_an_error_is_not_kept(client: TestClient, path: str):
    response = client.get(path)

    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


def test_links_are_those_of_the_host_asked(client: TestClient):
    here = client.get("/v1/conditions").json()
    there = client.get("/v1/conditions", headers={"Host": "api.example"}).json()

    assert here["links"]["self"] == "http://testserver/v1/conditions"
    assert there["links"]["self"] == "http://api.example/v1/conditions"


def test_a_configured_address_stands_in_every_link(url: str):
    with asking(url, public_url="https://fusion.example/") as client:
        body = ok_elsewhere(client.get("/v1/conditions?limit=1"))

    assert body["links"]["next"] == "https://fusion.example/v1/conditions?limit=1&offset=1"
    assert body["data"][0]["url"].startswith("https://fusion.example/v1/conditions/")


def ok_elsewhere(response: Any) -> Any:
    """The body of a 200 with links to another host."""
    assert response.status_code == 200
    return response.json()


# A new release


def test_a_new_release_turns_every_answer_over(own_database: str, tmp_path: Path):
    paths = [
        "/v1",
        "/v1/meta",
        "/v1/conditions",
        "/v1/conditions/nonunion",
        "/v1/conditions/nonunion/evidence",
        "/v1/statements",
        "/v1/evidence",
        "/v1/sources",
        "/v1/releases",
    ]
    first = fill(own_database, write(tmp_path, {"conditions/nonunion": condition()}))
    with asking(own_database) as client:
        before = {path: client.get(path) for path in paths}

        second = fill(
            own_database, write(tmp_path, {"conditions/nonunion": condition(name="Not joined")})
        )
        time.sleep(EDITION_SECONDS)

        assert first.release != second.release
        for path in paths:
            etag = before[path].headers["etag"]
            after = client.get(path, headers={"If-None-Match": etag})
            assert ok(before[path])["meta"]["release"] == first.release
            assert ok(after)["meta"]["release"] == second.release
        assert client.get("/v1/conditions/nonunion").json()["data"]["name"] == "Not joined"
        assert client.get("/readyz").json()["release"] == second.release


def test_the_same_content_is_the_same_release(own_database: str, tmp_path: Path):
    files = {"conditions/nonunion": condition()}
    first = fill(own_database, write(tmp_path, files))
    with asking(own_database) as client:
        etag = client.get("/v1/conditions").headers["etag"]

        again = fill(own_database, write(tmp_path, files))
        time.sleep(EDITION_SECONDS)

        assert (again.release, again.changes) == (first.release, {})
        response = client.get("/v1/conditions", headers={"If-None-Match": etag})
        assert response.status_code == 304


def test_an_answer_made_while_a_release_arrives_is_not_kept():
    """One that began before the release must not be handed out after it."""
    release = Edition("old", datetime(2026, 1, 1, tzinfo=UTC))

    async def current() -> Edition:
        return release

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal release
        made_from = release.id
        if made_from == "old":
            # While it is being made, the next release is seeded, and asked for by someone else.
            release = Edition("new", datetime(2026, 1, 2, tzinfo=UTC))
            await get("/v1/other")
        await PlainTextResponse(made_from)(scope, receive, send)

    caching = Caching(answer, current, max_bytes=2**20)

    async def get(path: str) -> bytes:
        body = b""

        async def send(message: Message) -> None:
            nonlocal body
            body += message.get("body", b"")

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "query_string": b"",
            "headers": [(b"host", b"testserver")],
        }
        await caching(scope, receive, send)
        return body

    asyncio.run(get("/v1/conditions"))

    assert asyncio.run(get("/v1/conditions")) == b"new"


def test_answers_already_made_outlive_the_database(own_database: str, tmp_path: Path):
    if not own_database.startswith("sqlite"):
        pytest.skip("taking a server away from under a test would take it from all of them")
    fill(own_database, write(tmp_path, {"conditions/nonunion": condition()}))
    with asking(own_database) as client:
        kept = client.get("/v1/conditions").json()
        client.app.state.engine.dispose()  # type: ignore[attr-defined]
        Path(own_database.removeprefix("sqlite:///")).unlink()
        time.sleep(EDITION_SECONDS)

        assert client.get("/v1/conditions").json() == kept
        assert client.get("/v1/symptoms").status_code == 503
