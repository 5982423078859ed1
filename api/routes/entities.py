"""The collections: for every kind its list, its details, and what is related to each entity."""

import difflib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from sqlmodel import Session

from api.http.problems import ProblemError, ProblemType, Suggestion
from api.knowledge.entities import IcdCode, Slug
from api.knowledge.kinds import KINDS, Kind
from api.knowledge.queries import entities as queries
from api.knowledge.queries import evidence as evidence_queries
from api.knowledge.queries import relations as relation_queries
from api.knowledge.queries.entities import Described
from api.knowledge.queries.paging import Page
from api.knowledge.relations import Relation
from api.knowledge.vocabulary import Audience, Predicate
from api.representations import entities as shapes
from api.representations.entities import Extras
from api.representations.envelope import Answer, ListAnswer
from api.representations.records import (
    EntityLink,
    EvidencedRelation,
    FindingRecord,
    entity_link,
    evidence_of,
    finding_record,
    relation_record,
    source_record,
    statement_record,
)
from api.representations.search import SearchableAnswer, SearchMeta, understanding
from api.routes.calls import Call, CallDep
from api.routes.evidence import FindingFilters, answer_findings
from api.routes.parameters import (
    Listed,
    Worded,
    choices,
    comma_list,
    fields_of,
    ids_of,
    parameters,
    sort_by,
    takes,
)
from api.routes.search import QueryText, found_among

_Q_DESCRIPTION: Final = (
    "Search in any words among the entities that pass the filters; without `sort` the best answer "
    "comes first."
)


def routers() -> list[APIRouter]:
    """A router for every kind, in display order."""
    return [_routes_for(kind) for kind in KINDS]


def _filters(kind: Kind) -> dict[str, Any]:
    """The parameters that filter a kind: its closed vocabularies, flags and numbers."""
    found: dict[str, Any] = {}
    for name, field in kind.fields.model_fields.items():
        annotation: Any = field.annotation
        if name in kind.facets:
            annotation = annotation.__args__[0]
        elif not (isinstance(annotation, type) and issubclass(annotation, StrEnum | bool | int)):
            continue
        note = field.description or ""
        found[name] = (annotation | None, Field(default=None, description=f"Filter: {note}"))
    return found


def _routes_for(kind: Kind) -> APIRouter:
    """The routes of one kind."""
    router = APIRouter(prefix=f"/v1/{kind.collection}", tags=[kind.plural])
    several = kind.collection.replace("-", "_")
    card, row, detail = (shapes.CARDS[kind.name], shapes.ROWS[kind.name], shapes.DETAILS[kind.name])
    own_filters = _filters(kind)
    list_parameters = parameters(
        f"{card.__name__}ListParameters",
        Listed,
        Worded,
        **own_filters,
        tier=(int | None, Field(default=None, ge=1, le=3, description="Filter: 1, 2 or 3.")),
        icd10cm=(IcdCode | None, Field(default=None, description="Filter: an ICD-10-CM code.")),
        ids=(ids_of(Slug, "slugs"), []),
        include=(comma_list(choices(shapes.INCLUDES), "Add these to each row."), []),
        q=(QueryText | None, Field(default=None, description=_Q_DESCRIPTION)),
        sort=(sort_by(list(queries.sort_columns(kind))), []),
        fields=(fields_of(row, shapes.INCLUDES), []),
    )
    detail_parameters = parameters(
        f"{card.__name__}Parameters",
        Worded,
        include=(comma_list(choices(shapes.INCLUDES), "Add these."), []),
        fields=(fields_of(detail, shapes.INCLUDES[1:]), []),
    )
    filter_names = (*own_filters, "tier", "icd10cm")

    @router.get(
        "",
        operation_id=f"list_{several}",
        summary=f"List {kind.plural.lower()}",
        description=f"{kind.description} One page of all of them, with filters, includes, field "
        "selection and sorting; `ids` asks for a batch, `q` searches among those that pass.",
        response_model=SearchableAnswer[row],  # type: ignore[valid-type]
    )
    @takes(list_parameters)
    def list_all(call: CallDep, wanted: Any) -> Response:
        filters = {
            name: value for name in filter_names if (value := getattr(wanted, name)) is not None
        }
        understood = None
        if wanted.q is None:
            page = queries.entities(
                call.session, kind, wanted.window, filters, wanted.ids, wanted.sort
            )
        else:
            page, understood = _searched(call, kind, wanted, filters)
        extras = _extras(call, page.rows, wanted.include, wanted.audience)
        rows = [
            shapes.row(call.base, item, wanted.audience, extras[item.entity.id])
            for item in page.rows
        ]
        missing = None
        if wanted.ids:
            known = {slug for slug, _, _ in queries.names(call.session, kind)}
            missing = [slug for slug in wanted.ids if slug not in known]
        fields = [*wanted.fields, *wanted.include] if wanted.fields else []
        if understood is None:
            return call.answer_list(rows, page.total, wanted.window, fields, missing)
        return call.answer_list(
            rows,
            page.total,
            wanted.window,
            fields,
            missing,
            meta_model=SearchMeta,
            more_meta=understood,
        )

    @router.get(
        "/{slug}",
        operation_id=f"get_{kind.name}",
        summary=f"Get one of the {kind.plural.lower()}",
        description=f"{kind.description} In full: fields, cited statements in reading order, and "
        "where related entities are. `include` adds them to the same answer.",
        response_model=Answer[detail],  # type: ignore[valid-type]
    )
    @takes(detail_parameters, slug=kind.example)
    def get_one(call: CallDep, slug: str, wanted: Any) -> Response:
        found = _find(call, kind, slug, "")
        if isinstance(found, Response):
            return found
        included = ["statements", *wanted.include]
        extras = _extras(call, [found], included, wanted.audience)[found.entity.id]
        cited = queries.citations_of(call.session, [found.summary.id])[found.summary.id]
        related = relation_queries.related_counts(call.session, found.entity.id)
        data = shapes.detail(call.base, found, wanted.audience, cited, related, extras)
        fields = [*wanted.fields, *wanted.include] if wanted.fields else []
        return call.answer(data, fields)

    for other in kind.neighbours:
        _related_route(router, kind, other)
    _relations_route(router, kind)
    _evidence_route(router, kind)
    return router


