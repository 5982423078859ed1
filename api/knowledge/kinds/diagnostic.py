"""A way to find out what is wrong."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

from api.knowledge.vocabulary import choice


class Modality(StrEnum):
    """The sort of examination."""

    HISTORY = "history"
    EXAMINATION = "examination"
    QUESTIONNAIRE = "questionnaire"
    IMAGING = "imaging"
    LABORATORY = "laboratory"
    INJECTION = "injection"
    SURGICAL = "surgical"


class DiagnosticFields(SQLModel):
    """A way to find out what is wrong."""

    modality: Modality = Field(
        sa_type=choice(Modality), index=True, description="The sort of examination."
    )
    radiation: bool = Field(index=True, description="Whether it uses ionizing radiation.")


class Diagnostic(DiagnosticFields, table=True):
    """The fields of a diagnostic, as stored."""

    entity_id: str = Field(primary_key=True, foreign_key="entity.id")
