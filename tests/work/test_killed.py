"""Killed at 100 random instants, the next run leaves exactly one version and one change, and a ledger that holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("seed", [20261122, 4711])
def test_a_kill_at_any_instant_neither_loses_nor_doubles(tmp_path: Path, seed: int) -> None:
    (tmp_path / "config.toml").write_text(
        'allowed_networks = ["127.0.0.0/8"]\nhost_spacing = 0\nlog_level = "error"\n'
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCTATLAS_")}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("killed.py")), "50", str(seed)],
        env=environment | {"CONDUCTATLAS_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["bad"] == []
    assert found["trials"] == 50
    assert 2 <= found["ended_before_the_kill"] <= 48, "the instants must lie before and after the write"