def _searched(
    call: Call, kind: Kind, wanted: Any, filters: Mapping[str, Any]
) -> tuple[Page[Described], dict[str, Any]]:
    """A page of what answers a query, the best first unless another order is asked for; and how the
    query was understood.
    """
    refs = queries.refs(call.session, kind, filters, wanted.ids)
    found = found_among(call, wanted.q, refs)
    numbered = call.engine().index.entities
    if wanted.sort and found.hits:
        slugs = [numbered[hit.entity].ref.partition("/")[2] for hit in found.hits]
        page = queries.entities(call.session, kind, wanted.window, {}, slugs, wanted.sort)
        return page, understanding(call.base, found)
    chosen = [numbered[hit.entity].ref for hit in found.hits[wanted.offset :][: wanted.limit]]
    described = queries.described(call.session, chosen)
    page = Page([described[ref] for ref in chosen], len(found.hits))
    return page, understanding(call.base, found)


def _related_route(router: APIRouter, kind: Kind, other: Kind) -> None:
    """`/v1/conditions/{slug}/risk-factors` and its like."""
    shape = shapes.RELATED[other.name]
    several = other.collection.replace("-", "_")
    wanted_parameters = parameters(
        f"{shape.__name__}To{kind.table.__name__}Parameters",
        Listed,
        Worded,
        predicate=(Predicate | None, Field(default=None, description="Only edges of this kind.")),
    )

    @router.get(
        f"/{{slug}}/{other.collection}",
        operation_id=f"list_{kind.name}_{several}",
        summary=f"List {other.plural.lower()} related to one of the {kind.plural.lower()}",
        description=f"{other.plural} joined by an edge to this entity, the best evidenced first, "
        "each with the findings for and against the edge and how many sources stand on each side.",
        response_model=ListAnswer[shape],  # type: ignore[valid-type]
    )
    @takes(wanted_parameters, slug=kind.example)
    def list_related(call: CallDep, slug: str, wanted: Any) -> Response:
        found = _find(call, kind, slug, f"/{other.collection}")
        if isinstance(found, Response):
            return found
        page = relation_queries.related_page(
            call.session, found.entity.id, other, wanted.window, wanted.predicate
        )
        here = found.entity.id
        far = [edge.object_id if edge.subject_id == here else edge.subject_id for edge in page.rows]
        others = queries.described(call.session, [ref for ref in far if ref])
        edges = _evidenced(call, page.rows)
        rows = [
            shape(entity=shapes.card(call.base, others[ref], wanted.audience), relation=edge)
            for ref, edge in zip(far, edges, strict=True)
            if ref
        ]
        return call.answer_list(rows, page.total, wanted.window)


def _relations_route(router: APIRouter, kind: Kind) -> None:
    """`/v1/conditions/{slug}/relations`."""
    wanted_parameters = parameters(
        f"{kind.table.__name__}RelationsParameters",
        Listed,
        predicate=(Predicate | None, Field(default=None, description="Only edges of this kind.")),
    )

    @router.get(
        "/{slug}/relations",
        operation_id=f"list_{kind.name}_relations",
        summary=f"List every relation of one of the {kind.plural.lower()}",
        description="Every edge from or to this entity, of all predicates, those that only "
        "describe it included, each with its findings and the balance of sources.",
        response_model=ListAnswer[EvidencedRelation],
    )
    @takes(wanted_parameters, slug=kind.example)
    def list_relations(call: CallDep, slug: str, wanted: Any) -> Response:
        found = _find(call, kind, slug, "/relations")
        if isinstance(found, Response):
            return found
        page = relation_queries.related_page(
            call.session, found.entity.id, None, wanted.window, wanted.predicate
        )
        return call.answer_list(_evidenced(call, page.rows), page.total, wanted.window)


