"""Making the index of a release from the database's rows, keeping it there, and reading it."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from sqlmodel import Session, SQLModel, col

from api.knowledge.entities import Citation, Entity, Statement
from api.knowledge.evidence import Finding
from api.knowledge.kinds import KINDS
from api.knowledge.kinds.fact_check import FactCheck
from api.knowledge.kinds.faq import Faq
from api.knowledge.kinds.red_flag import RedFlag
from api.knowledge.relations import Relation
from api.knowledge.releases import SearchIndex
from api.knowledge.vocabulary import Topic
from api.search.index import (
    Index,
    IndexedEntity,
    IndexedFlag,
    IndexedStatement,
    built,
    dumped,
    loaded,
)
from api.search.vectors import vectors_of


def write_index(connection: Connection, release: str) -> None:
    """Index what the database holds, as the index of this release; others are dropped."""
    entities = indexed_entities(connection)
    vectors = vectors_of([text for entity in entities for role in entity.texts for text in role])
    flags = indexed_flags(connection)
    index = built(release, entities, flags, vectors, [kind.name for kind in KINDS])
    table = _table(SearchIndex)
    connection.execute(delete(table))
    connection.execute(insert(table), {"release_id": release, "data": dumped(index)})


def stored_index(session: Session, release: str) -> Index | None:
    """The index of a release; None where it has none."""
    kept = session.get(SearchIndex, release)
    return loaded(kept.data) if kept else None


def indexed_entities(connection: Connection) -> list[IndexedEntity]:
    """Every entity as search knows it, in the order of their ids."""
    entity, statement, relation = _table(Entity), _table(Statement), _table(Relation)
    texts: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(select(statement).order_by(statement.c.position)):
        texts[row.entity_id].append(row)
    pointing: dict[str, set[str]] = defaultdict(set)
    cited, finding = _table(Citation), _table(Finding)
    cites = select(cited.c.statement_id, finding.c.direction).join(
        finding, finding.c.id == cited.c.finding_id
    )
    for statement_id, direction in connection.execute(cites):
        pointing[statement_id].add(direction.value)
    near: dict[str, list[str]] = defaultdict(list)
    joined = select(relation.c.subject_id, relation.c.object_id).where(
        relation.c.object_id.is_not(None)
    )
    for subject, other in connection.execute(joined):
        near[subject].append(other)
        near[other].append(subject)
    told = _own_questions(connection)
    signs = {flag.entity_id: flag.signs for flag in connection.execute(select(_table(RedFlag)))}
    found = []
    for row in sorted(connection.execute(select(entity)), key=lambda row: row.id):
        own = [_statement(text, pointing[text.id]) for text in texts[row.id]]
        summary = next(text for text in own if text.topic == Topic.SUMMARY)
        found.append(
            IndexedEntity(
                ref=row.id,
                name=row.name,
                kind=row.kind,
                tier=row.tier,
                names=list(dict.fromkeys([row.name, *told.get(row.id, ()), *row.synonyms])),
                asked=list(dict.fromkeys([*row.asked_as, *signs.get(row.id, ())])),
                summary=summary,
                statements=[text for text in own if text is not summary],
                neighbours=sorted(set(near[row.id])),
            )
        )
    return found


def indexed_flags(connection: Connection) -> list[IndexedFlag]:
    """Every red flag as search knows it, in the order of their slugs."""
    entity, flag = _table(Entity), _table(RedFlag)
    rows = connection.execute(
        select(entity.c.slug, entity.c.name, flag).join(flag, flag.c.entity_id == entity.c.id)
    )
    return [
        IndexedFlag(row.slug, row.name, row.urgency.value, row.action, row.signs)
        for row in sorted(rows, key=lambda row: row.slug)
    ]


def _own_questions(connection: Connection) -> dict[str, list[str]]:
    """What faqs ask and fact-checks claim, which names them as well as their titles do."""
    faqs = select(col(Faq.entity_id), col(Faq.question))
    claims = select(col(FactCheck.entity_id), col(FactCheck.claim))
    return {ref: [text] for query in (faqs, claims) for ref, text in connection.execute(query)}


def _statement(row: Any, directions: set[str]) -> IndexedStatement:
    certainty = row.certainty.value if row.certainty else None
    return IndexedStatement(
        row.id, row.topic.value, row.plain, row.clinical, certainty, sorted(directions)
    )


def _table(model: type[SQLModel]) -> Any:
    return model.__table__  # type: ignore[attr-defined]
