"""Seeding makes the database hold what the files say, as one release, whole or not at all."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from seeding import start_seeding
from small_data import edit, small_folder
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from api import migrations
from api.database import reader, writer
from api.ingest.seed import Seeding, seed
from api.knowledge.tables import METADATA

LEE: Final = "sources/lee-2019-smoking.yaml"
NONUNION: Final = "conditions/nonunion.yaml"
TERM: Final = "glossary/odds-ratio.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_folder(tmp_path)


@pytest.fixture
def engine(own_database: str) -> Iterator[Engine]:
    """Writes an empty database with all its tables."""
    migrations.upgrade(own_database)
    found = writer(own_database)
    yield found
    found.dispose()


def content(connection: Connection) -> dict[str, list[Any]]:
    """Every row of every table that holds content, without what tells when it was seeded."""
    return {
        table.name: sorted(
            (tuple(row) for row in connection.execute(table.select())),
            key=repr,
        )
        for table in METADATA.sorted_tables
        if table.name not in ("release", "change")
    }


def read(url: str) -> dict[str, list[Any]]:
    """The content a new reader finds."""
    engine = reader(url)
    with engine.connect() as connection:
        found = content(connection)
    engine.dispose()
    return found


def by_key(folder: Path, pattern: str) -> dict[str, Any]:
    """The parsed files of a folder, by `collection/name`."""
    return {
        f"{path.parent.name}/{path.stem}": yaml.safe_load(path.read_text())
        for path in folder.glob(pattern)
    }


def stored(engine: Engine, table: str) -> list[dict[str, Any]]:
    """The rows of a table by column, with JSON and dates read."""
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(METADATA.tables[table].select()).mappings()]


# What the files say is what the database holds


def test_every_source_is_stored_as_its_file_says(engine: Engine, folder: Path):
    files = by_key(folder, "sources/*.yaml")

    seed(engine, folder, "1")

    rows = {row["id"]: row for row in stored(engine, "source")}
    assert {f"sources/{key}" for key in rows} == set(files)
    for key, row in rows.items():
        said = {
            name: value for name, value in files[f"sources/{key}"].items() if name != "findings"
        }
        assert said == {name: row[name] for name in said}
        assert not any(
            value
            for name, value in row.items()
            if name not in said and name not in ("id", "label", "fingerprints")
        )


def test_every_finding_is_stored_as_its_file_says(engine: Engine, folder: Path):
    files = by_key(folder, "sources/*.yaml")
    said = {
        finding["id"]: (key.removeprefix("sources/"), finding)
        for key, source in files.items()
        for finding in source["findings"]
    }

    seed(engine, folder, "1")

    findings = {row["id"]: row for row in stored(engine, "finding")}
    measures = {row["finding_id"]: row for row in stored(engine, "measure")}
    caveats = sorted(stored(engine, "caveat"), key=lambda row: row["position"])
    assert set(findings) == set(said)
    assert set(measures) == {key for key, (_, finding) in said.items() if "measure" in finding}
    for key, (source, finding) in said.items():
        row = findings[key]
        assert row["source_id"] == source
        condition = finding.pop("condition", None)
        assert row["condition_id"] == (f"condition/{condition}" if condition else None)
        measure = finding.pop("measure", {})
        assert measure == {name: measures[key][name] for name in measure}
        assert finding.pop("caveats", []) == [
            {"kind": row["kind"], "text": row["text"]}
            for row in caveats
            if row["finding_id"] == key
        ]
        assert finding == {name: row[name] for name in finding}


def test_every_entity_is_stored_as_its_file_says(engine: Engine, folder: Path):
    files = by_key(folder, "*/*.yaml")
    kinds = {
        "condition/nonunion": "conditions/nonunion",
        "condition/loose-screw": "conditions/loose-screw",
        "symptom/back-pain": "symptoms/back-pain",
        "risk_factor/smoking": "risk-factors/smoking",
        "diagnostic/ct-scan": "diagnostics/ct-scan",
        "fact_check/smoking-is-harmless": "fact-checks/smoking-is-harmless",
        "term/odds-ratio": "glossary/odds-ratio",
    }

    seed(engine, folder, "1")

    entities = {row["id"]: row for row in stored(engine, "entity")}
    assert set(entities) == set(kinds)
    for ref, path in kinds.items():
        kind, _, slug = ref.partition("/")
        said = files[path]
        (own,) = (row for row in stored(engine, kind) if row["entity_id"] == ref)
        row = {**entities[ref], **own}
        assert (row["kind"], row["slug"]) == (kind, slug)
        plain = set(said) - {"summary", "statements", "relations", "former_slugs"}
        assert {name: said[name] for name in plain} == {name: row[name] for name in plain}


def test_every_statement_and_citation_is_stored_as_its_file_says(engine: Engine, folder: Path):
    seed(engine, folder, "1")

    statements = {row.pop("id"): row for row in stored(engine, "statement")}
    assert len(statements) == 10
    assert statements["condition.nonunion.how-often"] == {
        "entity_id": "condition/nonunion",
        "position": 1,
        "topic": "epidemiology",
        "plain": "About 1 in 5 people had it after 2 years.",
        "clinical": "Nonunion at L4-L5 in 20.8 % (about 20 %) of 240 patients.",
        "certainty": "low",
        "editorial": False,
    }
    assert statements["term.odds-ratio.summary"]["editorial"] is True
    assert statements["term.odds-ratio.meaning"]["certainty"] is None
    citations = [
        (row["statement_id"], row["position"], row["source_id"], row["finding_id"])
        for row in stored(engine, "citation")
    ]
    assert [row for row in sorted(citations) if row[0].startswith("condition.")] == [
        ("condition.loose-screw.summary", 0, "roy-2021-ct", None),
        ("condition.nonunion.gap", 0, "search-2026", "search-2026-vaping"),
        ("condition.nonunion.how-often", 0, "lee-2019-smoking", "lee-2019-share"),
        ("condition.nonunion.how-often", 1, "lee-2019-smoking", "lee-2019-union"),
        ("condition.nonunion.summary", 0, "lee-2019-smoking", "lee-2019-share"),
    ]
    assert not [row for row in citations if row[0].startswith("term.")]


def test_every_relation_is_stored_as_its_file_says(engine: Engine, folder: Path):
    seed(engine, folder, "1")

    assert {tuple(row.values()) for row in stored(engine, "relation")} == {
        (
            "condition.nonunion:has_symptom:symptom.back-pain",
            "condition/nonunion",
            "has_symptom",
            "symptom/back-pain",
        ),
        (
            "condition.nonunion:leads_to:condition.loose-screw",
            "condition/nonunion",
            "leads_to",
            "condition/loose-screw",
        ),
        (
            "risk_factor.smoking:raises_risk_of:condition.nonunion",
            "risk_factor/smoking",
            "raises_risk_of",
            "condition/nonunion",
        ),
        (
            "diagnostic.ct-scan:detects:condition.nonunion",
            "diagnostic/ct-scan",
            "detects",
            "condition/nonunion",
        ),
    }
    assert {
        (
            row["relation_id"].split(":")[1],
            row["finding_id"],
            row["position"],
            row["stance"],
            row["indirect"],
            row["caution"],
            row["duplicate_of"],
        )
        for row in stored(engine, "relation_finding")
    } == {
        ("has_symptom", "lee-2019-share", 0, "context", False, None, None),
        (
            "leads_to",
            "lee-2019-union",
            0,
            "supports",
            True,
            "Never show it as a cause.",
            None,
        ),
        ("raises_risk_of", "lee-2019-union", 0, "supports", False, None, None),
        ("raises_risk_of", "roy-2021-null", 1, "null-result", False, None, "lee-2019-union"),
        ("detects", "roy-2021-sensitivity", 0, "supports", False, None, None),
    }


def test_former_slugs_and_facets_are_stored(engine: Engine, folder: Path):
    seed(engine, folder, "1")

    assert [tuple(row.values()) for row in stored(engine, "former_slug")] == [
        ("condition", "pseudoarthrosis", "condition/nonunion")
    ]
    assert sorted(tuple(row.values()) for row in stored(engine, "facet")) == [
        ("condition/loose-screw", "regions", "lumbar"),
        ("condition/nonunion", "icd10cm", "M96.0"),
        ("condition/nonunion", "regions", "cervical"),
        ("condition/nonunion", "regions", "lumbar"),
        ("symptom/back-pain", "body_areas", "back"),
        ("symptom/back-pain", "icd10cm", "M54.50"),
    ]


def test_an_entity_knows_how_much_is_known_of_it(engine: Engine, folder: Path):
    seed(engine, folder, "1")

    assert {
        row["id"]: (
            row["n_statements"],
            row["n_relations"],
            row["n_findings"],
            row["n_sources"],
        )
        for row in stored(engine, "entity")
    } == {
        "condition/nonunion": (2, 4, 3, 2),
        "condition/loose-screw": (0, 1, 0, 1),
        "symptom/back-pain": (0, 1, 1, 1),
        "risk_factor/smoking": (0, 1, 2, 2),
        "diagnostic/ct-scan": (0, 1, 1, 1),
        "fact_check/smoking-is-harmless": (0, 0, 1, 1),
        "term/odds-ratio": (1, 0, 0, 0),
    }


def test_the_release_tells_its_version_its_notes_and_its_counts(engine: Engine, folder: Path):
    done = seed(engine, folder, "1")

    (release,) = stored(engine, "release")
    assert (release["id"], release["sequence"], release["version"]) == (done.release, 1, "2026.11")
    assert release["released_on"].isoformat() == "2026-11-22"
    assert release["notes"] == "First release."
    assert {name: count for name, count in release["counts"].items() if count} == {
        "conditions": 2,
        "symptoms": 1,
        "risk-factors": 1,
        "diagnostics": 1,
        "fact-checks": 1,
        "glossary": 1,
        "statements": 3,
        "relations": 4,
        "findings": 5,
        "sources": 3,
    }


# One content, one release


def test_seeding_again_changes_nothing(engine: Engine, own_database: str, folder: Path):
    first = seed(engine, folder, "1")
    before, release = read(own_database), stored(engine, "release")

    second = seed(engine, folder, "1")

    assert second == Seeding(first.release, first.version)
    assert read(own_database) == before
    assert stored(engine, "release") == release


def test_another_version_of_the_software_makes_no_new_release(engine: Engine, folder: Path):
    first = seed(engine, folder, "1")

    second = seed(engine, folder, "2")

    assert second == Seeding(first.release, first.version)
    assert len(stored(engine, "release")) == 1


def test_another_version_of_the_software_derives_the_rows_anew(engine: Engine, folder: Path):
    seed(engine, folder, "1")
    with engine.begin() as connection:
        # As an older version with another rule would have left it.
        connection.execute(text("UPDATE statement SET certainty = 'high' WHERE certainty = 'low'"))

    seed(engine, folder, "2")

    certainties = {row["id"]: row["certainty"] for row in stored(engine, "statement")}
    assert certainties["condition.nonunion.how-often"] == "low"


def release_of(parent: Path, folder: Path) -> str:
    """The id of the release of a folder, in a SQLite database of its own."""
    url = f"sqlite:///{parent / 'release.db'}"
    migrations.upgrade(url)
    engine = writer(url)
    try:
        return seed(engine, folder, "1").release
    finally:
        engine.dispose()


def test_the_release_has_the_same_id_on_every_engine(engine: Engine, folder: Path, tmp_path: Path):
    on_sqlite = release_of(tmp_path, folder)

    done = seed(engine, folder, "1")

    assert done.release == on_sqlite
    assert len(on_sqlite) == 12


def test_the_release_id_does_not_depend_on_the_order_in_which_files_were_made(
    folder: Path, tmp_path: Path
):
    made_last_first = tmp_path / "reversed"
    for path in sorted(folder.rglob("*.yaml"), reverse=True):
        copy = made_last_first / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())

    release = release_of(tmp_path / "other", made_last_first)

    assert release == release_of(tmp_path, folder)


def test_the_release_id_does_not_depend_on_how_the_yaml_is_laid_out(folder: Path, tmp_path: Path):
    before = release_of(tmp_path, folder)
    for path in folder.rglob("*.yaml"):
        said = yaml.safe_load(path.read_text())
        turned = dict(reversed(said.items()))
        path.write_text(
            "# The same, in other words.\n"
            + yaml.safe_dump(turned, sort_keys=False, width=40, default_flow_style=True)
        )

    after = release_of(tmp_path / "reflowed", folder)

    assert after == before


EDITS: Final = {
    "a name": (TERM, "name: Odds ratio", "name: Odds"),
    "a field of the kind": (TERM, "abbreviation: OR", "abbreviation: O"),
    "a tier": (TERM, "tier: 3", "tier: 2"),
    "a day of review": (TERM, "2026-11-20", "2026-11-21"),
    "a summary": (TERM, "A way to compare", "One way to compare"),
    "a statement": (TERM, "Above one", "Over one"),
    "the id of a statement": (TERM, "id: meaning", "id: sense"),
    "a topic": (NONUNION, "topic: epidemiology", "topic: course"),
    "the order of citations": (
        NONUNION,
        "[lee-2019-share, lee-2019-union]",
        "[lee-2019-union, lee-2019-share]",
    ),
    "a synonym": (NONUNION, "failed union", "unhealed fusion"),
    "a code": (NONUNION, 'icd10cm: ["M96.0"]', "icd10cm: []"),
    "a former slug": (NONUNION, "[pseudoarthrosis]", "[pseudarthrosis]"),
    "a stance": (NONUNION, "stance: context", "stance: supports"),
    "what is indirect": (NONUNION, "        indirect: true\n", ""),
    "a caution": (NONUNION, "Never show it", "Do not show it"),
    "a predicate": (NONUNION, "predicate: leads_to", "predicate: related_to"),
    "a duplicate": (
        "risk-factors/smoking.yaml",
        "        duplicate_of: lee-2019-union\n",
        "",
    ),
    "a figure": (LEE, "value: 2.5", "value: 2.4"),
    "a limit of an interval": (LEE, "ci_high: 4.6", "ci_high: 4.5"),
    "a unit": (LEE, "unit: ratio", "unit: odds"),
    "a caveat": (LEE, "One centre only", "Two centres only"),
    "the title of a source": (LEE, "An invented trial", "A made-up trial"),
    "a locator": (LEE, "locator: table 2", "locator: table 3"),
    "a version": ("release.yaml", "2026.11", "2026.12"),
    "a note": ("release.yaml", "First release", "A release"),
}


@pytest.mark.parametrize(("name", "old", "new"), EDITS.values(), ids=list(EDITS))
def test_any_change_of_content_is_another_release(
    folder: Path, tmp_path: Path, name: str, old: str, new: str
):
    before = release_of(tmp_path, folder)
    path = folder / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))

    after = release_of(tmp_path, folder)

    assert after != before


# What changed


def test_the_first_release_adds_everything(engine: Engine, folder: Path):
    done = seed(engine, folder, "1")

    changes = stored(engine, "change")
    assert done.changes == {"added": 10}
    assert {row["action"] for row in changes} == {"added"}
    assert {row["subject"] for row in changes if row["subject"].startswith("source/")} == {
        "source/lee-2019-smoking",
        "source/roy-2021-ct",
        "source/search-2026",
    }


def test_what_changed_is_recorded_with_its_parts_and_nothing_else_is(engine: Engine, folder: Path):
    seed(engine, folder, "1")
    edit(folder, NONUNION, "tier: 1", "tier: 2")
    edit(folder, NONUNION, "stance: context", "stance: supports")
    edit(folder, "risk-factors/smoking.yaml", "Smoking slows bone.", "Smoke slows bone.")
    edit(folder, LEE, "One centre only", "Two centres only")
    edit(folder, "sources/roy-2021-ct.yaml", "An invented review", "A made-up review")
    (folder / "fact-checks" / "smoking-is-harmless.yaml").unlink()
    (folder / "glossary" / "odds.yaml").write_text(
        (folder / TERM).read_text().replace("Odds ratio", "Odds")
    )

    done = seed(engine, folder, "1")

    assert {
        (row["subject"], row["action"], *row["parts"])
        for row in stored(engine, "change")
        if row["release_sequence"] == 2
    } == {
        ("condition/nonunion", "changed", "fields", "relations"),
        ("risk_factor/smoking", "changed", "statements"),
        ("source/lee-2019-smoking", "changed", "findings"),
        ("source/roy-2021-ct", "changed", "fields"),
        ("fact_check/smoking-is-harmless", "removed"),
        ("term/odds", "added"),
    }
    assert done.changes == {"added": 1, "changed": 4, "removed": 1}


def test_a_new_layout_of_a_file_is_no_change(engine: Engine, folder: Path):
    first = seed(engine, folder, "1")
    edit(folder, TERM, "tier: 3", "tier:   3  # the rarest")

    second = seed(engine, folder, "1")

    assert second == Seeding(first.release, first.version)
    assert len(stored(engine, "release")) == 1
    assert {row["release_sequence"] for row in stored(engine, "change")} == {1}


def test_going_back_to_earlier_content_is_a_release_with_the_earlier_id(
    engine: Engine, own_database: str, folder: Path
):
    first = seed(engine, folder, "1")
    before = read(own_database)
    edit(folder, TERM, "tier: 3", "tier: 2")
    second = seed(engine, folder, "1")
    edit(folder, TERM, "tier: 2", "tier: 3")

    third = seed(engine, folder, "1")

    assert third.release == first.release != second.release
    assert third.changes == {"changed": 1}
    assert [row["sequence"] for row in stored(engine, "release")] == [1, 2, 3]
    assert read(own_database) == before


def test_a_changed_note_alone_is_a_release_without_changes(engine: Engine, folder: Path):
    first = seed(engine, folder, "1")
    edit(folder, "release.yaml", "First release", "A release")

    second = seed(engine, folder, "1")

    assert second.release != first.release
    assert second.changes == {}
    assert len(stored(engine, "release")) == 2


# Two at once, killed, and read meanwhile


def lengthen(folder: Path) -> None:
    """Add an entity of so many statements that writing them takes a while."""
    statements = [
        {"id": f"s-{index}", "topic": "definition", "plain": "A word.", "cites": ["editorial"]}
        for index in range(1000)
    ]
    term = {**yaml.safe_load((folder / TERM).read_text()), "statements": statements, "name": "Long"}
    (folder / "glossary" / "long.yaml").write_text(yaml.safe_dump(term))


def test_two_seedings_at_once_end_with_one_release(engine: Engine, own_database: str, folder: Path):
    lengthen(folder)
    first, told_first = start_seeding(own_database, folder)
    second, told_second = start_seeding(own_database, folder)

    first.join(30)
    second.join(30)

    assert (first.exitcode, second.exitcode) == (0, 0)
    releases = stored(engine, "release")
    assert len(releases) == 1
    ends = {list(all_told(told))[-1] for told in (told_first, told_second)}
    assert ends == {releases[0]["id"]}
    assert len(stored(engine, "statement")) == 1011


def all_told(pipe: Pipe) -> Iterator[str]:
    while True:
        try:
            yield pipe.recv()
        except EOFError:
            return


def test_a_seeding_killed_while_it_writes_leaves_the_old_release_whole(
    engine: Engine, own_database: str, folder: Path
):
    old = seed(engine, folder, "1")
    before = read(own_database)
    lengthen(folder)
    fates = []

    for delay in (0, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05):
        process, told = start_seeding(own_database, folder)
        while told.recv() != "write":
            pass
        time.sleep(delay)
        process.kill()
        process.join(30)
        fates.append(process.exitcode)
        if len(stored(engine, "release")) == 2:
            break
        assert [row["id"] for row in stored(engine, "release")] == [old.release]
        assert read(own_database) == before

    assert fates[0] == -signal.SIGKILL
    new = seed(engine, folder, "1")
    assert new.release != old.release
    assert len(stored(engine, "statement")) == 1011
    assert [row["sequence"] for row in stored(engine, "release")] == [1, 2]


def test_a_reader_keeps_its_snapshot_while_another_release_is_seeded(
    engine: Engine, own_database: str, folder: Path
):
    seed(engine, folder, "1")
    reading = reader(own_database)
    with reading.connect() as connection:
        connection.execute(text("SELECT 1 FROM entity"))
        edit(folder, TERM, "name: Odds ratio", "name: Odds")
        before = content(connection)

        seed(engine, folder, "1")

        assert content(connection) == before
        assert name_of_the_term(connection) == "Odds ratio"
        connection.rollback()
        assert name_of_the_term(connection) == "Odds"
    reading.dispose()


def name_of_the_term(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT name FROM entity WHERE id = 'term/odds-ratio'")))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM caveat",
        "UPDATE entity SET name = 'x'",
        "INSERT INTO former_slug VALUES ('term', 'x', 'term/odds-ratio')",
        "DROP TABLE caveat",
        "CREATE TABLE x (y INTEGER)",
    ],
)
def test_the_reader_cannot_write(engine: Engine, own_database: str, folder: Path, statement: str):
    seed(engine, folder, "1")
    before = read(own_database)
    reading = reader(own_database)

    with reading.connect() as connection, pytest.raises(DBAPIError, match=r"read-?only"):
        connection.execute(text(statement))

    reading.dispose()
    assert read(own_database) == before


def test_the_reader_makes_no_database(tmp_path: Path):
    reading = reader(f"sqlite:///{tmp_path / 'none.db'}")

    with pytest.raises(DBAPIError, match="unable to open database file"):
        reading.connect()

    assert list(tmp_path.iterdir()) == []


def test_a_sqlite_database_in_a_read_only_folder_opens(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    place = tmp_path / "fixed"
    release_of(place, folder)
    (database,) = place.iterdir()
    # Root may write everywhere; the product asks, and is told what others would be told.
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != place)
    opened: list[str] = []
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda name, **more: opened.append(name) or connect(name, **more)
    )

    rows = read(f"sqlite:///{database}")

    assert len(rows["entity"]) == 7
    assert opened == [f"file:{database}?mode=ro&immutable=1"]
    assert list(place.iterdir()) == [database]
