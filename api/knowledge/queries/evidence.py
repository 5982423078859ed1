"""Findings and sources, and what rests on them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select, union
from sqlmodel import Session, col

from api.knowledge.entities import Citation, Entity, Statement
from api.knowledge.evidence import Caveat, Finding, Measure, Source
from api.knowledge.queries.entities import cites
from api.knowledge.queries.paging import AnySelect, Bytewise, Page, Window, ordered, page_of
from api.knowledge.relations import Relation, RelationFinding

FINDING_SORTS: Final[dict[str, Any]] = {
    "n": col(Finding.n_participants),
    "year": col(Source.year),
    "value": col(Measure.value),
    "id": col(Finding.id),
}

SOURCE_SORTS: Final[dict[str, Any]] = {
    "year": col(Source.year),
    "title": col(Source.title),
    "id": col(Source.id),
}


@dataclass(frozen=True)
class Reported:
    """A finding with its source, its figure and its caveats."""

    finding: Finding
    source: Source
    measure: Measure | None
    caveats: Sequence[Caveat]


@dataclass(frozen=True)
class Use:
    """A relation that rests on a finding, and the two entities it joins."""

    link: RelationFinding
    relation: Relation
    subject: Entity
    object: Entity | None


def _reported() -> AnySelect:
    return (
        select(Finding, Source, Measure)
        .join(Source, col(Source.id) == col(Finding.source_id))
        .join(Measure, col(Measure.finding_id) == col(Finding.id), isouter=True)
    )


def _with_caveats(session: Session, rows: Sequence[Any]) -> list[Reported]:
    caveats: dict[str, list[Caveat]] = defaultdict(list)
    if rows:
        for caveat in session.scalars(
            select(Caveat)
            .where(col(Caveat.finding_id).in_([row[0].id for row in rows]))
            .order_by(col(Caveat.finding_id), col(Caveat.position))
        ):
            caveats[caveat.finding_id].append(caveat)
    return [
        Reported(finding, source, measure, caveats[finding.id]) for finding, source, measure in rows
    ]


def findings_page(
    session: Session,
    window: Window,
    conditions: Iterable[ColumnElement[bool]],
    sort: Sequence[str] = (),
) -> Page[Reported]:
    """A page of findings: by default, those with the most participants first."""
    rows = _reported().where(*conditions)
    for key in sort or ("-n",):
        rows = rows.order_by(ordered(FINDING_SORTS[key.lstrip("-")], key.startswith("-")))
    page = page_of(session, rows.order_by(Bytewise(col(Finding.id))), window)
    return Page(_with_caveats(session, page.rows), page.total)


def findings(session: Session, ids: Collection[str]) -> dict[str, Reported]:
    """Findings by id."""
    if not ids:
        return {}
    rows = session.execute(_reported().where(col(Finding.id).in_(ids))).all()
    return {item.finding.id: item for item in _with_caveats(session, rows)}


def findings_of_sources(session: Session, source_ids: Collection[str]) -> list[Reported]:
    """Every finding of some sources."""
    rows = session.execute(
        _reported()
        .where(col(Finding.source_id).in_(source_ids))
        .order_by(Bytewise(col(Finding.id)))
    ).all()
    return _with_caveats(session, rows)


def bears_on(ref: str) -> ColumnElement[bool]:
    """That a finding bears on an entity: filed under one of its relations, or cited in its text."""
    filed = (
        select(col(RelationFinding.finding_id))
        .join(Relation, col(Relation.id) == col(RelationFinding.relation_id))
        .where(or_(col(Relation.subject_id) == ref, col(Relation.object_id) == ref))
    )
    cited = (
        select(col(Citation.finding_id))
        .join(Statement, col(Statement.id) == col(Citation.statement_id))
        .where(col(Statement.entity_id) == ref, col(Citation.finding_id).is_not(None))
    )
    return col(Finding.id).in_(union(filed, cited))


def finding_ids_of(session: Session, refs: Collection[str]) -> dict[str, list[str]]:
    """For each entity the findings it uses itself: in its own relations and its text."""
    if not refs:
        return {}
    filed = (
        select(col(Relation.subject_id), col(RelationFinding.finding_id))
        .join(RelationFinding, col(Relation.id) == col(RelationFinding.relation_id))
        .where(col(Relation.subject_id).in_(refs))
    )
    cited = (
        select(col(Statement.entity_id), col(Citation.finding_id))
        .join(Citation, col(Statement.id) == col(Citation.statement_id))
        .where(col(Statement.entity_id).in_(refs), col(Citation.finding_id).is_not(None))
    )
    grouped: dict[str, list[str]] = defaultdict(list)
    for ref, finding_id in session.execute(union(filed, cited)):
        grouped[ref].append(finding_id)
    return {ref: sorted(ids) for ref, ids in grouped.items()}


def sources_page(
    session: Session,
    window: Window,
    conditions: Iterable[ColumnElement[bool]],
    sort: Sequence[str] = (),
) -> Page[tuple[Source, int]]:
    """A page of sources with the number of their findings: the newest first by default."""
    rows = _counted().where(*conditions)
    for key in sort or ("-year",):
        rows = rows.order_by(ordered(SOURCE_SORTS[key.lstrip("-")], key.startswith("-")))
    return page_of(session, rows.order_by(Bytewise(col(Source.id))), window)


def sources(session: Session, ids: Collection[str]) -> dict[str, tuple[Source, int]]:
    """Sources by id, with the number of their findings."""
    if not ids:
        return {}
    rows = session.execute(_counted().where(col(Source.id).in_(ids)))
    return {source.id: (source, count) for source, count in rows}


def _counted() -> AnySelect:
    count = (
        select(func.count())
        .where(col(Finding.source_id) == col(Source.id))
        .correlate(Source)
        .scalar_subquery()
    )
    return select(Source, count)


def statements_citing(
    session: Session, condition: ColumnElement[bool]
) -> Sequence[tuple[Statement, Entity]]:
    """The statements with a citation that meets `condition`, and the entities they are of."""
    return session.execute(
        select(Statement, Entity)
        .join(Entity, col(Entity.id) == col(Statement.entity_id))
        .where(cites(condition))
        .order_by(col(Statement.entity_id), col(Statement.position))
    ).all()


def relations_resting_on(session: Session, finding_ids: Collection[str]) -> list[Use]:
    """The relations that rest on any of the findings."""
    if not finding_ids:
        return []
    links = session.execute(
        select(RelationFinding, Relation)
        .join(Relation, col(Relation.id) == col(RelationFinding.relation_id))
        .where(col(RelationFinding.finding_id).in_(finding_ids))
        .order_by(col(Relation.id), col(RelationFinding.position))
    ).all()
    refs = {ref for _, edge in links for ref in (edge.subject_id, edge.object_id) if ref}
    found = {
        item.id: item for item in session.scalars(select(Entity).where(col(Entity.id).in_(refs)))
    }
    return [
        Use(link, edge, found[edge.subject_id], found[edge.object_id] if edge.object_id else None)
        for link, edge in links
    ]
