"""A way in which a spinal fusion can fail, or a complication that comes with it."""

from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from api.knowledge.evidence import Text
from api.knowledge.vocabulary import Region, choice


class ConditionCategory(StrEnum):
    """The sort of condition."""

    FAILURE_MODE = "failure-mode"
    COMPLICATION = "complication"
    SYNDROME = "syndrome"


class ConditionFields(SQLModel):
    """A way in which a spinal fusion can fail, or a complication that comes with it."""

    category: ConditionCategory = Field(
        sa_type=choice(ConditionCategory),
        index=True,
        description="The sort of condition.",
    )
    regions: list[Region] = Field(sa_type=JSON, description="Parts of the spine it affects.")
    onset: Text = Field(description="When it tends to show.")


class Condition(ConditionFields, table=True):
    """The fields of a condition, as stored."""

    entity_id: str = Field(primary_key=True, foreign_key="entity.id")
