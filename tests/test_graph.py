"""The graph is the relations of `data/`, as nodes and edges a graph library takes as they are."""

from typing import Any

import pytest
import yaml
from catalogue import Catalogue, ref
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from shapes import assert_refused, documented, ok
from starlette.testclient import TestClient

from api.knowledge.kinds import BY_COLLECTION, BY_NAME, KINDS
from api.knowledge.vocabulary import Predicate
from api.settings import settings

Edge = tuple[str, str, str]

CENTRES = [f"{kind.name}/{kind.example}" for kind in KINDS]
"""One entity of each kind."""


def graph(client: TestClient, **query: Any) -> Any:
    """The graph in the shape of D3, which is the default."""
    return ok(client.get("/v1/graph", params=query))["data"]


def ids(things: list[Any]) -> list[str]:
    """The ids of nodes or of links, in their order."""
    return [thing["id"] for thing in things]


def ball(client: TestClient, around: str, **query: Any) -> set[str]:
    """The ids of the nodes around one."""
    return set(ids(graph(client, around=around, **query)["nodes"]))


@pytest.fixture(scope="module")
def whole(client: TestClient) -> Any:
    """The whole graph."""
    return graph(client)


@pytest.fixture(scope="module")
def written() -> set[Edge]:
    """The edges between entities as the data files state them: subject, predicate, object."""
    found = set[Edge]()
    for collection, kind in BY_COLLECTION.items():
        for path in (settings().data_dir / collection).glob("*.yaml"):
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            found |= {
                (f"{kind.name}/{path.stem}", relation["predicate"], relation["object"])
                for relation in content.get("relations", [])
                if "object" in relation
            }
    return found


# The shapes


def test_the_ends_of_every_link_are_nodes(whole: Any):
    nodes = set(ids(whole["nodes"]))

    assert whole["links"]
    for link in whole["links"]:
        assert {link["source"], link["target"]} <= nodes, link["id"]


def test_no_two_nodes_or_edges_have_one_id(whole: Any):
    # Cytoscape refuses an edge that has the id of a node, too.
    together = ids(whole["nodes"]) + ids(whole["links"])

    assert len(together) == len(set(together))


def test_d3_is_the_default_and_reads_nodes_and_links(client: TestClient, whole: Any):
    assert graph(client, shape="d3") == whole
    assert set(whole) == {"nodes", "links"}
    for node in whole["nodes"]:
        assert set(node) == {"id", "label", "kind", "tier", "url"}
    for link in whole["links"]:
        assert set(link) == {"id", "source", "target", "predicate", "label"}


@pytest.mark.parametrize("query", [{}, {"around": CENTRES[0], "depth": 2}, {"predicate": "treats"}])
def test_cytoscape_reads_the_same_as_elements(client: TestClient, query: dict[str, Any]):
    d3 = graph(client, **query)

    elements = graph(client, shape="cytoscape", **query)

    assert elements == {
        "nodes": [{"data": node} for node in d3["nodes"]],
        "edges": [{"data": link} for link in d3["links"]],
    }


# The whole graph


def test_the_nodes_are_all_entities(catalogue: Catalogue, whole: Any):
    assert {node["id"]: node for node in whole["nodes"]} == {
        key: {
            "id": key,
            "label": row["name"],
            "kind": row["kind"],
            "tier": row["tier"],
            "url": row["url"],
        }
        for key, row in catalogue.entities.items()
    }


def test_the_links_are_the_relations_of_the_data_files(whole: Any, written: set[Edge]):
    links = {(link["source"], link["predicate"], link["target"]) for link in whole["links"]}

    assert links == written
    assert len(whole["links"]) == len(written)


def test_a_link_is_the_relation_of_its_id(catalogue: Catalogue, whole: Any):
    joining = {key: item for key, item in catalogue.relations.items() if item["object"]}

    assert set(ids(whole["links"])) == set(joining)
    for link in whole["links"]:
        relation = joining[link["id"]]

        assert link["source"] == ref(relation["subject"])
        assert link["target"] == ref(relation["object"])
        assert (link["predicate"], link["label"]) == (relation["predicate"], relation["label"])


# Around an entity


def test_around_an_entity_stand_those_it_lists_relations_with(
    client: TestClient, catalogue: Catalogue
):
    for key, relations in list(catalogue.relations_by_entity.items())[::7]:
        ends = [relation[end] for relation in relations for end in ("subject", "object")]

        assert ball(client, key) == {key} | {ref(end) for end in ends if end}, key


@pytest.mark.parametrize("centre", CENTRES)
def test_each_step_of_depth_goes_one_relation_further(
    client: TestClient, catalogue: Catalogue, centre: str
):
    reached = {centre}
    for depth in (1, 2, 3):
        for key in list(reached):
            for relation in catalogue.relations_by_entity[key]:
                reached |= {ref(relation[end]) for end in ("subject", "object") if relation[end]}

        assert ball(client, centre, depth=depth) == reached


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("centre", CENTRES)
def test_around_an_entity_no_edge_between_its_nodes_is_missing(
    client: TestClient, whole: Any, centre: str, depth: int
):
    found = graph(client, around=centre, depth=depth)

    nodes = set(ids(found["nodes"]))
    assert found["nodes"] == [node for node in whole["nodes"] if node["id"] in nodes]
    assert found["links"] == [
        link for link in whole["links"] if {link["source"], link["target"]} <= nodes
    ]


