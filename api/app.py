"""Wiring: settings, engine, layers and routes become one application."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio.to_thread
from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from fastapi_offline import FastAPIOffline
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.types import ASGIApp, Receive, Scope, Send

from api import documentation
from api.database import reader
from api.http import problems
from api.http.caching import Caching, Edition
from api.http.headers import CommonHeaders
from api.http.limits import RateLimit, RequestShape
from api.http.problems import CrashGuard
from api.knowledge.queries.releases import current_release
from api.routes import (
    directory,
    entities,
    evidence,
    explore,
    graph,
    health,
    passages,
    search,
    statements,
)
from api.routes.parameters import OncePerParameter
from api.search.engines import Engines
from api.settings import VERSION, Settings, settings

THREADS = 8
"""Requests worked on at once in one process: enough to wait for a database in parallel; more would
only fight over the interpreter."""

EDITION_SECONDS = 1.0
"""How long a process may go on with a release after another has taken its place."""


class Editions:
    """Knows which release is served, looking at most once in `EDITION_SECONDS`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.known: Edition | None = None
        self.looked_at = float("-inf")

    async def current(self) -> Edition | None:
        """The release served. While the database does not answer, the last one known."""
        now = time.monotonic()
        if now - self.looked_at >= EDITION_SECONDS:
            self.looked_at = now
            with suppress(SQLAlchemyError):
                self.known = await anyio.to_thread.run_sync(self._look)
        return self.known

    def _look(self) -> Edition | None:
        with Session(self.engine) as session:
            release = current_release(session)
        if release is None:
            return None
        return Edition(release.id, release.seeded_at)


class TimeLimit:
    """Gives a request up after some seconds; what it ran in the database has its own limit."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request; TimeoutError when it takes too long."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        async with asyncio.timeout(self.seconds):
            await self.app(scope, receive, send)


def create_app(config: Settings | None = None) -> FastAPI:
    """The application, reading the database the settings name."""
    config = config or settings()
    engine = reader(config.database_url)
    engines = Engines()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        # In the background: the first request need not wait for what only a search needs.
        warming = threading.Thread(target=engines.warm, args=(engine,), daemon=True)
        warming.start()
        yield
        warming.join()
        engine.dispose()

    app = FastAPIOffline(
        title=documentation.TITLE,
        version=VERSION,
        summary=documentation.SUMMARY,
        description=documentation.DESCRIPTION,
        openapi_tags=documentation.TAGS,
        license_info=documentation.LICENSE_INFO,
        static_url="/docs-assets",
        lifespan=lifespan,
        dependencies=[OncePerParameter],
        redirect_slashes=False,
    )
    app.state.engine = engine
    app.state.engines = engines
    routers = [
        directory.router,
        search.router,
        passages.router,
        explore.router,
        graph.router,
        *entities.routers(),
        evidence.router,
        statements.router,
        health.router,
    ]
    for router in routers:
        app.include_router(router)
    paths = [str(getattr(route, "path", "")) for router in routers for route in router.routes]
    app.state.addresses = [path for path in paths if "{" not in path]

    @app.get("/", include_in_schema=False)
    def root() -> RedirectResponse:
        return RedirectResponse("/docs", status_code=307)

    problems.install(app)
    documentation.install(app)
    # The last one added is the first to see a request.
    app.add_middleware(TimeLimit, seconds=config.request_seconds)
    app.add_middleware(Caching, current=Editions(engine).current, max_bytes=config.cache_bytes)
    app.add_middleware(RequestShape)
    if config.rate_limit:
        app.add_middleware(RateLimit, per_minute=config.rate_limit)
    app.add_middleware(CrashGuard)
    app.add_middleware(CommonHeaders, public_url=config.public_url)
    return app
