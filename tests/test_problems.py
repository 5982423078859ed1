"""Every error is an RFC 9457 problem, with CORS and a request id, and says what to change."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import NewDatabase, asking, condition, fill, write
from shapes import BASE, assert_problem, assert_refused, ok
from starlette.testclient import TestClient

from api import migrations
from api.app import create_app
from api.http.problems import DESCRIPTIONS
from api.settings import Settings

# 400: malformed


@pytest.mark.parametrize(
    "address",
    [
        "/v1/conditions/%zz",
        "/v1/conditions/%2",
        "/v1/conditions/a%00b",
        "/v1/conditions/%FF",
        "/v1/conditions?ids=%",
        "/v1/conditions?ids=%00",
        "/v1/conditions?ids=%C3%28",
        "/v1/evidence?subject=a%0Ab",
    ],
)
def test_a_malformed_address_is_told_what_is_malformed(client: TestClient, address: str):
    # httpx would repair the address: it is sent as it stands.
    request = client.build_request("GET", BASE)
    request.url = request.url.copy_with(raw_path=address.encode())

    body = assert_problem(client.send(request), 400, "malformed-request")

    assert ("query" if "?" in address else "path") in body["detail"]


# 404: nothing there


@pytest.mark.parametrize("path", ["/nothing", "/v1/nothing", "/v1/conditions/a/b/c", "/v2"])
def test_an_unknown_address_points_to_the_directory(client: TestClient, path: str):
    body = assert_problem(client.get(path), 404, "not-found")

    assert "/v1" in body["detail"]
    assert body["instance"] == path


@pytest.mark.parametrize(
    ("path", "meant"),
    [("/v1/condition", "/v1/conditions"), ("/v1/riskfactors", "/v1/risk-factors")],
)
def test_a_mistyped_collection_is_suggested(client: TestClient, path: str, meant: str):
    body = assert_problem(client.get(path), 404, "not-found")

    assert f"{BASE}{meant}" in [item["url"] for item in body["suggestions"]]


# 405: read-only


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize("path", ["/v1/conditions", "/v1/nothing", "/healthz", "/docs"])
def test_writing_is_refused_with_what_is_allowed(client: TestClient, method: str, path: str):
    response = client.request(method, path)

    assert_problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_body_on_a_write_is_not_the_problem(client: TestClient):
    assert_problem(client.post("/v1/conditions", json={}), 405, "method-not-allowed")


# 413 and 414: too much


def test_a_body_is_refused(client: TestClient):
    response = client.request("GET", "/v1/conditions", content=b"{}")

    assert_problem(response, 413, "body-not-allowed")


def test_a_body_of_unknown_length_is_refused(client: TestClient):
    response = client.request("GET", "/v1/conditions", content=iter([b"{}"]))

    assert_problem(response, 413, "body-not-allowed")


@pytest.mark.parametrize(
    "address",
    [
        "/v1/conditions/" + "a" * 9000,
        "/v1/conditions?ids=" + "a" * 9000,
        "/v1/conditions?ids=" + ",".join(f"a{number}" for number in range(10_000)),
    ],
)
def test_a_long_address_is_refused_and_not_repeated(client: TestClient, address: str):
    body = assert_problem(client.get(address), 414, "address-too-long")

    assert len(body["instance"]) <= 300


# 422: a parameter is not right


@pytest.mark.parametrize("limit", ["0", "-1", "201", "1000000000", "abc", "1.5", "", "1e2"])
@pytest.mark.parametrize(
    "path", ["/v1/conditions", "/v1/evidence", "/v1/conditions/pseudoarthrosis/treatments"]
)
def test_an_impossible_limit_is_refused(client: TestClient, path: str, limit: str):
    assert f"'{limit}' was given" in assert_refused(client.get(f"{path}?limit={limit}"), "limit")


@pytest.mark.parametrize("offset", ["-1", "abc", "1000001", "99999999999999999999"])
def test_an_impossible_offset_is_refused(client: TestClient, offset: str):
    assert_refused(client.get(f"/v1/conditions?offset={offset}"), "offset")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("ids=Not_A_Slug", "ids"),
        ("ids=a b", "ids"),
        ("tier=4", "tier"),
        ("icd10cm=nonsense", "icd10cm"),
        ("sort=summary", "sort"),
        ("sort=name,slug,tier,-name,-slug", "sort"),
        ("audience=children", "audience"),
        ("include=everything", "include"),
    ],
)
def test_an_impossible_value_is_refused(client: TestClient, query: str, parameter: str):
    assert_refused(client.get(f"/v1/conditions?{query}"), parameter)


@pytest.mark.parametrize(
    "query", ["limit=1&limit=2", "limit=5&limit=5", "audience=plain&audience="]
)
def test_a_single_value_given_twice_is_refused(client: TestClient, query: str):
    response = client.get(f"/v1/conditions?{query}")

    assert "more than once" in assert_refused(response, query.partition("=")[0])


def test_all_wrong_parameters_are_named_at_once(client: TestClient):
    body = assert_problem(
        client.get("/v1/conditions?limit=0&offset=-1&colour=red"), 422, "invalid-parameters"
    )

    assert {error["parameter"] for error in body["errors"]} == {"limit", "offset", "colour"}


@pytest.mark.parametrize("path", ["/v1", "/v1/meta", "/v1/evidence/x", "/healthz", "/readyz"])
def test_what_takes_no_parameters_refuses_them(client: TestClient, path: str):
    assert_refused(client.get(f"{path}?colour=red"), "colour")


# 429: too many


@pytest.fixture
def limited(url: str) -> Iterator[TestClient]:
    with asking(url, rate_limit=3) as client:
        yield client


def test_a_client_that_asks_too_often_is_told_when_to_come_back(limited: TestClient):
    answers = [limited.get("/v1/meta") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert_problem(answers[3], 429, "too-many-requests")
    assert 1 <= int(answers[3].headers["retry-after"]) <= 60
    assert answers[3].headers["ratelimit-remaining"] == "0"


def test_every_answer_tells_what_is_left(limited: TestClient):
    answers = [limited.get(path) for path in ("/v1/meta", "/v1/nothing", "/v1?x=1")]

    assert [answer.headers["ratelimit-limit"] for answer in answers] == ["3"] * 3
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["2", "1", "0"]


def test_health_checks_are_not_counted(limited: TestClient):
    assert {limited.get("/healthz").status_code for _ in range(10)} == {200}
    assert limited.get("/v1/meta").status_code == 200


# 500: our fault


def test_a_crash_is_a_problem_that_gives_nothing_away(url: str):
    app = create_app(Settings(database_url=url, rate_limit=0))

    @app.get("/v1/crash")
    def crash() -> None:
        raise RuntimeError("a secret")

    with TestClient(app, raise_server_exceptions=False) as client:
        response = client.get("/v1/crash")

    assert_problem(response, 500, "internal-error")
    assert "secret" not in response.text


# 503: not now


@pytest.fixture(scope="module", params=["migrated", "empty"])
def unseeded(request: pytest.FixtureRequest, new_database: NewDatabase) -> Iterator[TestClient]:
    """An application over a database without a release, or without tables."""
    address = new_database(request.param)
    if request.param == "migrated":
        migrations.upgrade(address)
    elif address.startswith("sqlite"):
        Path(address.removeprefix("sqlite:///")).touch()
    with asking(address) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/conditions", "/v1/evidence/x", "/v1/meta", "/readyz", "/v1/problems"]
)
def test_before_the_first_seeding_the_service_is_unavailable(unseeded: TestClient, path: str):
    response = unseeded.get(path)

    assert_problem(response, 503, "unavailable")
    assert int(response.headers["retry-after"]) >= 1


def test_before_the_first_seeding_the_process_lives(unseeded: TestClient):
    assert unseeded.get("/healthz").json() == {"status": "ok"}


def test_without_its_database_the_service_is_unavailable(url: str):
    gone = url.replace("whole", "never-made")
    with asking(gone) as client:
        assert_problem(client.get("/v1/conditions"), 503, "unavailable")
        assert_problem(client.get("/readyz"), 503, "unavailable")
        assert client.get("/healthz").status_code == 200


def test_seeding_brings_the_service_up(own_database: str, tmp_path: Path):
    migrations.upgrade(own_database)
    with asking(own_database) as client:
        assert client.get("/readyz").status_code == 503

        fill(own_database, write(tmp_path, {"conditions/nonunion": condition()}))

        assert client.get("/readyz").status_code == 200
        assert ok(client.get("/v1/conditions/nonunion"))


# What all of them share


def test_each_kind_of_problem_has_its_page(client: TestClient):
    listed = ok(client.get("/v1/problems"))["data"]

    assert {item["id"] for item in listed} == set(DESCRIPTIONS)
    for item in listed:
        assert ok(client.get(f"/v1/problems/{item['id']}"))["data"] == item


def test_the_type_of_a_problem_leads_to_its_page(client: TestClient):
    body = client.get("/v1/nothing").json()

    page = ok(client.get(body["type"]))["data"]

    assert (page["title"], page["status"]) == (body["title"], body["status"])


def test_a_request_id_is_taken_over(client: TestClient):
    response = client.get("/v1/nothing", headers={"X-Request-ID": "mine-42"})

    assert assert_problem(response, 404, "not-found")["request_id"] == "mine-42"


@pytest.mark.parametrize("given", ["<script>", "a" * 65, "", "a b"])
def test_a_request_id_that_is_none_is_replaced(client: TestClient, given: str):
    response = client.get("/v1/nothing", headers={"X-Request-ID": given})

    assert assert_problem(response, 404, "not-found")["request_id"] != given


def test_a_browser_may_ask_before_it_asks(client: TestClient):
    response = client.options(
        "/v1/conditions",
        headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"},
    )

    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert "GET" in response.headers["access-control-allow-methods"]
    assert "ETag" in response.headers["access-control-expose-headers"]


def test_a_forged_host_is_not_repeated(client: TestClient):
    response = client.get("/v1/nothing", headers={"Host": "evil.example/<script>"})

    assert "evil" not in response.json()["type"]


def test_the_document_is_made_without_using_up_the_requests_of_a_client(url: str):
    with asking(url, rate_limit=5) as client:
        assert client.get("/openapi.json").status_code == 200
        assert client.get("/v1/meta").headers["ratelimit-remaining"] == "3"