def test_one_step_is_the_default(client: TestClient):
    for centre in CENTRES:
        assert graph(client, around=centre) == graph(client, around=centre, depth=1)


def test_what_nothing_is_joined_to_stands_alone(client: TestClient, whole: Any):
    joined = {link[end] for link in whole["links"] for end in ("source", "target")}
    alone = [node for node in whole["nodes"] if node["id"] not in joined]

    assert alone
    for node in alone[:5]:
        assert graph(client, around=node["id"], depth=3) == {"nodes": [node], "links": []}


# Filters


def test_a_predicate_keeps_its_edges_and_every_node(client: TestClient, whole: Any):
    found = 0
    for predicate in documented(client, "/v1/graph", "predicate"):
        kept = graph(client, predicate=predicate)

        assert kept["nodes"] == whole["nodes"]
        assert kept["links"] == [
            link for link in whole["links"] if link["predicate"] == predicate
        ], predicate
        found += len(kept["links"])
    assert found == len(whole["links"])


def test_a_kind_keeps_its_nodes_and_the_edges_between_them(client: TestClient, whole: Any):
    for kind in KINDS:
        kept = graph(client, kind=kind.name)

        nodes = [node for node in whole["nodes"] if node["kind"] == kind.name]
        assert kept["nodes"] == nodes
        assert kept["links"] == [
            link for link in whole["links"] if {link["source"], link["target"]} <= set(ids(nodes))
        ], kind.name


@given(
    centre=st.sampled_from(CENTRES),
    depth=st.integers(1, 3),
    predicates=st.just(set()) | st.sets(st.sampled_from(list(Predicate)), min_size=2),
    kinds=st.just(set()) | st.sets(st.sampled_from(list(BY_NAME)), min_size=3),
)
@examples(max_examples=100)
def test_around_an_entity_only_what_the_filters_keep_is_walked(
    client: TestClient,
    whole: Any,
    centre: str,
    depth: int,
    predicates: set[str],
    kinds: set[str],
):
    # The entity in the middle stays, whatever its kind.
    kept = {node["id"] for node in whole["nodes"] if not kinds or node["kind"] in kinds} | {centre}
    links = [
        link
        for link in whole["links"]
        if {link["source"], link["target"]} <= kept
        and (not predicates or link["predicate"] in predicates)
    ]
    reached = {centre}
    for _ in range(depth):
        touching = [link for link in links if reached & {link["source"], link["target"]}]
        reached |= {link[end] for link in touching for end in ("source", "target")}
    query = {"predicate": ",".join(predicates), "kind": ",".join(kinds)}

    found = graph(
        client,
        around=centre,
        depth=depth,
        **{name: value for name, value in query.items() if value},
    )

    assert set(ids(found["nodes"])) == reached
    assert found["links"] == [link for link in links if {link["source"], link["target"]} <= reached]


def test_values_are_given_with_commas_or_repeated(client: TestClient):
    commas = graph(client, kind="condition,symptom", predicate="has_symptom,leads_to")
    repeated = graph(client, kind=["condition", "symptom"], predicate=["has_symptom", "leads_to"])

    assert commas == repeated
    assert {link["predicate"] for link in commas["links"]} == {"has_symptom", "leads_to"}
    assert {node["kind"] for node in commas["nodes"]} == {"condition", "symptom"}


# Refusals


@pytest.mark.parametrize(
    "around",
    ["condition/no-such-slug", "nothing/pseudoarthrosis", "conditions/pseudoarthrosis", "x/y"],
)
def test_an_entity_there_is_not_is_refused(client: TestClient, around: str):
    reason = assert_refused(client.get(f"/v1/graph?around={around}"), "around")

    assert around in reason


@pytest.mark.parametrize("around", ["", "pseudoarthrosis", "condition/", "condition/Not A Slug"])
def test_what_is_no_kind_and_slug_is_refused(client: TestClient, around: str):
    assert_refused(client.get("/v1/graph", params={"around": around}), "around")


@pytest.mark.parametrize("depth", ["0", "-1", "4", "1.5", "abc", "", "99999999999999999999"])
def test_an_impossible_depth_is_refused(client: TestClient, depth: str):
    response = client.get(f"/v1/graph?around={CENTRES[0]}&depth={depth}")

    assert_refused(response, "depth")


@pytest.mark.parametrize("name", ["predicate", "kind"])
def test_an_unknown_value_is_refused_with_those_there_are(client: TestClient, name: str):
    reason = assert_refused(client.get(f"/v1/graph?{name}=nonsense"), name)

    allowed = {"predicate": list(Predicate), "kind": list(BY_NAME)}[name]
    for value in allowed:
        assert value in reason


def test_a_shape_for_another_library_is_refused_with_those_there_are(client: TestClient):
    reason = assert_refused(client.get("/v1/graph?shape=graphml"), "shape")

    assert "d3" in reason
    assert "cytoscape" in reason
