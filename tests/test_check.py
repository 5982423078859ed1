"""Every fault of the data is told as `file:line: what is wrong: what is allowed`, all at once."""

from pathlib import Path
from typing import Final

import pytest
from small_data import edit, failed_fusion, faults, small_folder
from sqlalchemy import text

from api.database import reader
from api.ingest.readability import MAX_GRADE
from api.knowledge.vocabulary import Topic

TERM: Final = "glossary/odds-ratio.yaml"
NONUNION: Final = "conditions/nonunion.yaml"
SCREW: Final = "conditions/loose-screw.yaml"
PAIN: Final = "symptoms/back-pain.yaml"
SMOKING: Final = "risk-factors/smoking.yaml"
CT: Final = "diagnostics/ct-scan.yaml"
CLAIM: Final = "fact-checks/smoking-is-harmless.yaml"
LEE: Final = "sources/lee-2019-smoking.yaml"
ROY: Final = "sources/roy-2021-ct.yaml"
SEARCH: Final = "sources/search-2026.yaml"

TERM_KEYS: Final = (
    "abbreviation, asked_as, expands_to, former_slugs, icd10cm, name, relations, reviewed_on, statements, "
    "summary, synonyms, tier"
)
HARD: Final = (
    "Unfortunately individuals demonstrating considerable radiographic deterioration subsequently "
    "necessitate comprehensive multidisciplinary interventional reconsideration."
)
CITE_OR_LEAVE_OUT: Final = "cite the finding it comes from, or leave the number out"

