"""The public shape of passages: statements to answer from, and one ready text with its sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel, Field

from api.knowledge.entities import Entity
from api.knowledge.evidence import Source
from api.knowledge.queries.cited import Cited
from api.knowledge.vocabulary import Audience, Certainty, Topic
from api.representations.envelope import Links
from api.representations.records import EntityLink, entity_link
from api.representations.search import UnderstoodMeta
from api.search.passages import Passage
from api.search.safety import Safety
from api.search.tokens import RULE, tokens_in

_HEADINGS: Final = {
    "emergency": "EMERGENCY",
    "same-day": "GET HELP TODAY",
    "soon": "SEE A DOCTOR SOON",
}
NOTICE: Final = "Information, not medical advice."
NOT_COVERED: Final = "The knowledge base holds nothing on this question."
_SOURCES: Final = "Sources:"


class PassageCitation(BaseModel):
    """A source a passage rests on, ready to be shown as a reference."""

    number: int = Field(description="Its number in `context`.")
    source: str = Field(description="Id of the source.")
    findings: list[str] = Field(
        description="Ids of its findings that passages cite; empty where the whole source is cited."
    )
    label: str = Field(description="Short citation to show, as in: Nguyen et al. 2011.")
    title: str = Field(description="The exact title.")
    year: int | None = Field(description="Year of publication; null where it is not dated.")
    doi: str | None = Field(description="DOI; null where it has none.")
    pmid: str | None = Field(description="PubMed id; null where it has none.")
    pmcid: str | None = Field(description="PubMed Central id; null where it has none.")
    url: str | None = Field(description="Address of the publication; null where it has none.")


class PassageRecord(BaseModel):
    """A statement of use to an answer, to be quoted as it is."""

    id: str = Field(description="Permanent id of the statement.")
    text: str = Field(description="Its wording for the audience asked for.")
    topic: Topic = Field(description="What it tells.")
    certainty: Certainty | None = Field(
        description="How sure its evidence is; null for what is not graded."
    )
    entity: EntityLink
    citations: list[int] = Field(description="Numbers of the citations it rests on.")
    other_side_of: str | None = Field(
        description="Id of the passage that it stands against, where the evidence disagrees: quote "
        "both or neither. Null for others."
    )
    tokens: int = Field(description="What its line takes of the budget.")
    url: str = Field(description="Its permanent address.")


class Passages(BaseModel):
    """What to answer a question from."""

    context: str = Field(
        description="One ready text for a language model: what is urgent first, then the passages "
        "with numbered citations, then the sources. Never more than `max_tokens`."
    )
    tokens: int = Field(description="Tokens of `context`, by `token_rule`.")
    token_rule: str = Field(default=RULE, description="How tokens are counted.")
    passages: list[PassageRecord] = Field(description="The passages in order of use.")
    citations: list[PassageCitation] = Field(description="The sources, by number.")


class PassagesAnswer(BaseModel):
    """What to answer a question from."""

    data: Passages
    meta: UnderstoodMeta
    links: Links


@dataclass
class _Context:
    """The text as it grows, never over its budget."""

    budget: int
    lines: list[str] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    """The line of each source, by its id, in the order of their numbers."""

    def text(self) -> str:
        """The text so far."""
        sources = [_SOURCES, *self.sources.values()] if self.sources else []
        return "\n".join([*self.lines, *sources])

    def add(self, lines: Sequence[str], sources: Mapping[str, str]) -> bool:
        """Add lines and the sources they need, if all fits; tells whether it did."""
        grown = _Context(self.budget, [*self.lines, *lines], {**self.sources, **sources})
        if tokens_in(grown.text()) > self.budget:
            return False
        self.lines, self.sources = grown.lines, grown.sources
        return True


def passages_of(
    base: str,
    groups: Sequence[Sequence[Passage]],
    safety: Safety,
    max_tokens: int,
    audience: Audience,
    entities: Mapping[int, Entity],
    cited: Mapping[str, Sequence[Cited]],
    sources: Mapping[str, Source],
    *,
    is_covered: bool,
) -> Passages:
    """The passages that fit the budget, the danger signs first.

    A group of passages is taken whole or not at all; one that does not fit is passed over, for a
    shorter one after it may.
    """
    context = _Context(max_tokens)
    for seen in safety.red_flags:
        context.add([f"{_HEADINGS[seen.flag.urgency]} ({seen.flag.name}): {seen.flag.action}"], {})
    context.add([NOTICE], {})
    if not is_covered:
        context.add([NOT_COVERED], {})
    records: list[PassageRecord] = []
    findings: dict[str, list[str]] = {}
    for group in groups:
        lines, needed, made = [], dict[str, str](), []
        for passage in group:
            statement = passage.statement
            text = (
                statement.clinical if audience is Audience.CLINICAL else None
            ) or statement.plain
            numbers = []
            for item in cited[statement.id]:
                known = {**context.sources, **needed}
                if item.source_id not in known:
                    needed[item.source_id] = _line(len(known) + 1, sources[item.source_id])
                    known = {**context.sources, **needed}
                numbers.append(list(known).index(item.source_id) + 1)
            numbers = sorted(set(numbers))
            entity = entities[passage.entity]
            line = f"{entity.name}: {text} {''.join(f'[{number}]' for number in numbers)}"
            lines.append(line)
            made.append(
                PassageRecord(
                    id=statement.id,
                    text=text,
                    topic=Topic(statement.topic),
                    certainty=Certainty(statement.certainty) if statement.certainty else None,
                    entity=entity_link(base, entity),
                    citations=numbers,
                    other_side_of=passage.against,
                    tokens=tokens_in(line),
                    url=f"{base}/v1/statements/{statement.id}",
                )
            )
        if context.add(lines, needed):
            records += made
            for passage in group:
                for item in cited[passage.statement.id]:
                    own = findings.setdefault(item.source_id, [])
                    if item.finding_id and item.finding_id not in own:
                        own.append(item.finding_id)
    text = context.text()
    return Passages(
        context=text,
        tokens=tokens_in(text),
        token_rule=RULE,
        passages=records,
        citations=[
            _citation(number, sources[key], findings[key])
            for number, key in enumerate(context.sources, 1)
        ],
    )


def _line(number: int, source: Source) -> str:
    where = f"https://doi.org/{source.doi}" if source.doi else source.url
    return f"[{number}] {source.label}{f', {where}' if where else ''}"


def _citation(number: int, source: Source, findings: list[str]) -> PassageCitation:
    return PassageCitation(
        number=number,
        source=source.id,
        findings=findings,
        label=source.label,
        title=source.title,
        year=source.year,
        doi=source.doi,
        pmid=source.pmid,
        pmcid=source.pmcid,
        url=source.url,
    )
