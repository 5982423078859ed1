"""Relations: typed edges between entities, the findings they rest on, and their balance."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel
from pydantic import Field as ModelField
from sqlmodel import Field, SQLModel

from api.knowledge.vocabulary import Design, Direction, Predicate, Stance, choice


@dataclass(frozen=True)
class Shape:
    """What a predicate may join, and how it reads.

    `subjects` and `objects` are names of kinds; None stands for every kind, an empty set of
    objects for an edge without one. `evidenced` edges must name the findings they rest on unless
    they only place things in order.
    """

    subjects: frozenset[str] | None
    objects: frozenset[str] | None
    label: str
    inverse_label: str
    evidenced: bool = True
    same_kind: bool = False

    def admits(self, subject_kind: str, object_kind: str | None) -> bool:
        """Whether an edge from one kind to the other is of this shape."""
        if object_kind is None:
            return self.objects == frozenset()
        return (
            (self.subjects is None or subject_kind in self.subjects)
            and (self.objects is None or object_kind in self.objects)
            and (not self.same_kind or subject_kind == object_kind)
        )


def _kinds(*names: str) -> frozenset[str]:
    return frozenset(names)


_CONDITION = _kinds("condition")

SHAPES: Final[dict[Predicate, Shape]] = {
    Predicate.DESCRIBES: Shape(None, frozenset(), "is about", "is described by"),
    Predicate.HAS_SYMPTOM: Shape(_CONDITION, _kinds("symptom"), "can show as", "can come from"),
    Predicate.RAISES_RISK_OF: Shape(
        _kinds("risk_factor"), _CONDITION, "raises the risk of", "is made likelier by"
    ),
    Predicate.LOWERS_RISK_OF: Shape(
        _kinds("prevention", "procedure", "risk_factor"),
        _CONDITION,
        "lowers the risk of",
        "is made less likely by",
    ),
    Predicate.DETECTS: Shape(_kinds("diagnostic"), _CONDITION, "detects", "is found by"),
    Predicate.RULES_OUT: Shape(_kinds("diagnostic"), _CONDITION, "rules out", "is ruled out by"),
    Predicate.WARNS_OF: Shape(
        _kinds("red_flag", "diagnostic"), _CONDITION, "warns of", "is announced by"
    ),
    Predicate.TREATS: Shape(
        _kinds("treatment", "procedure"),
        _CONDITION,
        "is used to treat",
        "is treated by",
    ),
    Predicate.PREVENTS: Shape(_kinds("treatment"), _CONDITION, "prevents", "is prevented by"),
    Predicate.CAN_CAUSE: Shape(
        _kinds("treatment", "procedure", "prevention"),
        _CONDITION,
        "can cause",
        "can be caused by",
    ),
    Predicate.LEADS_TO: Shape(_CONDITION, _CONDITION, "leads to", "can follow from"),
    Predicate.SUBTYPE_OF: Shape(
        None, None, "is a form of", "has the form", evidenced=False, same_kind=True
    ),
    Predicate.ANSWERS_FROM: Shape(
        _kinds("faq"), None, "draws its answer from", "helps to answer", evidenced=False
    ),
    Predicate.RELATED_TO: Shape(None, None, "is related to", "is related to", evidenced=False),
}
"""Every predicate and what it may join."""


class Relation(SQLModel, table=True):
    """One edge. `id` is `kind.slug:predicate:kind.slug`, the same everywhere."""

    id: str = Field(primary_key=True)
    subject_id: str = Field(foreign_key="entity.id", index=True)
    predicate: Predicate = Field(sa_type=choice(Predicate), index=True)
    object_id: str | None = Field(default=None, foreign_key="entity.id", index=True)


class RelationFinding(SQLModel, table=True):
    """A finding a relation rests on, and how."""

    __tablename__ = "relation_finding"

    relation_id: str = Field(primary_key=True, foreign_key="relation.id")
    finding_id: str = Field(primary_key=True, foreign_key="finding.id", index=True)
    position: int
    stance: Stance = Field(sa_type=choice(Stance))
    indirect: bool = False
    caution: str | None = None
    duplicate_of: str | None = Field(default=None, foreign_key="finding.id")


class Side(BaseModel):
    """One side of a balance."""

    sources: int = ModelField(
        description="How many sources speak for this side; a source counts once."
    )
    strongest: str | None = ModelField(
        description="The finding of the strongest design on this side, larger studies first; "
        "null where no source speaks for it."
    )


class Balance(BaseModel):
    """How the sources divide over a relation.

    Sources are counted, not findings: one trial that reports five results counts once. Repeats of
    the same result are left out; findings in other populations are counted apart, as `indirect`.
    """

    supports: Side
    opposes: Side
    null_result: Side
    indirect: dict[Stance, int] = ModelField(
        description="Sources about other people than those with a fusion or failed back surgery, "
        "by stance."
    )


@dataclass(frozen=True)
class Weighed:
    """What the balance needs to know of one finding under a relation."""

    finding_id: str
    source_id: str
    stance: Stance
    indirect: bool
    duplicate: bool
    design: Design
    direction: Direction
    n_participants: int | None


def balance_of(findings: Iterable[Weighed]) -> Balance:
    """Count the sources on each side and name the strongest finding of each."""
    counted = [finding for finding in findings if not finding.duplicate]

    def side(stance: Stance) -> Side:
        mine = [item for item in counted if item.stance == stance and not item.indirect]
        mine.sort(
            key=lambda item: (
                item.design.rank,
                -(item.n_participants or 0),
                item.finding_id,
            )
        )
        return Side(
            sources=len({item.source_id for item in mine}),
            strongest=mine[0].finding_id if mine else None,
        )

    return Balance(
        supports=side(Stance.SUPPORTS),
        opposes=side(Stance.OPPOSES),
        null_result=side(Stance.NULL_RESULT),
        indirect={
            stance: len(
                {item.source_id for item in counted if item.indirect and item.stance == stance}
            )
            for stance in (Stance.SUPPORTS, Stance.OPPOSES, Stance.NULL_RESULT)
        },
    )