# The file, the text to replace in it and by what; then the line of the fault and its message.
EDITS: Final = {
    "unknown key": (
        TERM,
        "abbreviation: OR",
        "abreviation: OR",
        4,
        "abreviation: unknown key: did you mean abbreviation?",
    ),
    "unknown key like no other": (
        TERM,
        "abbreviation: OR",
        "zzz: OR",
        4,
        f"zzz: unknown key: allowed: {TERM_KEYS}",
    ),
    "unknown key inside a list": (
        TERM,
        "topic: definition",
        "topic: definition\n    cite: x",
        12,
        "statements.0.cite: unknown key: did you mean cites?",
    ),
    "missing key": (TERM, "tier: 3\n", "", 1, "tier: missing: this key is required"),
    "missing key inside a mapping": (
        TERM,
        "  clinical: Ratio of two odds.\n",
        "",
        5,
        "summary.clinical: missing: this key is required",
    ),
    "wrong enum value": (
        TERM,
        "topic: definition",
        "topic: defintion",
        11,
        "statements.0.topic: Input should be "
        + ", ".join(f"'{topic}'" for topic in list(Topic)[:-1])
        + f" or '{list(Topic)[-1]}', not 'defintion'",
    ),
    "number out of its range": (
        TERM,
        "tier: 3",
        "tier: 4",
        2,
        "tier: Input should be less than or equal to 3, not 4",
    ),
    "key given twice": (
        TERM,
        "tier: 3",
        "tier: 3\nname: Twice",
        1,
        "not YAML: the key 'name' stands here twice",
    ),
    "not YAML": (
        TERM,
        "tier: 3",
        "tier: [3",
        3,
        "not YAML: did not find expected ',' or ']'",
    ),
    "no citation": (
        TERM,
        "    cites: [editorial]",
        "    cites: []",
        13,
        "statements.0.cites: List should have at least 1 item after validation, not 0, not []",
    ),
    "summary too long": (
        TERM,
        "plain: A way to compare odds.",
        f"plain: {'a' * 301}",
        6,
        f"summary.plain: String should have at most 300 characters, not '{'a' * 56}...",
    ),
    "unknown finding in a statement": (
        TERM,
        "    cites: [editorial]",
        "    cites: [lee-2019]",
        13,
        (
            "unknown finding lee-2019: add it to its source in data/sources/, or correct it, "
            "or a source of that id"
        ),
    ),
    "unknown finding under a relation": (
        SMOKING,
        "finding: lee-2019-union\n        stance: supports",
        "finding: lee-2019-onion\n        stance: supports",
        15,
        "unknown finding lee-2019-onion: add it to its source in data/sources/, or correct it",
    ),
    "unknown duplicate_of": (
        SMOKING,
        "duplicate_of: lee-2019-union",
        "duplicate_of: lee-2019-onion",
        19,
        "unknown finding lee-2019-onion: add it to its source in data/sources/, or correct it",
    ),
    "unknown entity": (
        SMOKING,
        "object: condition/nonunion",
        "object: condition/onion",
        13,
        "unknown entity condition/onion: add data/conditions/onion.yaml, or correct it",
    ),
    "unknown kind": (
        SMOKING,
        "object: condition/nonunion",
        "object: illness/nonunion",
        13,
        (
            "unknown kind illness: one of condition, symptom, risk_factor, diagnostic, treatment, "
            "prevention, procedure, red_flag, recovery_stage, faq, fact_check, term"
        ),
    ),
    "unknown condition of a finding": (
        ROY,
        "condition: nonunion",
        "condition: onion",
        11,
        "unknown entity condition/onion: add data/conditions/onion.yaml, or correct it",
    ),
    "unknown finding that makes a claim": (
        CLAIM,
        "claimed_by: [roy-2021-null]",
        "claimed_by: [roy-2021-nil]",
        6,
        "unknown finding roy-2021-nil: add it to its source in data/sources/, or correct it",
    ),
    "finding id in two sources": (
        SEARCH,
        "findings:\n",
        """findings:
  - id: roy-2021-null
    statement: It stands in another file, too.
    subject_kind: gap
    subject: Smoking
    region: any
    design: evidence-search
    direction: descriptive
    locator: results
""",
        5,
        "finding id roy-2021-null is also in data/sources/roy-2021-ct.yaml",
    ),
    "finding with the id of a source": (
        SEARCH,
        "id: search-2026-vaping",
        (
            "id: search-2026-vaping\n    statement: Named as a source is.\n    subject_kind: gap\n"
            "    subject: Vaping\n    region: any\n    design: evidence-search\n"
            "    direction: descriptive\n    locator: here\n  - id: roy-2021-ct"
        ),
        13,
        "finding id roy-2021-ct is also in the sources",
    ),
    "question given twice": (
        SCREW,
        "tier: 2",
        "asked_as:\n  - is my screw loose\n  - is my screw loose\ntier: 2",
        4,
        "'is my screw loose' also stands in condition/loose-screw: keep it in one place",
    ),
    "synonym given twice": (
        SCREW,
        "tier: 2",
        "synonyms:\n  - slack screw\n  - loose SCREW\ntier: 2",
        4,
        "'loose SCREW' is given twice",
    ),
    "number that no citation holds": (
        NONUNION,
        "About 1 in 5 people",
        "About 1 in 3 people",
        17,
        f"plain: no citation holds 1 in 3: {CITE_OR_LEAVE_OUT}",
    ),
    "length of time that no citation holds": (
        NONUNION,
        "after 2 years",
        "after 3 years",
        17,
        f"plain: no citation holds 3 years: {CITE_OR_LEAVE_OUT}",
    ),
    "rounding too far, and a number nobody gave": (
        NONUNION,
        "(about 20 %) of 240",
        "(about 30 %) of 250",
        18,
        f"clinical: no citation holds 30, 250: {CITE_OR_LEAVE_OUT}",
    ),
    "interval that does not hold its value": (
        LEE,
        "value: 2.5",
        "value: 4.7",
        15,
        "4.7 is outside its interval 1.4 to 4.6",
    ),
    "half an interval": (
        LEE,
        "      ci_high: 4.6\n",
        "",
        13,
        "one limit of the interval is missing: give ci_low and ci_high, or neither",
    ),
    "proportion over 100": (
        ROY,
        "value: 91",
        "value: 101",
        14,
        "a sensitivity is from 0 to 100 percent",
    ),
    "proportion below 0": (
        ROY,
        "value: 91",
        "value: -1",
        14,
        "a sensitivity is from 0 to 100 percent",
    ),
    "ICD code that does not exist": (
        PAIN,
        'icd10cm: ["M54.50"]',
        'icd10cm:\n  - "M54.50"\n  - "M54.58"',
        6,
        "M54.58 is not a code of ICD-10-CM",
    ),
    "source nobody can find": (
        ROY,
        'pmid: "12345678"\n',
        "",
        2,
        "no doi, pmid, pmcid or url: give one, or say why not in `unresolved`",
    ),
    "relation of kinds that do not fit": (
        CT,
        "predicate: detects",
        "predicate: treats",
        11,
        "treats joins procedure, treatment to condition, not diagnostic to condition",
    ),
    "relation to an object where none is allowed": (
        CT,
        "predicate: detects",
        "predicate: describes",
        11,
        "describes joins any kind to nothing, not diagnostic to condition",
    ),
    "relation to another kind where only its own is allowed": (
        CT,
        "predicate: detects",
        "predicate: subtype_of",
        11,
        "subtype_of joins any kind to the same kind, not diagnostic to condition",
    ),
    "relation without the object it needs": (
        CT,
        "    object: condition/nonunion\n",
        "",
        11,
        "detects joins diagnostic to condition, not diagnostic to nothing",
    ),
    "relation to itself": (
        NONUNION,
        "object: condition/loose-screw",
        "object: condition/nonunion",
        31,
        "an entity can't be related to itself",
    ),
    "relation given twice": (
        CT,
        "relations:\n",
        """relations:
  - predicate: detects
    object: condition/nonunion
    findings: [{finding: roy-2021-sensitivity, stance: context}]
""",
        14,
        "this relation stands here twice: join the two",
    ),
    "relation that rests on nothing": (
        NONUNION,
        "    findings:\n      - finding: lee-2019-share\n        stance: context\n",
        "",
        25,
        "has_symptom needs the findings it rests on",
    ),
    "editorial outside the glossary": (
        PAIN,
        "cites: [lee-2019-share]",
        "cites: [lee-2019-share, editorial]",
        10,
        "editorial is for the dictionary definition of a glossary term: cite a finding",
    ),
    "editorial for more than a definition": (
        TERM,
        "topic: definition",
        "topic: advice",
        13,
        "editorial is for the dictionary definition of a glossary term: cite a finding",
    ),
    "known gap that no search found": (
        NONUNION,
        "cites: [search-2026-vaping]",
        "cites: [lee-2019-share]",
        20,
        "a known_gap cites what the evidence search records",
    ),
    "eight words taken over": (
        CT,
        "plain: An X-ray in slices.",
        "plain: It has found most of the nonunions that surgeons later saw, and more.",
        7,
        (
            "plain: taken over from roy-2021-sensitivity: "
            "'found most of the nonunions that surgeons later': reword it"
        ),
    ),
    "former slug that exists": (
        NONUNION,
        "former_slugs: [pseudoarthrosis]",
        "former_slugs: [loose-screw]",
        6,
        "condition/loose-screw is an entity: it can't be a former slug",
    ),
    "statement id given twice": (
        NONUNION,
        "id: gap",
        "id: how-often",
        20,
        "the statement id how-often is taken: choose another",
    ),
    "statement called as the summary is": (
        NONUNION,
        "id: gap",
        "id: summary",
        20,
        "the statement id summary is taken: choose another",
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_folder(tmp_path)


def test_a_folder_without_faults_passes(folder: Path):
    result = failed_fusion("check", "--data-dir", folder)

    assert result.exit_code == 0
    assert result.stdout == "No faults: 7 entities, 5 findings, 3 sources.\n"
    assert result.stderr == ""


@pytest.mark.parametrize(("name", "old", "new", "line", "message"), EDITS.values(), ids=list(EDITS))
def test_a_fault_is_told_with_its_file_and_line_and_nothing_else_is(
    folder: Path, name: str, old: str, new: str, line: int, message: str
):
    edit(folder, name, old, new)

    told = faults(folder)

    assert [f"data/{name}:{line}: {message}"] == told


def test_a_name_means_one_entity_of_its_kind(folder: Path):
    edit(folder, NONUNION, "failed union]", "Loose Screw]")

    told = faults(folder)

    assert told == [
        (
            "data/conditions/nonunion.yaml:2: 'Loose Screw' is also a name of condition/loose-screw: "
            "keep it in one of the two"
        )
    ]


def test_entities_of_two_kinds_may_share_a_name(folder: Path):
    edit(folder, SMOKING, "synonyms: [cigarettes]", "synonyms: [nonunion, Back pain]")

    told = faults(folder)

    assert told == []


def test_a_finding_stands_once_under_a_relation(folder: Path):
    edit(folder, SMOKING, "finding: roy-2021-null", "finding: lee-2019-union")
    edit(folder, CLAIM, "cites: [lee-2019-union]", "cites: [lee-2019-union, roy-2021-null]")

    told = faults(folder)

    assert told == [
        "data/risk-factors/smoking.yaml:15: lee-2019-union is listed twice",
        "data/risk-factors/smoking.yaml:17: lee-2019-union is listed twice",
    ]


def test_a_finding_that_nothing_rests_on_is_a_fault(folder: Path):
    edit(folder, CT, "cites: [roy-2021-sensitivity]", "cites: [roy-2021-ct]")
    edit(folder, CT, "finding: roy-2021-sensitivity", "finding: lee-2019-share")

    told = faults(folder)

    assert told == [
        "data/sources/roy-2021-ct.yaml:7: no entity uses roy-2021-sensitivity: relate or cite it"
    ]


def test_what_a_search_did_not_find_needs_no_use(folder: Path):
    edit(folder, SEARCH, "id: search-2026-vaping", "id: search-2026-snuff")
    edit(folder, NONUNION, "topic: known_gap", "topic: advice")
    edit(folder, NONUNION, "cites: [search-2026-vaping]", "cites: [lee-2019-share]")

    told = faults(folder)

    assert told == []


def test_a_plain_wording_is_easy_to_read(folder: Path):
    edit(folder, CT, "plain: An X-ray in slices.", f"plain: {HARD}")

    told = faults(folder)

    assert len(told) == 1
    place, _, rest = told[0].partition(": reading grade ")
    assert place == "data/diagnostics/ct-scan.yaml:7: plain"
    shown, _, rest = rest.partition(", ")
    assert float(shown) > MAX_GRADE
    assert rest == f"at most {MAX_GRADE:g}: shorter words and sentences"


def test_a_clinical_wording_may_be_hard_to_read(folder: Path):
    edit(folder, CT, "clinical: Thin-slice CT.", f"clinical: {HARD}")

    told = faults(folder)

    assert told == []


def test_a_source_without_an_identifier_may_say_why(folder: Path):
    edit(folder, ROY, 'pmid: "12345678"', "unresolved: Handed out on paper.")

    told = faults(folder)

    assert told == []


@pytest.mark.parametrize(
    "wording",
    [
        "20.8 % had it.",
        "About 20 % had it.",
        "About 21 % had it.",
        "About 1 in 5 had it.",
        "One in five had it.",
        "Two out of ten had it.",
        "A fifth had it.",
        "It was seen after 2 years.",
        "It was seen after two years.",
        "It was seen after 24 months.",
        "It was seen after 104 weeks.",
        "The odds were 2.5 times as high.",
        "The interval ran from 1.4 to 4.6.",
        "Of 240 people.",
        "It came out in 2019.",
        "At L4-L5, C5-6 and T10-L2.",
        "Surgeons give BMP-2 and test HbA1c.",
        "There are three ways to find out.",
        "Call 911, 112 or 999.",
    ],
)
def test_a_number_is_held_by_what_the_statement_cites(folder: Path, wording: str):
    edit(folder, NONUNION, "About 1 in 5 people had it after 2 years.", wording)

    told = faults(folder)

    assert told == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("symptoms/notes.txt", "data files end in .yaml"),
        ("symptoms/limp.yml", "data files end in .yaml"),
        (
            "symptoms/leg/limp.yaml",
            (
                "put it in sources/ or one of conditions, diagnostics, fact-checks, faqs, glossary, "
                "preventions, procedures, recovery, red-flags, risk-factors, symptoms, treatments"
            ),
        ),
        (
            "limp.yaml",
            (
                "put it in sources/ or one of conditions, diagnostics, fact-checks, faqs, glossary, "
                "preventions, procedures, recovery, red-flags, risk-factors, symptoms, treatments"
            ),
        ),
        ("symptoms/Limp.yaml", "an entity file is named in a-z, 0-9 and single dashes"),
        ("symptoms/a_limp.yaml", "an entity file is named in a-z, 0-9 and single dashes"),
        ("symptoms/a--limp.yaml", "an entity file is named in a-z, 0-9 and single dashes"),
        (
            "sources/Lee 2019.yaml",
            "a source file is named in a-z, 0-9, dot, dash and underscore",
        ),
    ],
)
def test_a_file_in_no_place_of_ours_is_a_fault(folder: Path, name: str, message: str):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("name: Limp\n")

    told = faults(folder)

    assert told == [f"data/{name}:1: no place for this file: {message}"]


