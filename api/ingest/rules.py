"""The rules between files: what a schema cannot say, each fault with its file and line."""

from collections.abc import Callable, Iterator
from typing import Final

from api.ingest.files import (
    EDITORIAL,
    Content,
    EntityFile,
    Problem,
    RelationFile,
    StatementFile,
    SummaryFile,
    VerdictFile,
)
from api.ingest.numbers import unheld_numbers
from api.ingest.readability import MAX_GRADE, grade
from api.ingest.wording import borrowed_run
from api.knowledge.kinds import BY_NAME
from api.knowledge.relations import SHAPES, Weighed
from api.knowledge.verdicts import JUDGED, JUDGED_KINDS, verdict_by_rule
from api.knowledge.vocabulary import SHARES, Predicate, SourceKind, Topic

Rule = Callable[[Content], Iterator[Problem]]


def problems_between_files(content: Content) -> list[Problem]:
    """Every breach of every rule.

    What a file that could not be read may hold is not told missing where others name it.
    """
    return [problem for rule in RULES for problem in rule(content)]


def sources_can_be_found(content: Content) -> Iterator[Problem]:
    """A source has an identifier or an address, or says why not."""
    for key, source in content.sources.items():
        if not (source.doi or source.pmid or source.pmcid or source.url or source.unresolved):
            yield content.documents[key].problem(
                ("title",),
                "no doi, pmid, pmcid or url: give one, or say why not in `unresolved`",
            )


def finding_ids_are_unique(content: Content) -> Iterator[Problem]:
    """A finding id stands once over all sources."""
    seen: dict[str, str] = {}
    for key, source in content.sources.items():
        for index, finding in enumerate(source.findings):
            if finding.id in seen or finding.id in content.sources:
                where = seen.get(finding.id, "the sources")
                yield content.documents[key].problem(
                    ("findings", index, "id"),
                    f"finding id {finding.id} is also in {where}",
                )
            seen[finding.id] = content.documents[key].shown_path


def findings_name_known_conditions(content: Content) -> Iterator[Problem]:
    """The condition a finding is recorded for exists."""
    for key, source in content.sources.items():
        for index, finding in enumerate(source.findings):
            if finding.condition and content.lacks_entity(f"condition/{finding.condition}"):
                yield content.documents[key].problem(
                    ("findings", index, "condition"),
                    _unknown_entity(f"condition/{finding.condition}"),
                )


def measures_are_possible(content: Content) -> Iterator[Problem]:
    """An interval and a range hold what they should, and a share is at most 100 percent."""
    for key, source in content.sources.items():
        for index, finding in enumerate(source.findings):
            if not (measure := finding.measure):
                continue
            where = ("findings", index, "measure")
            low, high = measure.ci_low, measure.ci_high
            if (low is None) != (high is None):
                yield content.documents[key].problem(
                    where,
                    "one limit of the interval is missing: give ci_low and ci_high, or neither",
                )
            elif low is not None and high is not None and not low <= measure.value <= high:
                yield content.documents[key].problem(
                    (*where, "value"),
                    f"{measure.value:g} is outside its interval {low:g} to {high:g}",
                )
            if (
                measure.type in SHARES
                and measure.unit == "percent"
                and not 0 <= measure.value <= 100
            ):
                yield content.documents[key].problem(
                    (*where, "value"), f"a {measure.type} is from 0 to 100 percent"
                )


def names_are_unique_within_a_kind(content: Content) -> Iterator[Problem]:
    """A name or synonym means one entity of a kind."""
    owners: dict[tuple[str, str], str] = {}
    for ref, entity in content.entities.items():
        kind = ref.partition("/")[0]
        mine = set[str]()
        for location, word in [
            (("name",), entity.name),
            *((("synonyms", index), word) for index, word in enumerate(entity.synonyms)),
        ]:
            folded = word.casefold()
            owner = owners.setdefault((kind, folded), ref)
            if owner != ref:
                yield content.documents[ref].problem(
                    location,
                    f"{word!r} is also a name of {owner}: keep it in one of the two",
                )
            elif folded in mine:
                yield content.documents[ref].problem(location, f"{word!r} is given twice")
            mine.add(folded)


