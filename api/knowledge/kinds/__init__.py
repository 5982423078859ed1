"""The registry of kinds, in display order. Adding a kind is one module, one line here,
one data folder and one migration.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, get_args, get_origin

from sqlmodel import SQLModel

from api.knowledge.kinds.condition import Condition, ConditionFields
from api.knowledge.kinds.diagnostic import Diagnostic, DiagnosticFields
from api.knowledge.kinds.fact_check import FactCheck, FactCheckFields
from api.knowledge.kinds.faq import Faq, FaqFields
from api.knowledge.kinds.prevention import Prevention, PreventionFields
from api.knowledge.kinds.procedure import Procedure, ProcedureFields
from api.knowledge.kinds.recovery_stage import RecoveryStage, RecoveryStageFields
from api.knowledge.kinds.red_flag import RedFlag, RedFlagFields
from api.knowledge.kinds.risk_factor import RiskFactor, RiskFactorFields
from api.knowledge.kinds.symptom import Symptom, SymptomFields
from api.knowledge.kinds.term import Term, TermFields
from api.knowledge.kinds.treatment import Treatment, TreatmentFields
from api.knowledge.relations import SHAPES


@dataclass(frozen=True)
class Kind:
    """One kind of entity: its names, the fields only it has, and the table that stores them."""

    name: str
    collection: str
    plural: str
    fields: type[SQLModel]
    table: type[SQLModel]
    example: str
    """Slug of an entity to show in examples."""

    @property
    def description(self) -> str:
        """What the kind is, in one sentence."""
        return (self.fields.__doc__ or "").strip()

    @property
    def list_fields(self) -> tuple[str, ...]:
        """The fields of the kind that hold lists."""
        return tuple(
            name
            for name, field in self.fields.model_fields.items()
            if get_origin(field.annotation) is list
        )

    @property
    def facets(self) -> tuple[str, ...]:
        """The list fields that can be filtered by: those of a closed vocabulary, and the codes."""
        closed = (
            name
            for name in self.list_fields
            if isinstance(item := get_args(self.fields.model_fields[name].annotation)[0], type)
            and issubclass(item, StrEnum)
        )
        return (*closed, "icd10cm")

    @property
    def neighbours(self) -> "tuple[Kind, ...]":
        """The kinds that some evidenced or answering predicate joins with this one."""
        names = set[str]()
        for shape in SHAPES.values():
            subjects = shape.subjects or frozenset()
            objects = shape.objects or frozenset()
            if self.name in subjects:
                names |= objects if shape.objects is not None else set(BY_NAME)
            if self.name in objects or (shape.objects is None and shape.subjects):
                names |= subjects
            if shape.same_kind:
                names.add(self.name)
        return tuple(kind for kind in KINDS if kind.name in names)


KINDS: Final = (
    Kind(
        "condition",
        "conditions",
        "Conditions",
        ConditionFields,
        Condition,
        "pseudoarthrosis",
    ),
    Kind("symptom", "symptoms", "Symptoms", SymptomFields, Symptom, "leg-or-arm-pain"),
    Kind(
        "risk_factor",
        "risk-factors",
        "Risk factors",
        RiskFactorFields,
        RiskFactor,
        "cigarette-smoking",
    ),
    Kind(
        "diagnostic",
        "diagnostics",
        "Diagnostics",
        DiagnosticFields,
        Diagnostic,
        "ct-scan",
    ),
    Kind(
        "treatment",
        "treatments",
        "Treatments",
        TreatmentFields,
        Treatment,
        "revision-surgery",
    ),
    Kind(
        "prevention",
        "preventions",
        "Preventions",
        PreventionFields,
        Prevention,
        "smoking-cessation",
    ),
    Kind(
        "procedure",
        "procedures",
        "Procedures",
        ProcedureFields,
        Procedure,
        "spinal-fusion",
    ),
    Kind(
        "red_flag",
        "red-flags",
        "Red flags",
        RedFlagFields,
        RedFlag,
        "loss-of-bladder-or-bowel-control",
    ),
    Kind(
        "recovery_stage",
        "recovery",
        "Recovery stages",
        RecoveryStageFields,
        RecoveryStage,
        "weeks-2-6",
    ),
    Kind("faq", "faqs", "Questions", FaqFields, Faq, "why-do-fusions-fail"),
    Kind(
        "fact_check",
        "fact-checks",
        "Fact-checks",
        FactCheckFields,
        FactCheck,
        "smoking-makes-fusions-fail",
    ),
    Kind("term", "glossary", "Glossary", TermFields, Term, "meta-analysis"),
)
"""Every kind, in display order."""

BY_NAME: Final = {kind.name: kind for kind in KINDS}
BY_COLLECTION: Final = {kind.collection: kind for kind in KINDS}
