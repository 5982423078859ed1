"""The engine of the release that is served, changed for another when the release changes."""

import threading
from contextlib import suppress

from sqlalchemy import Engine as DatabaseEngine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from api.knowledge.queries.releases import current_release
from api.search.encoder import Encoder
from api.search.engine import Engine
from api.search.ranking import Ranker
from api.search.scope import ScopeJudge
from api.search.store import stored_index
from api.search.suggest import Suggester


class Engines:
    """Engines by release. A request asks for the one of its own snapshot; the last two are kept, so
    that requests over a change of release all find theirs.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._models: tuple[Encoder, Ranker, ScopeJudge] | None = None
        self._kept: dict[str, tuple[Engine, Suggester]] = {}

    def warm(self, database: DatabaseEngine) -> None:
        """Read models and index before the first query needs them; without a database, later."""
        with suppress(SQLAlchemyError), Session(database) as session:
            if release := current_release(session):
                self.engine(session, release.id)

    def engine(self, session: Session, release: str) -> Engine | None:
        """The engine of a release; None where the database has no index of it."""
        both = self._both(session, release)
        return both[0] if both else None

    def suggester(self, session: Session, release: str) -> Suggester | None:
        """What completes names of a release; None where the database has no index of it."""
        both = self._both(session, release)
        return both[1] if both else None

    def _both(self, session: Session, release: str) -> tuple[Engine, Suggester] | None:
        if kept := self._kept.get(release):
            return kept
        with self._lock:
            if kept := self._kept.get(release):
                return kept
            index = stored_index(session, release)
            if index is None:
                return None
            if self._models is None:
                self._models = (Encoder(), Ranker(), ScopeJudge())
            made = (Engine(index, *self._models), Suggester(index))
            last = dict(list(self._kept.items())[-1:])
            self._kept = {**last, release: made}
            return made
