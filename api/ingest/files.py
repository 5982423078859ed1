"""The shapes of the files in `data/`, and reading them so that a fault is known by file and line."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, cast, get_args

import yaml
from pydantic import (
    BaseModel,
    Field,
    StringConstraints,
    ValidationError,
    create_model,
)
from pydantic_core import ErrorDetails
from sqlmodel import SQLModel
from sqlmodel._compat import SQLModelConfig

from api.ingest.installed import data_files
from api.knowledge.entities import (
    AskedFields,
    EntityFields,
    EntityRef,
    Slug,
    StatementFields,
    WordingFields,
)
from api.knowledge.evidence import (
    CaveatFields,
    FindingFields,
    MeasureFields,
    RecordId,
    SourceFields,
    Text,
)
from api.knowledge.kinds import KINDS, Kind
from api.knowledge.verdicts import VerdictFields
from api.knowledge.vocabulary import Predicate, Stance

EDITORIAL: Final = "editorial"
"""The citation of a dictionary definition: our own wording, allowed for glossary terms only."""

SUMMARY_LENGTH: Final = 300

Location = tuple[str | int, ...]


class _Strict(SQLModel):
    model_config = SQLModelConfig(extra="forbid")


class MeasureFile(MeasureFields, _Strict):
    """The figure a finding reports."""


class CaveatFile(CaveatFields, _Strict):
    """A reason to read a finding with care."""


class FindingFile(FindingFields, _Strict):
    """One result that a source reports."""

    id: RecordId = Field(description="Stable id, unique over all sources.")
    measure: MeasureFile | None = Field(default=None, description="The figure, if it has one.")
    caveats: list[CaveatFile] = Field(default=[], description="How to read it with care.")


class SourceFile(SourceFields, _Strict):
    """`data/sources/<id>.yaml`: one publication or page with every finding read from it."""

    findings: list[FindingFile] = Field(description="Every finding read from it.")


Cites = Annotated[
    list[RecordId],
    Field(
        min_length=1,
        description="What it rests on: ids of findings or sources; `editorial` only for the "
        "dictionary definition of a glossary term.",
    ),
]


class SummaryFile(WordingFields, _Strict):
    """The entity in a few lines, cited like a statement."""

    plain: Annotated[str, StringConstraints(min_length=1, max_length=SUMMARY_LENGTH)]
    clinical: Annotated[str, StringConstraints(min_length=1, max_length=SUMMARY_LENGTH)]
    cites: Cites


class StatementFile(StatementFields, _Strict):
    """One or two sentences about the entity."""

    id: Slug = Field(description="Names the statement within its entity; part of its address.")
    cites: Cites


class RelationFindingFile(_Strict):
    """A finding a relation rests on."""

    finding: RecordId = Field(description="Id of the finding.")
    stance: Stance = Field(description="What it says of the relation.")
    indirect: bool = Field(
        default=False,
        description="Whether its population is not (only) people with a fusion or failed surgery.",
    )
    duplicate_of: RecordId | None = Field(
        default=None,
        description="The finding that reports the same result of the same study.",
    )
    caution: Text | None = Field(default=None, description="How it must not be shown.")


class VerdictFile(VerdictFields, _Strict):
    """What the evidence makes of it, with the findings that decide."""

    plain: Annotated[str, StringConstraints(min_length=1, max_length=SUMMARY_LENGTH)]
    clinical: Annotated[str, StringConstraints(max_length=SUMMARY_LENGTH)] | None = None
    cites: Annotated[
        list[RecordId], Field(min_length=1, description="The findings that decide it.")
    ]


class RelationFile(_Strict):
    """An edge from this entity to another."""

    predicate: Predicate = Field(description="What joins the two.")
    object: EntityRef | None = Field(
        default=None,
        description="`kind/slug` of the other entity; none for `describes`.",
    )
    verdict: VerdictFile | None = Field(
        default=None, description="For a treatment, prevention or procedure said to do good."
    )
    findings: list[RelationFindingFile] = Field(default=[], description="What it rests on.")


class EntityFile(EntityFields, AskedFields, _Strict):
    """`data/<collection>/<slug>.yaml`: one entity with its text and its relations."""

    former_slugs: list[Slug] = Field(
        default=[], description="Slugs it had before; requests for them are sent on."
    )
    summary: SummaryFile
    statements: list[StatementFile] = Field(default=[], description="Its text, in reading order.")
    relations: list[RelationFile] = Field(default=[], description="Its edges to other entities.")


class ReleaseFile(_Strict):
    """`data/release.yaml`: the version people speak of."""

    version: Annotated[str, StringConstraints(pattern=r"^\d{4}\.\d{1,2}(\.\d+)?$")] = Field(
        description="Year, month and, for a second one in a month, a number: 2026.11.1."
    )
    released_on: date = Field(description="The day of the release.")
    notes: Text = Field(description="What changed for a reader, and why.")


def _entity_file(kind: Kind) -> type[EntityFile]:
    """The file model of a kind: what every entity has, and the kind's own fields."""
    bases: Any = (EntityFile, kind.fields)
    model: Any = create_model(
        f"{kind.fields.__name__.removesuffix('Fields')}File",
        __base__=bases,
        __doc__=f"`data/{kind.collection}/<slug>.yaml`. {kind.description}",
    )
    return cast("type[EntityFile]", model)


