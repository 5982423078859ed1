"""The closed vocabularies of the knowledge base, and the column types that hold them."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import Enum


class Region(StrEnum):
    """The part of the spine."""

    CERVICAL = "cervical"
    THORACOLUMBAR = "thoracolumbar"
    LUMBAR = "lumbar"
    ANY = "any"


class SourceKind(StrEnum):
    """What kind of publication a source is."""

    META_ANALYSIS = "meta-analysis"
    SYSTEMATIC_REVIEW = "systematic-review"
    GUIDELINE = "guideline"
    JOURNAL_ARTICLE = "journal-article"
    REGISTRY = "registry"
    TEXTBOOK_CHAPTER = "textbook-chapter"
    PATIENT_EDUCATION = "patient-education"
    WEB_PAGE = "web-page"
    PATIENT_FORUM = "patient-forum"
    EVIDENCE_SEARCH = "evidence-search"


class Design(StrEnum):
    """How a finding was made, in falling order of strength."""

    META_ANALYSIS = "meta-analysis"
    SYSTEMATIC_REVIEW = "systematic-review"
    RCT = "rct"
    GUIDELINE = "guideline"
    PROSPECTIVE_COHORT = "prospective-cohort"
    REGISTRY = "registry"
    DIAGNOSTIC_ACCURACY = "diagnostic-accuracy"
    RETROSPECTIVE_COHORT = "retrospective-cohort"
    CASE_CONTROL = "case-control"
    CASE_SERIES = "case-series"
    EXPERT_REVIEW = "expert-review"
    NARRATIVE_REVIEW = "narrative-review"
    BASIC_SCIENCE = "basic-science"
    PATIENT_EDUCATION = "patient-education"
    PATIENT_REPORT = "patient-report"
    EVIDENCE_SEARCH = "evidence-search"

    @property
    def rank(self) -> int:
        """0 for the strongest design, rising as it gets weaker."""
        return list(Design).index(self)


class Direction(StrEnum):
    """Which way a finding points."""

    BENEFIT = "benefit"
    NO_BENEFIT = "no-benefit"
    HARM = "harm"
    INCREASES_RISK = "increases-risk"
    DECREASES_RISK = "decreases-risk"
    NO_EFFECT = "no-effect"
    MIXED = "mixed"
    DESCRIPTIVE = "descriptive"


class SubjectKind(StrEnum):
    """What a finding is about, as its recorder filed it."""

    CONDITION = "condition"
    SYMPTOM = "symptom"
    RISK_FACTOR = "risk-factor"
    DIAGNOSTIC = "diagnostic"
    TREATMENT = "treatment"
    PREVENTION = "prevention"
    PROCEDURE = "procedure"
    RED_FLAG = "red-flag"
    RECOVERY = "recovery"
    PROGNOSIS = "prognosis"
    DEFINITION = "definition"
    CAUSE = "cause"
    MECHANISM = "mechanism"
    COURSE = "course"
    EPIDEMIOLOGY = "epidemiology"
    ADVICE = "advice"
    EXPERIENCE = "experience"
    CLAIM = "claim"
    GAP = "gap"


class MeasureType(StrEnum):
    """What a figure measures."""

    ODDS_RATIO = "odds_ratio"
    RELATIVE_RISK = "relative_risk"
    HAZARD_RATIO = "hazard_ratio"
    RISK_DIFFERENCE = "risk_difference"
    INCIDENCE = "incidence"
    PREVALENCE = "prevalence"
    PROPORTION = "proportion"
    FUSION_RATE = "fusion_rate"
    SUCCESS_RATE = "success_rate"
    REOPERATION_RATE = "reoperation_rate"
    MEAN_DIFFERENCE = "mean_difference"
    STANDARDIZED_MEAN_DIFFERENCE = "standardized_mean_difference"
    SENSITIVITY = "sensitivity"
    SPECIFICITY = "specificity"
    PPV = "ppv"
    NPV = "npv"
    AUC = "auc"
    KAPPA = "kappa"
    THRESHOLD = "threshold"
    DURATION = "duration"
    OTHER = "other"


SHARES = frozenset(
    {
        MeasureType.INCIDENCE,
        MeasureType.PREVALENCE,
        MeasureType.PROPORTION,
        MeasureType.FUSION_RATE,
        MeasureType.SUCCESS_RATE,
        MeasureType.REOPERATION_RATE,
        MeasureType.SENSITIVITY,
        MeasureType.SPECIFICITY,
        MeasureType.PPV,
        MeasureType.NPV,
    }
)
"""The measures that are shares of a whole, and so never exceed 100 percent."""


class ValueRole(StrEnum):
    """What the one number of a measure stands for where it is not a plain point estimate."""

    POINT = "point"
    RANGE_LOWER = "range-lower"
    RANGE_UPPER = "range-upper"
    LOWER_BOUND = "lower-bound"
    UPPER_BOUND = "upper-bound"
    TYPICAL_WITHIN_RANGE = "typical-within-range"
    CALCULATED = "calculated-from-printed-values"


class Certainty(StrEnum):
    """How sure one can be of a result."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very-low"


