"""A running server: Schemathesis finds nothing, and what is no HTTP gets a problem too.

A few requests an operation, to be quick; `make fuzz` sends as many as one likes.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from api.settings import ROOT

PROGRAMS = Path(sys.executable).parent


@pytest.fixture
def address(url: str) -> Iterator[str]:
    """A server on the whole content."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [PROGRAMS / "failed-fusion", "serve", "--no-prepare", "--port", str(port)],
        env={**os.environ, "DATABASE_URL": url, "RATE_LIMIT": "0", "REQUEST_SECONDS": "60"},
        cwd=ROOT,
    )
    try:
        for _ in range(300):
            try:
                httpx2.get(f"{address}/readyz").raise_for_status()
                break
            except httpx2.HTTPError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait()


def test_schemathesis_finds_nothing(address: str, tmp_path: Path):
    document = tmp_path / "openapi.json"
    document.write_text(httpx2.get(f"{address}/openapi.json", timeout=120).text)
    command = ["run", document, "--url", address, "--phases", "examples,fuzzing"]
    # The same requests in every run; how long they take is for the benchmarks to say.
    steady = ["--max-examples", "3", "--seed", "2", "--request-timeout", "60", "--no-color"]

    done = subprocess.run(
        [PROGRAMS / "schemathesis", "--config-file", ROOT / "schemathesis.toml", *command, *steady],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    # Its exit code tells of failures; that it asked at all is told by its count.
    assert re.search(r"\b[1-9]\d{2,} passed", done.stdout), done.stdout[-2000:]


def test_an_address_too_long_for_http_is_a_problem_too(address: str):
    slugs = ",".join(f"a-long-slug-{number}" for number in range(10_000))

    # The client's library refuses to send so much; the bytes themselves do not.
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"GET /v1/conditions?ids={slugs} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answer = connection.recv(65536).decode()

    assert answer.startswith(("HTTP/1.1 400", "HTTP/1.1 414"))
    assert "application/problem+json" in answer
    assert "access-control-allow-origin: *" in answer
