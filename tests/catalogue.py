"""Everything the API serves, read once over HTTP, for tests that hold parts against the whole."""

from functools import cached_property
from typing import Any

from shapes import ok, walk
from starlette.testclient import TestClient

from api.knowledge.kinds import KINDS, Kind


def ref(entity: dict[str, Any]) -> str:
    """`kind/slug` of an entity, or of a link to one."""
    return f"{entity['kind']}/{entity['slug']}"


class Catalogue:
    """Each list of the API, whole; read when a test first asks for it."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self._rows: dict[str, list[Any]] = {}

    def rows(self, kind: Kind) -> list[Any]:
        """Every row of a kind's list, in the default order."""
        if kind.name not in self._rows:
            self._rows[kind.name] = walk(self.client, f"/v1/{kind.collection}")
        return self._rows[kind.name]

    @cached_property
    def entities(self) -> dict[str, Any]:
        """Every entity as its list shows it, by `kind/slug`."""
        return {ref(row): row for kind in KINDS for row in self.rows(kind)}

    @cached_property
    def details(self) -> dict[str, Any]:
        """Every entity in full, by `kind/slug`."""
        return {key: ok(self.client.get(row["url"]))["data"] for key, row in self.entities.items()}

    @cached_property
    def findings(self) -> list[Any]:
        """Every finding, in the default order."""
        return walk(self.client, "/v1/evidence")

    @cached_property
    def sources(self) -> list[Any]:
        """Every source, in the default order."""
        return walk(self.client, "/v1/sources")

    @cached_property
    def statements(self) -> list[Any]:
        """Every statement, in the default order."""
        return walk(self.client, "/v1/statements")

    @cached_property
    def relations_by_entity(self) -> dict[str, list[Any]]:
        """What each entity lists at `/relations`, by `kind/slug`."""
        return {
            key: walk(self.client, f"{row['url']}/relations") for key, row in self.entities.items()
        }

    @cached_property
    def relations(self) -> dict[str, Any]:
        """Every relation, by id."""
        return {
            relation["id"]: relation
            for listed in self.relations_by_entity.values()
            for relation in listed
        }
