"""The index: everything search knows of one release, made once when it is seeded.

It is kept in the database as one value, so that every process, on SQLite as on PostgreSQL, works
with the same bytes and starts without computing anything.
"""

import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from api.search.lexical import Field, field_of
from api.search.words import is_stop_word, terms, words

FIELDS: Final = ("name", "asked", "summary", "statements")
"""The fields of an entity, each with BM25 scores of its own."""

ROLES: Final = ("name", "asked", "summary", "statement")
"""What a vector of an entity is of; an entity's vectors stand in this order."""

MANY: Final = 5_000
"""From so many entities on, gists are looked at by groups."""

PROBED: Final = 16
"""Of the groups, one in so many is looked at."""

_ROUNDS: Final = 3
_INT8: Final = 127.0


@dataclass(frozen=True)
class IndexedStatement:
    """A statement as search knows it."""

    id: str
    topic: str
    plain: str
    clinical: str | None
    certainty: str | None
    directions: Sequence[str] = ()
    """Which ways the findings it cites point."""


@dataclass(frozen=True)
class IndexedEntity:
    """An entity as search knows it: its names, the ways people ask about it, and its text."""

    ref: str
    name: str
    kind: str
    tier: int
    names: Sequence[str]
    asked: Sequence[str]
    summary: IndexedStatement
    statements: Sequence[IndexedStatement]
    neighbours: Sequence[str]

    @property
    def texts(self) -> list[list[str]]:
        """The texts that get a vector, by role. No role is empty: a neighbour role stands in."""
        summary = f"{self.name}. {self.summary.plain}"
        return [
            list(self.names),
            list(self.asked) or list(self.names),
            [summary],
            [statement.plain for statement in self.statements] or [summary],
        ]


@dataclass(frozen=True)
class IndexedFlag:
    """A red flag as search knows it."""

    slug: str
    name: str
    urgency: str
    action: str
    signs: Sequence[str]


