"""The public shapes of what search finds."""

from typing import Any, Generic, TypeVar, Union

from pydantic import BaseModel, Field

from api.knowledge.entities import Entity
from api.knowledge.kinds import BY_NAME
from api.knowledge.kinds.red_flag import Urgency
from api.knowledge.queries.entities import Described
from api.knowledge.vocabulary import Audience
from api.representations.entities import CARDS, card
from api.representations.envelope import ListLinks, ListMeta, Meta
from api.representations.records import EntityLink, entity_link
from api.search.engine import Engine, Found, Hit
from api.search.safety import Safety
from api.search.scope import Coverage
from api.search.snippets import marked
from api.search.suggest import Suggestion

T = TypeVar("T")

AnyCard: Any = Union[tuple(CARDS.values())]  # noqa: UP007  # made at run time


class RedFlagSeen(BaseModel):
    """A danger sign that the text tells of."""

    slug: str = Field(description="Slug of the red flag.")
    name: str = Field(description="The name to show.")
    urgency: Urgency = Field(description="How soon help is needed.")
    action: str = Field(description="What to do, in words to show as they are.")
    matched: list[str] = Field(
        description="The words that tell of it; empty where the whole text does."
    )
    url: str = Field(description="Its address in this API.")


class SafetyRecord(BaseModel):
    """The danger signs that a text tells of as present. Show them before anything else."""

    urgency: Urgency | None = Field(
        description="The most urgent of them; null where the text tells of none. A null is no "
        "all-clear: a sign told in unusual words may be missed."
    )
    red_flags: list[RedFlagSeen] = Field(description="The red flags, the most urgent first.")


class Understood(BaseModel):
    """How a query was understood."""

    coverage: Coverage = Field(
        description="`covered`, `partial` (it is near what there is, but may not be answered), or "
        "`not_covered` (nothing is held on this, and nothing is returned)."
    )
    corrected_query: str | None = Field(
        description="The query with its spelling mended, as it was searched for; null where it was "
        "searched for as given."
    )
    safety: SafetyRecord


class SearchMeta(ListMeta, Understood):
    """What holds for a list of hits."""


class UnderstoodMeta(Meta, Understood):
    """What holds for one answer to a query."""


class Matched(BaseModel):
    """Why an entity was found."""

    words: list[str] = Field(description="Words of the query, as read, that stand in its texts.")
    meaning: str = Field(
        description="Of its names, the ways people ask about it, and its sentences, the one nearest "
        "in meaning."
    )


class Snippet(BaseModel):
    """The sentence of an entity that says most to the query."""

    statement: str = Field(description="Permanent id of the statement.")
    text: str = Field(description="Its wording for the audience asked for.")
    html: str = Field(
        description="The same, escaped for HTML, with the words of the query in `<mark>`."
    )
    url: str = Field(description="Address of the statement, with its citations.")


class SearchHit(BaseModel):
    """An entity that answers the query."""

    score: float = Field(
        ge=0,
        le=1,
        description="How well it fits, as a share of the best hit. Scores of different queries "
        "can't be compared.",
    )
    matched: Matched
    snippet: Snippet
    entity: AnyCard = Field(description="The entity, as in its collection's list.")


class SearchableAnswer(BaseModel, Generic[T]):
    """One page of a list; with `q`, how it was understood."""

    data: list[T]
    meta: SearchMeta | ListMeta
    links: ListLinks


class SearchAnswer(BaseModel):
    """One page of hits."""

    data: list[SearchHit] = Field(description="The hits, the best first.")
    meta: SearchMeta
    links: ListLinks


class SuggestedEntity(BaseModel):
    """An entity that may be meant."""

    text: str = Field(description="The name or synonym that fits what was typed.")
    entity: EntityLink


class SuggestionGroup(BaseModel):
    """Suggestions of one kind."""

    kind: str = Field(description="The kind.")
    label: str = Field(description="The kind's name to show over the group.")
    suggestions: list[SuggestedEntity] = Field(description="The best first.")


def safety_record(base: str, safety: Safety) -> SafetyRecord:
    """The danger signs a text tells of."""
    return SafetyRecord(
        urgency=Urgency(safety.urgency) if safety.urgency else None,
        red_flags=[
            RedFlagSeen(
                slug=seen.flag.slug,
                name=seen.flag.name,
                urgency=Urgency(seen.flag.urgency),
                action=seen.flag.action,
                matched=list(seen.matched),
                url=f"{base}/v1/red-flags/{seen.flag.slug}",
            )
            for seen in safety.red_flags
        ],
    )


def understanding(base: str, found: Found) -> dict[str, Any]:
    """The values of `Understood`."""
    return {
        "coverage": found.coverage,
        "corrected_query": found.query.mended.text if found.query.mended.changes else None,
        "safety": safety_record(base, found.safety),
    }


def search_hit(
    base: str, engine: Engine, found: Found, hit: Hit, described: Described, audience: Audience
) -> SearchHit:
    """A hit with its card and the sentence to show."""
    place = engine.best_statement(hit.entity, found.query)
    own = engine.index.entities[hit.entity]
    statement = own.summary if place is None else own.statements[place]
    text = (statement.clinical if audience is Audience.CLINICAL else None) or statement.plain
    return SearchHit(
        score=round(hit.score, 4),
        matched=Matched(
            words=engine.matched_words(hit, found.query), meaning=engine.matched_text(hit)
        ),
        snippet=Snippet(
            statement=statement.id,
            text=text,
            html=marked(text, found.query.telling),
            url=f"{base}/v1/statements/{statement.id}",
        ),
        entity=card(base, described, audience),
    )


def suggestion_groups(
    base: str, suggestions: list[Suggestion], entities: dict[int, Entity]
) -> list[SuggestionGroup]:
    """Suggestions by kind; the kind with the best one first."""
    groups: dict[str, SuggestionGroup] = {}
    for one in suggestions:
        entity = entities[one.entity]
        group = groups.setdefault(
            entity.kind,
            SuggestionGroup(kind=entity.kind, label=BY_NAME[entity.kind].plural, suggestions=[]),
        )
        group.suggestions.append(SuggestedEntity(text=one.name, entity=entity_link(base, entity)))
    return list(groups.values())
