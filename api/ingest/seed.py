"""Writing the checked content into the database: one transaction, one release."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlmodel import SQLModel

from api.ingest.files import (
    EDITORIAL,
    Content,
    EntityFile,
    Problem,
    RelationFile,
    read_content,
)
from api.ingest.installed import fingerprint_of, latest_release
from api.ingest.rules import problems_between_files, texts_of, weighed
from api.knowledge.certainty import Graded, certainty_of
from api.knowledge.entities import (
    AskedFields,
    Citation,
    Entity,
    EntityFields,
    Facet,
    FormerSlug,
    Statement,
)
from api.knowledge.evidence import Caveat, Finding, Measure, Source, label_of
from api.knowledge.kinds import BY_NAME, KINDS
from api.knowledge.relations import Relation, RelationFinding
from api.knowledge.releases import Change, ChangeAction, Release
from api.knowledge.verdicts import RelationVerdict, VerdictCitation, verdict_by_rule
from api.knowledge.vocabulary import Predicate, Topic
from api.search.store import write_index

Progress = Callable[[str], None]
"""Called with the name of each step as it begins."""

STEPS: Final = ("read", "check", "prepare", "write", "index")

Row = dict[str, Any]
Rows = dict[type[SQLModel], list[Row]]
"""Rows by table."""


def _unwatched(_: str) -> None:
    """Nobody watches the steps."""


class BrokenDataError(Exception):
    """The data files hold faults; nothing was written."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems in the data")
        self.problems = problems


@dataclass(frozen=True)
class Seeding:
    """What a seeding did: the release now served, and the changes it brought (none: no news)."""

    release: str
    version: str
    changes: dict[ChangeAction, int] = field(default_factory=dict)


def check(folder: Path, progress: Progress = _unwatched) -> Content:
    """Read and check all data files. Raises BrokenDataError with every problem, sorted by place."""
    progress("read")
    content, problems = read_content(folder)
    progress("check")
    problems += problems_between_files(content)
    if problems:
        raise BrokenDataError(sorted(problems))
    return content


def seed(
    engine: Engine,
    folder: Path,
    code_version: str,
    progress: Progress = _unwatched,
) -> Seeding:
    """Make the database hold what `folder` says, in one transaction, as a new release.

    Idempotent: content that is already there is left alone. Two seedings at once wait for each
    other. Raises BrokenDataError, having written nothing, where the files hold faults.
    """
    fingerprint = fingerprint_of(folder, code_version)
    with engine.connect() as connection:
        served = latest_release(connection)
        if served and served["data_fingerprint"] == fingerprint:
            return Seeding(served["id"], served["version"])
    content = check(folder, progress)
    assert content.release, "checked content has a release"
    progress("prepare")
    tables = _rows(content)
    release_id = _digest({**_fingerprints(content), "release": content.release}, 12)
    progress("write")
    with engine.begin() as connection:
        served = latest_release(connection)
        changes = _changes(_stored_fingerprints(connection), _fingerprints(content))
        # Also for the same content: another version of the code may derive other rows from it.
        for model in reversed(list(tables)):
            connection.execute(delete(_table(model)))
        for model, rows in tables.items():
            if rows:
                connection.execute(insert(_table(model)), rows)
        progress("index")
        write_index(connection, release_id)
        if served and served["id"] == release_id:
            connection.execute(
                update(_table(Release))
                .where(_table(Release).c.sequence == served["sequence"])
                .values(data_fingerprint=fingerprint)
            )
            return Seeding(served["id"], served["version"])
        sequence = served["sequence"] + 1 if served else 1
        connection.execute(
            insert(_table(Release)),
            {
                "id": release_id,
                "sequence": sequence,
                **content.release.model_dump(),
                "counts": _counts(content, tables),
                "seeded_at": datetime.now(UTC).replace(microsecond=0),
                "data_fingerprint": fingerprint,
            },
        )
        if changes:
            connection.execute(
                insert(_table(Change)),
                [{"release_sequence": sequence, **row} for row in changes],
            )
    tally: dict[ChangeAction, int] = defaultdict(int)
    for row in changes:
        tally[row["action"]] += 1
    return Seeding(release_id, content.release.version, dict(tally))


