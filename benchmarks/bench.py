"""Measures start-up and throughput beside rivals; README.md tells how to read what it prints."""

import argparse
import os
import platform
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Final, Self

from rivals import BODY_BYTES

from api.settings import ROOT, Settings

DETAIL: Final = "/v1/conditions/pseudoarthrosis"
LIST: Final = "/v1/risk-factors?limit=50&include=relations,sources"
EVIDENCE: Final = (
    "/v1/evidence?condition=pseudoarthrosis&design=meta-analysis,rct&has_interval=true&limit=50"
)

FIRST_TARGET: Final = 40.0
WARM_TARGET: Final = 3.0
"""Seconds to the first answer: with an empty database, and with one that is ready."""

WARM_RUNS: Final = 5
START_LIMIT: Final = 120.0
"""Seconds after which a server that has not answered is given up."""

CONNECTIONS: Final = 4
WARM_UP_REQUESTS: Final = 10
SLOW: Final = 2

SERVER_OPTIONS: Final = (
    *("--factory", "--workers", "1", "--loop", "uvloop", "--http", "httptools"),
    *("--no-access-log", "--no-server-header", "--log-level", "info"),
)
"""How Uvicorn runs everything that is compared: as `failed-fusion serve` runs it."""

BARE: Final = "Bare ASGI, fixed body"
NAIVE: Final = "Naive FastAPI + SQLModel detail"

