"""Entities, their summaries and statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlmodel import Session, SQLModel, col

from api.knowledge.entities import Citation, Entity, Facet, FormerSlug, Statement
from api.knowledge.evidence import Source
from api.knowledge.kinds import BY_NAME, Kind
from api.knowledge.queries.cited import SOURCE_SHOWN, Cited
from api.knowledge.queries.paging import AnySelect, Bytewise, Page, Window, ordered, page_of
from api.knowledge.vocabulary import Topic


@dataclass(frozen=True)
class Described:
    """An entity with its summary and the fields only its kind has."""

    entity: Entity
    summary: Statement
    own: SQLModel


def _described(kind: Kind) -> AnySelect:
    """Entities of a kind with all that describes them."""
    table: Any = kind.table
    return (
        select(Entity, Statement, table)
        .join(table, table.entity_id == col(Entity.id))
        .join(Statement, _is_summary())
    )


def _is_summary() -> ColumnElement[bool]:
    return and_(col(Statement.entity_id) == col(Entity.id), col(Statement.topic) == Topic.SUMMARY)


def sort_columns(kind: Kind) -> dict[str, Any]:
    """What a list of this kind can be sorted by."""
    own = {
        name: getattr(kind.table, name)
        for name in kind.fields.model_fields
        if name not in kind.list_fields
    }
    return {
        "name": col(Entity.name),
        "slug": col(Entity.slug),
        "tier": col(Entity.tier),
        "reviewed_on": col(Entity.reviewed_on),
        "findings": col(Entity.n_findings),
        "sources": col(Entity.n_sources),
        **own,
    }


def _filtered(kind: Kind, filters: Mapping[str, Any], slugs: Sequence[str]) -> AnySelect:
    """Entities of a kind that pass the filters; see `entities`."""
    rows = _described(kind)
    for name, value in filters.items():
        if name in kind.facets:
            rows = rows.where(
                col(Entity.id).in_(
                    select(col(Facet.entity_id)).where(
                        col(Facet.field) == name,
                        col(Facet.value) == (value.value if isinstance(value, StrEnum) else value),
                    )
                )
            )
        else:
            owner: Any = kind.table if name in kind.fields.model_fields else Entity
            rows = rows.where(getattr(owner, name) == value)
    if slugs:
        rows = rows.where(col(Entity.slug).in_(slugs))
    return rows


def entities(
    session: Session,
    kind: Kind,
    window: Window,
    filters: Mapping[str, Any],
    slugs: Sequence[str] = (),
    sort: Sequence[str] = (),
) -> Page[Described]:
    """A page of a kind.

    `filters` maps a field to the value it must have or, for a list field, must hold; `slugs` keeps
    only these; `sort` names columns, a leading dash for falling order.
    """
    rows = _filtered(kind, filters, slugs)
    columns = sort_columns(kind)
    for key in sort:
        rows = rows.order_by(ordered(columns[key.lstrip("-")], key.startswith("-")))
    if not sort and "order" in columns:
        rows = rows.order_by(ordered(columns["order"], descending=False))
    rows = (
        rows.order_by(col(Entity.tier), Bytewise(col(Entity.name)))
        if not sort
        else rows.order_by(Bytewise(col(Entity.slug)))
    )
    page = page_of(session, rows, window)
    return Page([Described(*row) for row in page.rows], page.total)


def refs(
    session: Session, kind: Kind, filters: Mapping[str, Any], slugs: Sequence[str] = ()
) -> Sequence[str]:
    """The ids of the entities of a kind that pass the filters of `entities`, in no order."""
    return session.scalars(_filtered(kind, filters, slugs).with_only_columns(col(Entity.id))).all()


def entity(session: Session, kind: Kind, slug: str) -> Described | None:
    """One entity of a kind."""
    row = session.execute(
        _described(kind).where(col(Entity.kind) == kind.name, col(Entity.slug) == slug)
    ).first()
    return Described(*row) if row else None


def renamed_to(session: Session, kind: Kind, slug: str) -> str | None:
    """The slug that took the place of a former one."""
    return session.scalar(
        select(col(Entity.slug))
        .join(FormerSlug, col(FormerSlug.entity_id) == col(Entity.id))
        .where(col(FormerSlug.kind) == kind.name, col(FormerSlug.slug) == slug)
    )


def names(session: Session, kind: Kind) -> Sequence[tuple[str, str, list[str]]]:
    """Slug, name and synonyms of every entity of a kind: to suggest what was meant."""
    return session.execute(
        select(col(Entity.slug), col(Entity.name), col(Entity.synonyms)).where(
            col(Entity.kind) == kind.name
        )
    ).all()


def bare_entities(session: Session, refs: Collection[str]) -> Sequence[Entity]:
    """Entities by `kind/slug`, without what describes them: enough to name and link them."""
    if not refs:
        return []
    return session.scalars(select(Entity).where(col(Entity.id).in_(refs))).all()


def described(session: Session, refs: Collection[str]) -> dict[str, Described]:
    """Any entities by `kind/slug`, with their kinds' fields: one statement, and one a kind."""
    if not refs:
        return {}
    found = session.execute(
        select(Entity, Statement).join(Statement, _is_summary()).where(col(Entity.id).in_(refs))
    ).all()
    own: dict[str, SQLModel] = {}
    for name in {row[0].kind for row in found}:
        table: Any = BY_NAME[name].table
        for row in session.scalars(select(table).where(table.entity_id.in_(refs))):
            own[row.entity_id] = row
    return {item.id: Described(item, summary, own[item.id]) for item, summary in found}


def statements_of(session: Session, refs: Collection[str]) -> dict[str, list[Statement]]:
    """The statements of entities, in reading order, summaries aside."""
    grouped: dict[str, list[Statement]] = defaultdict(list)
    if refs:
        for row in session.scalars(
            select(Statement)
            .where(col(Statement.entity_id).in_(refs), col(Statement.topic) != Topic.SUMMARY)
            .order_by(col(Statement.entity_id), col(Statement.position))
        ):
            grouped[row.entity_id].append(row)
    return grouped


def statement(session: Session, statement_id: str) -> Statement | None:
    """One statement by its permanent id."""
    return session.get(Statement, statement_id)


def statements(
    session: Session, window: Window, conditions: Iterable[ColumnElement[bool]]
) -> Page[tuple[Statement, Entity]]:
    """A page of statements with their entities, in the order of entities and of reading."""
    rows: AnySelect = (
        select(Statement, Entity)
        .join(Entity, col(Entity.id) == col(Statement.entity_id))
        .where(*conditions)
        .order_by(Bytewise(col(Statement.entity_id)), col(Statement.position))
    )
    return page_of(session, rows, window)


def cites(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """That a statement has a citation which meets `condition`."""
    return col(Statement.id).in_(select(col(Citation.statement_id)).where(condition))


def citations_of(session: Session, statement_ids: Collection[str]) -> dict[str, list[Cited]]:
    """The citations of statements, in their order."""
    grouped: dict[str, list[Cited]] = defaultdict(list)
    if statement_ids:
        for statement_id, *cited in session.execute(
            select(col(Citation.statement_id), col(Citation.finding_id), *SOURCE_SHOWN)
            .join(Source, col(Source.id) == col(Citation.source_id))
            .where(col(Citation.statement_id).in_(statement_ids))
            .order_by(col(Citation.statement_id), col(Citation.position))
        ):
            grouped[statement_id].append(Cited(*cited))
    return grouped