def test_hidden_files_and_the_licence_are_no_data(folder: Path):
    (folder / "LICENSE").write_text("CC BY 4.0")
    (folder / "symptoms" / ".limp.yaml.swp").write_text("x")
    (folder / ".cache").mkdir()
    (folder / ".cache" / "limp.yaml").write_text("x")

    told = faults(folder)

    assert told == []


def test_a_folder_without_a_release_is_told_so(folder: Path):
    (folder / "release.yaml").unlink()

    told = faults(folder)

    assert told == ["data/release.yaml:1: missing: it says which version this is"]


@pytest.mark.parametrize("version", ["1.0", "2026", "2026.11.1.1", "v2026.11"])
def test_a_version_is_a_year_and_a_month(folder: Path, version: str):
    edit(folder, "release.yaml", '"2026.11"', f'"{version}"')

    told = faults(folder)

    assert len(told) == 1
    assert told[0].startswith("data/release.yaml:1: version: String should match pattern")


def test_bytes_that_are_not_utf_8_are_a_fault(folder: Path):
    (folder / TERM).write_bytes(b"name: Od\xffds\n")

    told = faults(folder)

    assert told == ["data/glossary/odds-ratio.yaml:1: not UTF-8: invalid start byte at byte 8"]


@pytest.mark.parametrize("text", ["", "- name: Odds ratio\n", "odds\n"])
def test_a_file_that_is_no_mapping_is_a_fault_of_its_first_line(folder: Path, text: str):
    (folder / TERM).write_text(text)

    told = faults(folder)

    assert len(told) == 1
    assert told[0].startswith("data/glossary/odds-ratio.yaml:1: Input should be a valid dictionary")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("tier: 3\nreviewed_on: 2026-02-30\n", id="a day that does not exist"),
        pytest.param("tier: 3\n{[a]: b}: c\n", id="a list as a key"),
        pytest.param("tier: 3\nname: a\x07b\n", id="a control character"),
    ],
)
def test_a_file_yaml_cannot_build_is_a_fault_and_no_crash(folder: Path, text: str):
    (folder / TERM).write_text(text)

    told = faults(folder)

    assert len(told) >= 1
    assert all(line.startswith("data/glossary/odds-ratio.yaml:") for line in told)


