"""Releases: which version of the content is served, and what changed between two of them."""

from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import JSON, DateTime, Dialect, TypeDecorator
from sqlmodel import Field, SQLModel

from api.knowledge.vocabulary import choice


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC on every engine: SQLite drops the zone, PostgreSQL gives its own back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        """The moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ChangeAction(StrEnum):
    """What happened to an entity or a source."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class ReleaseFields(SQLModel):
    """One version of the content."""

    id: str = Field(index=True, description="Derived from the content: same content, same id.")
    version: str = Field(description="The version people speak of.")
    released_on: date = Field(description="The day the content was released.")
    notes: str = Field(description="What changed, and why.")
    counts: dict[str, int] = Field(sa_type=JSON, description="Records of each sort.")


class Release(ReleaseFields, table=True):
    """A release, as stored. The one with the highest sequence is served."""

    sequence: int = Field(primary_key=True)
    seeded_at: datetime = Field(sa_type=UtcDateTime)
    data_fingerprint: str


class ChangeFields(SQLModel):
    """What happened to one entity or source in a release."""

    subject: str = Field(description="`kind/slug` of an entity, or `source/id`.", index=True)
    action: ChangeAction = Field(sa_type=choice(ChangeAction), description="What happened.")
    parts: list[str] = Field(
        default=[],
        sa_type=JSON,
        description="For a change: which of fields, statements, relations or findings differ.",
    )


class Change(ChangeFields, table=True):
    """A change, as stored."""

    release_sequence: int = Field(primary_key=True, foreign_key="release.sequence")
    subject: str = Field(primary_key=True, index=True)


class SearchIndex(SQLModel, table=True):
    """What search made of a release, as bytes that `api.search.index` reads."""

    __tablename__ = "search_index"

    release_id: str = Field(primary_key=True)
    data: bytes
