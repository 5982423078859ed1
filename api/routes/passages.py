"""Passages: what a chatbot answers a question from."""

from typing import Any

import numpy as np
from fastapi import APIRouter, Response
from pydantic import Field

from api.knowledge.kinds import BY_NAME
from api.knowledge.queries import entities as queries
from api.knowledge.queries import evidence as evidence_queries
from api.representations.passages import PassagesAnswer, passages_of
from api.representations.search import understanding
from api.routes.calls import CallDep
from api.routes.parameters import Worded, choices, comma_list, parameters, takes
from api.routes.search import QueryText
from api.search.passages import passages
from api.search.scope import Coverage

router = APIRouter(prefix="/v1", tags=["Search"])

PassagesParameters = parameters(
    "PassagesParameters",
    Worded,
    q=(QueryText, ...),
    kind=(comma_list(choices(list(BY_NAME)), "Only statements of these kinds of entity."), []),
    max_tokens=(
        int,
        Field(default=800, ge=200, le=8000, description="Tokens `context` may take, 200 to 8000."),
    ),
)


@router.get("/passages", operation_id="get_passages", response_model=PassagesAnswer)
@takes(PassagesParameters)
def get_passages(call: CallDep, wanted: Any) -> Response:
    """Statements to answer a question from, in order of use, each with its citations, and one ready
    `context` within `max_tokens`: what is urgent first. Repeats are dropped; where the evidence
    disagrees, both sides come. With `not_covered` there are none: do not answer.
    """
    engine = call.engine()
    among = None
    if wanted.kind:
        kinds = [engine.index.kind_names.index(kind) for kind in wanted.kind]
        among = np.isin(engine.index.kinds, kinds)
    found = engine.search(wanted.q, among)
    groups = passages(engine, found)
    used = [passage for group in groups for passage in group]
    refs = {passage.entity: engine.index.entities[passage.entity].ref for passage in used}
    by_ref = {item.id: item for item in queries.bare_entities(call.session, set(refs.values()))}
    cited = queries.citations_of(call.session, [passage.statement.id for passage in used])
    sources = evidence_queries.sources(
        call.session, {item.source_id for group in cited.values() for item in group}
    )
    data = passages_of(
        call.base,
        groups,
        found.safety,
        wanted.max_tokens,
        wanted.audience,
        {number: by_ref[ref] for number, ref in refs.items()},
        cited,
        {key: source for key, (source, _) in sources.items()},
        is_covered=found.coverage is not Coverage.NOT_COVERED,
    )
    return call.answer(data, understood=understanding(call.base, found))
