"""The public shapes of sources, findings, statements and relations."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from pydantic import BaseModel, Field
from sqlmodel import SQLModel

from api.knowledge.entities import Entity, Statement, StatementFields
from api.knowledge.evidence import (
    CaveatFields,
    FindingFields,
    MeasureFields,
    Source,
    SourceFields,
)
from api.knowledge.kinds import BY_NAME
from api.knowledge.queries.cited import Cited
from api.knowledge.queries.evidence import Reported, Use
from api.knowledge.queries.relations import Grounds, Judged
from api.knowledge.relations import SHAPES, Balance, Relation
from api.knowledge.releases import Change, ChangeFields, Release, ReleaseFields
from api.knowledge.verdicts import JUDGED, Side, Verdict, VerdictFields, side_of
from api.knowledge.vocabulary import Audience, Certainty, Predicate, Stance


class EntityLink(BaseModel):
    """An entity by name and address."""

    kind: str = Field(description="Its kind.")
    slug: str = Field(description="Its slug, unique within the kind.")
    name: str = Field(description="The name to show.")
    url: str = Field(description="Its address in this API.")


class SourceLink(BaseModel):
    """A source by label and address."""

    id: str = Field(description="Id of the source.")
    label: str = Field(description="Short citation to show, as in: Nguyen et al. 2011.")
    title: str = Field(description="The exact title.")
    year: int | None = Field(description="Year of publication; null where it is not dated.")
    doi: str | None = Field(description="DOI; null where it has none.")
    url: str | None = Field(description="Address of the publication; null where it has none.")
    api_url: str = Field(description="Its address in this API.")


class CitationRecord(BaseModel):
    """What a statement rests on, ready to be shown as a reference."""

    finding: str | None = Field(
        description="Id of the finding; null where a whole source is cited."
    )
    source: str = Field(description="Id of the source.")
    label: str = Field(description="Short citation to show, as in: Nguyen et al. 2011.")
    url: str | None = Field(description="Address of the publication; null where it has none.")


class Identified(SQLModel):
    """What has an id."""

    id: str = Field(description="Permanent id.")


class StatementRecord(StatementFields, Identified):
    """One or two sentences that can be quoted as they are, with what they rest on."""

    text: str = Field(description="The wording for the audience asked for.")
    certainty: Certainty | None = Field(
        description="How sure its evidence is, by one rule from study designs; null for what is not "
        "graded: definitions, advice, warnings and gaps."
    )
    editorial: bool = Field(description="A dictionary definition in our own words.")
    citations: list[CitationRecord] = Field(description="Findings and sources it rests on.")
    url: str = Field(description="Its permanent address.")


class StatementDetail(StatementRecord):
    """A statement with the entity it is about."""

    entity: EntityLink


class MeasureRecord(MeasureFields):
    """The figure a finding reports."""


class CaveatRecord(CaveatFields):
    """A reason to read a finding with care."""


class FindingRecord(FindingFields, Identified):
    """One result that a source reports: its figure, population, design and caveats as data."""

    measure: MeasureRecord | None = Field(description="The figure; null where it has none.")
    caveats: list[CaveatRecord] = Field(description="How to read it with care.")
    source: SourceLink
    url: str = Field(description="Its address in this API.")


class UsingStatement(BaseModel):
    """A statement that cites this."""

    id: str = Field(description="Permanent id of the statement.")
    text: str = Field(description="Its plain wording.")
    entity: EntityLink
    url: str = Field(description="Its address.")


class UsingRelation(BaseModel):
    """A relation that rests on this."""

    id: str = Field(description="Id of the relation.")
    predicate: Predicate = Field(description="What joins the two.")
    subject: EntityLink
    object: EntityLink | None = Field(description="The other entity; null for `describes`.")
    finding: str = Field(description="The finding it rests on.")
    stance: Stance = Field(description="What the finding says of the relation.")
    indirect: bool = Field(description="Found in other people than those the relation is about.")
    caution: str | None = Field(description="How it must not be shown; null where nothing bars it.")


class UsedBy(BaseModel):
    """Everything in the knowledge base that rests on this."""

    statements: list[UsingStatement] = Field(description="Statements that cite it.")
    relations: list[UsingRelation] = Field(description="Relations that rest on it.")


class SourceRecord(SourceFields, Identified):
    """A publication or page that findings were read from."""

    label: str = Field(description="Short citation to show, as in: Nguyen et al. 2011.")
    finding_count: int = Field(description="How many findings were read from it.")
    api_url: str = Field(description="Its address in this API.")


class SourceDetail(SourceRecord):
    """A source with every finding read from it, and what rests on them."""

    findings: list[FindingRecord] = Field(description="Every finding read from it.")
    used_by: UsedBy


class FindingDetail(FindingRecord):
    """A finding with what rests on it."""

    used_by: UsedBy


class VerdictRecord(VerdictFields):
    """What the evidence makes of a treatment or a prevention for a condition, and why."""

    by_rule: Verdict = Field(description="What the rule gives from designs and stances alone.")
    citations: list[CitationRecord] = Field(description="The findings that decide it.")
    method_url: str = Field(description="The rule, and what is editorial.")


class RelationFindingRecord(BaseModel):
    """A finding under a relation, and what it says of it."""

    side: Side | None = Field(
        description="Where the relation claims a good effect: the side the finding is on; else null."
    )
    stance: Stance = Field(description="What the finding says of the relation.")
    indirect: bool = Field(description="Found in other people than those the relation is about.")
    duplicate_of: str | None = Field(
        description="The finding that reports the same result, and is counted instead; else null."
    )
    caution: str | None = Field(description="How it must not be shown; null where nothing bars it.")
    finding: FindingRecord


class RelationRecord(BaseModel):
    """An edge between two entities and how the sources divide over it."""

    id: str = Field(description="Id of the relation.")
    predicate: Predicate = Field(description="What joins the two.")
    label: str = Field(description="The edge in words, read from subject to object.")
    subject: EntityLink
    object: EntityLink | None = Field(description="The other entity; null for `describes`.")
    balance: Balance
    verdict: VerdictRecord | None = Field(
        description="What is made of the evidence, for treatments, preventions and procedures said "
        "to do good; null for other edges."
    )


class EvidencedRelation(RelationRecord):
    """An edge with the findings it rests on."""

    findings: list[RelationFindingRecord] = Field(
        description="What it rests on, strongest design first; where the relation claims a good "
        "effect, benefit before no benefit before harm before context."
    )


class ReleaseRecord(ReleaseFields):
    """One version of the content."""

    changes_url: str = Field(description="What changed after this release.")


class ChangeRecord(ChangeFields):
    """What happened to one entity or source in a release."""

    release: str = Field(description="Id of the release that brought it.")
    url: str | None = Field(description="Where the subject is; null where it is no more.")


def shared(row: SQLModel, fields: type[SQLModel]) -> dict[str, Any]:
    """The values of a row that its public shape shares with it."""
    return {name: getattr(row, name) for name in fields.model_fields}


def entity_url(base: str, kind: str, slug: str) -> str:
    """The address of an entity."""
    return f"{base}/v1/{BY_NAME[kind].collection}/{slug}"


def entity_link(base: str, entity: Entity) -> EntityLink:
    """An entity by name and address."""
    url = entity_url(base, entity.kind, entity.slug)
    return EntityLink(kind=entity.kind, slug=entity.slug, name=entity.name, url=url)


def source_link(base: str, source: Source) -> SourceLink:
    """A source by label and address."""
    return SourceLink(
        id=source.id,
        label=source.label,
        title=source.title,
        year=source.year,
        doi=source.doi,
        url=source.url,
        api_url=f"{base}/v1/sources/{source.id}",
    )


def worded(statement: Statement, audience: Audience) -> str:
    """The wording for an audience; the plain one where there is no other."""
    return (statement.clinical if audience is Audience.CLINICAL else None) or statement.plain


def citation_records(cited: Sequence[Cited]) -> list[CitationRecord]:
    """The citations of a statement."""
    return [
        CitationRecord(
            finding=item.finding_id, source=item.source_id, label=item.label, url=item.url
        )
        for item in cited
    ]


def statement_record(
    base: str, statement: Statement, cited: Sequence[Cited], audience: Audience
) -> StatementRecord:
    """A statement with its citations."""
    return StatementRecord(
        **shared(statement, StatementFields),
        id=statement.id,
        text=worded(statement, audience),
        certainty=statement.certainty,
        editorial=statement.editorial,
        citations=citation_records(cited),
        url=f"{base}/v1/statements/{statement.id}",
    )


def finding_record(base: str, reported: Reported) -> FindingRecord:
    """A finding with its source."""
    finding = reported.finding
    return FindingRecord(
        **shared(finding, FindingFields),
        id=finding.id,
        measure=MeasureRecord(**shared(reported.measure, MeasureFields))
        if reported.measure
        else None,
        caveats=[CaveatRecord(kind=item.kind, text=item.text) for item in reported.caveats],
        source=source_link(base, reported.source),
        url=f"{base}/v1/evidence/{finding.id}",
    )


def source_record(base: str, source: Source, finding_count: int) -> SourceRecord:
    """A source."""
    return SourceRecord(
        **shared(source, SourceFields),
        id=source.id,
        label=source.label,
        finding_count=finding_count,
        api_url=f"{base}/v1/sources/{source.id}",
    )


def used_by(
    base: str, statements: Sequence[tuple[Statement, Entity]], uses: Sequence[Use]
) -> UsedBy:
    """What rests on a finding or source."""
    return UsedBy(
        statements=[
            UsingStatement(
                id=statement.id,
                text=statement.plain,
                entity=entity_link(base, entity),
                url=f"{base}/v1/statements/{statement.id}",
            )
            for statement, entity in statements
        ],
        relations=[
            UsingRelation(
                id=use.relation.id,
                predicate=use.relation.predicate,
                subject=entity_link(base, use.subject),
                object=entity_link(base, use.object) if use.object else None,
                finding=use.link.finding_id,
                stance=use.link.stance,
                indirect=use.link.indirect,
                caution=use.link.caution,
            )
            for use in uses
        ],
    )


def verdict_record(base: str, judged: Judged) -> VerdictRecord:
    """A verdict with what decides it."""
    return VerdictRecord(
        **shared(judged.verdict, VerdictFields),
        by_rule=judged.verdict.by_rule,
        citations=citation_records(judged.cited),
        method_url=f"{base}/v1/method",
    )


def relation_record(
    base: str, edge: Relation, grounds: Grounds, links: dict[str, EntityLink]
) -> RelationRecord:
    """An edge with its balance. `links` holds the entities at its ends."""
    return RelationRecord(
        id=edge.id,
        predicate=edge.predicate,
        label=SHAPES[edge.predicate].label,
        subject=links[edge.subject_id],
        object=links[edge.object_id] if edge.object_id else None,
        balance=grounds.balance,
        verdict=verdict_record(base, grounds.judged) if grounds.judged else None,
    )


def evidence_of(
    base: str, edge: Relation, grounds: Grounds, findings: dict[str, Reported]
) -> list[RelationFindingRecord]:
    """The findings of a relation: side by side where it claims a good effect, the strongest design
    first and larger studies before smaller.
    """
    judged = edge.predicate in JUDGED
    records = []
    for link in grounds.links:
        finding = findings[link.finding_id].finding
        side = side_of(link.stance, finding.direction) if judged else None
        order = (
            list(Side).index(side) if side else 0,
            link.duplicate_of is not None,
            link.indirect,
            finding.design.rank,
            -(finding.n_participants or 0),
            link.position,
        )
        record = RelationFindingRecord(
            side=side,
            stance=link.stance,
            indirect=link.indirect,
            duplicate_of=link.duplicate_of,
            caution=link.caution,
            finding=finding_record(base, findings[link.finding_id]),
        )
        records.append((order, record))
    return [record for _, record in sorted(records, key=itemgetter(0))]


def release_record(base: str, release: Release) -> ReleaseRecord:
    """A release."""
    return ReleaseRecord(
        **shared(release, ReleaseFields),
        changes_url=f"{base}/v1/changes?since={release.id}",
    )


def change_record(base: str, change: Change, release: Release, *, exists: bool) -> ChangeRecord:
    """A change; `exists` tells whether its subject is still there."""
    kind, _, key = change.subject.partition("/")
    here = f"{base}/v1/sources/{key}" if kind == "source" else entity_url(base, kind, key)
    return ChangeRecord(
        subject=change.subject,
        action=change.action,
        parts=change.parts,
        release=release.id,
        url=here if exists else None,
    )
