"""Something a person feels or notices."""

from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class BodyArea(StrEnum):
    """A part of the body, or of the person."""

    HEAD = "head"
    NECK = "neck"
    THROAT = "throat"
    CHEST = "chest"
    BACK = "back"
    ARM = "arm"
    HAND = "hand"
    HIP = "hip"
    BUTTOCK = "buttock"
    GROIN = "groin"
    GENITALS = "genitals"
    BLADDER = "bladder"
    BOWEL = "bowel"
    INNER_THIGH = "inner-thigh"
    THIGH = "thigh"
    LEG = "leg"
    CALF = "calf"
    ANKLE = "ankle"
    FOOT = "foot"
    WOUND = "wound"
    MIND = "mind"
    WHOLE_BODY = "whole-body"


class SymptomFields(SQLModel):
    """Something a person feels or notices."""

    body_areas: list[BodyArea] = Field(sa_type=JSON, description="Where it is felt.")
    red_flag: bool = Field(
        index=True,
        description="Whether it can be a sign of an emergency or needs help soon.",
    )


class Symptom(SymptomFields, table=True):
    """The fields of a symptom, as stored."""

    entity_id: str = Field(primary_key=True, foreign_key="entity.id")