def _table(model: type[SQLModel]) -> Any:
    return model.__table__  # type: ignore[attr-defined]


def _digest(value: Any, length: int = 16) -> str:
    """A digest of any content that does not depend on the order of keys."""

    def plain(item: Any) -> Any:
        if isinstance(item, BaseModel):
            return item.model_dump(mode="json", exclude_defaults=True)
        raise TypeError(f"no digest of {type(item)}")

    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=plain)
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def _fingerprints(content: Content) -> dict[str, dict[str, str]]:
    """For each entity and source, a digest of each of its parts, by which changes are told."""
    parts: dict[str, dict[str, str]] = {}
    for ref, entity in content.entities.items():
        parts[ref] = {
            "fields": _digest(
                entity.model_dump(
                    mode="json",
                    exclude_defaults=True,
                    exclude={"summary", "statements", "relations"},
                )
            ),
            "statements": _digest([entity.summary, *entity.statements]),
            "relations": _digest(entity.relations),
        }
    for key, source in content.sources.items():
        parts[f"source/{key}"] = {
            "fields": _digest(
                source.model_dump(mode="json", exclude_defaults=True, exclude={"findings"})
            ),
            "findings": _digest(source.findings),
        }
    return parts


def _stored_fingerprints(connection: Connection) -> dict[str, dict[str, str]]:
    entity, source = _table(Entity), _table(Source)
    stored = dict(connection.execute(select(entity.c.id, entity.c.fingerprints)).all())
    for key, parts in connection.execute(select(source.c.id, source.c.fingerprints)):
        stored[f"source/{key}"] = parts
    return stored


