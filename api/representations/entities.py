"""The public shapes of entities: for each kind a card, a detail and a row of a related list."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, Field, create_model

from api.knowledge.entities import AskedFields, EntityFields
from api.knowledge.kinds import BY_NAME, KINDS, Kind
from api.knowledge.queries.cited import Cited
from api.knowledge.queries.entities import Described
from api.knowledge.vocabulary import Audience
from api.representations.records import (
    CitationRecord,
    EvidencedRelation,
    FindingRecord,
    RelationRecord,
    SourceRecord,
    StatementRecord,
    citation_records,
    entity_url,
    shared,
    worded,
)


class Counts(BaseModel):
    """How much there is about an entity."""

    statements: int = Field(description="Statements of its text.")
    relations: int = Field(description="Edges to other entities, from either end.")
    findings: int = Field(description="Findings its text and its own relations rest on.")
    sources: int = Field(description="Sources these come from.")


class RelatedLink(BaseModel):
    """A list of related entities of one kind."""

    collection: str = Field(description="Collection the related entities are in.")
    total: int = Field(description="How many edges lead there.")
    url: str = Field(description="The list.")


class Named(BaseModel):
    """What tells one entity from all others."""

    kind: str = Field(description="Its kind.")
    slug: str = Field(description="Its slug, unique within the kind.")


class EntityCard(EntityFields, Named):
    """What a card shows of an entity."""

    summary: str = Field(
        description="The entity in a few lines, worded for the audience asked for."
    )
    counts: Counts
    url: str = Field(description="Its address in this API.")


class Included(BaseModel):
    """What `include=` adds; each stands here only where it was asked for."""

    statements: list[StatementRecord] = Field(default=[], description="Its text, in reading order.")
    relations: list[RelationRecord] = Field(
        default=[], description="Its edges to other entities, from either end."
    )
    findings: list[FindingRecord] = Field(
        default=[], description="Findings its text and its own relations rest on."
    )
    sources: list[SourceRecord] = Field(default=[], description="Sources of these findings.")


class Detailed(AskedFields):
    """What the detail of an entity has beyond its card."""

    summary_plain: str = Field(description="The summary for everyone.")
    summary_clinical: str = Field(description="The summary for clinicians.")
    summary_citations: list[CitationRecord] = Field(description="What the summary rests on.")
    related: list[RelatedLink] = Field(description="Lists of related entities, by collection.")


INCLUDES: Final = tuple(Included.model_fields)
"""What can be included in a list row; a detail always has its statements."""


def _name(kind: Kind) -> str:
    return kind.fields.__name__.removesuffix("Fields")


def _models(suffix: str, *more: type[BaseModel]) -> dict[str, Any]:
    """A model for every kind: the card, the kind's own fields, and `more`."""
    return {
        kind.name: create_model(
            f"{_name(kind)}{suffix}",
            __base__=(*more, kind.fields, EntityCard),
            __doc__=kind.description,
        )
        for kind in KINDS
    }


CARDS: Final = _models("Card")
"""A kind's card, by the kind's name."""

ROWS: Final = _models("", Included)
"""A row of a kind's list: its card, and what was asked to be included."""

DETAILS: Final = _models("Detail", Detailed, Included)
"""A kind's detail."""

RELATED: Final[dict[str, type[BaseModel]]] = {
    kind.name: create_model(
        f"Related{_name(kind)}",
        __doc__=f"A related entity and what the edge to it rests on. {kind.description}",
        entity=(CARDS[kind.name], ...),
        relation=(EvidencedRelation, ...),
    )
    for kind in KINDS
}
"""A row of a list of related entities of a kind."""


Extras = Mapping[str, Any]
"""What was asked to be included for one entity, by the name of the include."""


def card_fields(base: str, described: Described, audience: Audience) -> dict[str, Any]:
    """The values of a card."""
    entity = described.entity
    kind = BY_NAME[entity.kind]
    return {
        **shared(entity, EntityFields),
        **shared(described.own, kind.fields),
        "kind": entity.kind,
        "slug": entity.slug,
        "summary": worded(described.summary, audience),
        "counts": Counts(
            statements=entity.n_statements,
            relations=entity.n_relations,
            findings=entity.n_findings,
            sources=entity.n_sources,
        ),
        "url": entity_url(base, entity.kind, entity.slug),
    }


def card(base: str, described: Described, audience: Audience) -> EntityCard:
    """An entity as a card of its kind."""
    model: type[EntityCard] = CARDS[described.entity.kind]
    return model(**card_fields(base, described, audience))


def row(base: str, described: Described, audience: Audience, extras: Extras) -> EntityCard:
    """An entity as a row of its list."""
    model: type[EntityCard] = ROWS[described.entity.kind]
    return model(**card_fields(base, described, audience), **extras)


def detail(
    base: str,
    described: Described,
    audience: Audience,
    cited: Sequence[Cited],
    related: Mapping[str, int],
    extras: Extras,
) -> EntityCard:
    """An entity in full. `related` counts its edges by kind."""
    here = entity_url(base, described.entity.kind, described.entity.slug)
    neighbours = BY_NAME[described.entity.kind].neighbours
    model: type[EntityCard] = DETAILS[described.entity.kind]
    more: dict[str, Any] = {
        **shared(described.entity, AskedFields),
        "summary_plain": described.summary.plain,
        "summary_clinical": described.summary.clinical or described.summary.plain,
        "summary_citations": citation_records(cited),
        "related": [
            RelatedLink(
                collection=kind.collection,
                total=related[kind.name],
                url=f"{here}/{kind.collection}",
            )
            for kind in neighbours
            if related.get(kind.name)
        ],
    }
    return model(**card_fields(base, described, audience), **more, **extras)
