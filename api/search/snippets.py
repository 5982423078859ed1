"""Showing in a text what of it a query says."""

import re
from collections.abc import Collection
from html import escape
from typing import Final

from api.search.words import plain, stem

_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


def marked(text: str, telling: Collection[str]) -> str:
    """A text as HTML, its words that share a stem with the telling words in `<mark>`.

    All else is escaped: the result is safe to put into a page.
    """
    stems = {stem(part) for word in telling for part in word.split("-")}
    html, done = "", 0
    for found in _WORD.finditer(text):
        if stem(plain(found[0])) in stems:
            html += f"{escape(text[done : found.start()])}<mark>{escape(found[0])}</mark>"
            done = found.end()
    return html + escape(text[done:])