def a_question_leads_to_one_entity(content: Content) -> Iterator[Problem]:
    """A way of asking stands once: given twice, it tells search nothing."""
    owners: dict[str, str] = {}
    for ref, entity in content.entities.items():
        for index, asked in enumerate(entity.asked_as):
            owner = owners.setdefault(asked.casefold(), ref)
            if owner != ref or entity.asked_as.index(asked) != index:
                yield content.documents[ref].problem(
                    ("asked_as", index),
                    f"{asked!r} also stands in {owner}: keep it in one place",
                )


def former_slugs_are_free(content: Content) -> Iterator[Problem]:
    """A slug that was given up is nobody's now, and was one entity's of its kind."""
    owners: dict[str, str] = {}
    for ref, entity in content.entities.items():
        kind = ref.partition("/")[0]
        for index, slug in enumerate(entity.former_slugs):
            former = f"{kind}/{slug}"
            spot = ("former_slugs", index)
            if former in content.entities:
                yield content.documents[ref].problem(
                    spot, f"{former} is an entity: it can't be a former slug"
                )
            elif former in owners:
                yield content.documents[ref].problem(
                    spot, f"{former} is also a former slug of {owners[former]}: keep it in one"
                )
            owners[former] = ref


def icd_codes_exist(content: Content) -> Iterator[Problem]:
    """A code is in the packaged ICD-10-CM release."""
    # Loading the code set takes seconds, which a start with nothing to seed should not pay.
    import simple_icd_10_cm as icd10cm  # noqa: PLC0415

    for ref, entity in content.entities.items():
        for index, code in enumerate(entity.icd10cm):
            if not icd10cm.is_valid_item(code):
                yield content.documents[ref].problem(
                    ("icd10cm", index), f"{code} is not a code of ICD-10-CM"
                )


def claims_name_known_findings(content: Content) -> Iterator[Problem]:
    """The findings said to make a claim exist."""
    for ref, entity in content.entities.items():
        for index, finding in enumerate(getattr(entity, "claimed_by", [])):
            if content.lacks_finding(finding):
                yield content.documents[ref].problem(
                    ("claimed_by", index), _unknown_finding(finding)
                )


def relations_fit(content: Content) -> Iterator[Problem]:
    """An edge joins kinds its predicate allows, once, and names the findings it rests on."""
    for ref, entity in content.entities.items():
        document, seen = content.documents[ref], set[tuple[Predicate, str | None]]()
        kind = ref.partition("/")[0]
        for index, relation in enumerate(entity.relations):
            here = ("relations", index)
            shape = SHAPES[relation.predicate]
            other = relation.object.partition("/")[0] if relation.object else None
            if other and other not in BY_NAME:
                yield document.problem(
                    (*here, "object"),
                    f"unknown kind {other}: one of {', '.join(BY_NAME)}",
                )
            elif not shape.admits(kind, other):
                joins = ", ".join(sorted(shape.subjects or ["any kind"]))
                to = (
                    "nothing"
                    if shape.objects == frozenset()
                    else ", ".join(
                        sorted(
                            shape.objects or ["the same kind" if shape.same_kind else "any kind"]
                        )
                    )
                )
                yield document.problem(
                    (*here, "predicate"),
                    f"{relation.predicate} joins {joins} to {to}, not {kind} to {other or 'nothing'}",
                )
            elif relation.object and content.lacks_entity(relation.object):
                yield document.problem((*here, "object"), _unknown_entity(relation.object))
            if relation.object == ref:
                yield document.problem((*here, "object"), "an entity can't be related to itself")
            if (relation.predicate, relation.object) in seen:
                yield document.problem(here, "this relation stands here twice: join the two")
            seen.add((relation.predicate, relation.object))
            if shape.evidenced and not relation.findings:
                yield document.problem(here, f"{relation.predicate} needs the findings it rests on")
            cited = [item.finding for item in relation.findings]
            for position, item in enumerate(relation.findings):
                spot = (*here, "findings", position)
                if content.lacks_finding(item.finding):
                    yield document.problem((*spot, "finding"), _unknown_finding(item.finding))
                if cited.count(item.finding) > 1:
                    yield document.problem((*spot, "finding"), f"{item.finding} is listed twice")
                if item.duplicate_of and content.lacks_finding(item.duplicate_of):
                    yield document.problem(
                        (*spot, "duplicate_of"), _unknown_finding(item.duplicate_of)
                    )


