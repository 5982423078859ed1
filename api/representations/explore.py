"""The public shape of exploring: conditions that share symptoms, and what tells them apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, Field

from api.knowledge.entities import Entity
from api.knowledge.onset import OnsetFit
from api.knowledge.queries.explore import Explored
from api.knowledge.relations import SHAPES, Balance, Relation
from api.knowledge.vocabulary import Predicate, Region
from api.representations.envelope import ListLinks, ListMeta
from api.representations.records import (
    EntityLink,
    StatementRecord,
    entity_link,
)
from api.representations.search import SafetyRecord

LABEL: Final = (
    "Information, no diagnosis: many conditions share these symptoms, and only an examination can "
    "tell them apart. Take this list to your surgeon or doctor."
)


class SharedSymptomRecord(BaseModel):
    """A symptom asked about that the condition has."""

    symptom: EntityLink
    relation: str = Field(description="Id of the relation between the two.")
    balance: Balance = Field(description="How the sources divide over it.")


class Fit(BaseModel):
    """How the time since surgery and the region fit."""

    onset: str = Field(description="When the condition tends to show.")
    onset_fit: OnsetFit = Field(
        description="Whether `weeks_since_surgery` fits that; `unknown` where it was not given. "
        "Read roughly from words: never a reason to rule a condition out."
    )
    regions: list[Region] = Field(description="Parts of the spine the condition affects.")
    region_fits: bool | None = Field(
        description="Whether `region` is among them; null where it was not given."
    )


class DistinguishingTest(BaseModel):
    """A test that bears on a condition."""

    diagnostic: EntityLink
    predicate: Predicate = Field(description="Whether it detects the condition or rules it out.")
    label: str = Field(description="The edge in words, read from test to condition.")
    also: list[EntityLink] = Field(
        description="Other conditions of this list that the same test bears on."
    )


class ExploredCondition(BaseModel):
    """A condition that shares symptoms with what was asked."""

    condition: EntityLink
    summary: str = Field(description="The condition in a few lines.")
    score: float = Field(ge=0, le=1, description="How well it fits, as a share of the best.")
    shared: list[SharedSymptomRecord] = Field(description="The symptoms it shares: why it is here.")
    fit: Fit
    red_flags: list[EntityLink] = Field(description="Danger signs that warn of this condition.")
    tests: list[DistinguishingTest] = Field(description="Tests that can tell it from the others.")
    advice: list[StatementRecord] = Field(description="What to do and what to ask, with sources.")
    questions: list[EntityLink] = Field(description="Questions that people ask about it.")


class ExploreMeta(ListMeta):
    """What holds for the whole list."""

    label: str = Field(default=LABEL, description="To be shown with the list.")
    safety: SafetyRecord


class ExploreAnswer(BaseModel):
    """Conditions that share symptoms."""

    data: list[ExploredCondition] = Field(description="The conditions, the best fit first.")
    meta: ExploreMeta
    links: ListLinks


@dataclass(frozen=True)
class Known:
    """What the rows of a list are made from: by `kind/slug`."""

    entities: Mapping[str, Entity]
    summaries: Mapping[str, str]
    warnings: Mapping[str, Sequence[str]]
    tests: Sequence[tuple[str, list[Relation]]]
    advice: Mapping[str, Sequence[StatementRecord]]
    questions: Mapping[str, Sequence[str]]


def explored_condition(
    base: str, one: Explored, best: float, listed: Sequence[str], known: Known
) -> ExploredCondition:
    """A row of the list; `listed` are all its conditions."""

    def link(ref: str) -> EntityLink:
        return entity_link(base, known.entities[ref])

    tests = []
    for diagnostic, edges in known.tests:
        bearing = {edge.object_id for edge in edges}
        others = [ref for ref in listed if ref in bearing and ref != one.condition]
        tests += [
            DistinguishingTest(
                diagnostic=link(diagnostic),
                predicate=edge.predicate,
                label=SHAPES[edge.predicate].label,
                also=[link(ref) for ref in others],
            )
            for edge in edges
            if edge.object_id == one.condition
        ]
    # What bears on few of the listed conditions tells most about this one.
    tests.sort(key=lambda test: len(test.also))
    return ExploredCondition(
        condition=link(one.condition),
        summary=known.summaries[one.condition],
        score=round(len(one.shared) * one.weight / best, 4),
        shared=[
            SharedSymptomRecord(
                symptom=link(shared.symptom),
                relation=shared.relation.id,
                balance=shared.grounds.balance,
            )
            for shared in one.shared
        ],
        fit=Fit(
            onset=one.onset,
            onset_fit=one.onset_fit,
            regions=list(one.regions),
            region_fits=one.region_fits,
        ),
        red_flags=[link(ref) for ref in known.warnings.get(one.condition, ())],
        tests=tests,
        advice=list(known.advice.get(one.condition, ())),
        questions=[link(ref) for ref in known.questions.get(one.condition, ())],
    )