# wrk hands its figures in microseconds to a script; parsing its prose would be guesswork.
WRK_SCRIPT: Final = """
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


class BenchmarkError(Exception):
    """The measurement would not mean anything; the message tells why."""


class Server:
    """A server process on a free port of this machine."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> None:
        self.port = _free_port()
        self.log = folder / f"server-{self.port}.log"
        self.started = time.perf_counter()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--host", "127.0.0.1", "--port", str(self.port)],
                env=environment,
                cwd=folder,  # where no .env file changes the settings
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_for(self, path: str) -> float:
        """Ask until there is an answer; seconds from the start of the process to that answer."""
        while (elapsed := time.perf_counter() - self.started) < START_LIMIT:
            self.check_is_up()
            try:
                self.body(path)
            except ConnectionRefusedError:
                time.sleep(0.005)
            else:
                return time.perf_counter() - self.started
        raise BenchmarkError(f"No answer from {path} after {elapsed:.0f} s.")

    def body(self, path: str) -> bytes:
        """The body of a 200 answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=START_LIMIT)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
        except HTTPException as error:
            raise BenchmarkError(f"{path} was not answered: {error!r}.") from error
        finally:
            connection.close()
        if response.status != 200:
            raise BenchmarkError(f"{path} answered {response.status}, not 200: {body[:200]!r}")
        return body

    def check_is_up(self) -> None:
        """Raise BenchmarkError, with the end of the log, where the process has ended."""
        if self.process.poll() is not None:
            last = self.log.read_text(errors="replace")[-2000:]
            raise BenchmarkError(f"The server ended with {self.process.returncode}:\n{last}")

    def stop(self) -> float:
        """End the process; the processor seconds it used."""
        if self.process.returncode is not None:
            return 0.0
        self.process.send_signal(signal.SIGTERM)
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_utime + usage.ru_stime


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Start:
    """One start: seconds to the first answer, and processor seconds until it was stopped."""

    seconds: float
    cpu: float


@dataclass(frozen=True)
class Case:
    """An address of a server, and what the table calls it."""

    name: str
    server: Server
    path: str
    patience: int = 1
    """Times the usual seconds, where a request is so slow that few fit into them."""


@dataclass(frozen=True)
class Sample:
    """What wrk saw in one round; latencies in milliseconds."""

    rate: float
    p50: float
    p99: float


def main() -> int:
    """Run everything; the exit code: 0 measured, 1 could not be measured, 2 wrk is missing."""
    options = _options()
    wrk = shutil.which("wrk")
    if wrk is None:
        print(
            "wrk is missing. Debian, Ubuntu: apt-get install wrk. macOS: brew install wrk.",
            file=sys.stderr,
        )
        return 2
    begun = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory(prefix="failed-fusion-bench-") as folder:
            _measure(wrk, Path(folder), options)
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\nThe whole run took {time.perf_counter() - begun:.0f} s.")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds over all cases")
    parser.add_argument("--seconds", type=int, default=2, help="seconds a case in a round")
    parser.add_argument("--data-dir", type=Path, default=ROOT / "data", help="what to seed from")
    return parser.parse_args()


def _measure(wrk: str, folder: Path, options: argparse.Namespace) -> None:
    environment = _environment(folder, options.data_dir)
    _print_machine(wrk)
    first, *later = [_start(environment, folder) for _ in range(1 + WARM_RUNS)]
    _print_starts(first, later)
    with _servers(environment, folder) as cases:
        sizes = {case.name: len(case.server.body(case.path)) for case in cases}
        samples = _rounds(wrk, folder, cases, options)
    _print_throughput(sizes, samples, options)


def _environment(folder: Path, data_dir: Path) -> dict[str, str]:
    """The environment of every server: a database of its own, no settings from outside."""
    ours = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in ours}
    return {
        **kept,
        "DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
        "DATA_DIR": str(data_dir.resolve()),
    }


def _start(environment: Mapping[str, str], folder: Path) -> Start:
    """One start; the first one in a folder has to make and fill the database."""
    serve = [str(Path(sys.executable).with_name("failed-fusion")), "serve"]
    with Server(serve, environment, folder) as server:
        seconds = server.wait_for(DETAIL)
        return Start(seconds, server.stop())


@contextmanager
def _servers(environment: Mapping[str, str], folder: Path) -> Iterator[list[Case]]:
    """Every server that is measured, started and answering, as cases."""
    with ExitStack() as stack:

        def run(app: str, **settings: str) -> Server:
            command = [sys.executable, "-m", "uvicorn", app, *SERVER_OPTIONS]
            rivals = ["--app-dir", str(Path(__file__).parent)]
            started = Server([*command, *rivals], {**environment, **settings}, folder)
            stack.enter_context(started)
            started.wait_for(DETAIL)
            return started

        cached = run("api.app:create_app", RATE_LIMIT="0")
        uncached = run("api.app:create_app", RATE_LIMIT="0", CACHE_BYTES="0")
        naive = run("rivals:naive")
        bare = run("rivals:bare", **{BODY_BYTES: str(len(cached.body(DETAIL)))})
        yield [
            Case(BARE, bare, DETAIL),
            Case(NAIVE, naive, DETAIL),
            Case("Detail, cached", cached, DETAIL),
            Case("Detail, uncached", uncached, DETAIL),
            Case("List of 50, 2 includes, cached", cached, LIST),
            Case("List of 50, 2 includes, uncached", uncached, LIST, SLOW),
            Case("Evidence, 3 filters, cached", cached, EVIDENCE),
            Case("Evidence, 3 filters, uncached", uncached, EVIDENCE),
        ]


def _rounds(
    wrk: str, folder: Path, cases: Sequence[Case], options: argparse.Namespace
) -> dict[str, list[Sample]]:
    """A, B, C, A, B, C, so that a machine that drifts does so under all of them alike."""
    script = folder / "result.lua"
    script.write_text(WRK_SCRIPT)
    samples: dict[str, list[Sample]] = {case.name: [] for case in cases}
    for case in cases:
        for _ in range(WARM_UP_REQUESTS):
            case.server.body(case.path)
    for _ in range(options.rounds):
        for case in cases:
            samples[case.name].append(_load(wrk, script, case, options.seconds * case.patience))
    return samples


def _load(wrk: str, script: Path, case: Case, seconds: int) -> Sample:
    """Ask for one address again and again; raises where one request failed."""
    done = subprocess.run(
        [
            wrk,
            *("--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s"),
            *("--timeout", "10s", "--script", str(script)),
            f"http://127.0.0.1:{case.server.port}{case.path}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    case.server.check_is_up()
    _, found, figures = done.stdout.partition("RESULT ")
    if done.returncode or not found:
        raise BenchmarkError(f"wrk failed on {case.name}: {done.stdout}{done.stderr}")
    requests, microseconds, p50, p99, errors = (int(figure) for figure in figures.split())
    if errors or not requests:
        raise BenchmarkError(f"{case.name}: {requests} answers and {errors} errors in {seconds} s.")
    return Sample(requests / microseconds * 1e6, p50 / 1000, p99 / 1000)


def _print_machine(wrk: str) -> None:
    # It prints its version with its usage, and calls that a failure.
    told = subprocess.run([wrk, "--version"], capture_output=True, text=True, check=False).stdout
    print("## Machine\n")
    print(
        f"- {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before the run; "
        f"{platform.system()} on {platform.machine()}"
    )
    print(
        f"- Python {platform.python_version()}, Uvicorn {version('uvicorn')} with uvloop "
        f"{version('uvloop')} and httptools {version('httptools')}, FastAPI {version('fastapi')}, "
        f"Pydantic {version('pydantic')}, SQLite {sqlite3.sqlite_version}"
    )
    print(f"- {' '.join(told.split()[:2])}, on the same machine\n")
    print(
        "Server and load generator share the cores with whatever else runs: read the ratios "
        "before the absolute numbers, and the spread before either.\n"
    )


def _print_starts(first: Start, warm: Sequence[Start]) -> None:
    print("## From `failed-fusion serve` to the first answered request\n")
    print("| start | runs | min s | median s | max s | median processor s | target |")
    print("|---|--:|--:|--:|--:|--:|---|")
    print(_start_row("first: migrates and seeds an empty database", [first], FIRST_TARGET))
    print(_start_row("later: the database is ready", warm, WARM_TARGET))
    print(
        "\nWall-clock seconds, and the processor seconds of the whole process, which other work on "
        "the machine sways less."
    )


def _start_row(name: str, starts: Sequence[Start], target: float) -> str:
    seconds = [start.seconds for start in starts]
    verdict = "met" if median(seconds) <= target else "missed"
    figures = (min(seconds), median(seconds), max(seconds), median(start.cpu for start in starts))
    shown = " | ".join(f"{figure:.2f}" for figure in figures)
    return f"| {name} | {len(starts)} | {shown} | within {target:g} s: {verdict} |"


def _print_throughput(
    sizes: Mapping[str, int], samples: Mapping[str, Sequence[Sample]], options: argparse.Namespace
) -> None:
    print("\n## Throughput\n")
    print(
        f"One Uvicorn worker each. wrk: 1 thread, {CONNECTIONS} connections, no compression asked "
        f"for. {options.rounds} interleaved rounds of {options.seconds} s a case (the uncached "
        f"list: {SLOW * options.seconds} s); figures are medians over the rounds, with the lowest and "
        "highest rate in brackets.\n"
    )
    print("| case | body | requests/s | p50 ms | p99 ms | to bare ASGI | to naive |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, rounds in samples.items():
        rates = [sample.rate for sample in rounds]
        cells = [
            name,
            f"{sizes[name] / 1000:.0f} kB",
            f"{median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f})",
            f"{_median(rounds, lambda sample: sample.p50):.2f}",
            f"{_median(rounds, lambda sample: sample.p99):.2f}",
            _ratio(rounds, samples[BARE]),
            _ratio(rounds, samples[NAIVE]),
        ]
        print(f"| {' | '.join(cells)} |")
    print(
        "\nThe ratios are medians of the ratios within a round. Both rivals answer the detail: "
        "beside the list and the evidence they do other work, and say only how dear these are."
    )


def _median(rounds: Sequence[Sample], of: Callable[[Sample], float]) -> float:
    return median(of(sample) for sample in rounds)


def _ratio(rounds: Sequence[Sample], rivals: Sequence[Sample]) -> str:
    """How many times the rival's rate, compared round by round."""
    times = median(mine.rate / its.rate for mine, its in zip(rounds, rivals, strict=True))
    return f"{times:.0f}" if times >= 10 else f"{times:#.2g}"


if __name__ == "__main__":
    sys.exit(main())
