"""The rules a wording must pass: its numbers are held, it is easy to read, its words are ours."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.ingest.numbers import numbers_in, unheld_numbers
from api.ingest.readability import grade
from api.ingest.wording import RUN, borrowed_run

# Numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20.8 % had it", [("count", 20.8)]),
        ("from 5 to 10 %", [("count", 5), ("count", 10)]),
        ("from 5-10 %", [("count", 5), ("count", 10)]),
        ("52,402 patients", [("count", 52402)]),
        ("1,234,567.5 dollars", [("count", 1234567.5)]),
        ("p was .05", [("count", 0.05)]),
        ("1 in 5 people", [("percent", 20)]),
        ("one in every five", [("percent", 20)]),
        ("3 out of 4", [("percent", 75)]),
        ("half of all", [("percent", 50)]),
        ("about half", [("percent", 50)]),
        ("a quarter", [("percent", 25)]),
        ("three quarters", [("percent", 75)]),
        ("two-thirds", [("percent", 200 / 3)]),
        ("6 weeks", [("days", 42)]),
        ("two years", [("days", 730.5)]),
        ("a 12-month trial", [("days", 365.25)]),
        ("2 to 3 days", [("days", 2), ("days", 3)]),
        ("48 hours", [("days", 2)]),
        ("twice as likely", [("multiple", 2)]),
        ("it tripled", [("multiple", 3)]),
        ("two-fold", [("multiple", 2)]),
        ("six times", [("count", 6)]),
        ("ten percent", [("count", 10)]),
    ],
)
def test_a_quantity_is_read_from_text(text: str, expected: list[tuple[str, float]]):
    found = numbers_in(text)

    assert [(number.unit, pytest.approx(number.value)) for number in found] == expected


@pytest.mark.parametrize(
    "text",
    [
        "at L4-L5",
        "at L5/S1",
        "from T10-L2 down",
        "C5-6 and C6-7",
        "BMP-2",
        "HbA1c",
        "ICD-10",
        "PHQ-9",
        "a 3D print in a 3T scanner",
        "type 2 diabetes",
        "call 911, 112, 999 or 988",
        "call 116 123",
        "there are three ways and one more",
        "one of them",
    ],
)
def test_names_levels_and_counts_of_a_list_are_no_quantities(text: str):
    found = numbers_in(text)

    assert found == ()


@pytest.mark.parametrize(
    ("text", "facts", "figures"),
    [
        ("20.8 %", ["20.8 % had it"], []),
        ("20.8 %", [], [20.8]),
        ("about 20 %", [], [20.8]),
        ("about 21 %", [], [20.8]),
        ("about 1 in 5", [], [20.8]),
        ("about 1 in 5", [], [0.208]),
        ("about half", [], [48]),
        ("2 years", ["after 24 months"], []),
        ("24 months", ["after 2 years"], []),
        ("six weeks", ["after 42 days"], []),
        ("twice as likely", [], [2.1]),
        ("twice as likely", ["it doubled"], []),
        ("1,250 people", [], [1250]),
        ("1000 people", [], [1042]),
        ("lower by 3.5", [], [-3.5]),
    ],
)
def test_a_number_is_held(text: str, facts: list[str], figures: list[float]):
    unheld = unheld_numbers(text, facts, figures)

    assert unheld == []


@pytest.mark.parametrize(
    ("text", "facts", "figures", "expected"),
    [
        ("20.8 %", [], [], ["20.8"]),
        ("20.8 %", ["20 % had it"], [], ["20.8"]),
        ("about 25 %", [], [20.8], ["25"]),
        ("about 30 %", [], [27], ["30"]),
        ("about 1 in 3", [], [20.8], ["1 in 3"]),
        ("about half", [], [40], ["about half"]),
        ("3 years", ["after 24 months"], [], ["3 years"]),
        ("twice as likely", [], [3], ["twice"]),
        ("20 % of 30", [], [20], ["30"]),
        ("5 to 10 %", [], [5], ["10"]),
        ("5 % and 5 %", [], [], ["5", "5"]),
    ],
)
def test_a_number_is_not_held(
    text: str, facts: list[str], figures: list[float], expected: list[str]
):
    unheld = unheld_numbers(text, facts, figures)

    assert unheld == expected


PHRASES = [
    "{} %",
    "{} people",
    "{} months",
    "{} in 1000",
    "from {} to 7 days",
    "{} times",
    "a ratio of {}",
]
FIGURES = st.one_of(
    st.integers(min_value=0, max_value=2_000_000),
    st.decimals(min_value=0, max_value=5000, places=2, allow_nan=False),
)


@given(phrase=st.sampled_from(PHRASES), figure=FIGURES)
def test_a_number_always_holds_itself(phrase: str, figure: object):
    text = phrase.format(figure)

    assert unheld_numbers(text, [text], []) == []


@given(figure=st.integers(min_value=1000, max_value=2_000_000_000))
@example(figure=1988)
@example(figure=999_000)
def test_separating_thousands_makes_no_difference(figure: int):
    plain, separated = f"{figure} people", f"{figure:,} people"

    assert [number.value for number in numbers_in(separated)] == [
        number.value for number in numbers_in(plain)
    ]


@pytest.mark.parametrize("text", ["an odds ratio of 0.112", "in 99.988 %", "for 988.5 dollars"])
def test_digits_of_a_figure_are_no_telephone_number(text: str):
    (number,) = numbers_in(text)

    assert number.value == float(text.split()[-2 if text[-1] in "%s" else -1])


@pytest.mark.parametrize("text", ["of 112 people", "988 patients", "in 999 cases"])
def test_a_count_of_people_is_no_telephone_number(text: str):
    unheld = unheld_numbers(text, [], [])

    assert len(unheld) == 1


@given(
    figure=st.integers(min_value=1, max_value=500),
    facts=st.lists(st.sampled_from(["24 months", "1 in 5", "half of all", "300 people"])),
    more=st.lists(st.sampled_from(["2 years", "20 %", "twice", "", "three quarters"])),
    figures=st.lists(st.floats(min_value=0, max_value=500)),
)
def test_one_more_citation_never_takes_a_number_away(
    figure: int, facts: list[str], more: list[str], figures: list[float]
):
    text = f"{figure} % of people, {figure} months and 1 in {figure}"
    before = unheld_numbers(text, facts, [])

    after = unheld_numbers(text, facts + more, figures)

    assert set(after) <= set(before)


@given(st.text())
def test_any_text_can_be_read(text: str):
    unheld = unheld_numbers(text, [text], [])

    assert unheld == []


# Reading grade


def test_short_words_in_short_sentences_are_easy():
    easy = "The bones did not join. It can hurt when you walk. Ask for a scan if it does."

    found = grade(easy)

    assert found is not None
    assert found < 3


def test_long_words_in_a_long_sentence_are_hard():
    hard = (
        "Unfortunately individuals demonstrating considerable radiographic deterioration "
        "subsequently necessitate comprehensive multidisciplinary interventional reconsideration"
    )

    found = grade(hard)

    assert found is not None
    assert found > 20


def test_a_handful_of_words_has_no_grade():
    few = "one two three four five six seven eight nine ten eleven"

    assert grade(few) is None
    assert grade(f"{few} twelve") is not None


def test_longer_sentences_are_harder():
    short = "You may feel pain in the leg. You may feel it in the back too."

    joined = short.replace(". You may feel it", " and you may feel it")

    assert grade(joined) > grade(short)  # type: ignore[operator]


def test_naming_the_disease_costs_nothing():
    plain = "Some people with this have pain in the leg or back when they walk far."

    named = plain.replace("this", "pseudoarthrosis")

    assert grade(named) == grade(plain)


def test_a_decimal_point_ends_no_sentence():
    one = "The odds were about 2.5 times as high in those who had smoked before it."

    without = one.replace("2.5", "25")

    assert grade(one) == grade(without)


# Own words


THEIRS = "Smokers were found to lose more weight after the first month than all of the others did."


@pytest.mark.parametrize(
    ("ours", "expected"),
    [
        (
            "They were found to lose more weight after it, the first month than others.",
            None,
        ),
        (
            "People were found to lose more weight after the next year.",
            "were found to lose more weight after the",
        ),
        (
            "PEOPLE WERE FOUND, to lose more weight; after the next year.",
            "were found to lose more weight after the",
        ),
        ("Smoking slows the healing of bone.", None),
        ("", None),
    ],
)
def test_eight_words_in_a_row_are_borrowed(ours: str, expected: str | None):
    run = borrowed_run(ours, THEIRS)

    assert run == expected


def test_a_run_one_word_short_is_our_own():
    words = THEIRS.lower().rstrip(".").split()

    short = borrowed_run(" ".join(words[: RUN - 1]), THEIRS)
    enough = borrowed_run(" ".join(words[:RUN]), THEIRS)

    assert short is None
    assert enough == " ".join(words[:RUN])


def test_numbers_and_names_of_diseases_do_not_count_as_words():
    fact = "In 240 people spinal stenosis came back after surgery"

    run = borrowed_run("In 12 people the spinal stenosis came back after surgery", fact)

    assert run is None


WORDS = st.lists(
    st.sampled_from(["hip", "pain", "leg", "scan", "walk", "rest", "heal", "join"]), max_size=30
)


@given(WORDS)
def test_a_text_borrows_from_itself_when_it_is_long_enough(words: list[str]):
    text = " ".join(words)

    assert (borrowed_run(text, text) is None) == (len(words) < RUN)
