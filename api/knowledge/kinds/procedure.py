"""An operation that fuses or otherwise treats the spine."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

from api.knowledge.vocabulary import Region, choice


class SurgicalApproach(StrEnum):
    """From which side the spine is reached."""

    ANTERIOR = "anterior"
    POSTERIOR = "posterior"
    LATERAL = "lateral"
    OBLIQUE = "oblique"
    COMBINED = "combined"
    VARIOUS = "various"


class ProcedureFields(SQLModel):
    """An operation that fuses or otherwise treats the spine."""

    approach: SurgicalApproach = Field(
        sa_type=choice(SurgicalApproach),
        index=True,
        description="From which side it is done.",
    )
    region: Region = Field(sa_type=choice(Region), index=True, description="Part of the spine.")


class Procedure(ProcedureFields, table=True):
    """The fields of a procedure, as stored."""

    entity_id: str = Field(primary_key=True, foreign_key="entity.id")
