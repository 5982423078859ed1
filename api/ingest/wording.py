"""The own-words rule: facts carry over from a finding, its sentences do not."""

import re
from functools import cache
from typing import Final

from api.ingest.readability import MEDICAL_NAMES

RUN: Final = 8
"""So many words in a row, names and numbers aside, are a sentence taken over."""

_WORD = re.compile(r"[a-z][a-z'-]*")


def borrowed_run(text: str, finding: str) -> str | None:
    """The first run of `RUN` words that `text` shares with `finding`, or None."""
    ours, theirs = _runs(text), _runs(finding)
    return next((" ".join(run) for run in ours if run in theirs), None)


@cache
def _runs(text: str) -> dict[tuple[str, ...], None]:
    """The runs of a text, in order (a dict, for an ordered set)."""
    words = [word for word in _WORD.findall(text.lower()) if word not in MEDICAL_NAMES]
    return dict.fromkeys(tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1))
