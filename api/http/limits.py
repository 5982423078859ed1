"""What a request may look like, and how many a client may send."""

import re
import time
from typing import Final
from urllib.parse import unquote_to_bytes

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import (
    ALLOWED_METHODS,
    ProblemError,
    ProblemType,
    problem_response,
)

MAX_ADDRESS: Final = 8 * 1024
"""Bytes of path and query together; more is refused with 414."""

_BROKEN_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class RequestShape:
    """Refuses what no answer could be right for, before anything looks at it.

    Also answers a plain OPTIONS, and treats `/v1/conditions/` as `/v1/conditions`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a problem, or pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if error := _fault(scope):
            await problem_response(scope, error)(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            response = Response(status_code=204, headers={"Allow": ALLOWED_METHODS})
            await response(scope, receive, send)
            return
        if scope["path"] != "/" and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self.app(scope, receive, send)


def _fault(scope: Scope) -> ProblemError | None:
    path = scope.get("raw_path") or scope["path"].encode()
    query = scope.get("query_string", b"")
    if (length := len(path) + len(query)) > MAX_ADDRESS:
        return ProblemError(
            ProblemType.ADDRESS_TOO_LONG,
            f"The address has {length} bytes; {MAX_ADDRESS} are allowed. Shorten the query.",
        )
    for part, name in ((path, "path"), (query, "query")):
        if broken := _BROKEN_ESCAPE.search(part):
            return ProblemError(
                ProblemType.MALFORMED_REQUEST,
                f"The {name} has a % at byte {broken.start()} that two hex digits do not follow. "
                "Write a percent sign as %25.",
            )
        try:
            text = unquote_to_bytes(part).decode("utf-8")
        except UnicodeDecodeError:
            return ProblemError(
                ProblemType.MALFORMED_REQUEST,
                f"The {name} is not UTF-8 once its escapes are undone. Percent-encode it as UTF-8.",
            )
        if _CONTROL.search(text):
            return ProblemError(
                ProblemType.MALFORMED_REQUEST,
                f"The {name} holds a control character, such as a NUL or a line break. Leave it out.",
            )
    if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
        return ProblemError(
            ProblemType.METHOD_NOT_ALLOWED,
            f"{scope['method']} is not possible here: the API is read-only. "
            f"Use one of {ALLOWED_METHODS}.",
        )
    headers = Headers(scope=scope)
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        return ProblemError(
            ProblemType.BODY_NOT_ALLOWED,
            f"A {scope['method']} request with a body is not answered. Put it all in the address.",
            headers={"Connection": "close"},
        )
    return None


class RateLimit:
    """Holds each client address to so many requests a minute, in this process."""

    def __init__(self, app: ASGIApp, per_minute: int) -> None:
        self.app = app
        self.item = RateLimitItemPerMinute(per_minute)
        self.limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request; refuse it with 429 where the minute is used up."""
        free = scope["type"] != "http" or scope["path"] in ("/healthz", "/readyz")
        if free or scope.get("state", {}).get("uncounted"):
            await self.app(scope, receive, send)
            return
        client = (scope.get("client") or ("unknown", 0))[0]
        admitted = self.limiter.hit(self.item, client)
        window = self.limiter.get_window_stats(self.item, client)
        wait = max(1, round(window.reset_time - time.time()))
        told = {
            "RateLimit-Limit": str(self.item.amount),
            "RateLimit-Remaining": str(window.remaining),
            "RateLimit-Reset": str(wait),
        }
        if not admitted:
            error = ProblemError(
                ProblemType.TOO_MANY_REQUESTS,
                f"{self.item.amount} requests a minute are allowed. Wait {wait} seconds.",
                headers={**told, "Retry-After": str(wait)},
            )
            await problem_response(scope, error)(scope, receive, send)
            return

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(told)
            await send(message)

        await self.app(scope, receive, tell)
