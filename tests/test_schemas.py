"""Editors complete and check the data files by JSON Schemas that are made from the models."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from small_data import SMALL, failed_fusion

from api.ingest.schemas import schemas
from api.knowledge.kinds import BY_COLLECTION
from api.settings import ROOT, settings

FOLDERS = [
    pytest.param(settings().data_dir, id="the data"),
    pytest.param(SMALL, id="the small data of the tests"),
]


class Plain(yaml.CSafeLoader):
    """Reads YAML as JSON would be read: a day stays the text it is written in."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def schema_name(path: Path) -> str:
    """The name of the schema that a data file must fit."""
    if path.name == "release.yaml":
        return "release.json"
    if path.parent.name == "sources":
        return "source.json"
    return f"{BY_COLLECTION[path.parent.name].name}.json"


def schema(name: str) -> Any:
    return json.loads((ROOT / "schemas" / name).read_text(encoding="utf-8"))


def test_the_schemas_are_what_the_models_say():
    on_disk = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "schemas").iterdir()}

    made = schemas()

    assert on_disk == made


@pytest.mark.parametrize("name", schemas())
def test_a_schema_is_a_schema(name: str):
    found = schema(name)

    Draft202012Validator.check_schema(found)

    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["additionalProperties"] is False


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_data_file_fits_its_schema(folder: Path):
    validators = {name: Draft202012Validator(schema(name)) for name in schemas()}

    unfit = [
        f"{path.relative_to(folder)}: {error.json_path}: {error.message}"
        for path in sorted(folder.rglob("*.yaml"))
        for error in validators[schema_name(path)].iter_errors(
            yaml.load(path.read_text(encoding="utf-8"), Loader=Plain)  # noqa: S506  # a safe one
        )
    ]

    assert unfit == []


def test_every_data_file_names_its_schema_in_its_first_line():
    folder = settings().data_dir

    wrong = [
        path.name
        for path in folder.rglob("*.yaml")
        if not names_its_schema(path, path.read_text(encoding="utf-8").partition("\n")[0])
    ]

    assert wrong == []


def names_its_schema(path: Path, first_line: str) -> bool:
    """Whether the first line points an editor to the schema of the file."""
    start, _, address = first_line.partition("$schema=")
    expected = (ROOT / "schemas" / schema_name(path)).resolve()
    return start == "# yaml-language-server: " and (path.parent / address).resolve() == expected


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("release.json", {"version": "1", "released_on": "2026-11-22", "notes": "x"}),
        ("release.json", {"version": "2026.11", "released_on": "2026-11-22"}),
        ("term.json", {"name": "Odds", "teir": 1}),
    ],
)
def test_a_schema_refuses_what_check_refuses(name: str, document: Any):
    validator = Draft202012Validator(schema(name))

    errors = list(validator.iter_errors(document))

    assert errors != []


def test_the_command_tells_a_stale_schema_and_writes_nothing(tmp_path: Path):
    for name, content in schemas().items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "term.json").write_text("{}")
    (tmp_path / "faq.json").unlink()

    result = failed_fusion("schema", tmp_path, "--check")

    assert result.exit_code == 1
    assert result.stderr == "Stale: faq.json, term.json. Run: failed-fusion schema\n"
    assert (tmp_path / "term.json").read_text() == "{}"
    assert not (tmp_path / "faq.json").exists()


def test_the_command_writes_what_is_stale(tmp_path: Path):
    first = failed_fusion("schema", tmp_path)

    second = failed_fusion("schema", tmp_path, "--check")

    assert first.stdout == f"{len(schemas())} schemas written to {tmp_path}.\n"
    assert (second.exit_code, second.stdout) == (0, "Schemas are up to date.\n")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == schemas()
