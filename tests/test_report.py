"""The content report: its figures, and that a loss is noticed."""

import json
from pathlib import Path

from small_data import failed_fusion, small_folder


def test_the_report_counts_and_a_loss_fails(tmp_path: Path):
    folder = small_folder(tmp_path)
    recorded = tmp_path / "recorded.json"

    told = failed_fusion("report", "--data-dir", folder, "--record", recorded)

    figures = json.loads(recorded.read_text())
    assert told.exit_code == 0
    assert figures["all"]["entities"] == 7
    assert "| conditions |" in told.stdout

    figures["all"]["statements"] += 1
    recorded.write_text(json.dumps(figures))
    again = failed_fusion("report", "--data-dir", folder, "--against", recorded)

    assert again.exit_code == 1
    assert "Got worse: all: statements" in again.stderr


def test_the_same_figures_are_no_loss(tmp_path: Path):
    folder = small_folder(tmp_path)
    recorded = tmp_path / "recorded.json"
    failed_fusion("report", "--data-dir", folder, "--record", recorded)

    assert failed_fusion("report", "--data-dir", folder, "--against", recorded).exit_code == 0
