"""Something done so that a fusion does not fail."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

from api.knowledge.vocabulary import choice


class Phase(StrEnum):
    """When, relative to the operation."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class PreventionFields(SQLModel):
    """Something done so that a fusion does not fail."""

    phase: Phase = Field(
        sa_type=choice(Phase),
        index=True,
        description="When, relative to the operation.",
    )


class Prevention(PreventionFields, table=True):
    """The fields of a prevention, as stored."""

    entity_id: str = Field(primary_key=True, foreign_key="entity.id")
