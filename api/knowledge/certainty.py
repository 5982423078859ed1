"""How sure a statement is: one rule, from the designs of what it cites."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from api.knowledge.vocabulary import Certainty, Design, Topic

_BY_DESIGN: Final = {
    Design.META_ANALYSIS: Certainty.MODERATE,
    Design.SYSTEMATIC_REVIEW: Certainty.MODERATE,
    Design.RCT: Certainty.MODERATE,
    Design.GUIDELINE: Certainty.MODERATE,
    Design.PROSPECTIVE_COHORT: Certainty.LOW,
    Design.REGISTRY: Certainty.LOW,
    Design.DIAGNOSTIC_ACCURACY: Certainty.LOW,
    Design.RETROSPECTIVE_COHORT: Certainty.LOW,
    Design.CASE_CONTROL: Certainty.LOW,
}

UNGRADED: Final = frozenset(
    {Topic.DEFINITION, Topic.URGENT, Topic.ADVICE, Topic.KNOWN_GAP, Topic.SUMMARY}
)
"""Topics that are not graded: what a word means, what to do, what was not found."""


@dataclass(frozen=True)
class Graded:
    """What the rule looks at in one cited finding."""

    design: Design
    rated: Certainty | None
    indirect: bool


def certainty_of(topic: Topic, cited: Iterable[Graded]) -> Certainty | None:
    """The certainty of a statement: that of the surest finding it cites.

    A finding is as certain as its source rated it. Without a rating, reviews, trials and guidelines
    start at moderate, cohorts and registries at low, all else at very low: nothing is high unless
    its source says so, for mostly abstracts were read. A finding in other people is one step lower.
    The rule is editorial. None for topics that are not graded, and where no finding is cited.
    """
    if topic in UNGRADED:
        return None
    scale = [Certainty.VERY_LOW, Certainty.LOW, Certainty.MODERATE, Certainty.HIGH]
    steps = [
        max(
            0,
            scale.index(item.rated or _BY_DESIGN.get(item.design, Certainty.VERY_LOW))
            - item.indirect,
        )
        for item in cited
        if item.design is not Design.EVIDENCE_SEARCH
    ]
    return scale[max(steps)] if steps else None
