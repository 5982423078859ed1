"""Search and suggestions."""

from collections.abc import Collection
from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Response
from pydantic import AfterValidator, Field

from api.knowledge.kinds import BY_NAME
from api.knowledge.queries import entities as queries
from api.representations.envelope import Answer
from api.representations.search import (
    SearchAnswer,
    SearchMeta,
    SuggestionGroup,
    search_hit,
    suggestion_groups,
    understanding,
)
from api.routes.calls import Call, CallDep
from api.routes.parameters import (
    Listed,
    NoParameters,
    Worded,
    choices,
    comma_list,
    parameters,
    takes,
)
from api.search.engine import Found
from api.search.ranking import Mask

router = APIRouter(prefix="/v1", tags=["Search"])

MAX_QUERY: Final = 4000
"""Characters of a query: some 700 words, more than people write."""


_SOMETHING: Final = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
"""Text without control characters, in which something stands: as the document says it."""


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("It is empty. Say what you look for")
    return text


QueryText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_QUERY,
        description="What is looked for, in any words: a question, keywords, a story. "
        f"At most {MAX_QUERY} characters.",
        examples=["my fusion is clicking when i bend is that normal"],
        json_schema_extra={"pattern": _SOMETHING},
    ),
    AfterValidator(_not_blank),
]

SearchParameters = parameters(
    "SearchParameters",
    Listed,
    Worded,
    q=(QueryText, ...),
    kind=(comma_list(choices(list(BY_NAME)), "Only hits of these kinds."), []),
)


@router.get("/search", operation_id="search", response_model=SearchAnswer)
@takes(SearchParameters)
def search(call: CallDep, wanted: Any) -> Response:
    """Entities of all kinds that answer a question, the best first. `meta.safety` tells of danger
    signs in it: show these first. `meta.coverage` is `not_covered`, and there are no hits, where
    nothing is held on it. `meta.corrected_query` says how its spelling was mended.
    """
    engine = call.engine()
    among = None
    if wanted.kind:
        kinds = [engine.index.kind_names.index(kind) for kind in wanted.kind]
        among = np.isin(engine.index.kinds, kinds)
    found = engine.search(wanted.q, among)
    page = found.hits[wanted.offset : wanted.offset + wanted.limit]
    entities = engine.index.entities
    described = queries.described(call.session, [entities[hit.entity].ref for hit in page])
    rows = [
        search_hit(
            call.base, engine, found, hit, described[entities[hit.entity].ref], wanted.audience
        )
        for hit in page
    ]
    return call.answer_list(
        rows,
        len(found.hits),
        wanted.window,
        meta_model=SearchMeta,
        more_meta=understanding(call.base, found),
    )


SuggestParameters = parameters(
    "SuggestParameters",
    NoParameters,
    q=(
        Annotated[
            str,
            Field(
                min_length=1,
                max_length=100,
                description="What has been typed so far.",
                examples=["pseud"],
                json_schema_extra={"pattern": _SOMETHING},
            ),
            AfterValidator(_not_blank),
        ],
        ...,
    ),
    kind=(comma_list(choices(list(BY_NAME)), "Only entities of these kinds."), []),
    limit=(int, Field(default=10, ge=1, le=50, description="Suggestions in all, 1 to 50.")),
)


@router.get("/suggest", operation_id="suggest", response_model=Answer[list[SuggestionGroup]])
@takes(SuggestParameters)
def suggest(call: CallDep, wanted: Any) -> Response:
    """Completions as one types, by name and synonym, grouped by kind. Words may be mistyped; the
    last one may be unfinished.
    """
    suggester = call.suggester()
    found = suggester.suggestions(wanted.q, wanted.kind, wanted.limit)
    refs = {one.entity: call.engine().index.entities[one.entity].ref for one in found}
    by_ref = {item.id: item for item in queries.bare_entities(call.session, set(refs.values()))}
    entities = {number: by_ref[ref] for number, ref in refs.items()}
    return call.answer(suggestion_groups(call.base, found, entities))


def found_among(call: Call, text: str, refs: Collection[str]) -> Found:
    """A search among these entities only."""
    engine = call.engine()
    mask: Mask = np.zeros(len(engine.index.entities), dtype=np.bool_)
    mask[[engine.index.numbers[ref] for ref in refs if ref in engine.index.numbers]] = True
    return engine.search(text, mask)
