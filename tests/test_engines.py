"""Both engines answer alike, byte for byte, whatever is asked."""

from collections.abc import Iterator

import pytest
from conftest import asking, fill
from shapes import ok
from starlette.testclient import TestClient

from api.ingest.seed import Seeding
from api.knowledge.kinds import KINDS
from api.settings import settings

INCLUDES = "include=statements,relations,findings,sources"

PATHS = [
    *(f"/v1/{kind.collection}?limit=200" for kind in KINDS),
    *(f"/v1/{kind.collection}?limit=200&sort=-name" for kind in KINDS),
    *(f"/v1/{kind.collection}?limit=30&{INCLUDES}" for kind in KINDS),
    *(f"/v1/{kind.collection}/{kind.example}?{INCLUDES}" for kind in KINDS),
    "/v1/conditions/pseudoarthrosis/relations?limit=200",
    "/v1/conditions/pseudoarthrosis/risk-factors?limit=200",
    "/v1/conditions/pseudoarthrosis/evidence?limit=200",
    "/v1/evidence?limit=200",
    "/v1/evidence?limit=200&sort=-value,year",
    "/v1/evidence?limit=200&subject=SMOKING",
    "/v1/sources?limit=200&sort=title",
    "/v1/sources?limit=200&offset=400",
    "/v1/statements?limit=200&topic=benefit,harm",
    "/v1/changes?limit=200",
]


@pytest.fixture(scope="module")
def both(
    postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[TestClient, TestClient]]:
    """An application on each engine, both seeded from the same files."""
    lite = f"sqlite:///{tmp_path_factory.mktemp('both') / 'whole.db'}"
    seeded: list[Seeding] = [fill(url, settings().data_dir) for url in (lite, postgres)]
    assert seeded[0] == seeded[1]
    with asking(lite) as one, asking(postgres) as other:
        yield one, other


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_does_not_tell_its_engine(both: tuple[TestClient, TestClient], path: str):
    lite, postgres = (client.get(path) for client in both)

    assert ok(lite)["data"] == ok(postgres)["data"]
    assert lite.text == postgres.text
    assert lite.headers["etag"] == postgres.headers["etag"]
