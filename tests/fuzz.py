"""Schemathesis against a server, run by `make fuzz`: as many requests as ARGS asks for."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
PORT = 8765


def main() -> int:
    """Serve, throw requests at it, and tell what Schemathesis found."""
    programs = Path(sys.executable).parent
    address = f"http://127.0.0.1:{PORT}"
    server = subprocess.Popen(
        [programs / "failed-fusion", "serve", "--port", str(PORT)],
        env={**os.environ, "RATE_LIMIT": "0"},
        cwd=ROOT,
    )
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/readyz", timeout=1).close()  # noqa: S310  # ours
                break
            except OSError:
                time.sleep(0.5)
        command = [programs / "schemathesis", "run", f"{address}/openapi.json", *sys.argv[1:]]
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
