"""Configuration: from the environment (or a `.env` file), with defaults that need neither."""

from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT: Final = Path(__file__).resolve().parent.parent
"""The checkout: `data/` and `alembic/` stand here, beside the package."""

VERSION: Final = version("failed-fusion")
"""The version of the software."""


class Settings(BaseSettings):
    """What an operator can set. Each field is an environment variable of the same name."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    database_url: str = Field(
        default=f"sqlite:///{ROOT / 'var' / 'failed-fusion.db'}",
        description="SQLite or PostgreSQL: sqlite:///file.db, postgresql://user@host/name.",
    )
    data_dir: Path = Field(default=ROOT / "data", description="The data files to seed from.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on.")
    workers: int = Field(default=1, ge=1, le=64, description="Processes; one serves one core.")
    public_url: str | None = Field(
        default=None,
        description="Address people reach the service at, for links; default: the request's.",
    )
    rate_limit: int = Field(
        default=600,
        ge=0,
        description="Requests a minute for one client address in one process; 0 for no limit.",
    )
    cache_bytes: int = Field(
        default=64 * 2**20,
        ge=0,
        description="Memory for finished answers in one process.",
    )
    request_seconds: float = Field(
        default=10,
        gt=0,
        description="Time after which a request is given up with a 503.",
    )
    access_log: bool = Field(
        default=False, description="Write each request to the log, with what was asked."
    )
    log_level: str = Field(default="info", description="critical, error, warning, info or debug.")


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