ENTITY_FILES: Final = {kind.name: _entity_file(kind) for kind in KINDS}
"""The file model of each kind, by the kind's name."""


@dataclass(frozen=True, order=True)
class Problem:
    """One fault of the data, where it stands, and what would be right."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class _Loader(yaml.CSafeLoader):
    """Safe YAML that refuses a key given twice instead of dropping the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if len(keys) != len(set(keys)):
            twice = next(key for key, _ in node.value if keys.count(key.value) > 1)
            raise yaml.constructor.ConstructorError(
                None,
                None,
                f"the key {twice.value!r} stands here twice",
                twice.start_mark,
            )
        return super().construct_mapping(node, deep=deep)


@dataclass
class Document:
    """One file: its text, and the line on which each of its parts stands."""

    path: Path
    shown_path: str
    text: str = ""

    @cached_property
    def _tree(self) -> yaml.Node | None:
        return yaml.compose(self.text, Loader=yaml.CSafeLoader)

    def line(self, location: Sequence[str | int]) -> int:
        """The line, from 1, of the part at `location`, or of its nearest parent that exists."""
        node, line = self._tree, 1
        for step in location:
            if isinstance(node, yaml.MappingNode):
                pair = next((pair for pair in node.value if pair[0].value == str(step)), None)
                if pair is None:
                    break
                line, node = pair[0].start_mark.line + 1, pair[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                if step >= len(node.value):
                    break
                node = node.value[step]
                line = node.start_mark.line + 1
            else:
                break
        return line

    def problem(self, location: Sequence[str | int], message: str) -> Problem:
        """A fault at `location` of this file."""
        return Problem(self.shown_path, self.line(location), message)


@dataclass
class Content:
    """Everything in `data/`, validated file by file; the rules between files come after."""

    sources: dict[str, SourceFile] = field(default_factory=dict)
    entities: dict[str, EntityFile] = field(default_factory=dict)
    """By `kind/slug`."""
    release: ReleaseFile | None = None
    documents: dict[str, Document] = field(default_factory=dict)
    """By source id, `kind/slug`, or `release`."""
    unread: set[str] = field(default_factory=set)
    """The keys of files that are there, but were not well-formed."""

    @cached_property
    def findings(self) -> dict[str, FindingFile]:
        """Every finding by id."""
        return {item.id: item for source in self.sources.values() for item in source.findings}

    def lacks_entity(self, ref: str) -> bool:
        """Whether there is no such entity, nor a file for it that could not be read."""
        return ref not in self.entities and ref not in self.unread

    def lacks_finding(self, finding: str) -> bool:
        """Whether there is no such finding, nor a source that could not be read and may hold it."""
        sources_unread = any("/" not in key and key != "release" for key in self.unread)
        return finding not in self.findings and not sources_unread

    @cached_property
    def source_of(self) -> dict[str, str]:
        """The id of the source of each finding."""
        return {item.id: key for key, source in self.sources.items() for item in source.findings}


def read_content(folder: Path) -> tuple[Content, list[Problem]]:
    """Read every file of `folder`; return what is well-formed and every fault of shape."""
    content, problems = Content(), list[Problem]()
    for path, model, key in _files(folder):
        shown = f"{folder.resolve().name}/{path.relative_to(folder).as_posix()}"
        document = Document(path, shown)
        if model is None:
            problems.append(
                Problem(shown, 1, f"no place for this file: {key}"),
            )
            continue
        try:
            document.text = path.read_text(encoding="utf-8")
            raw = yaml.load(document.text, Loader=_Loader)  # noqa: S506  # a safe loader
            parsed = model.model_validate(raw)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            line = mark.line + 1 if mark else 1
            problems.append(Problem(shown, line, f"not YAML: {error.problem}"))
        except UnicodeDecodeError as error:
            problems.append(Problem(shown, 1, f"not UTF-8: {error.reason} at byte {error.start}"))
        except ValidationError as error:
            problems += [_fault(document, model, details) for details in error.errors()]
        except (yaml.YAMLError, ValueError, TypeError) as error:
            problems.append(Problem(shown, 1, f"not YAML: {str(error).splitlines()[0]}"))
        else:
            content.documents[key] = document
            if isinstance(parsed, SourceFile):
                content.sources[key] = parsed
            elif isinstance(parsed, EntityFile):
                content.entities[key] = parsed
            elif isinstance(parsed, ReleaseFile):
                content.release = parsed
        if key not in content.documents:
            content.unread.add(key)
    if not (folder / "release.yaml").exists():
        problems.append(
            Problem(
                f"{folder.name}/release.yaml",
                1,
                "missing: it says which version this is",
            )
        )
    return content, problems


def _files(folder: Path) -> Iterator[tuple[Path, type[BaseModel] | None, str]]:
    """Each file with the model it must fit and its key; without a model where none fits."""
    collections: dict[str, Kind] = {kind.collection: kind for kind in KINDS}
    for path in data_files(folder):
        parts = path.relative_to(folder).parts
        if parts == ("release.yaml",):
            yield path, ReleaseFile, "release"
        elif path.suffix != ".yaml":
            yield path, None, "data files end in .yaml"
        elif len(parts) != 2 or parts[0] not in {"sources", *collections}:
            yield (
                path,
                None,
                f"put it in sources/ or one of {', '.join(sorted(collections))}",
            )
        elif parts[0] == "sources":
            if re.fullmatch(r"[a-z0-9][a-z0-9._-]*", path.stem):
                yield path, SourceFile, path.stem
            else:
                yield (
                    path,
                    None,
                    "a source file is named in a-z, 0-9, dot, dash and underscore",
                )
        elif re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", path.stem):
            kind = collections[parts[0]]
            yield path, ENTITY_FILES[kind.name], f"{kind.name}/{path.stem}"
        else:
            yield path, None, "an entity file is named in a-z, 0-9 and single dashes"


def _fault(document: Document, model: type[BaseModel], details: ErrorDetails) -> Problem:
    """A validation error as a fault that says what is allowed."""
    location = details["loc"]
    name = ".".join(str(step) for step in location)
    match details["type"]:
        case "extra_forbidden":
            known = sorted(_keys_at(model, location[:-1]))
            close = difflib.get_close_matches(str(location[-1]), known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"allowed: {', '.join(known)}"
            message = f"{name}: unknown key: {hint}"
        case "missing":
            message = f"{name}: missing: this key is required"
        case _:
            shown = repr(details["input"])
            shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
            message = f"{name}: {details['msg']}, not {shown}"
    return document.problem(location, message.removeprefix(": "))


def _keys_at(model: type[BaseModel], location: Location) -> set[str]:
    """The keys a mapping at `location` of `model` may hold."""
    current: type[BaseModel] | None = model
    for step in location:
        if isinstance(step, str) and current is not None and step in current.model_fields:
            current = _model_in(current.model_fields[step].annotation)
    return set(current.model_fields) if current else set()


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model an annotation holds, looking into lists, unions and Annotated."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