def _evidence_route(router: APIRouter, kind: Kind) -> None:
    """`/v1/conditions/{slug}/evidence`."""

    @router.get(
        "/{slug}/evidence",
        operation_id=f"list_{kind.name}_evidence",
        summary=f"List the findings that bear on one of the {kind.plural.lower()}",
        description="Findings filed under a relation of this entity, from either end, or cited in "
        "its text; with the filters of /v1/evidence.",
        response_model=ListAnswer[FindingRecord],
    )
    @takes(FindingFilters, slug=kind.example)
    def list_evidence(call: CallDep, slug: str, wanted: Any) -> Response:
        found = _find(call, kind, slug, "/evidence")
        if isinstance(found, Response):
            return found
        bearing = evidence_queries.bears_on(found.entity.id)
        return answer_findings(call, wanted, [bearing])


def _find(call: Call, kind: Kind, slug: str, rest: str) -> Described | Response:
    """The entity, or a redirect where it was renamed. Raises a 404 problem with suggestions."""
    found = queries.entity(call.session, kind, slug)
    if found:
        return found
    here = f"{call.base}/v1/{kind.collection}"
    if now := queries.renamed_to(call.session, kind, slug):
        query = f"?{call.address.query}" if call.address.query else ""
        return RedirectResponse(f"{here}/{now}{rest}{query}", status_code=308)
    near = _nearest(call.session, kind, slug)
    meant = f" Did you mean {near[0][1]}?" if near else ""
    raise ProblemError(
        ProblemType.NOT_FOUND,
        f"No entry of /v1/{kind.collection} is called {slug!r}.{meant}",
        suggestions=[
            Suggestion(name=name, url=f"{here}/{near_slug}{rest}") for near_slug, name in near
        ],
    )


def _nearest(session: Session, kind: Kind, slug: str) -> list[tuple[str, str]]:
    """Slug and name of the entities whose slug, name or synonym is nearest to what was asked."""
    wanted = slug.casefold().replace("-", " ").replace("_", " ")
    owners: dict[str, tuple[str, str]] = {}
    for own_slug, name, synonyms in queries.names(session, kind):
        for word in (own_slug.replace("-", " "), name, *synonyms):
            owners.setdefault(word.casefold(), (own_slug, name))
    close = difflib.get_close_matches(wanted, owners, n=5, cutoff=0.6)
    return list(dict.fromkeys(owners[word] for word in close))[:3]


def _extras(
    call: Call, rows: Sequence[Described], include: Sequence[str], audience: Audience
) -> Mapping[str, Extras]:
    """What was asked to be included, for each entity: a fixed number of statements in all."""
    session, refs = call.session, [item.entity.id for item in rows]
    parts: dict[str, dict[str, Any]] = {ref: {} for ref in refs}
    if "statements" in include:
        texts = queries.statements_of(session, refs)
        cited = queries.citations_of(
            session, [text.id for group in texts.values() for text in group]
        )
        for ref in refs:
            parts[ref]["statements"] = [
                statement_record(call.base, text, cited[text.id], audience)
                for text in texts.get(ref, [])
            ]
    if "relations" in include:
        edges = relation_queries.relations_of(session, refs)
        every = {edge.id: edge for group in edges.values() for edge in group}
        grounds = relation_queries.grounds_of(session, every)
        links = _links(call, list(every.values()))
        for ref in refs:
            parts[ref]["relations"] = [
                relation_record(call.base, edge, grounds[edge.id], links)
                for edge in edges.get(ref, [])
            ]
    if "findings" in include or "sources" in include:
        used = evidence_queries.finding_ids_of(session, refs)
        reported = evidence_queries.findings(
            session, {finding for group in used.values() for finding in group}
        )
        if "findings" in include:
            for ref in refs:
                parts[ref]["findings"] = [
                    finding_record(call.base, reported[key]) for key in used.get(ref, [])
                ]
        if "sources" in include:
            counted = evidence_queries.sources(
                session, {item.source.id for item in reported.values()}
            )
            for ref in refs:
                own = dict.fromkeys(reported[key].source.id for key in used.get(ref, []))
                parts[ref]["sources"] = [source_record(call.base, *counted[key]) for key in own]
    return parts


def _links(call: Call, edges: Sequence[Relation]) -> dict[str, EntityLink]:
    """The entities at the ends of edges, by `kind/slug`."""
    refs = {ref for edge in edges for ref in (edge.subject_id, edge.object_id) if ref}
    return {
        item.id: entity_link(call.base, item) for item in queries.bare_entities(call.session, refs)
    }


def _evidenced(call: Call, edges: Sequence[Relation]) -> list[EvidencedRelation]:
    """Edges with their findings."""
    grounds = relation_queries.grounds_of(call.session, [edge.id for edge in edges])
    links = _links(call, edges)
    reported = evidence_queries.findings(
        call.session, {link.finding_id for item in grounds.values() for link in item.links}
    )
    return [
        EvidencedRelation(
            **dict(relation_record(call.base, edge, grounds[edge.id], links)),
            findings=evidence_of(call.base, edge, grounds[edge.id], reported),
        )
        for edge in edges
    ]
