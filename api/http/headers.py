"""Headers of every answer: request id, CORS, and what keeps browsers safe."""

import re
import uuid
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_REQUEST_ID: Final = re.compile(r"^[A-Za-z0-9._-]{1,64}$")

EXPOSED: Final = (
    "ETag, Last-Modified, Link, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
    "Retry-After, X-Request-ID"
)
"""Headers a script on another site may read."""


class CommonHeaders:
    """Gives each request an id and each answer its common headers, errors included.

    The CORS header goes out on every answer, asked from another site or not: a cache between us and
    a browser may hand one client's answer to another.
    """

    def __init__(self, app: ASGIApp, public_url: str | None) -> None:
        self.app = app
        self.public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the id in the request's state and on the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.match(given) else uuid.uuid4().hex
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        state["public_url"] = self.public_url
        preflight = scope["method"] == "OPTIONS"

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                headers["Access-Control-Allow-Origin"] = "*"
                headers["Access-Control-Expose-Headers"] = EXPOSED
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                if preflight:
                    headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
                    headers["Access-Control-Allow-Headers"] = "*"
                    headers["Access-Control-Max-Age"] = "86400"
            await send(message)

        await self.app(scope, receive, add)
