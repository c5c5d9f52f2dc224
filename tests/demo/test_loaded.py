"""The sample world, loaded by `demo --load-only` through every stage, leaves the record that was foreseen."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from conductatlas.demo.expected import EXPECTED, Expectation
from conductatlas.demo.moments import MOMENTS

CHECKS = """
    SELECT archive_check.started_at, archive_check.outcome, archive_check.reason,
           history_version.id, variant_id IS NOT NULL, history_change.kind
    FROM archive_check
    JOIN catalogue_document ON archive_check.document_id = catalogue_document.id
    JOIN catalogue_platform ON platform_id = catalogue_platform.id
    LEFT JOIN history_version ON history_version.check_row_id = archive_check.id
    LEFT JOIN history_change ON history_change.new_version_id = history_version.id
    WHERE catalogue_platform.slug = ? AND catalogue_document.slug = ? ORDER BY archive_check.id
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "data"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCTATLAS_")}
    for _ in range(2):  # the second time there is nothing to do
        subprocess.run(
            [sys.executable, "-m", "conductatlas", "demo", "--load-only", "--json"],
            env=environment | {"CONDUCTATLAS_DATA_DIR": str(folder)},
            check=True,
            capture_output=True,
        )
    return folder / "conductatlas.sqlite3"


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda e: f"{e.platform}/{e.document}")
def test_a_document_has_the_history_that_was_foreseen(loaded: Path, expected: Expectation) -> None:
    with sqlite3.connect(loaded) as database:
        rows = database.execute(CHECKS, (expected.platform, expected.document)).fetchall()
    assert len(rows) == len(MOMENTS)
    held = {
        n: (outcome, reason)
        for n, (_, outcome, reason, *_) in enumerate(rows)
        if outcome in ("held", "failed")
    }
    assert {n: reason.split("_5")[0] for n, (_, reason) in held.items()} == {
        n: foreseen.reason for n, foreseen in expected.held.items()
    }
    versions = [(n, row[5]) for n, row in enumerate(rows) if row[3] is not None and not row[4]]
    assert tuple(n for n, _ in versions) == tuple(expected.versions)
    assert tuple(kind for _, kind in versions[1:]) == tuple(expected.changes)


def test_only_confirmed_changes_and_the_last_ones_stand(loaded: Path) -> None:
    with sqlite3.connect(loaded) as database:
        states = dict(
            database.execute(
                "SELECT state, count(DISTINCT change_id) FROM history_changeevent GROUP BY state"
            ).fetchall()
        )
        (changes,) = database.execute("SELECT count(*) FROM history_change").fetchone()
    assert states["candidate"] == changes
    assert states["withdrawn"] >= 1
    assert 0 < changes - states["confirmed"] - states["withdrawn"] <= 6


def test_captures_say_that_their_clock_was_set(loaded: Path) -> None:
    with sqlite3.connect(loaded) as database:
        assert database.execute("SELECT DISTINCT clock_given FROM archive_capture").fetchall() == [(1,)]