@pytest.mark.parametrize("value", [".nan", ".inf", "-.inf"])
def test_a_figure_is_a_number(folder: Path, value: str):
    edit(folder, ROY, "value: 1.1", f"value: {value}")
    edit(folder, ROY, "      ci_low: 0.8\n      ci_high: 1.5\n", "")

    told = faults(folder)

    mine = [line for line in told if line.startswith("data/sources/roy-2021-ct.yaml:")]
    assert len(mine) == 1
    assert "measure.value: " in mine[0]


def test_two_entities_of_a_kind_cannot_have_had_the_same_slug(folder: Path):
    edit(folder, SCREW, "tier: 2", "former_slugs: [pseudoarthrosis]\ntier: 2")

    told = faults(folder)

    assert len(told) == 1
    assert "pseudoarthrosis" in told[0]


def test_a_former_slug_is_given_once(folder: Path):
    edit(folder, NONUNION, "[pseudoarthrosis]", "[pseudoarthrosis, pseudoarthrosis]")

    told = faults(folder)

    assert len(told) == 1
    assert told[0].startswith("data/conditions/nonunion.yaml:6: ")


def test_a_fault_of_one_file_is_not_told_again_where_others_name_it(folder: Path):
    edit(folder, NONUNION, "tier: 1", "teir: 1")

    told = faults(folder)

    assert told == [
        "data/conditions/nonunion.yaml:1: tier: missing: this key is required",
        "data/conditions/nonunion.yaml:3: teir: unknown key: did you mean tier?",
    ]


