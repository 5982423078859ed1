"""Sources in the formats of reference managers: CSL JSON, BibTeX, RIS."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from api.knowledge.vocabulary import SourceKind
from api.representations.records import SourceRecord

_CSL_TYPES: Final = {
    SourceKind.TEXTBOOK_CHAPTER: "chapter",
    SourceKind.PATIENT_EDUCATION: "webpage",
    SourceKind.WEB_PAGE: "webpage",
    SourceKind.PATIENT_FORUM: "webpage",
    SourceKind.EVIDENCE_SEARCH: "dataset",
}
_BIBTEX_TYPES: Final = {"article-journal": "article", "chapter": "incollection"}
_RIS_TYPES: Final = {
    "article-journal": "JOUR",
    "chapter": "CHAP",
    "webpage": "ELEC",
    "dataset": "DATA",
}
_BIBTEX_SPECIAL: Final = re.compile(r"([&%$#_{}])")


def as_csl(sources: Sequence[SourceRecord]) -> str:
    """CSL JSON: what citation processors read."""
    return json.dumps([_csl(source) for source in sources], ensure_ascii=False)


def as_bibtex(sources: Sequence[SourceRecord]) -> str:
    """BibTeX, in UTF-8."""
    return "\n".join(_bibtex(source) for source in sources)


def as_ris(sources: Sequence[SourceRecord]) -> str:
    """RIS, in UTF-8."""
    return "\r\n".join(_ris(source) for source in sources)


def _type(source: SourceRecord) -> str:
    return _CSL_TYPES.get(source.kind, "article-journal")


def _name(author: str) -> tuple[str, str]:
    """Family name and initials; a name in one word is all family name."""
    family, _, given = author.rpartition(" ")
    return (family, given) if family else (given, "")


def _csl(source: SourceRecord) -> dict[str, Any]:
    first = {
        "id": source.id,
        "type": _type(source),
        "title": source.title,
        "author": [
            {"family": family, "given": given} if given else {"literal": family}
            for family, given in map(_name, source.authors)
        ],
        "container-title": source.container,
        "issued": {"date-parts": [[source.year]]} if source.year else None,
        "volume": source.volume,
        "issue": source.issue,
        "page": source.pages,
        "DOI": source.doi,
        "PMID": source.pmid,
        "PMCID": source.pmcid,
        "URL": source.url,
    }
    return {key: value for key, value in first.items() if value}


def _bibtex(source: SourceRecord) -> str:
    authors = [", ".join(filter(None, _name(author))) for author in source.authors]
    kind = _BIBTEX_TYPES.get(_type(source), "misc")
    container = "booktitle" if kind == "incollection" else "journal"
    fields = {
        "title": f"{{{_escaped(source.title)}}}",
        "author": " and ".join(map(_escaped, authors)),
        container if kind != "misc" else "howpublished": _escaped(source.container or ""),
        "year": str(source.year or ""),
        "volume": source.volume,
        "number": source.issue,
        "pages": (source.pages or "").replace("-", "--"),
        "doi": source.doi,
        "url": source.url,
    }
    lines = [f"  {key} = {{{value}}}," for key, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{source.id},", *lines, "}", ""])


def _escaped(text: str) -> str:
    return _BIBTEX_SPECIAL.sub(r"\\\1", text)


def _ris(source: SourceRecord) -> str:
    first, _, last = (source.pages or "").partition("-")
    tags = [
        ("TY", _RIS_TYPES[_type(source)]),
        ("ID", source.id),
        ("TI", source.title),
        *(("AU", ", ".join(filter(None, _name(author)))) for author in source.authors),
        ("T2", source.container),
        ("PY", source.year),
        ("VL", source.volume),
        ("IS", source.issue),
        ("SP", first),
        ("EP", last),
        ("DO", source.doi),
        ("UR", source.url),
    ]
    lines = [f"{tag}  - {value}" for tag, value in tags if value]
    return "\r\n".join([*lines, "ER  - ", ""])