def verdicts_follow(content: Content) -> Iterator[Problem]:
    """A claim of a good effect carries a verdict: the rule's, or another one with its reason."""
    for ref, entity in content.entities.items():
        judged = ref.partition("/")[0] in JUDGED_KINDS
        for index, relation in enumerate(entity.relations):
            document, here = content.documents[ref], ("relations", index)
            verdict = relation.verdict
            if verdict is None:
                if judged and relation.predicate in JUDGED:
                    yield document.problem(
                        here, f"{relation.predicate} needs a verdict on its findings"
                    )
                continue
            if not (judged and relation.predicate in JUDGED):
                yield document.problem(
                    (*here, "verdict"), f"{relation.predicate} claims no good effect to judge"
                )
                continue
            own = {item.finding for item in relation.findings}
            for position, cited in enumerate(verdict.cites):
                if cited not in own:
                    yield document.problem(
                        (*here, "verdict", "cites", position),
                        f"{cited} is not a finding of this relation: add it to its findings",
                    )
            if not own <= content.findings.keys():
                continue
            rule = verdict_by_rule(weighed(content, relation))
            if verdict.value is not rule and not verdict.departs:
                yield document.problem(
                    (*here, "verdict", "value"),
                    f"the rule gives {rule}, not {verdict.value}: say in `departs` why",
                )
            if verdict.value is rule and verdict.departs:
                yield document.problem(
                    (*here, "verdict", "departs"), f"the rule gives {rule} too: leave this out"
                )
            yield from _text_problems(content, ref, (*here, "verdict"), verdict)


def weighed(content: Content, relation: RelationFile) -> list[Weighed]:
    """The findings of a relation as the verdict and the balance weigh them."""
    return [
        Weighed(
            finding_id=item.finding,
            source_id=content.source_of[item.finding],
            stance=item.stance,
            indirect=item.indirect,
            duplicate=item.duplicate_of is not None,
            design=content.findings[item.finding].design,
            direction=content.findings[item.finding].direction,
            n_participants=content.findings[item.finding].n_participants,
        )
        for item in relation.findings
    ]


def statements_are_borne_out(content: Content) -> Iterator[Problem]:
    """A text cites what exists, in own words, with no number its citations do not hold."""
    for ref, entity in content.entities.items():
        names = set[str]()
        for location, text in texts_of(entity):
            if isinstance(text, StatementFile):
                if text.id in names or text.id == Topic.SUMMARY:
                    yield content.documents[ref].problem(
                        (*location, "id"),
                        f"the statement id {text.id} is taken: choose another",
                    )
                names.add(text.id)
                if text.topic is Topic.SUMMARY:
                    yield content.documents[ref].problem(
                        (*location, "topic"),
                        "summary is the topic of `summary` alone: choose another",
                    )
            yield from _text_problems(content, ref, location, text)


