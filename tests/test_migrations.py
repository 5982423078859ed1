"""Alembic owns the schema, on both engines alike."""

import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from seeding import PROCESSES
from sqlalchemy import inspect, make_url, text

from api import migrations
from api.database import writer
from api.knowledge.tables import METADATA


def tables(url: str) -> set[str]:
    """The names of the tables a database holds."""
    engine = writer(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_the_schema_goes_up_from_nothing_and_down_to_nothing(own_database: str):
    migrations.upgrade(own_database)
    at_the_top = tables(own_database)

    migrations.downgrade(own_database, "base")

    assert at_the_top == {*METADATA.tables, "alembic_version"}
    assert tables(own_database) == {"alembic_version"}
    assert migrations.current(own_database) is None


def test_every_migration_can_be_taken_back_and_made_again(own_database: str):
    migrations.upgrade(own_database)
    for _ in ScriptDirectory.from_config(migrations.config(own_database)).walk_revisions():
        migrations.downgrade(own_database, "-1")

    migrations.upgrade(own_database)

    assert tables(own_database) == {*METADATA.tables, "alembic_version"}


def test_the_migrations_make_the_schema_that_the_models_describe(own_database: str):
    migrations.upgrade(own_database)
    engine = writer(own_database)

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        differences = compare_metadata(context, METADATA)

    engine.dispose()
    assert differences == []


def test_the_head_is_the_newest_script_and_the_only_one(own_database: str):
    scripts = Path(migrations.config(own_database).get_main_option("script_location") or "")

    migrations.upgrade(own_database)

    newest = max(path.name for path in (scripts / "versions").glob("*.py"))
    assert newest.startswith(f"{migrations.head()}_")
    assert migrations.current(own_database) == migrations.head()
    assert len(ScriptDirectory(str(scripts)).get_heads()) == 1


def test_an_empty_database_is_at_no_revision(own_database: str):
    revision = migrations.current(own_database)

    assert revision is None


def test_upgrading_again_changes_nothing(own_database: str):
    migrations.upgrade(own_database)
    before = tables(own_database)

    migrations.upgrade(own_database)

    assert tables(own_database) == before
    assert migrations.current(own_database) == migrations.head()


def test_upgrades_at_the_same_time_wait_for_each_other(own_database: str):
    both = [PROCESSES.Process(target=migrations.upgrade, args=(own_database,)) for _ in range(4)]
    for process in both:
        process.start()

    for process in both:
        process.join(30)

    assert [process.exitcode for process in both] == [0] * 4
    assert tables(own_database) == {*METADATA.tables, "alembic_version"}


def test_a_vocabulary_is_guarded_by_the_database_too(own_database: str):
    migrations.upgrade(own_database)
    engine = writer(own_database)
    insert = (
        "INSERT INTO source (id, kind, title, label, authors, founding, fingerprints) "
        "VALUES ('x', 'rumour', 'X', 'X', '[]', false, '{}')"
    )

    with engine.connect() as connection, pytest.raises(Exception, match=r"(?i)check constraint"):
        connection.execute(text(insert))

    engine.dispose()


def test_a_migration_leaves_no_connection_open(own_database: str):
    migrations.upgrade(own_database)

    if own_database.startswith("sqlite"):
        path = Path(make_url(own_database).database or "")
        # SQLite takes its log away when the last connection is closed.
        assert [found.name for found in path.parent.glob(f"{path.name}*")] == [path.name]
    else:
        engine = writer(own_database)
        with engine.connect() as connection:
            # The server needs a moment to see that a client is gone.
            for _ in range(50):
                others = connection.scalar(
                    text(
                        "SELECT count(*) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
                if not others:
                    break
                connection.rollback()
                time.sleep(0.1)
        engine.dispose()
        assert others == 0
