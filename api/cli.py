"""The command line: `failed-fusion --help`.

Commands import what they need when they run, so that `--help` and `serve` start at once.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console

from api.settings import ROOT, VERSION, Settings, settings

if TYPE_CHECKING:
    from api.ingest.seed import BrokenDataError

app = typer.Typer(
    help="Structured, source-cited knowledge about failed spinal fusion, as an HTTP API.\n\n"
    "Exit codes: 0 done, 1 the data files hold faults, 2 wrong usage, 3 the database can't be "
    "used.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_errors = Console(stderr=True, soft_wrap=True, highlight=False)

DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        help="SQLite or PostgreSQL: sqlite:///file.db, postgresql://user@host/name. "
        "Default: the environment's DATABASE_URL, or a SQLite file in var/."
    ),
]
DataDir = Annotated[
    Path | None,
    typer.Option(help="The data files. Default: data/ of this checkout.", exists=True),
]


class ExitCode(IntEnum):
    """What the exit code of a command tells a script."""

    DATA_FAULTS = 1
    NO_DATABASE = 3


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0: any free.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Processes.")] = None,
    database_url: DatabaseUrl = None,
    data_dir: DataDir = None,
    prepare: Annotated[
        bool,
        typer.Option(help="Migrate and seed first; --no-prepare serves the database as it is."),
    ] = True,
) -> None:
    """Migrate and seed the database if need be, then serve it until interrupted.

    With faults in the data files, a release that is already in the database is served on.
    """
    import uvicorn

    from api.http.protocol import ProblemProtocol

    config = _configure(
        host=host, port=port, workers=workers, database_url=database_url, data_dir=data_dir
    )
    if prepare:
        _prepare(config)
    uvicorn.run(
        "api.app:create_app",
        factory=True,
        http=ProblemProtocol,
        host=config.host,
        port=config.port,
        workers=config.workers,
        log_level=config.log_level,
        # What people ask about their health is not written down unless an operator wants it.
        access_log=config.access_log,
        server_header=False,
    )


@app.command()
def seed(database_url: DatabaseUrl = None, data_dir: DataDir = None) -> None:
    """Migrate the database and make it hold what the data files say, as a new release.

    One transaction: it happens whole or not at all. Does nothing where nothing changed.
    """
    _seed(_configure(database_url=database_url, data_dir=data_dir))


@app.command()
def check(data_dir: DataDir = None) -> None:
    """Check the data files; print every fault as file:line: what is wrong: what is allowed."""
    from api.ingest.seed import BrokenDataError
    from api.ingest.seed import check as check_data

    config = _configure(data_dir=data_dir)
    try:
        with _progress() as step:
            content = check_data(config.data_dir, step)
    except BrokenDataError as broken:
        _fail_on(broken)
    typer.echo(
        f"No faults: {len(content.entities)} entities, {len(content.findings)} findings, "
        f"{len(content.sources)} sources."
    )


@app.command()
def report(
    data_dir: DataDir = None,
    *,
    against: Annotated[
        Path | None,
        typer.Option(help="Figures to compare with; exit 1 where one got worse.", exists=True),
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Write the figures to this file, to compare with later.")
    ] = None,
) -> None:
    """Print what content there is: entities, statements, citations, grades, gaps, by collection."""
    from api.ingest.report import as_table, content_report, worsened
    from api.ingest.seed import BrokenDataError
    from api.ingest.seed import check as check_data

    config = _configure(data_dir=data_dir)
    try:
        with _progress() as step:
            figures = content_report(check_data(config.data_dir, step))
    except BrokenDataError as broken:
        _fail_on(broken)
    typer.echo(as_table(figures))
    if against and (faults := worsened(json.loads(against.read_text("utf-8")), figures)):
        for fault in faults:
            _errors.print(f"Got worse: {fault}", markup=False)
        raise typer.Exit(ExitCode.DATA_FAULTS)
    if record:
        record.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


@app.command()
def schema(
    folder: Annotated[Path, typer.Argument(help="Where to write them.")] = ROOT / "schemas",
    *,
    check_only: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 where one is stale.")
    ] = False,
) -> None:
    """Write the JSON Schemas of the data files, for editors that check as one types."""
    from api.ingest.schemas import stale_schemas, write_schemas

    stale = stale_schemas(folder)
    if check_only and stale:
        _errors.print(f"Stale: {', '.join(stale)}. Run: failed-fusion schema")
        raise typer.Exit(ExitCode.DATA_FAULTS)
    write_schemas(folder, stale)
    typer.echo(f"{len(stale)} schemas written to {folder}." if stale else "Schemas are up to date.")


@app.command()
def migrate(
    revision: Annotated[
        str, typer.Argument(help="Revision to go to: head, base, or one's id.")
    ] = "head",
    database_url: DatabaseUrl = None,
) -> None:
    """Bring the database schema to a revision, up or down; head is what the code expects."""
    from api import migrations

    config = _configure(database_url=database_url)
    if not migrations.is_known(revision):
        raise typer.BadParameter(f"there is no revision {revision}")
    with _database_errors():
        before = migrations.current(config.database_url)
        if revision == "base" or (before and revision < before and revision != "head"):
            migrations.downgrade(config.database_url, revision)
        else:
            migrations.upgrade(config.database_url, revision)
        after = migrations.current(config.database_url)
    typer.echo(f"Schema at {after or 'nothing'} (before: {before or 'nothing'}).")


@app.command()
def openapi(database_url: DatabaseUrl = None) -> None:
    """Print the OpenAPI 3.1 document, with examples from the database."""
    from api.app import create_app
    from api.documentation import published_document

    config = _configure(database_url=database_url)
    with _database_errors():
        document = published_document(create_app(config))
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


@app.command()
def version() -> None:
    """Print the version of the software."""
    typer.echo(VERSION)


def _configure(**flags: object) -> Settings:
    """The settings, with flags before the environment; worker processes inherit both."""
    for name, value in flags.items():
        if value is not None:
            os.environ[name.upper()] = str(value)
    settings.cache_clear()
    try:
        return settings()
    except ValidationError as error:
        wrong = "; ".join(f"{item['loc'][0]}: {item['msg']}" for item in error.errors())
        raise typer.BadParameter(f"in the environment: {wrong}") from None


def _prepare(config: Settings) -> None:
    """Seed before serving; go on with the release that is there where the data is broken."""
    from api.database import reader
    from api.ingest.installed import is_up_to_date, latest_release

    with _database_errors():
        if is_up_to_date(config.database_url, config.data_dir, VERSION):
            return
    from api.ingest.seed import BrokenDataError

    try:
        _seed(config, fail=False)
    except BrokenDataError as broken:
        _print_faults(broken)
        with reader(config.database_url).connect() as connection:
            served = latest_release(connection)
        if served is None:
            raise typer.Exit(ExitCode.DATA_FAULTS) from None
        _errors.print(f"Nothing was written. Release {served['id']} is served on.")


def _seed(config: Settings, fail: bool = True) -> None:
    from api import migrations
    from api.database import writer
    from api.ingest.seed import BrokenDataError
    from api.ingest.seed import seed as seed_database

    with _database_errors():
        migrations.upgrade(config.database_url)
        engine = writer(config.database_url)
        try:
            with _progress() as step:
                done = seed_database(engine, config.data_dir, VERSION, step)
        except BrokenDataError as broken:
            if fail:
                _fail_on(broken)
            raise
        finally:
            engine.dispose()
    news = ", ".join(f"{count} {action}" for action, count in done.changes.items())
    typer.echo(f"Release {done.release} ({done.version}): {news or 'nothing new'}.")


def _fail_on(broken: "BrokenDataError") -> NoReturn:
    _print_faults(broken)
    raise typer.Exit(ExitCode.DATA_FAULTS)


def _print_faults(broken: "BrokenDataError") -> None:
    for problem in broken.problems:
        _errors.print(str(problem), markup=False)
    _errors.print(f"{broken}.")


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A bar on a terminal, over the steps of reading the data; silent elsewhere."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from api.ingest.seed import STEPS

    with Progress(
        TextColumn("{task.description:<8}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=_errors,
        transient=True,
        disable=not _errors.is_terminal,
    ) as bar:
        task = bar.add_task("", total=len(STEPS))

        def step(name: str) -> None:
            bar.update(task, description=name, completed=STEPS.index(name))

        yield step


@contextmanager
def _database_errors() -> Iterator[None]:
    """Tell a database that can't be used in one line, without a traceback."""
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    from api.database import UnsupportedDatabaseError

    try:
        yield
    except UnsupportedDatabaseError as error:
        _errors.print(str(error))
        raise typer.Exit(ExitCode.NO_DATABASE) from None
    except (SQLAlchemyError, CommandError, OSError) as error:
        _errors.print(f"The database can't be used: {str(error).splitlines()[0]}")
        raise typer.Exit(ExitCode.NO_DATABASE) from None
