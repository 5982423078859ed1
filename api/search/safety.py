"""Red flags: which danger signs a person tells of having now.

A sign is recognised in two ways. By meaning: the encoder's judge, learned from labelled sentences,
which hears "the foot slaps the floor" as well as "no fever". By words: the `signs` of a red flag,
found in the text and told as present. The judge alone is believed where it is sure; where it is in
doubt, words decide.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from api.search.encoder import Reading
from api.search.index import IndexedFlag
from api.search.signs import Signs, sign_of

URGENCIES: Final = ("emergency", "same-day", "soon")
"""How soon help is needed, the most urgent first."""

SURE: Final = 0.5
"""From which likelihood on the encoder alone is believed."""

LIKELY: Final = 0.05
"""From which likelihood on the encoder is believed where the words say the same."""


LIKELY_IN_A_SENTENCE: Final = 0.1
"""And from which on where it is sure of one sentence only, read without the others."""


@dataclass(frozen=True)
class FlagSeen:
    """A red flag that a text tells of, and the words that tell."""

    flag: IndexedFlag
    matched: tuple[str, ...]


@dataclass(frozen=True)
class Safety:
    """The red flags that a text tells of, the most urgent first."""

    red_flags: tuple[FlagSeen, ...]

    @property
    def urgency(self) -> str | None:
        """How soon help is needed; None where no red flag is told of."""
        return self.red_flags[0].flag.urgency if self.red_flags else None


def together(seen: Iterable[FlagSeen]) -> Safety:
    """Red flags seen in several texts as one answer: each once, the most urgent first."""
    matched: dict[str, tuple[IndexedFlag, list[str]]] = {}
    for one in seen:
        matched.setdefault(one.flag.slug, (one.flag, []))[1].extend(one.matched)
    flags = [FlagSeen(flag, tuple(dict.fromkeys(words))) for flag, words in matched.values()]
    return Safety(tuple(sorted(flags, key=lambda one: URGENCIES.index(one.flag.urgency))))


class Watch:
    """Recognises red flags in texts."""

    def __init__(self, flags: Sequence[IndexedFlag]) -> None:
        self._flags = flags
        self._signs = Signs(sign_of(flag.slug, phrase) for flag in flags for phrase in flag.signs)

    def seen(self, text: str, reading: Reading) -> Safety:
        """The red flags a text tells of as present. `reading` is what the encoder made of it."""
        told: dict[str, list[str]] = {}
        for sign in self._signs.told(text):
            if sign.is_present:
                told.setdefault(sign.flag, []).append(sign.words)
        found = []
        for flag in self._flags:
            likely = reading.red_flags.get(flag.slug, 0.0)
            apart = reading.in_a_sentence.get(flag.slug, 0.0)
            words = tuple(dict.fromkeys(told.get(flag.slug, ())))
            in_words = bool(words) and (likely >= LIKELY or apart >= LIKELY_IN_A_SENTENCE)
            if likely >= SURE or in_words:
                found.append((URGENCIES.index(flag.urgency), -likely, FlagSeen(flag, words)))
        found.sort(key=lambda item: item[:2])
        return Safety(tuple(seen for _, _, seen in found))
