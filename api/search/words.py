"""Text as search sees it: words, their stems, and which words carry no meaning of their own."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

import snowballstemmer

_WORD: Final = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")
_STEMMER: Final = snowballstemmer.stemmer("english")
_BRITISH: Final = (
    (re.compile(r"(?<=\w)(ae|oe)(?=\w)"), "e"),  # haematoma, oedema, orthopaedic
    (re.compile(r"(?<=\w\w)our(?=s?$|ed$|ing$|al$|ite$|able$)"), "or"),  # tumour, behaviour
    (re.compile(r"(?<=\w\w)is(?=ation|e[ds]?$|ing$)"), "iz"),  # mobilisation, immobilise
    (re.compile(r"(?<=\w\w[bt])re$"), "er"),  # fibre, centre
)
_SHORTEST_BRITISH: Final = 5
"""Shorter words are left as they are: the rules would hit "does" and "goes"."""

STOP_WORDS: Final = frozenset(
    """
    a about after again all also am an and any anyone anything are arent as at be because been
    before being but by can cant could couldnt define definition did didnt do does doesnt doing
    don dont everything explain explained for from get gets getting give go going got had hadnt
    has hasnt have havent having he hello her here hers hes hi him his how i id if ill im in
    into is isnt it its ive just know let like made make me mean meaning means more most my need
    no nor not now of off on once one only or other our out over own please really said same say
    says she shes should shouldnt so some someone something such than thank thanks that thats
    the their them then there theres these they theyre thing things think this those though
    through to told too under until up us very want was wasnt we well were what when where which
    while who whom why will with wont would wouldnt you your youre yours
    """.split()  # noqa: SIM905  # a list would take a line a word
)
"""English words that say how a thing is asked rather than what is asked about."""


def plain(text: str) -> str:
    """Lower case, one kind of apostrophe and dash, no accents."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    folded = "".join(char for char in folded if not unicodedata.combining(char))
    return folded.translate(_SIGNS)


_SIGNS: Final = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")  # apostrophes and what is typed for them
    | dict.fromkeys("\u2010\u2011\u2013", "-")  # hyphens and the short dash
    | {"\u2014": " "}
)


def words(text: str) -> list[str]:
    """The words of a text in order, hyphens and apostrophes inside them kept."""
    return _WORD.findall(plain(text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem by which British and American spellings and inflections of a word are one."""
    bare = word.replace("'", "")
    if len(bare) >= _SHORTEST_BRITISH:
        for british, american in _BRITISH:
            bare = british.sub(american, bare)
    return str(_STEMMER.stemWord(bare))


@lru_cache(maxsize=50_000)
def terms_of(word: str) -> tuple[str, ...]:
    """The terms a word is indexed by: its stem and, of a compound (PI-LL, rhBMP-2), its parts'."""
    if "-" not in word:
        return (stem(word),)
    parts = [part for part in word.split("-") if part]
    return (word.replace("-", ""), *(stem(part) for part in parts if part not in STOP_WORDS))


def is_stop_word(word: str) -> bool:
    """Whether a word is asked with rather than asked about."""
    return word.replace("'", "") in STOP_WORDS


def terms(text: str) -> list[str]:
    """The terms of a text in order, stop words left out."""
    return [term for word in words(text) if not is_stop_word(word) for term in terms_of(word)]
