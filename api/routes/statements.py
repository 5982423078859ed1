"""Statements: the sentences themselves, each at its permanent address."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from sqlalchemy import ColumnElement
from sqlmodel import col

from api.http.problems import ProblemError, ProblemType
from api.knowledge.entities import Citation, Entity, EntityRef, Statement
from api.knowledge.evidence import RecordId
from api.knowledge.kinds import BY_NAME
from api.knowledge.queries import entities as queries
from api.knowledge.vocabulary import Certainty, Topic
from api.representations.envelope import Answer, ListAnswer
from api.representations.records import StatementDetail, entity_link, statement_record
from api.routes.calls import Call, CallDep
from api.routes.parameters import (
    Listed,
    Worded,
    choices,
    comma_list,
    fields_of,
    key,
    parameters,
    takes,
)

router = APIRouter(prefix="/v1", tags=["Statements"])

StatementListParameters = parameters(
    "StatementListParameters",
    Listed,
    Worded,
    topic=(comma_list(Topic, "Filter: what the statement tells."), []),
    kind=(comma_list(choices(list(BY_NAME)), "Filter: kinds of entity."), []),
    entity=(EntityRef | None, Field(default=None, description="Filter: of this `kind/slug`.")),
    certainty=(comma_list(Certainty, "Filter: certainty of the evidence."), []),
    source=(RecordId | None, Field(default=None, description="Filter: cites this source.")),
    finding=(RecordId | None, Field(default=None, description="Filter: cites this finding.")),
    fields=(fields_of(StatementDetail), []),
)


@router.get(
    "/statements", operation_id="list_statements", response_model=ListAnswer[StatementDetail]
)
@takes(StatementListParameters)
def list_statements(call: CallDep, wanted: Any) -> Response:
    """Statements of all entities in their order: the whole text in bulk, filtered by topic,
    kind, entity, certainty, or by what they cite. Summaries have the topic `summary`.
    """
    conditions: list[ColumnElement[bool]] = []
    if wanted.topic:
        conditions.append(col(Statement.topic).in_(wanted.topic))
    if wanted.kind:
        conditions.append(col(Entity.kind).in_(wanted.kind))
    if wanted.entity:
        call.require_entity("entity", wanted.entity)
        conditions.append(col(Statement.entity_id) == wanted.entity)
    if wanted.certainty:
        conditions.append(col(Statement.certainty).in_(wanted.certainty))
    if wanted.source:
        conditions.append(queries.cites(col(Citation.source_id) == wanted.source))
    if wanted.finding:
        conditions.append(queries.cites(col(Citation.finding_id) == wanted.finding))
    page = queries.statements(call.session, wanted.window, conditions)
    cited = queries.citations_of(call.session, [statement.id for statement, _ in page.rows])
    rows = [
        StatementDetail(
            **dict(statement_record(call.base, statement, cited[statement.id], wanted.audience)),
            entity=entity_link(call.base, entity),
        )
        for statement, entity in page.rows
    ]
    return call.answer_list(rows, page.total, wanted.window, wanted.fields)


@router.get(
    "/statements/{statement_id}",
    operation_id="get_statement",
    response_model=Answer[StatementDetail],
)
def get_statement(
    call: CallDep,
    statement_id: Annotated[str, key("Permanent id.", "condition.pseudoarthrosis.summary")],
    wanted: Annotated[Worded, Query()],
) -> Response:
    """One statement at its permanent address, with its citations and the entity it is about."""
    found = queries.statement(call.session, statement_id)
    if found is None and (now := _renamed(call, statement_id)):
        query = f"?{call.address.query}" if call.address.query else ""
        return RedirectResponse(f"{call.base}/v1/statements/{now}{query}", status_code=308)
    if found is None:
        raise ProblemError(
            ProblemType.NOT_FOUND,
            f"No statement has the id {statement_id!r}: an id is kind.slug.name, as in "
            "condition.pseudoarthrosis.summary.",
        )
    cited = queries.citations_of(call.session, [found.id])[found.id]
    (entity,) = queries.bare_entities(call.session, [found.entity_id])
    record = statement_record(call.base, found, cited, wanted.audience)
    return call.answer(StatementDetail(**dict(record), entity=entity_link(call.base, entity)))


def _renamed(call: Call, statement_id: str) -> str | None:
    """The id a statement has now, where its entity was renamed: the address is permanent."""
    kind, _, rest = statement_id.partition(".")
    slug, _, name = rest.partition(".")
    now = queries.renamed_to(call.session, BY_NAME[kind], slug) if kind in BY_NAME else None
    return f"{kind}.{now}.{name}" if now else None
