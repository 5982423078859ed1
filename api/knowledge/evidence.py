"""Sources and findings: where each fact comes from and what exactly it says."""

from typing import Annotated

from pydantic import FiniteFloat, StringConstraints
from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from api.knowledge.vocabulary import (
    CaveatKind,
    Certainty,
    Design,
    Direction,
    MeasureType,
    Region,
    SourceKind,
    SubjectKind,
    ValueRole,
    choice,
)

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
RecordId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=120)]


class SourceFields(SQLModel):
    """A publication or page that findings were read from."""

    kind: SourceKind = Field(sa_type=choice(SourceKind), index=True)
    title: Text = Field(description="The exact title.")
    authors: list[Text] = Field(
        default=[], sa_type=JSON, description="Authors as printed, family name first."
    )
    container: Text | None = Field(
        default=None, description="The journal, book or site it appeared in."
    )
    year: int | None = Field(
        default=None, index=True, ge=1900, le=2100, description="Year of publication."
    )
    volume: Text | None = Field(default=None, description="Volume.")
    issue: Text | None = Field(default=None, description="Issue.")
    pages: Text | None = Field(default=None, description="Pages or article number.")
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")] | None = Field(
        default=None, description="Digital object identifier, without a resolver."
    )
    pmid: Annotated[str, StringConstraints(pattern=r"^\d{1,8}$")] | None = Field(
        default=None, description="PubMed id."
    )
    pmcid: Annotated[str, StringConstraints(pattern=r"^PMC\d+$")] | None = Field(
        default=None, description="PubMed Central id."
    )
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = Field(
        default=None, description="Canonical address."
    )
    license: Text | None = Field(
        default=None,
        description="Licence of the publication; null where it was not recorded.",
    )
    read: Text | None = Field(
        default=None,
        description="What was read of it: the abstract, an excerpt, the page.",
    )
    identifier_note: Text | None = Field(
        default=None, description="A doubt about the citation itself."
    )
    correction: Text | None = Field(
        default=None, description="A published correction, erratum or retraction."
    )
    founding: bool = Field(
        default=False,
        description="One of the five web pages the knowledge base began with.",
    )
    unresolved: Text | None = Field(
        default=None,
        description="Why there is no identifier or address, or no exact title, for this source.",
    )


class Source(SourceFields, table=True):
    """A source, as stored."""

    id: str = Field(primary_key=True)
    label: str = Field(description="Short citation to show, as in: Nguyen et al. 2011.")
    fingerprints: dict[str, str] = Field(sa_type=JSON)


def label_of(source: SourceFields) -> str:
    """A short citation: first author and year, or the publisher where no author is named."""
    if source.authors:
        family = source.authors[0].rsplit(" ", 1)[0] or source.authors[0]
        who = family if len(source.authors) == 1 else f"{family} et al."
    else:
        who = source.container or source.title
    return f"{who} {source.year}" if source.year else who


class MeasureFields(SQLModel):
    """The figure a finding reports."""

    type: MeasureType = Field(sa_type=choice(MeasureType), index=True)
    value: FiniteFloat = Field(
        index=True, description="The figure; read `value_role` before showing it."
    )
    unit: Text = Field(description="Unit of value, interval and range: percent, ratio, months …")
    value_role: ValueRole = Field(
        default=ValueRole.POINT,
        sa_type=choice(ValueRole),
        description="What the figure stands for. A range end is never an estimate.",
    )
    ci_low: FiniteFloat | None = Field(default=None, description="Lower limit of the interval.")
    ci_high: FiniteFloat | None = Field(default=None, description="Upper limit of the interval.")
    ci_level: FiniteFloat | None = Field(
        default=None,
        gt=0,
        lt=100,
        description="Level of the interval in percent; null: unstated.",
    )
    range_low: FiniteFloat | None = Field(
        default=None, description="Lower end of a reported range."
    )
    range_high: FiniteFloat | None = Field(
        default=None, description="Upper end of a reported range."
    )
    p_value: Text | None = Field(default=None, description="The p value as printed.")
    comparator: Text | None = Field(default=None, description="What it is compared with.")
    time_horizon: Text | None = Field(default=None, description="Over what time.")


class Measure(MeasureFields, table=True):
    """A measure, as stored: one a finding at most."""

    finding_id: str = Field(primary_key=True, foreign_key="finding.id")


class CaveatFields(SQLModel):
    """A reason to read a finding with care."""

    kind: CaveatKind = Field(sa_type=choice(CaveatKind))
    text: Text = Field(description="The caveat in words.")


class Caveat(CaveatFields, table=True):
    """A caveat, as stored."""

    finding_id: str = Field(primary_key=True, foreign_key="finding.id")
    position: int = Field(primary_key=True)


class FindingFields(SQLModel):
    """One result that a source reports."""

    statement: Text = Field(description="The result in one sentence, in our own words.")
    subject_kind: SubjectKind = Field(
        sa_type=choice(SubjectKind), index=True, description="What it is about."
    )
    subject: Text = Field(description="What it is about, in a few words.")
    condition: str | None = Field(
        default=None, description="Slug of the condition it was recorded for."
    )
    population: Text | None = Field(default=None, description="In whom it was found.")
    region: Region = Field(sa_type=choice(Region), index=True, description="Part of the spine.")
    n_participants: int | None = Field(
        default=None, ge=1, index=True, description="People (or levels) studied."
    )
    n_studies: int | None = Field(default=None, ge=1, description="Studies pooled or reviewed.")
    design: Design = Field(
        sa_type=choice(Design),
        index=True,
        description="Study design, as the recorder read it.",
    )
    direction: Direction = Field(
        sa_type=choice(Direction), index=True, description="Which way it points."
    )
    certainty: Certainty | None = Field(
        default=None,
        sa_type=choice(Certainty),
        description="Certainty, only where the source itself rated it on a scale; else null.",
    )
    certainty_as_stated: Text | None = Field(
        default=None, description="The source's own rating, in its words."
    )
    locator: Text = Field(description="Where in the source it stands.")


class Finding(FindingFields, table=True):
    """A finding, as stored."""

    id: str = Field(primary_key=True)
    source_id: str = Field(foreign_key="source.id", index=True)
    condition_id: str | None = Field(default=None, foreign_key="entity.id", index=True)
