"""Every table of the schema in one place, for migrations: importing this module registers all."""

from typing import Final

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from api.knowledge import entities, evidence, kinds, relations, releases, verdicts

__all__ = ["METADATA", "entities", "evidence", "kinds", "relations", "releases", "verdicts"]

METADATA: Final[MetaData] = SQLModel.metadata
