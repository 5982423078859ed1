"""What is shown of a citation: a few columns, for an answer may hold hundreds."""

from dataclasses import dataclass
from typing import Any, Final

from sqlmodel import col

from api.knowledge.evidence import Source

SOURCE_SHOWN: Final[tuple[Any, ...]] = (col(Source.id), col(Source.label), col(Source.url))
"""The columns of a source that a citation shows."""


@dataclass(frozen=True)
class Cited:
    """A citation, with what is shown of its source."""

    finding_id: str | None
    source_id: str
    label: str
    url: str | None
