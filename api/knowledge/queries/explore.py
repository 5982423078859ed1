"""Conditions that share symptoms, and what tells them apart."""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlmodel import Session, col

from api.knowledge.entities import Statement
from api.knowledge.kinds.condition import Condition
from api.knowledge.onset import OnsetFit, onset_window
from api.knowledge.queries.paging import Bytewise
from api.knowledge.queries.relations import Grounds, grounds_of
from api.knowledge.relations import Relation
from api.knowledge.vocabulary import Predicate, Region, Topic

UNUSUAL_ONSET: Final = 0.4
OTHER_REGION: Final = 0.4
"""What a condition still counts for that tends to show at another time, or in another part of the
spine (editorial): it moves down the list but never off it."""

CONTESTED: Final = 0.5
"""What a shared symptom counts for where no source says directly that the condition has it."""


@dataclass(frozen=True)
class SharedSymptom:
    """A symptom asked about that a condition has, and what that rests on."""

    symptom: str
    relation: Relation
    grounds: Grounds


@dataclass(frozen=True)
class Explored:
    """A condition that shares symptoms with what was asked."""

    condition: str
    shared: Sequence[SharedSymptom]
    onset: str
    onset_fit: OnsetFit
    regions: Sequence[Region]
    region_fits: bool | None
    weight: float


def explore(
    session: Session, symptoms: Sequence[str], weeks: float | None, region: Region | None
) -> list[Explored]:
    """The conditions with any of these symptoms (`symptom/slug`), the best fit first.

    A symptom counts the more, the fewer conditions have it; a time or region that does not fit moves
    a condition down.
    """
    edges: dict[str, list[Relation]] = defaultdict(list)
    for edge in session.scalars(
        select(Relation)
        .where(
            col(Relation.predicate) == Predicate.HAS_SYMPTOM,
            col(Relation.object_id).in_(symptoms),
        )
        .order_by(Bytewise(col(Relation.id)))
    ):
        edges[edge.subject_id].append(edge)
    grounds = grounds_of(session, [edge.id for group in edges.values() for edge in group])
    telling = _telling(session, symptoms)
    rows = session.scalars(select(Condition).where(col(Condition.entity_id).in_(edges)))
    conditions = {row.entity_id: row for row in rows}
    found = []
    for ref, group in edges.items():
        shared = [
            SharedSymptom(edge.object_id, edge, grounds[edge.id])
            for edge in group
            if edge.object_id
        ]
        condition = conditions[ref]
        window = onset_window(condition.onset)
        fit = window.fit(weeks) if window and weeks is not None else OnsetFit.UNKNOWN
        fits_region = None if region is None else _fits(region, condition.regions)
        weight = sum(
            telling[one.symptom] * (1.0 if one.grounds.balance.supports.sources else CONTESTED)
            for one in shared
        )
        weight *= UNUSUAL_ONSET if fit is OnsetFit.UNUSUAL else 1.0
        weight *= OTHER_REGION if fits_region is False else 1.0
        found.append(
            Explored(ref, shared, condition.onset, fit, condition.regions, fits_region, weight)
        )
    return sorted(found, key=lambda one: (-len(one.shared) * one.weight, one.condition))


def _fits(region: Region, regions: Sequence[Region]) -> bool:
    """Whether a part of the spine is among those affected; `any`, on either side, fits all."""
    return Region.ANY in (region, *regions) or region in regions


def _telling(session: Session, symptoms: Collection[str]) -> Mapping[str, float]:
    """How much each symptom tells: more, the fewer conditions have it."""
    of_all = session.scalar(select(func.count()).select_from(Condition)) or 0
    rows = session.execute(
        select(col(Relation.object_id), func.count())
        .where(
            col(Relation.predicate) == Predicate.HAS_SYMPTOM, col(Relation.object_id).in_(symptoms)
        )
        .group_by(col(Relation.object_id))
    )
    return {symptom: math.log(1 + of_all / count) for symptom, count in rows}


def tests_for(session: Session, conditions: Sequence[str]) -> list[tuple[str, list[Relation]]]:
    """The diagnostics that detect or rule out any of these conditions, with their edges.

    First those that speak of a condition higher up the list, and among these of more conditions.
    """
    edges: dict[str, list[Relation]] = defaultdict(list)
    if conditions:
        for edge in session.scalars(
            select(Relation)
            .where(
                col(Relation.predicate).in_([Predicate.DETECTS, Predicate.RULES_OUT]),
                col(Relation.object_id).in_(conditions),
            )
            .order_by(Bytewise(col(Relation.id)))
        ):
            edges[edge.subject_id].append(edge)
    place = {ref: number for number, ref in enumerate(conditions)}

    def order(item: tuple[str, list[Relation]]) -> tuple[float, str]:
        worth = sum(1 / (1 + place[edge.object_id]) for edge in item[1] if edge.object_id)
        return -worth, item[0]

    return sorted(edges.items(), key=order)


def advice_of(session: Session, conditions: Collection[str]) -> dict[str, list[Statement]]:
    """The statements of conditions that advise, in reading order."""
    found: dict[str, list[Statement]] = defaultdict(list)
    if conditions:
        for statement in session.scalars(
            select(Statement)
            .where(col(Statement.entity_id).in_(conditions), col(Statement.topic) == Topic.ADVICE)
            .order_by(col(Statement.entity_id), col(Statement.position))
        ):
            found[statement.entity_id].append(statement)
    return found


def questions_about(session: Session, conditions: Collection[str]) -> dict[str, list[str]]:
    """The faqs that draw on each condition, by `condition/slug`."""
    found: dict[str, list[str]] = defaultdict(list)
    if conditions:
        for faq, condition in session.execute(
            select(col(Relation.subject_id), col(Relation.object_id))
            .where(
                col(Relation.predicate) == Predicate.ANSWERS_FROM,
                col(Relation.object_id).in_(conditions),
            )
            .order_by(Bytewise(col(Relation.subject_id)))
        ):
            found[condition].append(faq)
    return found


def warnings_of(session: Session, symptom: str) -> Sequence[str]:
    """The red flags that warn of a condition with this symptom (`symptom/slug`), by id."""
    having = select(col(Relation.subject_id)).where(
        col(Relation.predicate) == Predicate.HAS_SYMPTOM, col(Relation.object_id) == symptom
    )
    rows = select(col(Relation.subject_id)).where(
        col(Relation.predicate) == Predicate.WARNS_OF,
        col(Relation.subject_id).startswith("red_flag/"),
        col(Relation.object_id).in_(having),
    )
    return sorted(set(session.scalars(rows)))