def test_all_faults_are_told_at_once_sorted_by_place(folder: Path):
    edit(folder, ROY, "value: 91", "value: 101")
    edit(folder, ROY, 'pmid: "12345678"\n', "")
    edit(folder, NONUNION, "About 1 in 5 people", "About 1 in 3 people")
    edit(folder, PAIN, 'icd10cm: ["M54.50"]', 'icd10cm: ["M54.58"]')
    edit(folder, TERM, "tier: 3", "tier: 4")
    (folder / "release.yaml").unlink()

    told = faults(folder)

    places = [line.split(": ")[0] for line in told]
    assert places == [
        "data/conditions/nonunion.yaml:17",
        "data/glossary/odds-ratio.yaml:2",
        "data/release.yaml:1",
        "data/sources/roy-2021-ct.yaml:2",
        "data/sources/roy-2021-ct.yaml:13",
        "data/symptoms/back-pain.yaml:4",
    ]


def test_faults_are_counted_and_go_to_standard_error(folder: Path):
    edit(folder, TERM, "tier: 3", "tier: 4")
    edit(folder, PAIN, 'icd10cm: ["M54.50"]', 'icd10cm: ["M54.58"]')

    result = failed_fusion("check", "--data-dir", folder)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1] == "2 problems in the data."


def test_the_folder_may_be_the_current_one(folder: Path, monkeypatch: pytest.MonkeyPatch):
    edit(folder, TERM, "tier: 3", "tier: 4")
    monkeypatch.chdir(folder)

    told = faults(Path())

    assert len(told) == 1
    assert told[0].startswith("data/glossary/odds-ratio.yaml:2: ")


