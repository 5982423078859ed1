"""A word of the field, explained."""

from sqlmodel import Field, SQLModel

from api.knowledge.evidence import Text


class TermFields(SQLModel):
    """A word of the field, explained."""

    abbreviation: Text | None = Field(
        default=None,
        index=True,
        description="The abbreviation, where the term has one.",
    )
    expands_to: Text | None = Field(default=None, description="What the abbreviation stands for.")


class Term(TermFields, table=True):
    """The fields of a term, as stored."""

    entity_id: str = Field(primary_key=True, foreign_key="entity.id")
