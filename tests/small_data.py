"""A data folder small enough to know by heart, and the command line asked about it.

Its files stand in `data_folders/small/`: three invented sources, seven entities of six kinds.
"""

import os
import shutil
from pathlib import Path
from unittest import mock

import click.testing
from typer.testing import CliRunner

from api.cli import app
from api.settings import settings

SMALL = Path(__file__).parent / "data_folders" / "small"


def small_folder(parent: Path) -> Path:
    """A copy of the small data folder, called `data`, in `parent`."""
    return Path(shutil.copytree(SMALL, parent / "data"))


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Replace the one place in a file where `old` stands."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def failed_fusion(*arguments: object) -> click.testing.Result:
    """Run the command line in this process; what it sets in the environment is taken back.

    An exception that the command does not turn into an exit code is raised here.
    """
    with mock.patch.dict(os.environ):
        result = CliRunner().invoke(app, [str(item) for item in arguments], catch_exceptions=False)
    settings.cache_clear()
    return result


def faults(folder: Path) -> list[str]:
    """The lines in which `check` tells the faults of a folder."""
    result = failed_fusion("check", "--data-dir", folder)
    assert result.exit_code in (0, 1), result.output
    lines: list[str] = result.stderr.splitlines()[:-1]
    assert bool(lines) == (result.exit_code == 1), result.output
    return lines
