"""The one shape of every JSON body: data, meta and links."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, Field

from api.knowledge.queries.paging import Window

T = TypeVar("T")

LICENSE: Final = "CC-BY-4.0"
DISCLAIMER: Final = (
    "Information, not medical advice: it can't replace your surgeon or doctor, who know your case. "
    "In an emergency call your local emergency number (911 in the US, 999 in the UK, 112 in the EU)."
)


class Meta(BaseModel):
    """What holds for the whole answer."""

    release: str = Field(description="Id of the release the answer was made from.")
    license: str = Field(default=LICENSE, description="Licence of the content (SPDX).")
    disclaimer: str = Field(default=DISCLAIMER, description="To be shown with the content.")


class ListMeta(Meta):
    """What holds for a list."""

    total: int = Field(description="Rows in the whole list.")
    limit: int = Field(description="Rows a page has at most.")
    offset: int = Field(description="Rows before this page.")
    missing: list[str] = Field(
        default=[], description="With `ids`: those that no entity has; absent without `ids`."
    )


class Links(BaseModel):
    """Where this answer is."""

    self: str = Field(description="Address of this answer.")


class ListLinks(Links):
    """Where the pages of a list are; null where there is no such page."""

    first: str = Field(description="The first page.")
    prev: str | None = Field(description="The page before; null on the first one.")
    next: str | None = Field(description="The page after; null on the last one.")
    last: str = Field(description="The last page.")


class Answer(BaseModel, Generic[T]):
    """One thing."""

    data: T
    meta: Meta
    links: Links


class ListAnswer(BaseModel, Generic[T]):
    """One page of a list."""

    data: list[T]
    meta: ListMeta
    links: ListLinks


@dataclass(frozen=True)
class Address:
    """The address of an answer: base, path and query, from which the pages beside it follow."""

    base: str
    path: str
    query: str

    def __str__(self) -> str:
        return f"{self.base}{self.path}{'?' + self.query if self.query else ''}"

    def page(self, window: Window, offset: int) -> str:
        """The same list from another offset."""
        kept = [
            (key, value)
            for key, value in parse_qsl(self.query, keep_blank_values=True)
            if key not in ("limit", "offset")
        ]
        query = urlencode([*kept, ("limit", window.limit), ("offset", offset)], safe=",/")
        return f"{self.base}{self.path}?{query}"


def list_links(address: Address, window: Window, total: int) -> ListLinks:
    """The links of a page of a list."""
    last = max(0, (total - 1) // window.limit * window.limit)
    before = max(0, min(window.offset - window.limit, last))
    after = window.offset + window.limit
    return ListLinks(
        self=str(address),
        first=address.page(window, 0),
        prev=address.page(window, before) if window.offset > 0 else None,
        next=address.page(window, after) if after < total else None,
        last=address.page(window, last),
    )


def link_header(links: ListLinks) -> str:
    """The same links as an RFC 8288 Link header."""
    pairs: Sequence[tuple[str, str | None]] = [
        ("first", links.first),
        ("prev", links.prev),
        ("next", links.next),
        ("last", links.last),
    ]
    return ", ".join(f'<{url}>; rel="{name}"' for name, url in pairs if url)
