"""The public shapes of the graph of relations, as graph libraries take them."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from api.knowledge.entities import Entity
from api.knowledge.relations import SHAPES, Relation
from api.knowledge.vocabulary import Predicate
from api.representations.envelope import Links, Meta
from api.representations.records import entity_url


class GraphNode(BaseModel):
    """An entity."""

    id: str = Field(description="`kind/slug`")
    label: str = Field(description="The name to show.")
    kind: str = Field(description="Its kind.")
    tier: int = Field(description="1: every reader expects it; 3: specialist detail.")
    url: str = Field(description="Its address in this API.")


class GraphEdge(BaseModel):
    """A relation."""

    id: str = Field(description="Id of the relation.")
    source: str = Field(description="`kind/slug` of its subject.")
    target: str = Field(description="`kind/slug` of its object.")
    predicate: Predicate = Field(description="What joins the two.")
    label: str = Field(description="The edge in words, read from source to target.")


class D3Graph(BaseModel):
    """For D3: `d3.forceSimulation(data.nodes)` with `d3.forceLink(data.links).id(d => d.id)`."""

    nodes: list[GraphNode] = Field(description="Entities.")
    links: list[GraphEdge] = Field(description="The relations between them.")


class CytoscapeNode(BaseModel):
    """A node of Cytoscape."""

    data: GraphNode = Field(description="The entity.")


class CytoscapeEdge(BaseModel):
    """An edge of Cytoscape."""

    data: GraphEdge = Field(description="The relation.")


class CytoscapeGraph(BaseModel):
    """For Cytoscape: `cytoscape({elements: data})`."""

    nodes: list[CytoscapeNode] = Field(description="Entities.")
    edges: list[CytoscapeEdge] = Field(description="The relations between them.")


class GraphAnswer(BaseModel):
    """Nodes and edges."""

    data: CytoscapeGraph | D3Graph = Field(description="The graph, in the shape asked for.")
    meta: Meta
    links: Links


def graph_nodes(base: str, entities: Sequence[Entity]) -> list[GraphNode]:
    """Entities as nodes."""
    return [
        GraphNode(
            id=entity.id,
            label=entity.name,
            kind=entity.kind,
            tier=entity.tier,
            url=entity_url(base, entity.kind, entity.slug),
        )
        for entity in entities
    ]


def graph_edges(edges: Sequence[Relation]) -> list[GraphEdge]:
    """Relations to other entities as edges."""
    return [
        GraphEdge(
            id=edge.id,
            source=edge.subject_id,
            target=edge.object_id,
            predicate=edge.predicate,
            label=SHAPES[edge.predicate].label,
        )
        for edge in edges
        if edge.object_id
    ]


def as_d3(nodes: list[GraphNode], edges: list[GraphEdge]) -> D3Graph:
    """A graph as D3 takes it."""
    return D3Graph(nodes=nodes, links=edges)


def as_cytoscape(nodes: list[GraphNode], edges: list[GraphEdge]) -> CytoscapeGraph:
    """A graph as Cytoscape takes it."""
    return CytoscapeGraph(
        nodes=[CytoscapeNode(data=node) for node in nodes],
        edges=[CytoscapeEdge(data=edge) for edge in edges],
    )
