"""Whether what a text says of a danger sign is that someone has it now, after NegEx (Chapman et al.
2001) and ConText (Harkema et al. 2009): a sign that is denied, past, supposed or spoken of in general
is not one that is there.
"""

import re
from collections.abc import Sequence
from typing import Final

_TURNS: Final = frozenset(
    """
    but however though although yet except apart besides
    """.split()  # noqa: SIM905
)
"""Words after which what was denied is denied no more."""

_REACH: Final = 14
"""A denial reaches over so many words of a list."""

_ANSWERED: Final = frozenset(
    """
    fine ok okay normal negative none gone absent resolved
    """.split()  # noqa: SIM905
)
"""What is said after a sign that is not there."""

DENIALS: Final = frozenset(
    """
    no not never none without denies deny denied denying negative nor neither isn't isnt aren't
    arent wasn't wasnt weren't don't dont doesn't doesnt didn't didnt hasn't hasnt haven't
    havent hadn't hadnt zero
    """.split()  # noqa: SIM905
)
_ENDING: Final = (DENIALS | _TURNS) - _ANSWERED
"""What makes such an answer none: "not normal", "fine but"."""

_NO_DENIALS: Final = tuple(
    tuple(phrase.split())
    for phrase in (
        "not sure",
        "no idea",
        "not only",
        "not just",
        "don't know",
        "dont know",
        "didn't know",
        "no relief",
        "no change",
        "no improvement",
        "no better",
        "not better",
        "not getting",
        "no help",
        "no longer",
        "no doubt",
        "no one",
        "no warning",
        "not right",
        "not normal",
        "not long",
        "don't want",
        "dont want",
        "doesn't want",
        "didn't want",
        "not want",
        "don't feel",
        "dont feel",
        "doesn't feel",
        "not feel",
        "haven't been able",
        "hasn't been able",
        "havent been able",
        "hasnt been able",
        "not been able",
        "not able",
        "never felt it",
        "never happened",
        "didn't notice",
        "not working",
        "doesn't work",
        "don't work",
        "won't",
    )
)
"""Words of denial that deny no sign."""

_NEW_SUBJECT: Final = frozenset(
    """
    i i'm im i've ive my he he's she she's his her they we now still
    """.split()  # noqa: SIM905
)
"""Words with which a new clause begins: what was denied before is denied no more."""

_PAST: Final = re.compile(
    r"\b(?:years? ago|months? ago|last year|back then|back in (?:19|20)\d\d|in (?:19|20)\d\d|used to|as a (?:child|kid)"
    r"|before (?:my|the|his|her) (?:first |last )?(?:surgery|operation|op|fusion)|has gone|have gone|is gone|are gone"
    r"|went away|gone away|all gone|cleared up|resolved|recovered|healed up|settled|came right|no longer have|got better"
    r"|back to normal|history of|once had|had (?:a|an|some|the|my|foot|saddle|cauda|numb|chest|urin)|previous(?:ly)?|was treated|were treated|treated for)\b"
)
_PRESENT: Final = re.compile(
    r"\b(?:now|still|again|today|tonight|this morning|since|started|getting|suddenly|sudden|yesterday|keeps?|currently|at the moment"
    r"|days? ago|hours? ago|last night|this week|is back|come back|came back)\b"
)
_SUPPOSED: Final = re.compile(
    r"\b(?:what if|what happens if|if (?:i|he|she|it|they) (?:ever|would|were|should|get|gets|got|develop|start|lose|loses)|in case|one day|some day|someday|might (?:get|have|lose|become|end)|could (?:i|it|he|she) (?:get|lose|become|end|cause|leave)"
    r"|will i (?:get|lose|become|end)|afraid of|scared of|worried about (?:getting|losing|becoming|a|the)|risk of|chances? of|chance that|likelihood|when (?:should|do|would) (?:i|you|we|people)|look out for|watch (?:out )?for|warning signs?"
    r"|signs? of|symptoms? of|before i (?:sign|agree|have|go)|planning ahead|going in for|due to have|how would i know|how do you know|how will i know)\b"
)
_GENERAL: Final = re.compile(
    r"^(?:what (?:is|are|does|do|causes?)|how (?:common|often|likely|many|rare|is|are|do surgeons|do doctors)|why (?:do|does|is|are)|does|do|can(?! not)|is it (?:true|normal for)|are there|define|definition|difference between|tell me about|explain|who gets|which)\b"
)
_STUDY: Final = re.compile(
    r"\b(?:incidence|prevalence|rates?|risk factors?|predictors?|outcomes?|meta-?analysis|systematic review|review|evidence|trial|cohort|literature|guidelines?|management|prophylaxis|timing|sensitivity|specificity|prevention|prevent|versus|vs|complications?|pathophysiology|differential|classification|treatment|aetiology|etiology|causes?|meaning|definition|recovery|leaflet|article|read about|essay|exam|nursing student|coursework|podcast|statistics?|deaths?)\b"
)
_PERSON: Final = re.compile(
    r"\b(?:i|i'm|im|i've|ive|i'd|my|me|myself|he|she|his|her|him|himself|herself|he's|she's|husband|wife|mum|mom|dad|mother|father|son|daughter|partner|sister|brother|gran|nan|grandma|grandad|grandpa|uncle|aunt|friend|boyfriend|girlfriend|patient|post-?op|pod)\b"
)


def speaks_of_someone(text: str) -> bool:
    """Whether a text, in lower case, is about somebody rather than about a subject."""
    return bool(_PERSON.search(text))


def is_told_as_present(
    words: Sequence[str], first: int, last: int, sentence: str, *, denies: bool, is_personal: bool
) -> bool:
    """Whether the sign at `first` to `last` of a sentence's words is told of as there, now.

    `denies`: a denial is part of the sign itself ("no feeling"); `is_personal`: the whole text is
    about somebody.
    """
    return not (
        _is_denied(words, first - 1 if denies else first, last)
        or _is_elsewhere(sentence, is_personal=is_personal)
    )


def _is_denied(words: Sequence[str], first: int, last: int) -> bool:
    """Whether a denial reaches the sign: over a list, not over a new clause."""
    for before in range(first - 1, max(-1, first - _REACH), -1):
        word = words[before]
        if word in DENIALS:
            return not any(
                tuple(words[before : before + len(phrase)]) == phrase for phrase in _NO_DENIALS
            )
        if word in _TURNS or (word in _NEW_SUBJECT and words[before + 1] not in DENIALS):
            return False
    after = words[last + 1 : last + 5]
    return bool(_ANSWERED.intersection(after)) and not _ENDING.intersection(after)


def _is_elsewhere(sentence: str, *, is_personal: bool) -> bool:
    """Whether a sentence tells of the past, of what may come, or of the matter in general."""
    if _SUPPOSED.search(sentence):
        return True
    if _PAST.search(sentence) and not _PRESENT.search(sentence):
        return True
    if speaks_of_someone(sentence):
        return False
    if _STUDY.search(sentence):
        return True
    return not is_personal and bool(_GENERAL.search(sentence))
