"""An archive that was observed, sealed and can be tampered with, as by one who holds its database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection, models
from tests.work.conftest import CLAUSES, START, Archive, policy

from conductatlas.append_only import append_only_models
from conductatlas.archive import ledger
from conductatlas.archive.ledger_models import Checkpoint
from conductatlas.catalogue.models import Document
from conductatlas.clock import SetClock
from conductatlas.evidence.audit.findings import Kind, Verdict
from conductatlas.evidence.audit.run import Audit, Report


@pytest.fixture(autouse=True)
def copy_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that run tests side by side share the folder of the blobs."""
    monkeypatch.setattr(ledger, "COPY", f"ledger/{uuid4()}")


@dataclass
class Sealed:
    """An archive with some days of checks, each under a checkpoint of its own."""

    archive: Archive
    document: Document
    file: Path

    def check(self, page: bytes | None = None, **later: float) -> Checkpoint:
        """Some time later: check, and seal a minute after."""
        self.archive.later(**later or {"days": 1})
        if page is not None:
            self.archive.serve(page)
        self.archive.check(self.document)
        return self.seal()

    def seal(self) -> Checkpoint:
        made = ledger.seal("test", SetClock(self.archive.clock.now() + timedelta(minutes=1)))
        assert made is not None
        return made

    def audit(self, **how: bool) -> Report:
        return Audit(self.file).run(**how)

    def found(self, **how: bool) -> dict[Kind, str]:
        """What does not hold: kind → subject of the first."""
        found: dict[Kind, str] = {}
        for finding in self.audit(**how).tally.findings:
            if finding.verdict == Verdict.FAILS:
                found.setdefault(finding.kind, finding.subject)
        return found


@pytest.fixture
def sealed(db: None, tmp_path: Path) -> Sealed:
    archive = Archive(clock=SetClock(START, given=False))
    one = Sealed(archive, archive.document(), tmp_path / "audit.json")
    one.check(policy())
    one.check()
    one.check(policy(*CLAUSES[:3], CLAUSES[3].replace("may suspend", "must suspend"), *CLAUSES[4:]))
    one.check(hours=3)
    one.check(b"<title>Log in</title><form><input type=password></form>")
    return one


@pytest.fixture
def in_the_database(db: None) -> Callable[[], None]:
    """Does what one can do who holds the database: take the triggers away that refuse."""

    def disarm() -> None:
        with connection.cursor() as cursor:
            if connection.vendor != "sqlite":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for model in append_only_models():
                _disarm(cursor.execute, model)

    return disarm


def _disarm(execute: Callable[[str], object], model: type[models.Model]) -> None:
    table = model._meta.db_table
    if connection.vendor == "sqlite":
        for verb in ("update", "delete"):
            execute(f"DROP TRIGGER {table}_no_{verb}")
    else:
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
