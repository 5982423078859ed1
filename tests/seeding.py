"""Seeding in another process, which tells how far it is: to be raced, and to be killed."""

import multiprocessing
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

from api.database import writer
from api.ingest.seed import seed

# Other processes are forked from one that has imported the product, so that they start at once.
PROCESSES: Final = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["api.ingest.seed", "api.migrations"])


def start_seeding(url: str, folder: Path) -> tuple[ForkServerProcess, Connection]:
    """A process that seeds, and the pipe on which it tells its steps and at last its release."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_seed, args=(url, folder, theirs), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _seed(url: str, folder: Path, told: Connection) -> None:
    engine = writer(url)
    done = seed(engine, folder, "1", told.send)
    engine.dispose()
    told.send(done.release)
