"""The command line does what its help says, and tells by its exit code how it went."""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from small_data import edit, failed_fusion, small_folder
from sqlalchemy import text
from typer.main import get_command

from api import migrations
from api.cli import app
from api.database import writer
from api.settings import ROOT, VERSION, settings

COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]
PROGRAM = str(Path(sys.executable).parent / "failed-fusion")
START_SECONDS = 30
"""More than a start takes on a busy machine; a test waits so long only when it fails."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_folder(tmp_path)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A SQLite database that is not there yet, in a folder that is not there yet."""
    return f"sqlite:///{tmp_path / 'var' / 'small.db'}"


# Help


def test_help_lists_every_command_with_what_it_does():
    result = failed_fusion("--help")

    assert result.exit_code == 0
    assert {"serve", "seed", "check", "schema", "migrate", "openapi", "version"} <= set(COMMANDS)
    for name in COMMANDS:
        assert re.search(rf"^\s+{name}\s+\w+", result.stdout, re.MULTILINE), name


def test_help_tells_the_exit_codes():
    result = failed_fusion("--help")

    told = " ".join(result.stdout.split())
    assert "0 done, 1 the data files hold faults, 2 wrong usage, 3 the database" in told


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str):
    result = failed_fusion(command, "--help")

    assert result.exit_code == 0
    assert f"{command} [OPTIONS]" in result.stdout


def test_the_readme_names_every_command():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.findall(r"```.*?```|`[^`]+`", readme, re.DOTALL)

    named = {word for part in code if "failed-fusion" in part for word in re.findall(r"\w+", part)}

    assert set(COMMANDS) <= named


# Exit codes


def test_version_prints_the_version_alone():
    result = failed_fusion("version")

    assert (result.exit_code, result.stdout) == (0, f"{VERSION}\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["sreve"], "No such command 'sreve'"),
        (["check", "--data-dri", "x"], "No such option: --data-dri"),
        (["check", "--data-dir", "/nowhere"], "does not exist"),
        (["serve", "--port", "70000"], "'--port': Input should be less than or equal to 65535"),
        (["serve", "--workers", "0"], "'--workers': Input should be greater than or equal to 1"),
        (["serve", "--port", "abc"], "'--port': Input should be a valid integer"),
    ],
)
def test_wrong_usage_is_told_and_exits_with_2(arguments: list[str], told: str):
    result = failed_fusion(*arguments)

    assert result.exit_code == 2
    assert told in result.stderr


def test_a_wrong_setting_of_the_environment_is_wrong_usage(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PORT", "abc")

    result = failed_fusion("check", "--data-dir", folder)

    assert "port" in result.stderr.lower()
    assert result.exit_code == 2


def test_an_unknown_revision_is_wrong_usage(url: str):
    result = failed_fusion("migrate", "nosuch", "--database-url", url)

    assert "nosuch" in result.stderr
    assert result.exit_code == 2


@pytest.mark.parametrize("command", ["seed", "migrate", "serve"])
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("mysql://root@localhost/x", "DATABASE_URL names mysql"),
        ("sqlite://", "DATABASE_URL names sqlite"),
        ("sqlite:///:memory:", "DATABASE_URL names sqlite"),
        ("here", "DATABASE_URL is not a URL"),
    ],
)
def test_a_database_of_another_make_exits_with_3_and_tells_what_is_allowed(
    command: str, address: str, told: str
):
    result = failed_fusion(command, "--database-url", address)

    assert result.exit_code == 3
    assert result.stderr == (
        f"{told}: use sqlite:///path/to/file.db or postgresql://user:password@host:5432/name\n"
    )


@pytest.mark.parametrize("command", ["seed", "migrate", "serve"])
def test_a_server_that_refuses_exits_with_3_at_once(command: str):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        address = f"postgresql://nobody@127.0.0.1:{taken.getsockname()[1]}/none"
        began = time.monotonic()

        result = failed_fusion(command, "--database-url", address)

    assert result.exit_code == 3
    assert result.stderr.startswith("The database can't be used: ")
    assert len(result.stderr.splitlines()) == 1
    assert time.monotonic() - began < 10


def test_a_server_that_does_not_answer_exits_with_3_within_seconds():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/none"
        program = subprocess.Popen(
            [PROGRAM, "migrate", "--database-url", address],
            stderr=subprocess.PIPE,
            text=True,
        )

        try:
            _, told = program.communicate(timeout=15)
        finally:
            program.kill()

    assert program.returncode == 3
    assert told.startswith("The database can't be used: ")


def test_a_path_that_cannot_be_made_exits_with_3(tmp_path: Path):
    (tmp_path / "file").touch()

    result = failed_fusion("migrate", "--database-url", f"sqlite:///{tmp_path}/file/small.db")

    assert result.exit_code == 3
    assert result.stderr.startswith("The database can't be used: ")


def test_a_file_that_is_no_database_exits_with_3(tmp_path: Path):
    (tmp_path / "small.db").write_text("This is a letter and no database. " * 100)

    result = failed_fusion("migrate", "--database-url", f"sqlite:///{tmp_path / 'small.db'}")

    assert result.exit_code == 3
    assert result.stderr.startswith("The database can't be used: ")


