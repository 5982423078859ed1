"""The graph of relations, whole or around one entity."""

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from api.knowledge.entities import EntityRef
from api.knowledge.kinds import BY_NAME
from api.knowledge.queries.graph import graph
from api.knowledge.vocabulary import Predicate
from api.representations.graph import (
    GraphAnswer,
    as_cytoscape,
    as_d3,
    graph_edges,
    graph_nodes,
)
from api.routes.calls import CallDep
from api.routes.parameters import NoParameters, choices, comma_list, parameters, takes

router = APIRouter(prefix="/v1", tags=["Directory"])

GraphParameters = parameters(
    "GraphParameters",
    NoParameters,
    around=(
        EntityRef | None,
        Field(
            default=None,
            description="`kind/slug` of the entity in the middle; default: the whole graph.",
            examples=["condition/pseudoarthrosis"],
        ),
    ),
    depth=(
        int,
        Field(default=1, ge=1, le=3, description="With `around`: how many edges away, 1 to 3."),
    ),
    predicate=(comma_list(Predicate, "Only edges of these predicates."), []),
    kind=(comma_list(choices(list(BY_NAME)), "Only entities of these kinds."), []),
    shape=(
        Literal["d3", "cytoscape"],
        Field(default="d3", description="For which library: `d3` (nodes, links) or `cytoscape`."),
    ),
)


@router.get("/graph", operation_id="get_graph", response_model=GraphAnswer)
@takes(GraphParameters)
def get_graph(call: CallDep, wanted: Any) -> Response:
    """Entities and the relations between them as nodes and edges, whole or around one entity, in a
    shape that D3 or Cytoscape takes as it is.
    """
    if wanted.around:
        call.require_entity("around", wanted.around)
    entities, edges = graph(
        call.session, wanted.around, wanted.depth, wanted.predicate, wanted.kind
    )
    shaped = as_d3 if wanted.shape == "d3" else as_cytoscape
    return call.answer(shaped(graph_nodes(call.base, entities), graph_edges(edges)))