def _text_problems(
    content: Content,
    ref: str,
    location: tuple[str | int, ...],
    text: SummaryFile | StatementFile | VerdictFile,
) -> Iterator[Problem]:
    document = content.documents[ref]
    topic = text.topic if isinstance(text, StatementFile) else Topic.SUMMARY
    facts, figures = list[str](), list[float]()
    for index, cited in enumerate(text.cites):
        if cited in content.findings:
            finding, source = (
                content.findings[cited],
                content.sources[content.source_of[cited]],
            )
            measure = finding.measure
            facts += filter(
                None,
                [
                    finding.statement,
                    finding.population,
                    finding.certainty_as_stated,
                    *(caveat.text for caveat in finding.caveats),
                    *(
                        (measure.comparator, measure.time_horizon, measure.p_value)
                        if measure
                        else ()
                    ),
                ],
            )
            figures += filter(None, [finding.n_participants, finding.n_studies, source.year])
            if measure:
                figures += [
                    figure
                    for figure in (
                        measure.value,
                        measure.ci_low,
                        measure.ci_high,
                        measure.ci_level,
                        measure.range_low,
                        measure.range_high,
                    )
                    if figure is not None
                ]
        elif cited in content.sources:
            figures += filter(None, [content.sources[cited].year])
        elif cited == EDITORIAL:
            if not (ref.startswith("term/") and topic in (Topic.SUMMARY, Topic.DEFINITION)):
                yield document.problem(
                    (*location, "cites", index),
                    "editorial is for the dictionary definition of a glossary term: cite a finding",
                )
        elif content.lacks_finding(cited):
            yield document.problem(
                (*location, "cites", index),
                f"{_unknown_finding(cited)}, or a source of that id",
            )
    if topic is Topic.KNOWN_GAP and not any(
        content.sources[content.source_of[cited]].kind is SourceKind.EVIDENCE_SEARCH
        for cited in text.cites
        if cited in content.findings
    ):
        yield document.problem(location, "a known_gap cites what the evidence search records")
    for audience in ("plain", "clinical"):
        wording: str | None = getattr(text, audience)
        if not wording:
            continue
        if unheld := unheld_numbers(wording, facts, figures):
            yield document.problem(
                (*location, audience),
                f"{audience}: no citation holds {', '.join(unheld)}: cite the finding it comes from, "
                "or leave the number out",
            )
        for cited in text.cites:
            if cited in content.findings and (
                run := borrowed_run(wording, content.findings[cited].statement)
            ):
                yield document.problem(
                    (*location, audience),
                    f"{audience}: taken over from {cited}: {run!r}: reword it",
                )
    school_grade = grade(text.plain)
    if school_grade is not None and school_grade > MAX_GRADE:
        yield document.problem(
            (*location, "plain"),
            f"plain: reading grade {school_grade:.1f}, at most {MAX_GRADE:g}: shorter words and "
            "sentences",
        )


def findings_are_used(content: Content) -> Iterator[Problem]:
    """A finding nothing rests on is a finding lost: relate it, or take it out with a reason."""
    if any("/" in key for key in content.unread):
        return  # an entity that could not be read may use it
    used = {
        item.finding
        for entity in content.entities.values()
        for relation in entity.relations
        for item in relation.findings
    } | {
        cited
        for entity in content.entities.values()
        for _, text in texts_of(entity)
        for cited in text.cites
    }
    for key, source in content.sources.items():
        for index, finding in enumerate(source.findings):
            if finding.id not in used and source.kind is not SourceKind.EVIDENCE_SEARCH:
                yield content.documents[key].problem(
                    ("findings", index, "id"),
                    f"no entity uses {finding.id}: relate or cite it",
                )


def texts_of(
    entity: EntityFile,
) -> Iterator[tuple[tuple[str | int, ...], SummaryFile | StatementFile]]:
    """The cited texts of an entity with their places: the summary, then the statements."""
    yield ("summary",), entity.summary
    for index, statement in enumerate(entity.statements):
        yield ("statements", index), statement


def _unknown_entity(ref: str) -> str:
    kind, _, slug = ref.partition("/")
    return f"unknown entity {ref}: add data/{BY_NAME[kind].collection}/{slug}.yaml, or correct it"


def _unknown_finding(finding: str) -> str:
    return f"unknown finding {finding}: add it to its source in data/sources/, or correct it"


RULES: Final[tuple[Rule, ...]] = (
    sources_can_be_found,
    finding_ids_are_unique,
    findings_name_known_conditions,
    measures_are_possible,
    names_are_unique_within_a_kind,
    a_question_leads_to_one_entity,
    former_slugs_are_free,
    icd_codes_exist,
    claims_name_known_findings,
    relations_fit,
    verdicts_follow,
    statements_are_borne_out,
    findings_are_used,
)
"""Every rule, in the order in which its faults are shown before they are sorted by file."""