def test_a_database_of_newer_software_exits_with_3(own_database: str):
    migrations.upgrade(own_database)
    engine = writer(own_database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()

    result = failed_fusion("migrate", "--database-url", own_database)

    assert result.exit_code == 3
    assert "9999" in result.stderr


# Commands


def test_migrate_goes_up_and_down(own_database: str):
    head = migrations.head()

    up = failed_fusion("migrate", "--database-url", own_database)
    again = failed_fusion("migrate", "head", "--database-url", own_database)
    down = failed_fusion("migrate", "base", "--database-url", own_database)

    assert up.stdout == f"Schema at {head} (before: nothing).\n"
    assert again.stdout == f"Schema at {head} (before: {head}).\n"
    assert down.stdout == f"Schema at nothing (before: {head}).\n"
    assert (up.exit_code, again.exit_code, down.exit_code) == (0, 0, 0)


def test_seed_tells_the_release_and_what_is_new(own_database: str, folder: Path):
    arguments = ("seed", "--database-url", own_database, "--data-dir", folder)

    first = failed_fusion(*arguments)
    second = failed_fusion(*arguments)
    edit(folder, "glossary/odds-ratio.yaml", "tier: 3", "tier: 2")
    (folder / "fact-checks" / "smoking-is-harmless.yaml").unlink()
    third = failed_fusion(*arguments)

    assert re.fullmatch(r"Release [0-9a-f]{12} \(2026\.11\): 10 added\.\n", first.stdout)
    assert second.stdout == first.stdout.replace("10 added", "nothing new")
    assert third.stdout.endswith(" (2026.11): 1 removed, 1 changed.\n")
    assert (first.exit_code, second.exit_code, third.exit_code) == (0, 0, 0)


def test_settings_come_from_the_environment(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATA_DIR", str(folder))
    settings.cache_clear()

    result = failed_fusion("seed")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith(" (2026.11): 10 added.\n")


def test_a_sqlite_database_is_one_file_after_seeding(url: str, folder: Path, tmp_path: Path):
    arguments = [PROGRAM, "seed", "--database-url", url, "--data-dir", str(folder)]

    seeded = subprocess.run(arguments, check=False, capture_output=True, timeout=START_SECONDS)

    assert (seeded.returncode, seeded.stderr) == (0, b"")
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["small.db"]


def test_openapi_prints_the_document(url: str, folder: Path):
    failed_fusion("seed", "--database-url", url, "--data-dir", folder)

    result = failed_fusion("openapi", "--database-url", url)

    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert document["openapi"].startswith("3.1")
    assert document["info"]["version"] == VERSION
    assert "/v1/conditions" in document["paths"]


# Serving


class Served:
    """A running `failed-fusion serve`."""

    def __init__(self, process: subprocess.Popen[str], port: int, told: list[str]) -> None:
        self.process = process
        self.port = port
        self.told = told

    def get(self, path: str) -> tuple[int, Any]:
        """The status and the JSON body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        return answer.status, body

    def stop(self) -> int:
        """Ask it to end, and wait for its exit code."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=START_SECONDS)
        return self.process.returncode


@contextmanager
def serving(url: str, folder: Path) -> Iterator[Served]:
    """Serve on a free port until the block ends."""
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", "0", "--database-url", url, "--data-dir", str(folder)],
        stderr=subprocess.PIPE,
        text=True,
    )
    told: list[str] = []
    try:
        assert process.stderr
        for line in process.stderr:
            told.append(line)
            if found := re.search(r"running on http://127\.0\.0\.1:(\d+)", line):
                yield Served(process, int(found[1]), told)
                return
        pytest.fail(f"it did not start: {''.join(told)}")
    finally:
        process.kill()
        process.communicate()


def test_serve_starts_from_nothing_stops_when_told_and_starts_again(url: str, folder: Path):
    with serving(url, folder) as first:
        status, ready = first.get("/readyz")
        _, conditions = first.get("/v1/conditions")
        code = first.stop()
    began = time.monotonic()
    with serving(url, folder) as second:
        seconds = time.monotonic() - began
        again = second.get("/readyz")

    assert status == 200
    assert ready["status"] == "ok"
    assert conditions["meta"]["release"] == ready["release"]
    assert {row["slug"] for row in conditions["data"]} == {"nonunion", "loose-screw"}
    assert code in (0, -signal.SIGTERM)
    assert again == (200, ready)
    assert seconds < 15


def test_serve_with_faults_goes_on_with_the_release_it_has_and_names_them(url: str, folder: Path):
    seeded = failed_fusion("seed", "--database-url", url, "--data-dir", folder)
    release = seeded.stdout.split()[1]
    edit(folder, "glossary/odds-ratio.yaml", "tier: 3", "tier: 4")

    with serving(url, folder) as served:
        status, ready = served.get("/readyz")

    assert (status, ready["release"]) == (200, release)
    assert served.told[:3] == [
        "data/glossary/odds-ratio.yaml:2: tier: Input should be less than or equal to 3, not 4\n",
        "1 problems in the data.\n",
        f"Nothing was written. Release {release} is served on.\n",
    ]


def test_serve_with_faults_and_no_release_exits_with_1(url: str, folder: Path):
    edit(folder, "glossary/odds-ratio.yaml", "tier: 3", "tier: 4")

    result = failed_fusion("serve", "--database-url", url, "--data-dir", folder)

    assert result.exit_code == 1
    assert result.stderr.splitlines()[0].startswith("data/glossary/odds-ratio.yaml:2: ")
