"""A claim people meet, held against the evidence."""

from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from api.knowledge.evidence import RecordId, Text
from api.knowledge.vocabulary import choice


class ClaimVerdict(StrEnum):
    """What the evidence makes of a claim."""

    SUPPORTED = "supported"
    MOSTLY_SUPPORTED = "mostly-supported"
    MIXED = "mixed"
    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"


class FactCheckFields(SQLModel):
    """A claim people meet, held against the evidence."""

    claim: Text = Field(description="The claim, as people meet it.")
    verdict: ClaimVerdict = Field(
        sa_type=choice(ClaimVerdict),
        index=True,
        description="What the evidence makes of it.",
    )
    claimed_by: list[RecordId] = Field(
        default=[],
        sa_type=JSON,
        description="Findings that make the claim; empty where people hear it elsewhere.",
    )


class FactCheck(FactCheckFields, table=True):
    """The fields of a fact check, as stored."""

    __tablename__ = "fact_check"

    entity_id: str = Field(primary_key=True, foreign_key="entity.id")