class CaveatKind(StrEnum):
    """Why a finding must be read with care."""

    COMPUTED = "computed"
    RANGE_END = "range-end"
    SECONDARY_CITATION = "secondary-citation"
    MISPRINT = "misprint"
    DISAGREES = "disagrees"
    CONFLICT_OF_INTEREST = "conflict-of-interest"
    NO_COMPARISON = "no-comparison"
    NOT_SIGNIFICANT = "not-significant"
    SMALL_SAMPLE = "small-sample"
    POPULATION = "population"
    TIMING = "timing"
    PARTLY_READ = "partly-read"
    SAME_DATA = "same-data"
    NOTE = "note"


class Topic(StrEnum):
    """What a statement tells."""

    SUMMARY = "summary"
    DEFINITION = "definition"
    URGENT = "urgent"
    VERDICT = "verdict"
    CAUSE = "cause"
    MECHANISM = "mechanism"
    SYMPTOM = "symptom"
    COURSE = "course"
    DIAGNOSIS = "diagnosis"
    TREATMENT = "treatment"
    BENEFIT = "benefit"
    HARM = "harm"
    PROGNOSIS = "prognosis"
    PREVENTION = "prevention"
    RECOVERY = "recovery"
    EPIDEMIOLOGY = "epidemiology"
    EXPERIENCE = "experience"
    ADVICE = "advice"
    DISAGREEMENT = "disagreement"
    KNOWN_GAP = "known_gap"


class Stance(StrEnum):
    """What a finding says of the relation it is filed under."""

    SUPPORTS = "supports"
    OPPOSES = "opposes"
    NULL_RESULT = "null-result"
    CONTEXT = "context"


class Predicate(StrEnum):
    """The typed edges between entities."""

    DESCRIBES = "describes"
    HAS_SYMPTOM = "has_symptom"
    RAISES_RISK_OF = "raises_risk_of"
    LOWERS_RISK_OF = "lowers_risk_of"
    DETECTS = "detects"
    RULES_OUT = "rules_out"
    WARNS_OF = "warns_of"
    TREATS = "treats"
    PREVENTS = "prevents"
    CAN_CAUSE = "can_cause"
    LEADS_TO = "leads_to"
    SUBTYPE_OF = "subtype_of"
    ANSWERS_FROM = "answers_from"
    RELATED_TO = "related_to"


class Audience(StrEnum):
    """For whom a text is worded."""

    PLAIN = "plain"
    CLINICAL = "clinical"


def choice(vocabulary: type[StrEnum], name: str | None = None) -> Any:
    """A column type that stores the values of `vocabulary`, and has the database refuse others.

    `name` tells the constraint from that of another column of the same vocabulary in one table.
    """

    def values(members: Iterable[StrEnum]) -> list[str]:
        return [member.value for member in members]

    return Enum(
        vocabulary,
        name=name or vocabulary.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=values,
    )
