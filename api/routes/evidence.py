"""Findings and sources: the evidence itself, and what rests on it."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from api.http.problems import ProblemError, ProblemType
from api.knowledge.entities import Citation, EntityRef, Slug
from api.knowledge.evidence import Finding, Measure, RecordId, Source
from api.knowledge.queries import evidence as queries
from api.knowledge.vocabulary import (
    Certainty,
    Design,
    Direction,
    MeasureType,
    Region,
    SourceKind,
    SubjectKind,
)
from api.representations.envelope import Answer, ListAnswer
from api.representations.records import (
    FindingDetail,
    FindingRecord,
    SourceDetail,
    SourceRecord,
    finding_record,
    source_record,
    used_by,
)
from api.routes.calls import Call, CallDep
from api.routes.parameters import (
    PRINTABLE,
    CitedAs,
    Listed,
    Nothing,
    SourceListFormat,
    comma_list,
    fields_of,
    ids_of,
    key,
    parameters,
    sort_by,
    takes,
)

router = APIRouter(prefix="/v1", tags=["Evidence"])

FindingFilters = parameters(
    "FindingFilters",
    Listed,
    subject_kind=(
        comma_list(SubjectKind, "Filter: what the finding is about."),
        [],
    ),
    subject=(
        str | None,
        Field(
            default=None,
            min_length=2,
            max_length=100,
            pattern=PRINTABLE,
            description="Filter: words of `subject`.",
        ),
    ),
    design=(comma_list(Design, "Filter: study designs."), []),
    measure_type=(comma_list(MeasureType, "Filter: types of figure."), []),
    direction=(comma_list(Direction, "Filter: which way it points."), []),
    region=(comma_list(Region, "Filter: parts of the spine."), []),
    source=(comma_list(RecordId, "Filter: ids of sources."), []),
    certainty=(comma_list(Certainty, "Filter: certainty as the source rated it."), []),
    year_from=(int | None, Field(default=None, ge=1900, le=2100, description="Published from.")),
    year_to=(int | None, Field(default=None, ge=1900, le=2100, description="Published until.")),
    has_interval=(
        bool | None,
        Field(default=None, description="Filter: whether the figure has an interval."),
    ),
    min_n=(
        int | None,
        Field(default=None, ge=1, le=10**9, description="Filter: at least so many participants."),
    ),
    ids=(ids_of(RecordId, "findings"), []),
    sort=(sort_by(list(queries.FINDING_SORTS)), []),
    fields=(fields_of(FindingRecord), []),
)

EvidenceParameters = parameters(
    "EvidenceParameters",
    FindingFilters,
    condition=(
        Slug | None,
        Field(default=None, description="Filter: bears on this condition, by slug."),
    ),
    entity=(
        EntityRef | None,
        Field(default=None, description="Filter: bears on this entity, as `kind/slug`."),
    ),
)

SourceParameters = parameters(
    "SourceParameters",
    Listed,
    kind=(comma_list(SourceKind, "Filter: kinds of publication."), []),
    year_from=(int | None, Field(default=None, ge=1900, le=2100, description="Published from.")),
    year_to=(int | None, Field(default=None, ge=1900, le=2100, description="Published until.")),
    founding=(
        bool | None,
        Field(default=None, description="Filter: the five pages the knowledge base began with."),
    ),
    corrected=(
        bool | None,
        Field(default=None, description="Filter: whether a correction was published."),
    ),
    ids=(ids_of(RecordId, "sources"), []),
    sort=(sort_by(list(queries.SOURCE_SORTS)), []),
    fields=(fields_of(SourceRecord), []),
    format=(
        SourceListFormat | None,
        Field(
            default=None,
            description="Format of the answer; default: what the Accept header allows.",
        ),
    ),
)


@router.get("/evidence", operation_id="list_evidence", response_model=ListAnswer[FindingRecord])
@takes(EvidenceParameters)
def list_evidence(call: CallDep, wanted: Any) -> Response:
    """Findings: each result as data, with figure, interval, population, design and source.

    Filter by what they bear on, design, figure, direction, region, year, size or source.
    """
    conditions: list[ColumnElement[bool]] = []
    for parameter, ref in (
        ("condition", wanted.condition and f"condition/{wanted.condition}"),
        ("entity", wanted.entity),
    ):
        if ref:
            call.require_entity(parameter, ref)
            conditions.append(queries.bears_on(ref))
    return answer_findings(call, wanted, conditions)


def answer_findings(call: Call, wanted: Any, conditions: Sequence[ColumnElement[bool]]) -> Response:
    """A page of findings that meet the filters and further `conditions`."""
    asked = [*conditions, *_finding_conditions(wanted)]
    page = queries.findings_page(call.session, wanted.window, asked, wanted.sort)
    rows = [finding_record(call.base, item) for item in page.rows]
    missing = None
    if wanted.ids:
        known = queries.findings(call.session, wanted.ids)
        missing = [key for key in wanted.ids if key not in known]
    return call.answer_list(rows, page.total, wanted.window, wanted.fields, missing)


def _finding_conditions(wanted: Any) -> list[ColumnElement[bool]]:
    """The filters as SQL."""
    one_of: list[tuple[Any, list[Any]]] = [
        (Finding.subject_kind, wanted.subject_kind),
        (Finding.design, wanted.design),
        (Measure.type, wanted.measure_type),
        (Finding.direction, wanted.direction),
        (Finding.region, wanted.region),
        (Finding.source_id, wanted.source),
        (Finding.certainty, wanted.certainty),
        (Finding.id, wanted.ids),
    ]
    conditions: list[ColumnElement[bool]] = [
        col(column).in_(values) for column, values in one_of if values
    ]
    if wanted.subject:
        conditions.append(col(Finding.subject).icontains(wanted.subject, autoescape=True))
    if wanted.year_from is not None:
        conditions.append(col(Source.year) >= wanted.year_from)
    if wanted.year_to is not None:
        conditions.append(col(Source.year) <= wanted.year_to)
    if wanted.min_n is not None:
        conditions.append(col(Finding.n_participants) >= wanted.min_n)
    if wanted.has_interval is True:
        conditions.append(col(Measure.ci_low).is_not(None))
    if wanted.has_interval is False:
        conditions.append(or_(col(Measure.finding_id).is_(None), col(Measure.ci_low).is_(None)))
    return conditions


@router.get(
    "/evidence/{finding_id}", operation_id="get_finding", response_model=Answer[FindingDetail]
)
def get_finding(
    call: CallDep,
    finding_id: Annotated[str, key("Id of the finding.", "pass-revision-any")],
    _: Nothing,
) -> Response:
    """One finding with its source and everything that rests on it.

    `used_by` names each statement that cites it and each relation it is filed under.
    """
    reported = queries.findings(call.session, [finding_id]).get(finding_id)
    if reported is None:
        raise ProblemError(
            ProblemType.NOT_FOUND,
            f"No finding has the id {finding_id!r}. They are listed at /v1/evidence.",
        )
    citing = queries.statements_citing(call.session, col(Citation.finding_id) == finding_id)
    uses = queries.relations_resting_on(call.session, [finding_id])
    return call.answer(
        FindingDetail(
            **dict(finding_record(call.base, reported)), used_by=used_by(call.base, citing, uses)
        )
    )


@router.get("/sources", operation_id="list_sources", response_model=ListAnswer[SourceRecord])
@takes(SourceParameters)
def list_sources(call: CallDep, wanted: Any) -> Response:
    """Sources: the publications and pages that findings were read from, newest first.

    Each with its identifiers, what was read of it, and any published correction.
    """
    conditions: list[ColumnElement[bool]] = []
    if wanted.kind:
        conditions.append(col(Source.kind).in_(wanted.kind))
    if wanted.ids:
        conditions.append(col(Source.id).in_(wanted.ids))
    if wanted.year_from is not None:
        conditions.append(col(Source.year) >= wanted.year_from)
    if wanted.year_to is not None:
        conditions.append(col(Source.year) <= wanted.year_to)
    if wanted.founding is not None:
        conditions.append(col(Source.founding).is_(wanted.founding))
    if wanted.corrected is not None:
        published = col(Source.correction).is_not(None)
        conditions.append(published if wanted.corrected else ~published)
    page = queries.sources_page(call.session, wanted.window, conditions, wanted.sort)
    rows = [source_record(call.base, source, count) for source, count in page.rows]
    missing = None
    if wanted.ids:
        known = queries.sources(call.session, wanted.ids)
        missing = [key for key in wanted.ids if key not in known]
    return call.answer_list(rows, page.total, wanted.window, wanted.fields, missing, citable=True)


@router.get("/sources/{source_id}", operation_id="get_source", response_model=Answer[SourceDetail])
def get_source(
    call: CallDep,
    source_id: Annotated[str, key("Id of the source.", "pmid-32445805")],
    _: Annotated[CitedAs, Query()],
) -> Response:
    """One source with every finding read from it and everything that rests on them."""
    found = queries.sources(call.session, [source_id]).get(source_id)
    if found is None:
        raise ProblemError(
            ProblemType.NOT_FOUND,
            f"No source has the id {source_id!r}. They are listed at /v1/sources.",
        )
    reported = queries.findings_of_sources(call.session, [source_id])
    citing = queries.statements_citing(call.session, col(Citation.source_id) == source_id)
    uses = queries.relations_resting_on(call.session, [item.finding.id for item in reported])
    return call.answer(
        SourceDetail(
            **dict(source_record(call.base, *found)),
            findings=[finding_record(call.base, item) for item in reported],
            used_by=used_by(call.base, citing, uses),
        )
    )