@dataclass(frozen=True)
class Clusters:
    """Entities grouped by their gists, so that most need not be looked at."""

    centers: NDArray[np.float32]
    starts: NDArray[np.int32]
    members: NDArray[np.int32]

    def near(self, vector: NDArray[np.float32]) -> NDArray[np.int32]:
        """The entities of the groups nearest to a vector: about one in `PROBED`."""
        count = max(1, len(self.centers) // PROBED)
        nearest = np.argpartition(-(self.centers @ vector), count)[:count]
        return np.concatenate(
            [self.members[self.starts[group] : self.starts[group + 1]] for group in nearest]
        )


@dataclass(frozen=True)
class Index:
    """One release, ready to be searched. Entities and terms are numbered from 0."""

    release: str
    entities: Sequence[IndexedEntity]
    flags: Sequence[IndexedFlag]
    vocabulary: Mapping[str, int]
    word_counts: Mapping[str, int]
    fields: Mapping[str, Field]
    rarity: NDArray[np.float32]
    """Of each term over whole entities: what a match of it is worth."""
    phrases: Field
    """Names and synonyms as documents: what of a name a query says."""
    phrase_starts: NDArray[np.int32]
    phrase_weights: NDArray[np.float32]
    vectors: NDArray[np.int8]
    role_starts: NDArray[np.int32]
    """For each entity the first row of each role, and the row after its last."""
    gists: NDArray[np.float32]
    """For each entity the direction its vectors have in common."""
    clusters: Clusters | None
    """The gists in groups, where there are very many; None where each is looked at."""
    neighbour_starts: NDArray[np.int32]
    neighbours: NDArray[np.int32]
    kinds: NDArray[np.int16]
    tiers: NDArray[np.int8]
    kind_names: Sequence[str] = field(default=())

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each entity."""
        return {entity.ref: number for number, entity in enumerate(self.entities)}

    def by_meaning(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """How near each entity's gist is to a vector; -inf for those far away, not looked at."""
        if self.clusters is None:
            near: NDArray[np.float32] = self.gists @ vector
            return near
        found = np.full(len(self.entities), -np.inf, dtype=np.float32)
        looked_at = self.clusters.near(vector)
        found[looked_at] = self.gists[looked_at] @ vector
        return found

    def rows(self, entity: int, role: str) -> slice:
        """The rows of `vectors` that hold an entity's texts of a role."""
        place = ROLES.index(role)
        return slice(self.role_starts[entity, place], self.role_starts[entity, place + 1])


def built(
    release: str,
    entities: Sequence[IndexedEntity],
    flags: Sequence[IndexedFlag],
    vectors: Mapping[str, NDArray[np.int8]],
    kind_names: Sequence[str],
) -> Index:
    """Index these entities, in this order. `vectors` holds the vector of every text of theirs."""
    by_field = {
        "name": [terms(" . ".join(entity.names)) for entity in entities],
        "asked": [terms(" . ".join(entity.asked)) for entity in entities],
        "summary": [
            terms(f"{entity.summary.plain} {entity.summary.clinical or ''}") for entity in entities
        ],
        "statements": [
            terms(
                " ".join(
                    f"{statement.plain} {statement.clinical or ''}"
                    for statement in entity.statements
                )
            )
            for entity in entities
        ],
    }
    whole = [
        set().union(*(by_field[name][number] for name in FIELDS)) for number in range(len(entities))
    ]
    held = Counter(term for own in whole for term in own)
    vocabulary = {term: number for number, term in enumerate(sorted(held))}
    counts = np.array([held[term] for term in vocabulary], dtype=np.float32)
    rarity = np.log(1 + (len(entities) - counts + 0.5) / (counts + 0.5)).astype(np.float32)
    phrases = [terms(name) for entity in entities for name in entity.names]
    numbers = {entity.ref: number for number, entity in enumerate(entities)}
    near = [
        sorted({numbers[ref] for ref in entity.neighbours if ref in numbers}) for entity in entities
    ]
    spoken: Counter[str] = Counter()
    for entity in entities:
        for text in _prose(entity):
            spoken.update(word for word in words(text) if not is_stop_word(word))
    rows, role_starts, gists = _stacked(entities, vectors)
    return Index(
        release=release,
        entities=entities,
        flags=flags,
        vocabulary=vocabulary,
        word_counts=dict(sorted(spoken.items())),
        fields={name: field_of(by_field[name], vocabulary) for name in FIELDS},
        rarity=rarity,
        phrases=_containment(phrases, vocabulary, rarity),
        phrase_starts=_starts([len(entity.names) for entity in entities]),
        phrase_weights=np.array(
            [sum(rarity[vocabulary[term]] for term in set(phrase)) for phrase in phrases],
            dtype=np.float32,
        ),
        vectors=rows,
        role_starts=role_starts,
        gists=gists,
        clusters=clustered(gists),
        neighbour_starts=_starts([len(own) for own in near]),
        neighbours=np.array([number for own in near for number in own], dtype=np.int32),
        kinds=np.array([kind_names.index(entity.kind) for entity in entities], dtype=np.int16),
        tiers=np.array([entity.tier for entity in entities], dtype=np.int8),
        kind_names=tuple(kind_names),
    )


def clustered(gists: NDArray[np.float32]) -> Clusters | None:
    """Group gists by k-means, the square root of their number of groups; None where they are few."""
    if len(gists) < MANY:
        return None
    chance = np.random.default_rng(0)
    count = int(len(gists) ** 0.5)
    centers = gists[np.sort(chance.choice(len(gists), count, replace=False))]
    for _ in range(_ROUNDS):
        group = np.concatenate([(part @ centers.T).argmax(axis=1) for part in _parts(gists)])
        sums = np.zeros_like(centers)
        np.add.at(sums, group, gists)
        filled = np.bincount(group, minlength=count) > 0
        centers = np.where(filled[:, None], sums, centers)
        centers /= np.linalg.norm(centers, axis=1, keepdims=True)
    group = np.concatenate([(part @ centers.T).argmax(axis=1) for part in _parts(gists)])
    return Clusters(
        centers,
        _starts(np.bincount(group, minlength=count).tolist()),
        np.argsort(group, kind="stable").astype(np.int32),
    )


def _parts(rows: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Rows in parts whose products fit into memory."""
    return np.array_split(rows, -(-len(rows) // 4096))


def quantized(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """Unit vectors as they are stored: a byte for each number."""
    rounded: NDArray[np.int8] = np.rint(vectors * _INT8).astype(np.int8)
    return rounded


def unit(row: NDArray[np.int8]) -> NDArray[np.float32]:
    """A stored vector as it was."""
    return row.astype(np.float32) / np.float32(_INT8)


def likeness(rows: NDArray[np.int8], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """The cosine of stored vectors with a unit vector."""
    result: NDArray[np.float32] = (rows.astype(np.float32) @ vector) / np.float32(_INT8)
    return result


def _prose(entity: IndexedEntity) -> list[str]:
    """Every text of an entity whose words are known to be spelled right."""
    own = [entity.name, *entity.asked]
    for text in (entity.summary, *entity.statements):
        own += [text.plain, text.clinical or ""]
    return own


def _starts(sizes: Sequence[int]) -> NDArray[np.int32]:
    """Where each group begins when groups of these sizes stand in a row, and where the last ends."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)


def _containment(
    phrases: Sequence[Sequence[str]], vocabulary: Mapping[str, int], rarity: NDArray[np.float32]
) -> Field:
    """Postings in which a term adds its rarity to every phrase that holds it."""
    held: list[list[int]] = [[] for _ in vocabulary]
    for number, phrase in enumerate(phrases):
        for term in set(phrase):
            held[vocabulary[term]].append(number)
    starts = _starts([len(own) for own in held])
    documents = np.array([number for own in held for number in own], dtype=np.int32)
    return Field(starts, documents, np.repeat(rarity, np.diff(starts)), len(phrases))


def _stacked(
    entities: Sequence[IndexedEntity], vectors: Mapping[str, NDArray[np.int8]]
) -> tuple[NDArray[np.int8], NDArray[np.int32], NDArray[np.float32]]:
    """All vectors in a row, where each entity's roles begin, and each entity's gist."""
    rows: list[NDArray[np.int8]] = []
    starts: list[list[int]] = []
    gists: list[NDArray[np.float32]] = []
    for entity in entities:
        own: list[int] = []
        means: list[NDArray[np.float32]] = []
        for texts in entity.texts:
            own.append(len(rows))
            rows += [vectors[text] for text in texts]
            means.append(np.stack(rows[own[-1] :]).astype(np.float32).mean(axis=0))
        starts.append([*own, len(rows)])
        gist = np.stack(means).mean(axis=0)
        gists.append(gist / np.linalg.norm(gist))
    return (
        np.stack(rows),
        np.array(starts, dtype=np.int32),
        np.stack(gists).astype(np.float32),
    )


def dumped(index: Index) -> bytes:
    """An index as bytes."""
    arrays: dict[str, Any] = {
        name: getattr(index, name)
        for name in (
            "rarity",
            "phrase_starts",
            "phrase_weights",
            "vectors",
            "role_starts",
            "neighbour_starts",
            "neighbours",
            "kinds",
            "tiers",
        )
    }
    arrays["gists"] = index.gists.astype(np.float16)
    if index.clusters is not None:
        arrays |= {f"clusters.{name}": own for name, own in vars(index.clusters).items()}
    for name, one in {**index.fields, "phrases": index.phrases}.items():
        arrays[f"{name}.starts"] = one.starts
        arrays[f"{name}.documents"] = one.documents
        arrays[f"{name}.impacts"] = one.impacts
    text = {
        "release": index.release,
        "entities": [_plain(entity) for entity in index.entities],
        "flags": [vars(flag) for flag in index.flags],
        "vocabulary": list(index.vocabulary),
        "word_counts": index.word_counts,
        "kind_names": index.kind_names,
    }
    encoded = json.dumps(text, ensure_ascii=False, separators=(",", ":")).encode()
    arrays["text"] = np.frombuffer(encoded, dtype=np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def loaded(data: bytes) -> Index:
    """The index that `dumped` made these bytes of."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        held = {name: arrays[name] for name in arrays.files}
    text = json.loads(held.pop("text").tobytes())
    entities = [
        IndexedEntity(
            **{**entity, "summary": IndexedStatement(*entity["summary"])}
            | {"statements": [IndexedStatement(*own) for own in entity["statements"]]}
        )
        for entity in text["entities"]
    ]
    sizes = dict.fromkeys(FIELDS, len(entities)) | {"phrases": len(held["phrase_weights"])}
    fields = {
        name: Field(
            held.pop(f"{name}.starts"),
            held.pop(f"{name}.documents"),
            held.pop(f"{name}.impacts"),
            size,
        )
        for name, size in sizes.items()
    }
    grouped = {
        name.partition(".")[2]: held.pop(name)
        for name in list(held)
        if name.startswith("clusters.")
    }
    return Index(
        release=text["release"],
        entities=entities,
        clusters=Clusters(**grouped) if grouped else None,
        flags=[IndexedFlag(**flag) for flag in text["flags"]],
        vocabulary={term: number for number, term in enumerate(text["vocabulary"])},
        word_counts=text["word_counts"],
        phrases=fields.pop("phrases"),
        fields=fields,
        kind_names=text["kind_names"],
        **{**held, "gists": held["gists"].astype(np.float32)},
    )


def _plain(entity: IndexedEntity) -> dict[str, Any]:
    def row(statement: IndexedStatement) -> list[Any]:
        return list(vars(statement).values())

    return vars(entity) | {
        "summary": row(entity.summary),
        "statements": [row(statement) for statement in entity.statements],
    }
