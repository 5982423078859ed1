"""The method: how what is served was found, weighed and worded, and what of it is editorial.

The rules stated here are the ones the code enforces: `api.knowledge.verdicts`,
`api.knowledge.certainty`, `api.knowledge.relations` and `api.ingest.rules`.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Section:
    """One part of the method."""

    id: str
    title: str
    text: str


SECTIONS: Final = (
    Section(
        "sources",
        "Where facts come from",
        "Every fact is a finding: one result of one publication or page, restated in our own words "
        "with its figure, population, design and place. Nearly all publications were read as an "
        "abstract or an excerpt, not as a full paper; each source says what was read of it. Study "
        "design and direction are the reader's judgement. Notes of the reader are kept as caveats.",
    ),
    Section(
        "statements",
        "How sentences are held to their sources",
        "A statement cites findings or sources, or it does not load. Each number in it stands in "
        "what it cites, rounds to it, is the same time in another unit, or is a natural frequency "
        "of it within a tenth. Plain wording needs a reading grade (Flesch-Kincaid) of 8 or below, "
        "with medical names excepted. No eight words in a row are taken over from a finding.",
    ),
    Section(
        "balance",
        "How sources are counted",
        "A relation counts sources, not findings: a trial that reports five results counts once. "
        "Repeats of one result are left out. Findings in other people than those with a fusion or "
        "failed back surgery are indirect: they are counted apart, and decide no verdict. The "
        "stance of a finding is relative to what its relation claims.",
    ),
    Section(
        "verdicts",
        "How a verdict follows",
        "Only direct findings count, and sources rather than findings. The strongest level of "
        "design with any source on a side decides: reviews, trials and guidelines first, then "
        "cohorts, registries and case-control studies; below these the evidence is insufficient. "
        "At that level: sources on both sides give mixed. Only for: benefit where two or more "
        "reviews or trials agree, else probable-benefit. Only against or without a clear "
        "difference: harm where any points to harm, else no-benefit. At the lower level one source "
        "alone is insufficient. An editor may depart from what this gives; the verdict then says "
        "why in `departs`, and shows the rule's own in `by_rule`.",
    ),
    Section(
        "certainty",
        "How certain a statement is",
        "A statement is as certain as the surest finding it cites. A finding is as certain as its "
        "source rated it; unrated, reviews, trials and guidelines are moderate, cohorts, registries "
        "and case-control studies low, all else very low; indirect ones are one step lower. Nothing "
        "is high unless its source says so. Definitions, warnings, advice and gaps are not graded. "
        "This is an editorial rule, not GRADE.",
    ),
    Section(
        "gaps",
        "What was not found",
        "Statements of topic known_gap say what was searched for and not found in a form that could "
        "be verified. What is not said at all was not searched for, or is out of scope: doses, "
        "prices, surgical instructions, comparisons of surgeons or hospitals, single persons.",
    ),
    Section(
        "editorial",
        "What is editorial",
        "Definitions of glossary terms; urgency, signs and actions of red flags, which err on the "
        "safe side; emergency and crisis-line numbers; whether a risk can be modified; how invasive "
        "a treatment is; verdicts of fact-checks; tiers. Findings on the timing of emergency surgery "
        "that saw no clear effect are never to be read as leave to wait.",
    ),
)
"""The method, in reading order."""
