"""Answers that do not change within a release: made once, kept, compressed, and told by ETag."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

import brotli
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.addresses import base_url

CACHE_CONTROL: Final = "public, max-age=300, stale-while-revalidate=86400"
MIN_COMPRESSED: Final = 500
"""Smaller bodies go out as they are: compressing them saves nothing."""

_ENCODINGS: Final = ("br", "gzip")


@dataclass(frozen=True)
class Edition:
    """What the answers depend on besides the address: the release, and when it was seeded."""

    id: str
    since: datetime


CurrentEdition = Callable[[], Awaitable[Edition | None]]


@dataclass
class Answer:
    """A finished 200 answer with its encoded forms, made as they are asked for."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    last_modified: datetime
    digest: str = ""
    encoded: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.digest = hashlib.sha256(self.body).hexdigest()[:24]

    def form(self, encoding: str) -> bytes:
        """The body in an encoding (`""` for none)."""
        if encoding == "":
            return self.body
        if encoding not in self.encoded:
            self.encoded[encoding] = (
                brotli.compress(self.body, quality=5, mode=brotli.MODE_TEXT)
                if encoding == "br"
                else gzip.compress(self.body, compresslevel=6, mtime=0)
            )
        return self.encoded[encoding]

    def size(self) -> int:
        """Bytes it takes in memory, about: the body and what its two encodings may take."""
        return len(self.body) * 3 // 2 + 1024


class AnswerCache:
    """Keeps answers up to a number of bytes, dropping the least recently used."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self.edition: Edition | None = None
        self._answers: OrderedDict[tuple[str, ...], Answer] = OrderedDict()

    def get(self, key: tuple[str, ...]) -> Answer | None:
        """The answer kept under a key."""
        answer = self._answers.get(key)
        if answer:
            self._answers.move_to_end(key)
        return answer

    def put(self, key: tuple[str, ...], answer: Answer) -> None:
        """Keep an answer, if it is not a large part of the whole."""
        if answer.size() * 8 > self.max_bytes or key in self._answers:
            return
        self._answers[key] = answer
        self.bytes += answer.size()
        while self.bytes > self.max_bytes:
            _, dropped = self._answers.popitem(last=False)
            self.bytes -= dropped.size()

    def turn_to(self, edition: Edition) -> None:
        """Forget everything that was made from another release."""
        if edition != self.edition:
            self._answers.clear()
            self.bytes = 0
            self.edition = edition


class Caching:
    """Answers GET and HEAD on `/v1` from memory where it can, and tells caches how long to keep it.

    Strong ETags (one for each encoding), Last-Modified, 304, HEAD, gzip and Brotli.
    """

    def __init__(self, app: ASGIApp, current: CurrentEdition, max_bytes: int) -> None:
        self.app = app
        self.current = current
        self.cache = AnswerCache(max_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or have the answer made and keep it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        edition = await self.current() if _is_content(scope["path"]) else None
        if edition is None:
            await self.app(*_as_get(scope, receive, send))
            return
        self.cache.turn_to(edition)
        key = (
            base_url(scope),
            scope["path"],
            scope["query_string"].decode("latin-1"),
            headers.get("accept", ""),
        )
        answer = self.cache.get(key)
        if answer is None:
            answer = await self._make(scope, receive, send, edition)
            if answer is None:  # not a 200: already sent
                return
            if self.cache.edition == edition:  # else another release came while it was made
                self.cache.put(key, answer)
        await _send(answer, scope["method"], headers, send)

    async def _make(
        self, scope: Scope, receive: Receive, send: Send, edition: Edition
    ) -> Answer | None:
        """Run the application as for GET; a 200 comes back as an answer, all else is sent."""
        start: Message = {}
        chunks: list[bytes] = []
        passing = False

        async def collect(message: Message) -> None:
            nonlocal start, passing
            if message["type"] == "http.response.start":
                start = message
                passing = message["status"] != 200
                if passing:
                    await send(message)
            elif passing:
                is_head = scope["method"] == "HEAD"
                await send({**message, "body": b""} if is_head else message)
            else:
                chunks.append(message.get("body", b""))

        await self.app({**scope, "method": "GET"}, receive, collect)
        if passing:
            return None
        kept = [
            (name, value)
            for name, value in start["headers"]
            if name.lower() not in (b"content-length", b"vary")
        ]
        return Answer(kept, b"".join(chunks), edition.since)


def _is_content(path: str) -> bool:
    return path == "/v1" or path.startswith("/v1/") or path == "/openapi.json"


def _as_get(scope: Scope, receive: Receive, send: Send) -> tuple[Scope, Receive, Send]:
    """A HEAD request as the GET it is answered like, with its body held back."""
    if scope["method"] != "HEAD":
        return scope, receive, send

    async def without_body(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return {**scope, "method": "GET"}, receive, without_body


async def _send(answer: Answer, method: str, request: Headers, send: Send) -> None:
    encoding = ""
    if len(answer.body) >= MIN_COMPRESSED:
        encoding = preferred(request.get("accept-encoding", ""), _ENCODINGS)
    body = answer.form(encoding)
    etag = f'"{answer.digest}{"-" + encoding if encoding else ""}"'
    headers = [
        *answer.headers,
        (b"etag", etag.encode()),
        (b"last-modified", format_datetime(answer.last_modified, usegmt=True).encode()),
        (b"cache-control", CACHE_CONTROL.encode()),
        (b"vary", b"Accept, Accept-Encoding"),
    ]
    if encoding:
        headers.append((b"content-encoding", encoding.encode()))
    if not_modified(request, etag, answer.last_modified):
        headers = [pair for pair in headers if not pair[0].lower().startswith(b"content-")]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})


def not_modified(request: Headers, etag: str, last_modified: datetime) -> bool:
    """Whether the client already has this (RFC 9110, 13.1): If-None-Match before the date."""
    if (match := request.get("if-none-match")) is not None:
        tags = [tag.strip().removeprefix("W/") for tag in match.split(",")]
        return "*" in tags or etag in tags
    if (since := request.get("if-modified-since")) is not None:
        try:
            date = parsedate_to_datetime(since)
        except (ValueError, OverflowError):
            return False
        return last_modified <= (date if date.tzinfo else date.replace(tzinfo=UTC))
    return False


def preferred(header: str, offered: Sequence[str]) -> str:
    """The first of `offered` with the highest weight in an Accept-Encoding header.

    `""` where none is wanted, or the body as it is (`identity`) is preferred.
    """
    weights: dict[str, float] = {}
    for item in header.lower().split(","):
        name, _, weight = item.partition(";")
        try:
            weights[name.strip()] = float(weight.partition("=")[2]) if weight else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    rest = weights.get("*", 0.0)
    best = max(offered, key=lambda name: weights.get(name, rest))
    least = max(weights.get("identity", 0.0), 0.001)
    return best if weights.get(best, rest) >= least else ""
