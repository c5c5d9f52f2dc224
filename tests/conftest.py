"""What all tests share: a data folder of their own, the database asked for, and the rule about skipping.

`CONDUCTATLAS_TEST_DATABASE_URL` runs the tests on a server; without it they run on SQLite.
`CONDUCTATLAS_TEST_REQUIRE_ALL=1` makes a skipped test a failure, as CI wants it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import django
import pytest
from tests.scheduling import Scheduling

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

# Before Django's settings are read.
for name in [name for name in os.environ if name.startswith("CONDUCTATLAS_") and "_TEST_" not in name]:
    del os.environ[name]
os.environ["CONDUCTATLAS_DATA_DIR"] = tempfile.mkdtemp(prefix="conductatlas-test-")
os.environ["DJANGO_SETTINGS_MODULE"] = "conductatlas.django_settings"
if url := os.environ.get("CONDUCTATLAS_TEST_DATABASE_URL"):
    os.environ["CONDUCTATLAS_DATABASE_URL"] = url
django.setup()  # the conftests of the folders below import models


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a server only what asks the database runs: the rest says the same there as on SQLite."""
    if "CONDUCTATLAS_TEST_DATABASE_URL" not in os.environ:
        return
    apart = [item for item in items if not _asks_the_database(item)]
    items[:] = [item for item in items if _asks_the_database(item)]
    config.hook.pytest_deselected(items=apart)


def _asks_the_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & {"db", "transactional_db"})


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome: Any = yield
    report = outcome.get_result()
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CONDUCTATLAS_TEST_REQUIRE_ALL"):
        report.outcome = "failed"
        report.longrepr = f"skipped, though everything is required: {report.longrepr}"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the checkout."""
    if not (SHARED / "corpus" / "index.jsonl").exists():
        pytest.skip("the corpus of real captures is not beside this checkout")
    return SHARED


@dataclass
class Replay:
    """The replay server, driven over its own addresses."""

    url: str

    def get(self, path: str) -> bytes:
        with urlopen(self.url + path) as answer:
            return bytes(answer.read())

    def put(self, path: str, body: bytes) -> None:
        with urlopen(Request(self.url + path, data=body, method="PUT")) as answer:
            answer.read()

    def heal(self) -> None:
        with urlopen(Request(self.url + "/_replay/faults", method="DELETE")) as answer:
            answer.read()


@pytest.fixture(scope="module")
def replay(shared: Path) -> Iterator[Replay]:
    """A replay server of its own for one module of tests: it has one clock."""
    command = [
        sys.executable,
        str(shared / "tools" / "replay.py"),
        "serve",
        "--corpus",
        str(shared / "corpus"),
        "--port",
        "0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield Replay(line.split(" on ")[1].split(" at ")[0].rstrip("/"))
        finally:
            process.kill()
