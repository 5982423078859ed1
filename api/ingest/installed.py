"""What a database already holds, told without reading the data: so that a start with nothing to do
is quick.
"""

import hashlib
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, select
from sqlalchemy.exc import DBAPIError

from api.database import reader
from api.knowledge.releases import Release
from api.settings import ROOT


def is_up_to_date(url: str, folder: Path, code_version: str) -> bool:
    """Whether the database at `url` holds just what `folder` and this code would make of it."""
    engine = reader(url)
    try:
        with engine.connect() as connection:
            served = latest_release(connection)
    except DBAPIError:  # no database yet, or one that does not answer: the seeding will tell
        return False
    finally:
        engine.dispose()
    return bool(served and served["data_fingerprint"] == fingerprint_of(folder, code_version))


def latest_release(connection: Connection) -> RowMapping | None:
    """The release the database holds, or None where it holds none (or no tables yet)."""
    table: Any = Release.__table__  # type: ignore[attr-defined]
    try:
        newest = select(table).order_by(table.c.sequence.desc()).limit(1)
        return connection.execute(newest).mappings().first()
    except DBAPIError:
        connection.rollback()
        return None


def fingerprint_of(folder: Path, code_version: str) -> str:
    """A digest of the bytes of all data files, of the migrations, of search and its models (which
    decide what is indexed), and of the code's version.
    """
    digest = hashlib.sha256(code_version.encode())
    for root in (folder, ROOT / "alembic" / "versions", ROOT / "api" / "search"):
        for path in data_files(root):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def data_files(folder: Path) -> list[Path]:
    """Every file under `folder` in a fixed order; the licence, caches and hidden ones aside."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path != folder / "LICENSE"
        and not any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)
    )
