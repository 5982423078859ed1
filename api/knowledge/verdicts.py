"""Verdicts: what the evidence makes of a treatment or a prevention for a condition."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from sqlmodel import Field, SQLModel

from api.knowledge.entities import WordingFields
from api.knowledge.evidence import Text
from api.knowledge.relations import Weighed
from api.knowledge.vocabulary import Design, Direction, Predicate, Stance, choice


class Verdict(StrEnum):
    """What the evidence makes of it."""

    BENEFIT = "benefit"
    PROBABLE_BENEFIT = "probable-benefit"
    MIXED = "mixed"
    NO_BENEFIT = "no-benefit"
    HARM = "harm"
    INSUFFICIENT = "insufficient"


class Side(StrEnum):
    """On which side of a verdict a finding stands."""

    BENEFIT = "benefit"
    NO_BENEFIT = "no-benefit"
    HARM = "harm"
    CONTEXT = "context"


JUDGED: Final = frozenset({Predicate.TREATS, Predicate.PREVENTS, Predicate.LOWERS_RISK_OF})
"""The predicates that claim a good effect, and so carry a verdict."""

TRIALS: Final = frozenset(
    {Design.META_ANALYSIS, Design.SYSTEMATIC_REVIEW, Design.RCT, Design.GUIDELINE}
)
COMPARISONS: Final = frozenset(
    {
        Design.PROSPECTIVE_COHORT,
        Design.REGISTRY,
        Design.RETROSPECTIVE_COHORT,
        Design.CASE_CONTROL,
        Design.DIAGNOSTIC_ACCURACY,
    }
)


JUDGED_KINDS: Final = frozenset({"treatment", "prevention", "procedure"})
"""The kinds whose good effects are judged."""


class VerdictFields(WordingFields):
    """What the evidence makes of a treatment or a prevention for a condition, and why."""

    value: Verdict = Field(sa_type=choice(Verdict), index=True, description="The verdict.")
    departs: Text | None = Field(
        default=None,
        description="Why it departs from what the rule gives; null where it does not.",
    )


class RelationVerdict(VerdictFields, table=True):
    """A verdict, as stored: one a relation at most."""

    __tablename__ = "relation_verdict"

    relation_id: str = Field(primary_key=True, foreign_key="relation.id")
    by_rule: Verdict = Field(sa_type=choice(Verdict, "by_rule"))


class VerdictCitation(SQLModel, table=True):
    """A finding that decides a verdict."""

    __tablename__ = "verdict_citation"

    relation_id: str = Field(primary_key=True, foreign_key="relation_verdict.relation_id")
    position: int = Field(primary_key=True)
    finding_id: str = Field(foreign_key="finding.id", index=True)


def side_of(stance: Stance, direction: Direction) -> Side:
    """The side of a finding under a predicate that claims a good effect.

    What opposes the claim and points to harm is harm; what else opposes it, or finds no clear
    difference, is no benefit.
    """
    match stance:
        case Stance.SUPPORTS:
            return Side.BENEFIT
        case Stance.NULL_RESULT:
            return Side.NO_BENEFIT
        case Stance.OPPOSES:
            worse = direction in (Direction.HARM, Direction.INCREASES_RISK)
            return Side.HARM if worse else Side.NO_BENEFIT
        case Stance.CONTEXT:
            return Side.CONTEXT


def verdict_by_rule(findings: Iterable[Weighed]) -> Verdict:
    """The verdict that follows from designs and stances alone.

    Only direct findings count, repeats of a result once, and sources rather than findings. The
    strongest level of design that has any source on a side decides: reviews, trials and guidelines
    before cohorts, registries and case-control studies. Below these two levels (case series,
    opinions, patient pages) the evidence is insufficient. At the deciding level:

    - sources on both sides: mixed;
    - only for it: benefit where two or more reviews or trials agree, else probable benefit;
      a single comparison of the lower level is insufficient;
    - only against it: harm where any points to harm, else no benefit;
      a single comparison of the lower level is insufficient.
    """
    sides: dict[bool, dict[Side, set[str]]] = {
        level: {side: set() for side in Side} for level in (True, False)
    }
    for item in findings:
        if item.indirect or item.duplicate:
            continue
        if item.design in TRIALS or item.design in COMPARISONS:
            side = side_of(item.stance, item.direction)
            sides[item.design in TRIALS][side].add(item.source_id)
    for level in (True, False):
        good = sides[level][Side.BENEFIT]
        harm = sides[level][Side.HARM]
        bad = sides[level][Side.NO_BENEFIT] | harm
        enough = 1 if level else 2
        if good and bad:
            return Verdict.MIXED
        if len(good) >= enough:
            return Verdict.BENEFIT if level and len(good) > 1 else Verdict.PROBABLE_BENEFIT
        if len(bad) >= enough:
            return Verdict.HARM if harm else Verdict.NO_BENEFIT
    return Verdict.INSUFFICIENT
