"""The rule that no number in a statement may stand without a cited fact that holds it.

A number is *held* when it stands in a cited fact, when it rounds to one that does
("about 20 %" for 20.8 %), when it is the same length of time in another unit ("2 years" for
24 months), or when it is a natural frequency of one ("about 1 in 5" for 20.8 %, within a tenth).
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

TOLERANCE: Final = 0.1
"""How far a natural frequency or a coarse rounding may stand from the figure, as a share of it."""

_WORDS: Final = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
} | {
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "hundred": 100,
}
_FRACTIONS: Final = {
    "three-quarters": 75.0,
    "two-thirds": 200 / 3,
    "half": 50.0,
    "third": 100 / 3,
    "quarter": 25.0,
    "fifth": 20.0,
    "tenth": 10.0,
}
_MULTIPLES: Final = {"tw": 2.0, "do": 2.0, "tr": 3.0, "th": 3.0}
"""By the first two letters of twice, two-fold, doubled, tripled, three-fold."""

_DAYS: Final = {
    "hour": 1 / 24,
    "day": 1.0,
    "week": 7.0,
    "month": 365.25 / 12,
    "year": 365.25,
}

_SPELLED = "|".join(_WORDS)
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+|\b(?:{_SPELLED})\b)"
_TIME = r"(?:hour|day|week|month|year)s?"

# Names, spinal levels and telephone numbers hold digits without being quantities.
_NAMES = re.compile(
    r"""
    \b[A-Za-z]+[-\u2013]?\d[\w./\u2013-]*     # C5-6, L4/5, T10-L2, BMP-2, HbA1c, PHQ-9, ICD-10
  | \b\d+[DT]\b                               # 3D, 3T
  | \btypes?\s\d(?:\sand\s\d)?\b              # type 2
  | \b(?:911|988)(?=\sin\sthe\sUS\b)          # emergency and crisis lines, as they are worded
  | \b999(?=\sin\sthe\sUK\b)
  | \b112(?=\sin\sthe\sEU\b)
  | \b116\s123\b
  | \b(?:[Cc]all|text)\s(?:911|999|112|988)\b(?:(?:,|\sor|,\sor)\s(?:911|999|112|988)\b)*
    """,
    re.VERBOSE,
)
_QUANTITY = re.compile(
    rf"""
    (?P<part>{_NUMBER})\s+(?:in|out\sof|of)\s+(?:every\s+)?(?P<whole>{_NUMBER})
  | (?P<first>{_NUMBER})(?:\s*(?:to|-|\u2013|or|and)\s*(?P<second>{_NUMBER}))?[\s-]+(?P<time>{_TIME})\b
  | \b(?P<fraction>three[- ]quarters|two[- ]thirds)\b
  | \b(?:an?|one)[- ](?P<unit_fraction>third|quarter|fifth|tenth)\b
  | \b(?:by|about|nearly|almost|over|around)\s(?P<half>half)\b
  | \b(?P<half_of>half)\s(?:of|the\speople|had|were|as)\b
  | \b(?P<multiple>twice|doubled?|doubles|doubling|two-?fold|tripled?|three-?fold)\b
  | \b(?P<spelled>{_SPELLED})[\s-]+(?:times|percent|per\scent|points)\b
  | (?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|(?<!\d)\.\d+)
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class Number:
    """A quantity read from text: as written, its value, and what kind of figure it is.

    `unit` is `"count"`, `"days"` (the value then is in days), `"percent"` (a natural frequency or
    fraction, value 0-100) or `"multiple"`.
    """

    written: str
    value: float
    unit: str = "count"
    plain_value: float | None = None
    """The figure before conversion: 2 for "2 years"; the part for a natural frequency."""


@cache
def numbers_in(text: str) -> tuple[Number, ...]:
    """Every quantity in `text`, in its order.

    Spelled numbers count only before a unit ("six weeks") or in a frequency ("one in five"):
    elsewhere they count the things of a list ("three ways"), which is no claim about evidence.
    """
    found: list[Number] = []
    for match in _QUANTITY.finditer(_NAMES.sub(" ", text)):
        written = match[0]
        match match.lastgroup:
            case "whole":
                part, whole = _value(match["part"]), _value(match["whole"])
                if whole:
                    found.append(Number(written, 100 * part / whole, "percent", part))
            case "time":
                for figure in filter(None, (match["first"], match["second"])):
                    days = _value(figure) * _DAYS[match["time"].lower().rstrip("s")]
                    found.append(Number(f"{figure} {match['time']}", days, "days", _value(figure)))
            case "fraction" | "unit_fraction" | "half" | "half_of" as group:
                name = match[group].lower().replace(" ", "-")
                found.append(Number(written, _FRACTIONS[name], "percent"))
            case "multiple":
                found.append(Number(written, _MULTIPLES[written[:2].lower()], "multiple"))
            case "spelled":
                found.append(Number(written, _value(match["spelled"])))
            case _:
                found.append(Number(written, _value(written)))
    return tuple(found)


def unheld_numbers(text: str, facts: Iterable[str], figures: Iterable[float]) -> list[str]:
    """The numbers of `text`, as written, that neither the `facts` nor the `figures` hold.

    `facts` are the texts of what the statement cites, `figures` their numeric fields.
    """
    held = [number for fact in facts for number in numbers_in(fact)]
    held += [Number(str(figure), abs(float(figure))) for figure in figures]
    return [number.written for number in numbers_in(text) if not _is_held(number, held)]


def _is_held(number: Number, held: list[Number]) -> bool:
    """Whether one of the held quantities bears `number` out."""
    for other in held:
        if number.unit == "percent":
            if _near(number.value, other.value) and other.unit != "days":
                return True
            if (
                other.unit == "count"
                and other.value <= 1
                and _near(number.value, 100 * other.value)
            ):
                return True
        elif number.unit == "multiple":
            if _near(number.value, other.value) and other.unit in ("count", "multiple"):
                return True
        elif number.unit == other.unit == "days" and math.isclose(
            number.value, other.value, rel_tol=0.02
        ):
            return True
        if number.unit in ("count", "days"):
            figure = number.value if number.plain_value is None else number.plain_value
            for known in (
                other.plain_value,
                other.value if other.unit != "days" else None,
            ):
                if known is not None and _rounds_to(known, figure):
                    return True
    return False


def _value(written: str) -> float:
    word = written.lower()
    return float(_WORDS[word]) if word in _WORDS else float(written.replace(",", ""))


def _near(value: float, known: float) -> bool:
    return abs(value - known) <= TOLERANCE * abs(known)


def _rounds_to(known: float, shown: float) -> bool:
    """Whether `shown` is `known`, or `known` rounded to fewer digits and still within a tenth."""
    if known == shown:
        return True
    if not _near(shown, known):
        return False
    return any(float(f"{known:.{digits}g}") == shown for digits in range(1, 7))
