"""Exploring: from symptoms to the conditions that share them, and what tells these apart."""

from collections import defaultdict
from typing import Any, Final

from fastapi import APIRouter, Response
from pydantic import Field

from api.http.problems import ParameterError, ProblemError, ProblemType
from api.knowledge.entities import Slug
from api.knowledge.kinds import BY_NAME
from api.knowledge.kinds.symptom import Symptom
from api.knowledge.queries import entities as queries
from api.knowledge.queries import relations as relation_queries
from api.knowledge.queries.explore import (
    advice_of,
    explore,
    questions_about,
    tests_for,
    warnings_of,
)
from api.knowledge.vocabulary import Predicate, Region
from api.representations.explore import (
    LABEL,
    ExploreAnswer,
    ExploreMeta,
    Known,
    explored_condition,
)
from api.representations.records import statement_record, worded
from api.representations.search import safety_record
from api.routes.calls import Call, CallDep
from api.routes.parameters import Paged, Worded, comma_list, parameters, takes
from api.search.safety import FlagSeen, Safety, together

router = APIRouter(prefix="/v1", tags=["Search"])

MAX_SYMPTOMS: Final = 10

ExploreParameters = parameters(
    "ExploreParameters",
    Paged,
    Worded,
    symptom=(
        comma_list(
            Slug,
            f"Slugs of symptoms, as in /v1/symptoms, repeated or with commas: 1 to {MAX_SYMPTOMS}.",
            MAX_SYMPTOMS,
        ),
        Field(examples=[["instability-or-clicking", "mechanical-pain"]]),
    ),
    weeks_since_surgery=(
        float | None,
        Field(default=None, ge=0, le=5200, description="Weeks since the operation."),
    ),
    region=(Region | None, Field(default=None, description="Part of the spine operated on.")),
)


@router.get("/explore", operation_id="explore", response_model=ExploreAnswer)
@takes(ExploreParameters)
def explore_symptoms(call: CallDep, wanted: Any) -> Response:
    """Conditions that share symptoms, the best fit first, with the reasons: which symptoms, on what
    evidence, and whether time and region fit; what to ask, and which tests tell them apart.
    Information, no diagnosis: show `meta.label`, and `meta.safety` first.
    """
    symptoms = [f"symptom/{slug}" for slug in wanted.symptom]
    _require_symptoms(call, wanted.symptom)
    found = explore(call.session, symptoms, wanted.weeks_since_surgery, wanted.region)
    page = found[wanted.offset : wanted.offset + wanted.limit]
    listed = [one.condition for one in page]
    # Over the whole list, whichever page of it: what a row says does not depend on its page.
    every = [one.condition for one in found]
    tests = tests_for(call.session, every)
    advice = advice_of(call.session, listed)
    cited = queries.citations_of(
        call.session, [text.id for group in advice.values() for text in group]
    )
    warnings: dict[str, list[str]] = defaultdict(list)
    for condition, edges in relation_queries.relations_of(call.session, listed).items():
        for edge in edges:
            if edge.predicate is Predicate.WARNS_OF and edge.subject_id.startswith("red_flag/"):
                warnings[condition].append(edge.subject_id)
    questions = questions_about(call.session, listed)
    named = {
        *symptoms,
        *every,
        *(ref for ref, _ in tests),
        *(ref for group in (*warnings.values(), *questions.values()) for ref in group),
    }
    described = queries.described(call.session, listed)
    links = {item.id: item for item in queries.bare_entities(call.session, named)}
    known = Known(
        entities=links | {ref: item.entity for ref, item in described.items()},
        summaries={ref: worded(item.summary, wanted.audience) for ref, item in described.items()},
        warnings=warnings,
        tests=tests,
        advice={
            ref: [
                statement_record(call.base, text, cited[text.id], wanted.audience) for text in group
            ]
            for ref, group in advice.items()
        },
        questions=questions,
    )
    best = max((len(one.shared) * one.weight for one in found), default=1.0)
    rows = [explored_condition(call.base, one, best, every, known) for one in page]
    safety = _safety(call, symptoms)
    return call.answer_list(
        rows,
        len(found),
        wanted.window,
        meta_model=ExploreMeta,
        more_meta={"label": LABEL, "safety": safety_record(call.base, safety)},
    )


def _safety(call: Call, symptoms: list[str]) -> Safety:
    """The danger signs that the alarming ones among these symptoms are, each taken by itself.

    Where a symptom's name alone tells of none, those that warn of a condition it belongs to.
    """
    engine = call.engine()
    flags = {f"red_flag/{flag.slug}": flag for flag in engine.index.flags}
    seen: list[FlagSeen] = []
    for ref, item in queries.described(call.session, symptoms).items():
        if not isinstance(item.own, Symptom) or not item.own.red_flag:
            continue
        name = item.entity.name
        own = engine.safety(engine.understood(f"I have new {name.lower()}")).red_flags
        warning = warnings_of(call.session, ref) if not own else []
        seen += [FlagSeen(one.flag, (name,)) for one in own]
        seen += [FlagSeen(flags[flag], (name,)) for flag in warning if flag in flags]
    return together(seen)


def _require_symptoms(call: Call, slugs: list[str]) -> None:
    """Refuse slugs that no symptom has, and say which there are."""
    known = {slug for slug, _, _ in queries.names(call.session, BY_NAME["symptom"])}
    errors = [
        ParameterError(
            parameter="symptom",
            reason=f"There is no symptom {slug!r}. Allowed: {', '.join(sorted(known))}.",
        )
        for slug in slugs
        if slug not in known
    ]
    if errors:
        raise ProblemError(
            ProblemType.INVALID_PARAMETERS, "Change these parameters: symptom.", errors=errors
        )
