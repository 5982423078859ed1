"""Signs of danger by their words: the phrases of a red flag's `signs`, read as ideas of the thesaurus,
found close together in one sentence of a text.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import yaml

from api.search.assertion import DENIALS, is_told_as_present, speaks_of_someone
from api.search.words import STOP_WORDS, plain, stem

_TOKEN: Final = re.compile(r"[a-z0-9]+(?:['.-][a-z0-9]+)*|[.?!;,\n:()]")
_STRONG: Final = frozenset(".?!;\n")
"""Marks that end a sentence: no sign reaches across them."""

GAP: Final = 4
"""So many other words may stand between the words of a sign."""

MOST_PLACES: Final = 20
"""An idea is looked for at so many places of a sentence: a text that repeats one without end takes no
longer."""


@dataclass(frozen=True)
class Token:
    """A word or mark of a text, with where it stands in it."""

    text: str
    start: int
    end: int

    @property
    def is_mark(self) -> bool:
        """Whether it is a punctuation mark."""
        return not self.text[0].isalnum()


@dataclass(frozen=True)
class Idea:
    """An idea of the thesaurus, or a plain word's stem, at tokens `first` to `last` of a text."""

    name: str
    first: int
    last: int


def tokens_of(text: str) -> list[Token]:
    """The words and marks of a text. Its length is kept, so that places in it stay true."""
    return [Token(found[0], found.start(), found.end()) for found in _TOKEN.finditer(text)]


@cache
def _thesaurus() -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Ways of saying each idea, by the stem of their first word, the longest first."""
    ideas = yaml.safe_load(files("api.search").joinpath("thesaurus.yaml").read_text("utf-8"))
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for idea, ways in ideas.items():
        for way in ways:
            stems = tuple(stem(token.text) for token in tokens_of(plain(str(way))))
            by_first.setdefault(stems[0], []).append((stems, str(idea)))
    return {
        first: tuple(sorted(ways, key=lambda way: -len(way[0]))) for first, ways in by_first.items()
    }


def ideas_of(tokens: Sequence[Token]) -> list[Idea]:
    """The ideas in a row of tokens; a place may hold several, as "bladder" does."""
    stems = [token.text if token.is_mark else stem(token.text) for token in tokens]
    found: list[Idea] = []
    for place, start in enumerate(stems):
        longest: dict[str, int] = {}
        for way, idea in _thesaurus().get(start, ()):
            if idea not in longest and tuple(stems[place : place + len(way)]) == way:
                longest[idea] = len(way)
        found += [Idea(idea, place, place + size - 1) for idea, size in longest.items()]
        found.append(Idea(start, place, place))
    return found


@dataclass(frozen=True)
class Sign:
    """A way of telling of a red flag: its ideas, all of which must be told close together."""

    flag: str
    ideas: frozenset[str]


def sign_of(flag: str, phrase: str) -> Sign:
    """The sign a phrase of a red flag stands for: its ideas and other telling words."""
    tokens = tokens_of(plain(phrase))
    found = ideas_of(tokens)
    ideas: set[str] = set()
    place = 0
    while place < len(tokens):
        here = [idea for idea in found if idea.first == place and idea.name in _names()]
        longest = max(here, key=lambda idea: idea.last, default=None)
        if longest:
            ideas.add(longest.name)
            place = longest.last + 1
            continue
        word = tokens[place].text
        if word in DENIALS or word not in STOP_WORDS:
            ideas.add(stem(word))
        place += 1
    return Sign(flag, frozenset(ideas))


@cache
def _names() -> frozenset[str]:
    return frozenset(idea for ways in _thesaurus().values() for _, idea in ways)


@dataclass(frozen=True)
class Told:
    """A sign found in a text: of which flag, in which words, and whether it is told as present."""

    flag: str
    words: str
    is_present: bool


class Signs:
    """Signs to look for in texts."""

    def __init__(self, signs: Iterable[Sign]) -> None:
        every = list(dict.fromkeys(signs))
        common = Counter(idea for sign in every for idea in sign.ideas)
        # A sign is looked for only where its rarest idea is.
        self._by_rarest: dict[str, list[Sign]] = {}
        for sign in every:
            rarest = min(sign.ideas, key=lambda idea: (common[idea], idea))
            self._by_rarest.setdefault(rarest, []).append(sign)

    def told(self, text: str) -> list[Told]:
        """The signs that a text tells of, sentence by sentence."""
        folded = plain(text)
        is_personal = speaks_of_someone(folded)
        return [
            told
            for tokens in _sentences(tokens_of(folded))
            for told in self._told_in(tokens, folded, is_personal=is_personal)
        ]

    def _told_in(self, tokens: Sequence[Token], text: str, *, is_personal: bool) -> Iterator[Told]:
        places: dict[str, list[Idea]] = {}
        for idea in ideas_of(tokens):
            own = places.setdefault(idea.name, [])
            if len(own) < MOST_PLACES:
                own.append(idea)
        words = [token.text for token in tokens]
        sentence = text[tokens[0].start : tokens[-1].end]
        for name in list(places):
            for sign in self._by_rarest.get(name, ()):
                if not sign.ideas <= places.keys():
                    continue
                if span := _closest([places[idea] for idea in sorted(sign.ideas)]):
                    first, last = span
                    yield Told(
                        sign.flag,
                        text[tokens[first].start : tokens[last].end],
                        is_told_as_present(
                            words,
                            first,
                            last,
                            sentence,
                            denies=bool(sign.ideas & DENIALS),
                            is_personal=is_personal,
                        ),
                    )


def _sentences(tokens: Sequence[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.text in _STRONG:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _closest(groups: Sequence[Sequence[Idea]]) -> tuple[int, int] | None:
    """The shortest stretch that holds one idea of each group, if it is short enough."""
    best: tuple[int, int] | None = None
    for anchor in groups[0]:
        chosen = [anchor]
        for group in groups[1:]:
            free = [
                idea
                for idea in group
                if all(idea.last < other.first or idea.first > other.last for other in chosen)
            ]
            if not free:
                break
            chosen.append(
                min(
                    free,
                    key=lambda idea: max(idea.last, anchor.last) - min(idea.first, anchor.first),
                )
            )
        else:
            first = min(idea.first for idea in chosen)
            last = max(idea.last for idea in chosen)
            told = sum(idea.last - idea.first + 1 for idea in chosen)
            if last - first + 1 - told <= GAP * (len(chosen) - 1) and (
                best is None or last - first < best[1] - best[0]
            ):
                best = (first, last)
    return best
