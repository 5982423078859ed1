"""Something that makes a poor result more, or less, likely."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

from api.knowledge.vocabulary import choice


class RiskDomain(StrEnum):
    """Where a risk comes from."""

    DEMOGRAPHIC = "demographic"
    LIFESTYLE = "lifestyle"
    MEDICAL = "medical"
    PSYCHOSOCIAL = "psychosocial"
    ALIGNMENT = "alignment"
    IMPLANT = "implant"
    SURGICAL = "surgical"
    POSTOPERATIVE = "postoperative"


class Modifiable(StrEnum):
    """Whether a risk can be changed."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class RiskFactorFields(SQLModel):
    """Something that makes a poor result more, or less, likely."""

    domain: RiskDomain = Field(
        sa_type=choice(RiskDomain), index=True, description="Where the risk comes from."
    )
    modifiable: Modifiable = Field(
        sa_type=choice(Modifiable), index=True, description="Whether it can be changed."
    )


class RiskFactor(RiskFactorFields, table=True):
    """The fields of a risk factor, as stored."""

    __tablename__ = "risk_factor"

    entity_id: str = Field(primary_key=True, foreign_key="entity.id")
