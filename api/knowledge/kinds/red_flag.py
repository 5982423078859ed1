"""Signs that need help soon, and what to do."""

from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from api.knowledge.evidence import Text
from api.knowledge.vocabulary import choice


class Urgency(StrEnum):
    """How soon help is needed."""

    EMERGENCY = "emergency"
    SAME_DAY = "same-day"
    SOON = "soon"


class RedFlagFields(SQLModel):
    """Signs that need help soon, and what to do."""

    urgency: Urgency = Field(
        sa_type=choice(Urgency),
        index=True,
        description="How soon help is needed (editorial).",
    )
    action: Text = Field(description="What to do, in words to show as they are (editorial).")
    signs: list[Text] = Field(
        sa_type=JSON,
        description="Phrases in which people report it, in lower case (editorial).",
    )


class RedFlag(RedFlagFields, table=True):
    """The fields of a red flag, as stored."""

    __tablename__ = "red_flag"

    entity_id: str = Field(primary_key=True, foreign_key="entity.id")
