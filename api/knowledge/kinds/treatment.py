"""Something done to heal, ease or repair."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

from api.knowledge.vocabulary import choice


class TreatmentApproach(StrEnum):
    """The sort of treatment."""

    SELF_CARE = "self-care"
    WATCHFUL_WAITING = "watchful-waiting"
    REHABILITATION = "rehabilitation"
    PSYCHOLOGICAL = "psychological"
    MEDICATION = "medication"
    INJECTION = "injection"
    BONE_HEALING = "bone-healing"
    NEUROMODULATION = "neuromodulation"
    SURGERY = "surgery"


class TreatmentFields(SQLModel):
    """Something done to heal, ease or repair."""

    approach: TreatmentApproach = Field(
        sa_type=choice(TreatmentApproach),
        index=True,
        description="The sort of treatment.",
    )
    invasiveness: int = Field(
        ge=0,
        le=3,
        index=True,
        description="0: nothing enters the body; 1: medicine or device; 2: needle or small implant; "
        "3: open or larger surgery.",
    )


class Treatment(TreatmentFields, table=True):
    """The fields of a treatment, as stored."""

    entity_id: str = Field(primary_key=True, foreign_key="entity.id")
