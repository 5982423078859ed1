"""The content report: how much there is, how well it is cited, and what is still thin."""

from collections import Counter
from collections.abc import Mapping
from statistics import mean, median
from typing import Final

from api.ingest.files import Content, EntityFile
from api.ingest.readability import grade
from api.ingest.rules import texts_of
from api.knowledge.kinds import KINDS
from api.knowledge.vocabulary import SourceKind

Report = dict[str, dict[str, float]]
"""Figures by row (a collection, or `all`) and column."""

GUIDE: Final[dict[str, tuple[int, int, int]]] = {
    "condition": (15, 8, 8),
    "faq": (2, 2, 2),
    "fact_check": (3, 3, 3),
    "term": (1, 1, 1),
}
"""The fewest statements an entity of tier 1, 2 and 3 should have; others: `OTHERS`."""

OTHERS: Final = (6, 3, 2)

WORSE_IF_LOWER: Final = frozenset(
    {"entities", "statements", "citations a statement", "relations", "verdicts", "findings used"}
)
WORSE_IF_HIGHER: Final = frozenset(
    {"grade median", "grade max", "under guide", "findings unused", "sources unused"}
)


def content_report(content: Content) -> Report:
    """The figures of each collection, and of the whole."""
    report: Report = {}
    for kind in KINDS:
        mine = {
            ref: entity
            for ref, entity in content.entities.items()
            if ref.startswith(f"{kind.name}/")
        }
        report[kind.collection] = _figures(content, mine)
    whole = _figures(content, content.entities)
    used = _used(content, content.entities)
    studied = {
        finding
        for finding, source in content.source_of.items()
        if content.sources[source].kind is not SourceKind.EVIDENCE_SEARCH
    }
    sources = Counter(content.source_of[finding] for finding in used)
    whole |= {
        "findings unused": len(studied - used),
        "sources unused": sum(sources[key] == 0 for key in content.sources),
        "sources used once": sum(sources[key] == 1 for key in content.sources),
    }
    return {**report, "all": whole}


def worsened(before: Mapping[str, Mapping[str, float]], now: Report) -> list[str]:
    """What got worse against recorded figures, in words."""
    faults = []
    for row, figures in before.items():
        for column, old in figures.items():
            new = now.get(row, {}).get(column)
            lost = new is None
            lower = new is not None and column in WORSE_IF_LOWER and new < old
            higher = new is not None and column in WORSE_IF_HIGHER and new > old
            if lost or lower or higher:
                faults.append(
                    f"{row}: {column} was {old:g}, is {new if new is None else f'{new:g}'}"
                )
    return faults


def as_table(report: Report) -> str:
    """The report as a Markdown table."""
    columns = list(dict.fromkeys(column for figures in report.values() for column in figures))
    lines = [
        "| | " + " | ".join(columns) + " |",
        "|---|" + "--:|" * len(columns),
    ]
    for row, figures in report.items():
        cells = [f"{figures[column]:g}" if column in figures else "" for column in columns]
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _figures(content: Content, entities: Mapping[str, EntityFile]) -> dict[str, float]:
    texts = [text for entity in entities.values() for _, text in texts_of(entity)]
    statements = [item for entity in entities.values() for item in entity.statements]
    grades = [found for text in texts if (found := grade(text.plain)) is not None]
    relations = [item for entity in entities.values() for item in entity.relations if item.object]
    return {
        "entities": len(entities),
        "statements": len(statements),
        "citations a statement": round(mean([len(item.cites) for item in statements] or [0]), 2),
        "findings used": len(_used(content, entities)),
        "grade median": round(median(grades or [0.0]), 1),
        "grade max": round(max(grades, default=0.0), 1),
        "relations": len(relations),
        "verdicts": sum(item.verdict is not None for item in relations),
        "under guide": sum(_is_thin(ref, entity) for ref, entity in entities.items()),
    }


def _used(content: Content, entities: Mapping[str, EntityFile]) -> set[str]:
    """The findings that entities cite or rest their relations on."""
    cited = {
        item for entity in entities.values() for _, text in texts_of(entity) for item in text.cites
    }
    filed = {
        item.finding
        for entity in entities.values()
        for relation in entity.relations
        for item in relation.findings
    }
    return (cited & content.findings.keys()) | filed


def _is_thin(ref: str, entity: EntityFile) -> bool:
    guide = GUIDE.get(ref.partition("/")[0], OTHERS)
    return len(entity.statements) < guide[entity.tier - 1]
