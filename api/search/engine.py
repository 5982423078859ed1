"""The search itself: one query in, what answers it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from api.search.encoder import Encoder
from api.search.index import Index, likeness
from api.search.query import Query, understood
from api.search.ranking import Candidates, Mask, Ranker, candidates
from api.search.safety import Safety, Watch
from api.search.scope import Coverage, ScopeJudge
from api.search.spelling import Speller
from api.search.words import stem, terms_of, words

ALWAYS_SHOWN: Final = 10
FAINT: Final = 0.01
"""Of the hits after the first ten, those whose score is fainter are left out."""

_WORDS_WEIGHT: Final = 0.3
"""What the words of a query add to likeness in meaning when the best statement is chosen."""


@dataclass(frozen=True)
class Hit:
    """An entity that answers a query."""

    entity: int
    """Its number in the index."""
    score: float
    """How well it fits, as a share of the best hit of the same search."""
    nearest: int
    """The row of the index's vectors nearest to the query in meaning."""


@dataclass(frozen=True)
class Found:
    """What a search found: the hits in order, the best first, and what is known of the query."""

    query: Query
    hits: Sequence[Hit]
    coverage: Coverage
    safety: Safety


class Engine:
    """The search over one release. Safe to use from several threads."""

    def __init__(self, index: Index, encoder: Encoder, ranker: Ranker, judge: ScopeJudge) -> None:
        self.index = index
        self._encoder = encoder
        self._ranker = ranker
        self._judge = judge
        self._speller = Speller(index.word_counts, encoder.knows)
        self._watch = Watch(index.flags)

    def forget(self) -> None:
        """Forget what earlier queries taught: for measuring what a first one takes."""
        self._speller.forget()

    def understood(self, text: str) -> Query:
        """A query as this release reads it."""
        return understood(text, self.index, self._speller, self._encoder)

    def safety(self, query: Query) -> Safety:
        """The red flags a query tells of."""
        return self._watch.seen(query.text, query.reading)

    def search(self, text: str, among: Mask | None = None) -> Found:
        """What answers a query, among the entities that `among` marks (all of them, if None).

        A query that is not covered finds nothing, but for the red flags it tells of.
        """
        query = self.understood(text)
        safety = self.safety(query)
        close = candidates(self.index, query)
        coverage = self._judge.coverage(self.index, close, query)
        if safety.red_flags and coverage is Coverage.NOT_COVERED:
            coverage = Coverage.PARTIAL
        if coverage is Coverage.NOT_COVERED or (among is not None and not among.any()):
            return Found(query, [], coverage, safety)
        best = self._ranked(close)
        if among is not None:
            # What is far from the whole index may still be the best there is among these.
            close = candidates(self.index, query, among)
            best = self._ranked(close)
        return Found(query, best, coverage, safety)

    def _ranked(self, close: Candidates) -> list[Hit]:
        scores = self._ranker.scores(close.features)
        order = np.lexsort((close.entities, -scores))
        relative = np.exp(scores - scores.max())
        order = order[: max(ALWAYS_SHOWN, int((relative >= FAINT).sum()))]
        return [
            Hit(int(close.entities[place]), float(relative[place]), int(close.nearest[place]))
            for place in order
        ]

    def matched_text(self, hit: Hit) -> str:
        """The text of an entity that is nearest in meaning to the query."""
        entity = self.index.entities[hit.entity]
        starts = self.index.role_starts[hit.entity]
        role = int(np.searchsorted(starts, hit.nearest, side="right")) - 1
        return entity.texts[role][hit.nearest - int(starts[role])]

    def matched_words(self, hit: Hit, query: Query) -> list[str]:
        """The words of the query, as they are read, that the entity's texts hold."""
        held = {
            number
            for number in query.terms
            if any(
                hit.entity in one.documents[one.starts[number] : one.starts[number + 1]]
                for one in self.index.fields.values()
            )
        }
        return [
            word
            for word in query.telling
            if any(self.index.vocabulary.get(term) in held for term in terms_of(word))
        ]

    def best_statement(self, entity: int, query: Query) -> int | None:
        """The place, among an entity's statements, of the one that says most to the query; None
        for its summary.
        """
        own = self.index.entities[entity].statements
        if not own:
            return None
        near = likeness(self.index.vectors[self.index.rows(entity, "statement")], query.vector)
        said = {stem(word) for word in query.telling}
        shared = np.array(
            [len(said & {stem(word) for word in words(text.plain)}) for text in own],
            dtype=np.float32,
        )
        summary = likeness(self.index.vectors[self.index.rows(entity, "summary")], query.vector)
        worth = near + np.float32(_WORDS_WEIGHT) * shared / np.float32(max(1, len(said)))
        place = int(worth.argmax())
        return place if near[place] > summary[0] else None
