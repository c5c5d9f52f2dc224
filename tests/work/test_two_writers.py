"""Two processes that check and seal at once cannot fork the ledger, on either database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.bench.machine import empty_postgresql

CHECKS = 12
PREPARE = """
from conductatlas.cli.opening import open_archive
open_archive()
from datetime import UTC, datetime
from conductatlas.catalogue.models import Document, Platform
from conductatlas.work import due
platform = Platform.objects.create(slug="a", name="A", category="social")
for name in ("one", "two"):
    document = Document.objects.create(platform=platform, slug=name, kind="terms", title="Terms", language="en")
    document.sources.create(url=f"http://{name}.example/terms")
due.ensure(datetime(2026, 3, 1, tzinfo=UTC))
"""
COUNT = """
import json
from conductatlas.cli.opening import open_archive
config = open_archive()
from conductatlas.archive import ledger
from conductatlas.archive.ledger_models import Checkpoint, Leaf
from conductatlas.archive.models import Capture
from conductatlas.clock import SystemClock
from conductatlas.evidence.audit.run import FILE, Audit
from conductatlas.history.models import Version
ledger.seal("one", SystemClock())
report = Audit(config.data_dir / FILE).run()
print(json.dumps({
    "findings": [one.sentence for one in report.tally.findings], "holds": report.holds, "waiting": report.waiting,
    "captures": Capture.objects.count(), "versions": Version.objects.count(), "size": report.size,
    "leaves": Leaf.objects.count(), "origins": len({one.key.origin for one in Checkpoint.objects.all()}),
    "checkpoints": Checkpoint.objects.count(),
}))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Settings of an archive of its own, on each of the two databases."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCTATLAS_")}
    kept |= {"CONDUCTATLAS_DATA_DIR": str(tmp_path), "CONDUCTATLAS_LOG_LEVEL": "error"}
    if request.param == "sqlite":
        yield kept
        return
    with empty_postgresql() as url:
        if url is None:
            pytest.skip("no PostgreSQL server at hand")
        yield kept | {"CONDUCTATLAS_DATABASE_URL": url}


def python(environment: dict[str, str], code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_two_writers_at_once_make_one_log(environment: dict[str, str]) -> None:
    python(environment, PREPARE)
    script = Path(__file__).with_name("two_writers.py")
    writers = [
        subprocess.Popen(
            [sys.executable, str(script), name, str(CHECKS)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for writer in writers:
        assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    made = 0
    for writer in writers:
        out, fault = writer.communicate(timeout=300)
        assert writer.returncode == 0, fault[-2000:]
        made += int(out)
    found = json.loads(python(environment, COUNT))
    assert found["holds"] and found["findings"] == [], found
    assert found["waiting"] == 0 and found["captures"] == found["versions"] == 2 * CHECKS
    assert found["size"] == found["leaves"] > 4 * CHECKS
    assert found["origins"] == 1 and found["checkpoints"] >= made > 1
