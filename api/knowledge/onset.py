"""When a condition tends to show, read from its `onset` as weeks since surgery."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_ALWAYS: Final = 5200.0
"""A hundred years: no end."""

_WORDS: Final = (
    # What the words of an onset stand for, in weeks: where the time they name begins and ends.
    (
        r"\bat once\b|\bimmediate\b|\bstraight after\b|\bat or soon after\b|\bfrom the operation\b|\bfrom surgery\b",
        0.0,
        1.0,
    ),
    (r"\bhours?\b|\bin hospital\b|\bwithin a day\b", 0.0, 1.0),
    (r"\bdays?\b", 0.0, 2.0),
    (r"\bfirst weeks\b", 0.0, 6.0),
    (r"(?<!first )\bweeks\b", 1.0, 12.0),
    (r"\bfirst month\b", 0.0, 5.0),
    (r"\bfirst months\b", 0.0, 26.0),
    (r"(?<!first )\bmonths\b", 4.0, 78.0),
    (r"\bfirst year\b", 0.0, 52.0),
    (r"\byears\b|\bdecades\b|(?<!days )\blater\b|\blate\b", 52.0, _ALWAYS),
    (r"\bany time\b|\bpersists from before\b|\bgoes on beyond\b", 0.0, _ALWAYS),
    (r"\bafter the fusion has healed\b", 13.0, _ALWAYS),
)


class OnsetFit(StrEnum):
    """Whether the time since surgery fits a condition."""

    FITS = "fits"
    UNUSUAL = "unusual"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class OnsetWindow:
    """Weeks since surgery between which a condition tends to show."""

    start: float
    end: float

    def fit(self, weeks: float) -> OnsetFit:
        """Whether a time since surgery lies within."""
        return OnsetFit.FITS if self.start <= weeks <= self.end else OnsetFit.UNUSUAL


def onset_window(onset: str) -> OnsetWindow | None:
    """The weeks an `onset` speaks of; None where it names no time.

    The texts are in words ("weeks to years after surgery"), and so is the reading rough: it is
    meant for ordering conditions, never for ruling one out.
    """
    spoken = [(start, end) for words, start, end in _WORDS if re.search(words, onset)]
    if not spoken:
        return None
    return OnsetWindow(min(start for start, _ in spoken), max(end for _, end in spoken))
