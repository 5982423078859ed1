"""What the API is measured against: the least a server can do, and the obvious way to write it."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlmodel import Session, SQLModel, col, select
from starlette.types import ASGIApp, Receive, Scope, Send

from api.database import reader
from api.knowledge.entities import Citation, Entity, EntityFields, Statement, StatementFields
from api.knowledge.evidence import Source
from api.knowledge.kinds import BY_COLLECTION
from api.knowledge.vocabulary import Certainty

BODY_BYTES = "BENCH_BODY_BYTES"
"""The environment variable that tells the bare application how large its body is."""


def bare() -> ASGIApp:
    """An application that sends a fixed body: what the server itself takes for each request."""
    body = b"x" * int(os.environ[BODY_BYTES])
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await _lifespan(receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


class CitationOut(SQLModel):
    """A citation with what is shown of its source."""

    finding: str | None
    source: str
    title: str
    year: int | None
    url: str | None


class StatementOut(StatementFields):
    """A statement with its citations."""

    id: str
    certainty: Certainty | None
    editorial: bool
    citations: list[CitationOut]


class EntityOut(EntityFields):
    """An entity with its statements."""

    kind: str
    slug: str
    statements: list[StatementOut]


def naive() -> FastAPI:
    """The detail as a tutorial would write it: no cache, a query a statement, a response model.

    It reads the same database through the same engine; what differs is the endpoint.
    """
    engine = reader(os.environ["DATABASE_URL"])

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()

    def session() -> Iterator[Session]:
        with Session(engine) as opened:
            yield opened

    app = FastAPI(lifespan=lifespan)

    @app.get("/v1/{collection}/{slug}")
    def get_one(
        collection: str, slug: str, session: Annotated[Session, Depends(session)]
    ) -> EntityOut:
        found = session.get(Entity, f"{BY_COLLECTION[collection].name}/{slug}")
        if found is None:
            raise HTTPException(404)
        statements = session.exec(
            select(Statement)
            .where(Statement.entity_id == found.id)
            .order_by(col(Statement.position))
        ).all()
        return EntityOut(
            **found.model_dump(),
            statements=[
                StatementOut(**row.model_dump(), citations=_citations(session, row))
                for row in statements
            ],
        )

    return app


def _citations(session: Session, statement: Statement) -> list[CitationOut]:
    """The citations of one statement, each source fetched when it is first met."""
    rows = session.exec(
        select(Citation)
        .where(Citation.statement_id == statement.id)
        .order_by(col(Citation.position))
    ).all()
    found = []
    for row in rows:
        source = session.get_one(Source, row.source_id)
        found.append(
            CitationOut(
                finding=row.finding_id,
                source=source.id,
                title=source.title,
                year=source.year,
                url=source.url,
            )
        )
    return found
