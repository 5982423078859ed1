"""Running the migrations of `alembic/` from code."""

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from alembic import command
from api.database import writer
from api.settings import ROOT


def config(url: str) -> Config:
    """Alembic's configuration for the database at `url`."""
    configuration = Config(ROOT / "alembic.ini")
    configuration.attributes["database_url"] = url
    return configuration


def head() -> str:
    """The revision the code expects."""
    revision = ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).get_current_head()
    assert revision, "there is at least one migration"
    return revision


def is_known(revision: str) -> bool:
    """Whether there is such a revision: one's id, `head` or `base`."""
    scripts = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
    try:
        scripts.get_revisions(revision)
    except CommandError:
        return False
    return True


def current(url: str) -> str | None:
    """The revision the database is at; None for an empty one."""
    engine = writer(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema up to `revision`, in one transaction."""
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the schema back to `revision` (`base` for nothing at all)."""
    command.downgrade(config(url), revision)
