"""What there is: the directory, the release, its changes, and the kinds of problem."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, BaseModel, Field

from api.http.problems import (
    DESCRIPTIONS,
    ParameterError,
    ProblemDescription,
    ProblemError,
    ProblemType,
)
from api.knowledge.kinds import KINDS
from api.knowledge.method import SECTIONS
from api.knowledge.queries import releases as queries
from api.knowledge.queries.paging import Window
from api.representations.envelope import DISCLAIMER, LICENSE, Answer, ListAnswer
from api.representations.records import (
    ChangeRecord,
    ReleaseRecord,
    change_record,
    release_record,
)
from api.routes.calls import CallDep
from api.routes.parameters import Listed, Nothing, key, parameters, takes
from api.settings import VERSION

router = APIRouter(prefix="/v1", tags=["Directory"])


class CollectionLink(BaseModel):
    """A collection of entities."""

    collection: str = Field(description="Its name in addresses.")
    kind: str = Field(description="The kind of entity it holds.")
    title: str = Field(description="The name to show.")
    description: str = Field(description="What it holds.")
    total: int = Field(description="How many entities it holds.")
    url: str = Field(description="Where it is.")


class ResourceLink(BaseModel):
    """Something else this API answers."""

    name: str = Field(description="What it is called.")
    description: str = Field(description="What it holds.")
    url: str = Field(description="Where it is.")


class Directory(BaseModel):
    """Everything there is, with addresses."""

    name: str = Field(description="The name of the product.")
    description: str = Field(description="What it is.")
    collections: list[CollectionLink] = Field(description="The collections of entities.")
    resources: list[ResourceLink] = Field(description="Everything else.")


class License(BaseModel):
    """Under which terms a part may be used."""

    part: str = Field(description="Which part.")
    spdx: str = Field(description="SPDX identifier of the licence.")
    url: str = Field(description="The licence text.")


class About(BaseModel):
    """The release that is served, its size, its terms and its limits."""

    release: ReleaseRecord
    seeded_at: datetime = Field(description="When this installation took it in.")
    software: str = Field(description="Version of the software.")
    licenses: list[License] = Field(description="Terms of content and code.")
    disclaimer: str = Field(description="To be shown with the content.")
    known_limits: list[str] = Field(description="What a user of the content should know.")


class MethodSection(BaseModel):
    """One part of the method."""

    id: str = Field(description="Names the part.")
    title: str = Field(description="Its heading.")
    text: str = Field(description="What it says.")


class Method(BaseModel):
    """How what is served was found, weighed and worded."""

    sections: list[MethodSection] = Field(description="Its parts, in reading order.")


_RESOURCES = (
    ("search?q=loose+screw", "Entities that answer a question in any words."),
    ("suggest?q=pseud", "Completions as one types."),
    ("passages?q=loose+screw", "Statements to answer a question from, for chatbots."),
    ("explore?symptom=mechanical-pain", "From symptoms to the conditions that share them."),
    ("graph", "Entities and relations as nodes and edges."),
    ("evidence", "Findings: every result as data, with its source."),
    ("sources", "Publications and pages the findings were read from."),
    ("statements", "Every sentence at its permanent address."),
    ("releases", "Versions of the content."),
    ("changes", "What changed since a release or a day."),
    ("meta", "The release served, counts, licences, disclaimer, limits."),
    ("method", "How facts were found, weighed and worded; the rule for verdicts."),
    ("problems", "The kinds of error and what to do about them."),
)

_LIMITS = (
    "Nearly every source was read as an abstract or an excerpt, not as a full paper.",
    "Study design and direction of a finding are the recorder's reading of its source.",
    "Urgency, signs and actions of red flags are editorial, and err on the safe side.",
    "Certainty of statements follows one editorial rule from study designs; it is not GRADE.",
    "Doses, prices, surgical instructions and comparisons of hospitals are not covered.",
)


@router.get("", operation_id="get_directory", response_model=Answer[Directory])
def get_directory(call: CallDep, _: Nothing) -> Response:
    """The directory: every collection with its size and address, and everything else there is."""
    return call.answer(
        Directory(
            name="Failed-fusion knowledge API",
            description="Structured, source-cited knowledge about failed spinal fusion.",
            collections=[
                CollectionLink(
                    collection=kind.collection,
                    kind=kind.name,
                    title=kind.plural,
                    description=kind.description,
                    total=call.release.counts[kind.collection],
                    url=f"{call.base}/v1/{kind.collection}",
                )
                for kind in KINDS
            ],
            resources=[
                *(
                    ResourceLink(
                        name=path.partition("?")[0], description=text, url=f"{call.base}/v1/{path}"
                    )
                    for path, text in _RESOURCES
                ),
                ResourceLink(
                    name="openapi",
                    description="This API in OpenAPI 3.1.",
                    url=f"{call.base}/openapi.json",
                ),
                ResourceLink(
                    name="docs", description="Interactive documentation.", url=f"{call.base}/docs"
                ),
            ],
        )
    )


@router.get("/meta", operation_id="get_meta", response_model=Answer[About])
def get_meta(call: CallDep, _: Nothing) -> Response:
    """The release that is served: its id, counts, licences, disclaimer and known limits."""
    return call.answer(
        About(
            release=release_record(call.base, call.release),
            seeded_at=call.release.seeded_at,
            software=VERSION,
            licenses=[
                License(
                    part="content",
                    spdx=LICENSE,
                    url="https://creativecommons.org/licenses/by/4.0/",
                ),
                License(
                    part="code",
                    spdx="Apache-2.0",
                    url="https://www.apache.org/licenses/LICENSE-2.0",
                ),
            ],
            disclaimer=DISCLAIMER,
            known_limits=list(_LIMITS),
        )
    )


@router.get("/method", operation_id="get_method", response_model=Answer[Method])
def get_method(call: CallDep, _: Nothing) -> Response:
    """How facts were found, weighed and worded: the rules for balance, verdicts and certainty, and
    what is editorial. Linked from every verdict.
    """
    sections = [MethodSection(id=part.id, title=part.title, text=part.text) for part in SECTIONS]
    return call.answer(Method(sections=sections))


@router.get("/releases", operation_id="list_releases", response_model=ListAnswer[ReleaseRecord])
def list_releases(call: CallDep, wanted: Annotated[Listed, Query()]) -> Response:
    """Versions of the content this installation has served, newest first."""
    page = queries.releases_page(call.session, wanted.window)
    rows = [release_record(call.base, release) for release in page.rows]
    return call.answer_list(rows, page.total, wanted.window)


_SINCE = r"^(\d{4}-\d{2}-\d{2}|[0-9a-f]{12})$"


def _release_or_day(value: str) -> str | date:
    """What `since` names. Raises ValueError with what is allowed."""
    if re.fullmatch(_SINCE, value) is None:
        raise ValueError(
            "Give the id of a release (they are listed at /v1/releases), or a day like 2026-11-22"
        )
    if "-" not in value:
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(
            "There is no such day; give one like 2026-11-22, or a release of /v1/releases"
        ) from None


ChangeParameters = parameters(
    "ChangeParameters",
    Listed,
    since=(
        Annotated[str, AfterValidator(_release_or_day)] | None,
        Field(
            default=None,
            json_schema_extra={"pattern": _SINCE},
            description="Id of a release, or a day (2026-11-22); default: the beginning.",
        ),
    ),
)


@router.get("/changes", operation_id="list_changes", response_model=ListAnswer[ChangeRecord])
@takes(ChangeParameters)
def list_changes(call: CallDep, wanted: Any) -> Response:
    """What was added, changed or removed after a release or a day: entity by entity, source by
    source. Ask with the release you last read, and fetch only what is named.
    """
    after = 0
    if wanted.since is not None:
        found = queries.release_before(call.session, wanted.since)
        if found is None:
            reason = f"No release has the id {wanted.since}. Releases are listed at /v1/releases."
            raise ProblemError(
                ProblemType.INVALID_PARAMETERS,
                "Change these parameters: since.",
                errors=[ParameterError(parameter="since", reason=reason)],
            )
        after = found
    page = queries.changes_page(call.session, after, wanted.window)
    there = queries.still_there(call.session, [change.subject for change, _ in page.rows])
    rows = [
        change_record(call.base, change, release, exists=change.subject in there)
        for change, release in page.rows
    ]
    return call.answer_list(rows, page.total, wanted.window)


@router.get(
    "/problems", operation_id="list_problems", response_model=ListAnswer[ProblemDescription]
)
def list_problems(call: CallDep, _: Nothing) -> Response:
    """The kinds of error this API answers with, and what to do about each."""
    rows = list(DESCRIPTIONS.values())
    return call.answer_list(rows, len(rows), Window(limit=len(rows), offset=0))


@router.get(
    "/problems/{problem_id}",
    operation_id="get_problem",
    response_model=Answer[ProblemDescription],
)
def get_problem(
    call: CallDep,
    problem_id: Annotated[str, key("Last part of a problem's type.", "not-found")],
    _: Nothing,
) -> Response:
    """One kind of error: what it means and what to do about it."""
    if problem_id not in set(ProblemType):
        raise ProblemError(
            ProblemType.NOT_FOUND,
            f"There is no kind of problem {problem_id!r}. They are listed at /v1/problems.",
        )
    return call.answer(DESCRIPTIONS[ProblemType(problem_id)])
