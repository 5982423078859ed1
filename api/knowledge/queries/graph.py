"""The graph that relations make of entities."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from api.knowledge.entities import Entity
from api.knowledge.queries.paging import Bytewise
from api.knowledge.relations import Relation
from api.knowledge.vocabulary import Predicate


def graph(
    session: Session,
    around: str | None,
    depth: int,
    predicates: Collection[Predicate],
    kinds: Collection[str],
) -> tuple[Sequence[Entity], Sequence[Relation]]:
    """Entities and the relations between them, in the order of their ids.

    With `around`, those that so many edges lead to, and every edge between them; without, all,
    those that nothing is joined to as well. `predicates` and `kinds` keep only these, if any.
    """
    rows = select(Relation).where(col(Relation.object_id).is_not(None))
    if predicates:
        rows = rows.where(col(Relation.predicate).in_(predicates))
    edges = session.scalars(rows.order_by(Bytewise(col(Relation.id)))).all()
    entities = session.scalars(select(Entity).order_by(Bytewise(col(Entity.id)))).all()
    allowed = {item.id for item in entities if not kinds or item.kind in kinds or item.id == around}
    edges = [edge for edge in edges if edge.subject_id in allowed and edge.object_id in allowed]
    if around:
        allowed = _reached(around, depth, edges)
        edges = [edge for edge in edges if edge.subject_id in allowed and edge.object_id in allowed]
    return [item for item in entities if item.id in allowed], edges


def _reached(start: str, depth: int, edges: Sequence[Relation]) -> set[str]:
    """The entities that at most `depth` edges, in either direction, lead to."""
    reached = {start}
    for _ in range(depth):
        reached |= {
            end
            for edge in edges
            for end in (edge.subject_id, edge.object_id)
            if end and reached & {edge.subject_id, edge.object_id}
        }
    return reached