def test_seeding_with_faults_tells_them_and_leaves_the_database_as_it_was(
    folder: Path, own_database: str
):
    first = failed_fusion("seed", "--database-url", own_database, "--data-dir", folder)
    edit(folder, TERM, "name: Odds ratio", "name: Odds")
    edit(folder, PAIN, 'icd10cm: ["M54.50"]', 'icd10cm: ["M54.58"]')

    second = failed_fusion("seed", "--database-url", own_database, "--data-dir", folder)

    assert first.exit_code == 0, first.stderr
    assert second.exit_code == 1
    assert second.stdout == ""
    assert second.stderr.splitlines()[:-1] == faults(folder)
    assert stored(own_database) == (1, "Odds ratio")


def test_seeding_an_empty_database_with_faults_writes_nothing(folder: Path, own_database: str):
    edit(folder, TERM, "tier: 3", "tier: 4")

    result = failed_fusion("seed", "--database-url", own_database, "--data-dir", folder)

    assert result.exit_code == 1, result.stderr
    assert stored(own_database) == (0, None)


def stored(url: str) -> tuple[int, str | None]:
    """How many releases a database holds, and the name of its one term."""
    engine = reader(url)
    with engine.connect() as connection:
        releases = connection.scalar(text("SELECT count(*) FROM release"))
        name = connection.scalar(text("SELECT name FROM entity WHERE kind = 'term'"))
    engine.dispose()
    return releases, name