def _changes(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> list[Row]:
    """What was added, changed and removed between two contents."""
    rows: list[Row] = []
    for subject in sorted(before.keys() | after.keys()):
        old, new = before.get(subject), after.get(subject)
        if old == new:
            continue
        action = (
            ChangeAction.ADDED
            if old is None
            else ChangeAction.REMOVED
            if new is None
            else ChangeAction.CHANGED
        )
        parts = [name for name in new if old.get(name) != new[name]] if old and new else []
        rows.append({"subject": subject, "action": action, "parts": parts})
    return rows


def _counts(content: Content, tables: Rows) -> dict[str, int]:
    counts = {
        kind.collection: sum(ref.startswith(f"{kind.name}/") for ref in content.entities)
        for kind in KINDS
    }
    return {
        **counts,
        "statements": len(tables[Statement]) - len(content.entities),
        "relations": len(tables[Relation]),
        "findings": len(tables[Finding]),
        "sources": len(tables[Source]),
    }


def _rows(content: Content) -> Rows:
    """The rows of every content table, in an order in which foreign keys are met."""
    in_order: tuple[type[SQLModel], ...] = (
        Entity,
        *(kind.table for kind in KINDS),
        FormerSlug,
        Facet,
        Source,
        Finding,
        Measure,
        Caveat,
        Statement,
        Citation,
        Relation,
        RelationFinding,
        RelationVerdict,
        VerdictCitation,
    )
    rows: Rows = {model: [] for model in in_order}
    fingerprints = _fingerprints(content)
    for key, source in content.sources.items():
        rows[Source].append(
            {
                "id": key,
                "label": label_of(source),
                **source.model_dump(exclude={"findings"}),
                "fingerprints": fingerprints[f"source/{key}"],
            }
        )
        for finding in source.findings:
            rows[Finding].append(
                {
                    **finding.model_dump(exclude={"measure", "caveats"}),
                    "source_id": key,
                    "condition_id": f"condition/{finding.condition}" if finding.condition else None,
                }
            )
            if finding.measure:
                rows[Measure].append({"finding_id": finding.id, **finding.measure.model_dump()})
            rows[Caveat] += [
                {"finding_id": finding.id, "position": position, **caveat.model_dump()}
                for position, caveat in enumerate(finding.caveats)
            ]
    joined = _joined(content)
    for ref, entity in content.entities.items():
        _entity_rows(content, ref, entity, rows, fingerprints[ref], joined[ref])
    return rows


def _joined(content: Content) -> dict[str, int]:
    """How many edges each entity has to others, from either end."""
    counts: dict[str, int] = defaultdict(int)
    for ref, entity in content.entities.items():
        for relation in entity.relations:
            if relation.object:
                counts[ref] += 1
                counts[relation.object] += 1
    return counts


def _entity_rows(
    content: Content,
    ref: str,
    entity: EntityFile,
    rows: Rows,
    fingerprints: dict[str, str],
    joined: int,
) -> None:
    kind_name, _, slug = ref.partition("/")
    kind = BY_NAME[kind_name]
    links = [item for relation in entity.relations for item in relation.findings]
    cited = {item for _, text in texts_of(entity) for item in text.cites} - {EDITORIAL}
    used = {item for item in cited if item in content.findings} | {item.finding for item in links}
    rows[Entity].append(
        {
            **entity.model_dump(include={*EntityFields.model_fields, *AskedFields.model_fields}),
            "id": ref,
            "kind": kind_name,
            "slug": slug,
            "n_statements": len(entity.statements),
            "n_relations": joined,
            "n_findings": len(used),
            "n_sources": len({content.source_of.get(item, item) for item in used | cited}),
            "fingerprints": fingerprints,
        }
    )
    own = entity.model_dump(mode="json", include=set(kind.fields.model_fields))
    rows[kind.table].append({"entity_id": ref, **own})
    rows[FormerSlug] += [
        {"kind": kind_name, "slug": former, "entity_id": ref} for former in entity.former_slugs
    ]
    rows[Facet] += [
        {"entity_id": ref, "field": name, "value": value}
        for name in kind.facets
        for value in dict.fromkeys(getattr(entity, name))
    ]
    # A finding is indirect for this entity where every edge of it that uses the finding says so.
    direct = {item.finding for item in links if not item.indirect}
    indirect = {item.finding for item in links if item.indirect} - direct
    for position, (_, text) in enumerate(texts_of(entity)):
        topic = getattr(text, "topic", Topic.SUMMARY)
        statement_id = f"{kind_name}.{slug}.{getattr(text, 'id', Topic.SUMMARY.value)}"
        graded = [
            Graded(found.design, found.certainty, cited in indirect)
            for cited in text.cites
            if (found := content.findings.get(cited))
        ]
        rows[Statement].append(
            {
                "id": statement_id,
                "entity_id": ref,
                "position": position,
                "topic": topic,
                "plain": text.plain,
                "clinical": text.clinical,
                "certainty": certainty_of(topic, graded),
                "editorial": EDITORIAL in text.cites,
            }
        )
        rows[Citation] += [
            {
                "statement_id": statement_id,
                "position": place,
                "source_id": content.source_of.get(cited, cited),
                "finding_id": cited if cited in content.findings else None,
            }
            for place, cited in enumerate(dict.fromkeys(text.cites))
            if cited != EDITORIAL
        ]
    for relation in entity.relations:
        relation_id = _relation_id(ref, relation.predicate, relation.object)
        rows[Relation].append(
            {
                "id": relation_id,
                "subject_id": ref,
                "predicate": relation.predicate,
                "object_id": relation.object,
            }
        )
        rows[RelationFinding] += [
            {
                "relation_id": relation_id,
                "finding_id": item.finding,
                "position": position,
                **item.model_dump(exclude={"finding"}),
            }
            for position, item in enumerate(relation.findings)
        ]
        _verdict_rows(content, relation_id, relation, rows)


def _verdict_rows(content: Content, relation_id: str, relation: RelationFile, rows: Rows) -> None:
    if verdict := relation.verdict:
        rows[RelationVerdict].append(
            {
                "relation_id": relation_id,
                "value": verdict.value,
                "plain": verdict.plain,
                "clinical": verdict.clinical,
                "departs": verdict.departs,
                "by_rule": verdict_by_rule(weighed(content, relation)),
            }
        )
        rows[VerdictCitation] += [
            {"relation_id": relation_id, "position": position, "finding_id": cited}
            for position, cited in enumerate(verdict.cites)
        ]


def _relation_id(subject: str, predicate: Predicate, obj: str | None) -> str:
    return ":".join(
        filter(
            None,
            [subject.replace("/", "."), predicate.value, obj and obj.replace("/", ".")],
        )
    )
