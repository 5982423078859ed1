"""What a person who clones the repository relies on."""

import re
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from api.cli import app
from api.settings import ROOT


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_every_package_by_hash_and_names_no_index(lock: str):
    text = read(lock)

    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", text)
    pinned = re.findall(r"^[a-z0-9][\w.\[\]-]*==\S+.*\\\n    --hash=sha256:", text, re.MULTILINE)
    packages = re.findall(r"^[A-Za-z0-9].*", text, re.MULTILINE)
    assert len(pinned) == len(packages) > 20


def test_every_package_the_product_needs_is_locked():
    needed = re.findall(
        r'^    "([a-z0-9-]+)', read("pyproject.toml").split("[project.scripts]")[0], re.MULTILINE
    )

    locked = re.findall(r"^([a-z0-9-]+)(?:\[\w+\])?==", read("requirements.lock"), re.MULTILINE)

    assert len(needed) > 10
    assert set(needed) <= set(locked)


def test_every_command_the_readme_shows_exists():
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    code = "\n".join(re.findall(r"```.*?```|`[^`]+`", read("README.md"), re.DOTALL))

    shown = {
        word
        for listed in re.findall(r"failed-fusion ([a-z]+(?: \| [a-z]+)*)", code)
        for word in listed.split(" | ")
    }
    made = set(re.findall(r"\bmake\s+([a-z-]+)", code))

    assert shown <= commands
    assert made <= targets
    assert "serve" in shown | made


@pytest.mark.parametrize("name", [".env", "var/failed-fusion.db", ".venv/bin/python"])
def test_what_belongs_to_one_machine_is_ignored(name: str):
    lines = read(".gitignore").splitlines()

    kept = [line for line in lines if name == line or name.startswith(line)]

    assert kept


def test_no_secret_or_database_is_under_version_control():
    listing = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    )

    files = [Path(line) for line in listing.stdout.splitlines()]

    assert files
    assert [str(file) for file in files if file.name == ".env" or file.suffix == ".db"] == []


def test_the_licences_of_code_and_data_name_each_other():
    code, data = read("LICENSE"), read("data/LICENSE")

    for text in (code, data):
        assert re.search(r"Apache(-| License )2\.0", text)
        assert "CC BY 4.0" in text
    assert "data/" in code
    assert "Apache License\n" in code
