"""Relations from and to an entity, with what they rest on."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, or_, select
from sqlmodel import Session, col

from api.knowledge.entities import Entity
from api.knowledge.evidence import Finding, Source
from api.knowledge.kinds import Kind
from api.knowledge.queries.cited import SOURCE_SHOWN, Cited
from api.knowledge.queries.paging import Bytewise, Page, Window, page_of
from api.knowledge.relations import Balance, Relation, RelationFinding, Weighed, balance_of
from api.knowledge.verdicts import RelationVerdict, VerdictCitation
from api.knowledge.vocabulary import Predicate, Stance


@dataclass(frozen=True)
class Judged:
    """A verdict with the findings that decide it and their sources."""

    verdict: RelationVerdict
    cited: Sequence[Cited]


@dataclass(frozen=True)
class Grounds:
    """What a relation rests on, and what is made of it."""

    links: Sequence[RelationFinding]
    balance: Balance
    judged: Judged | None


def related_page(
    session: Session,
    ref: str,
    other: Kind | None,
    window: Window,
    predicate: Predicate | None = None,
) -> Page[Relation]:
    """A page of the edges of an entity, from either end.

    With `other`, only those whose far end is of that kind, the best evidenced first; without,
    every edge, those that only describe it included.
    """
    far = case(
        (col(Relation.subject_id) == ref, col(Relation.object_id)), else_=col(Relation.subject_id)
    )
    rows = select(Relation).where(
        or_(col(Relation.subject_id) == ref, col(Relation.object_id) == ref)
    )
    if predicate:
        rows = rows.where(col(Relation.predicate) == predicate)
    weight = (
        select(func.count(func.distinct(col(Finding.source_id))))
        .join(RelationFinding, col(RelationFinding.finding_id) == col(Finding.id))
        .where(
            col(RelationFinding.relation_id) == col(Relation.id),
            col(RelationFinding.stance) != Stance.CONTEXT,
            col(RelationFinding.duplicate_of).is_(None),
        )
        .correlate(Relation)
        .scalar_subquery()
    )
    if other:
        rows = rows.join(Entity, col(Entity.id) == far).where(col(Entity.kind) == other.name)
        rows = rows.order_by(weight.desc(), col(Entity.tier), Bytewise(col(Relation.id)))
    else:
        rows = rows.order_by(weight.desc(), Bytewise(col(Relation.id)))
    page = page_of(session, rows, window)
    return Page([row[0] for row in page.rows], page.total)


def related_counts(session: Session, ref: str) -> dict[str, int]:
    """How many edges an entity has to each kind."""
    far = case(
        (col(Relation.subject_id) == ref, col(Relation.object_id)), else_=col(Relation.subject_id)
    )
    rows = session.execute(
        select(col(Entity.kind), func.count())
        .select_from(Relation)
        .join(Entity, col(Entity.id) == far)
        .where(or_(col(Relation.subject_id) == ref, col(Relation.object_id) == ref))
        .group_by(col(Entity.kind))
    )
    return dict(rows.all())


def relations_of(session: Session, refs: Collection[str]) -> dict[str, list[Relation]]:
    """The edges of entities to others, from either end, by entity."""
    grouped: dict[str, list[Relation]] = defaultdict(list)
    if refs:
        wanted = set(refs)
        for edge in session.scalars(
            select(Relation)
            .where(
                or_(col(Relation.subject_id).in_(refs), col(Relation.object_id).in_(refs)),
                col(Relation.object_id).is_not(None),
            )
            .order_by(Bytewise(col(Relation.id)))
        ):
            for ref in {edge.subject_id, edge.object_id} & wanted:
                if ref:
                    grouped[ref].append(edge)
    return grouped


def grounds_of(session: Session, relation_ids: Collection[str]) -> dict[str, Grounds]:
    """What relations rest on, with balance and verdict, in three statements."""
    links: dict[str, list[RelationFinding]] = defaultdict(list)
    weighed: dict[str, list[Weighed]] = defaultdict(list)
    if relation_ids:
        for link, source_id, design, direction, n_participants in session.execute(
            select(
                RelationFinding,
                col(Finding.source_id),
                col(Finding.design),
                col(Finding.direction),
                col(Finding.n_participants),
            )
            .join(Finding, col(Finding.id) == col(RelationFinding.finding_id))
            .where(col(RelationFinding.relation_id).in_(relation_ids))
            .order_by(col(RelationFinding.relation_id), col(RelationFinding.position))
        ):
            links[link.relation_id].append(link)
            weighed[link.relation_id].append(
                Weighed(
                    finding_id=link.finding_id,
                    source_id=source_id,
                    stance=link.stance,
                    indirect=link.indirect,
                    duplicate=link.duplicate_of is not None,
                    design=design,
                    direction=direction,
                    n_participants=n_participants,
                )
            )
    judged = _verdicts_of(session, relation_ids)
    return {
        key: Grounds(links[key], balance_of(weighed[key]), judged.get(key)) for key in relation_ids
    }


def _verdicts_of(session: Session, relation_ids: Collection[str]) -> dict[str, Judged]:
    if not relation_ids:
        return {}
    cited: dict[str, list[Cited]] = defaultdict(list)
    for relation_id, *shown in session.execute(
        select(col(VerdictCitation.relation_id), col(VerdictCitation.finding_id), *SOURCE_SHOWN)
        .join(Finding, col(Finding.id) == col(VerdictCitation.finding_id))
        .join(Source, col(Source.id) == col(Finding.source_id))
        .where(col(VerdictCitation.relation_id).in_(relation_ids))
        .order_by(col(VerdictCitation.relation_id), col(VerdictCitation.position))
    ):
        cited[relation_id].append(Cited(*shown))
    verdicts = session.scalars(
        select(RelationVerdict).where(col(RelationVerdict.relation_id).in_(relation_ids))
    )
    return {item.relation_id: Judged(item, cited[item.relation_id]) for item in verdicts}
