"""Entities and the statements written about them."""

from datetime import date
from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from api.knowledge.evidence import Text
from api.knowledge.vocabulary import Certainty, Topic, choice

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=120)]
EntityRef = Annotated[
    str, StringConstraints(pattern=r"^[a-z_]+/[a-z0-9]+(-[a-z0-9]+)*$", max_length=150)
]
IcdCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?$")]


class EntityFields(SQLModel):
    """What every entity has, whatever its kind."""

    name: Text = Field(index=True, description="The name to show.")
    synonyms: list[Text] = Field(
        default=[],
        sa_type=JSON,
        description="Other names: clinical terms, abbreviations, lay words, common misspellings.",
    )
    tier: int = Field(
        ge=1,
        le=3,
        index=True,
        description="1: every reader expects it; 2: important detail; 3: specialist detail.",
    )
    reviewed_on: date = Field(
        index=True, description="The day the text was last checked against its sources."
    )
    icd10cm: list[IcdCode] = Field(default=[], sa_type=JSON, description="ICD-10-CM codes.")


class AskedFields(SQLModel):
    """How people ask about an entity."""

    asked_as: list[Text] = Field(
        default=[],
        sa_type=JSON,
        description="Ways people ask about it, made up for search: questions and worries, not "
        "statements of ours (editorial).",
    )


class Entity(EntityFields, AskedFields, table=True):
    """An entity, as stored; its kind's own fields stand in the kind's table."""

    __table_args__ = (UniqueConstraint("kind", "slug"),)

    id: str = Field(primary_key=True, description="`kind/slug`")
    kind: str = Field(index=True)
    slug: str
    n_statements: int
    n_relations: int
    n_findings: int
    n_sources: int
    fingerprints: dict[str, str] = Field(sa_type=JSON)


class FormerSlug(SQLModel, table=True):
    """A slug an entity had before it was renamed: requests for it are sent on."""

    __tablename__ = "former_slug"

    kind: str = Field(primary_key=True)
    slug: str = Field(primary_key=True)
    entity_id: str = Field(foreign_key="entity.id", index=True)


class Facet(SQLModel, table=True):
    """The index of list-valued fields: one row a value, for filtering by a value of the list."""

    entity_id: str = Field(primary_key=True, foreign_key="entity.id")
    field: str = Field(primary_key=True)
    value: str = Field(primary_key=True, index=True)


class WordingFields(SQLModel):
    """A text for two audiences."""

    plain: Text = Field(description="For everyone: reading grade 8 or below.")
    clinical: Text | None = Field(
        default=None,
        description="For clinicians; null where the plain wording says it all.",
    )


class StatementFields(WordingFields):
    """One or two sentences about an entity: the unit that is cited, searched and quoted."""

    topic: Topic = Field(sa_type=choice(Topic), index=True, description="What it tells.")


class Statement(StatementFields, table=True):
    """A statement, as stored. The summary of an entity is its statement of topic `summary`."""

    id: str = Field(primary_key=True, description="`kind.slug.name`")
    entity_id: str = Field(foreign_key="entity.id", index=True)
    position: int
    certainty: Certainty | None = Field(default=None, sa_type=choice(Certainty))
    editorial: bool = False


class Citation(SQLModel, table=True):
    """What a statement rests on: a finding (and through it a source), or a source as a whole."""

    statement_id: str = Field(primary_key=True, foreign_key="statement.id")
    position: int = Field(primary_key=True)
    source_id: str = Field(foreign_key="source.id", index=True)
    finding_id: str | None = Field(default=None, foreign_key="finding.id", index=True)
