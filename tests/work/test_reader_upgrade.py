"""A new reader adds a reading to the newest version, and makes no version and no change (house rule 5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from conductatlas.history import services
from conductatlas.history.models import Change, ReaderLog, Reading, Version
from conductatlas.reading.text.marks import Reading as TextReading
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import Examined, examine
from conductatlas.work import judging

Policy = Callable[..., bytes]


def better(reading: TextReading) -> TextReading:
    """As a reader reads that has learned a new word; of the same length, so that marks stay in place."""
    return replace(reading, text=reading.text.replace("Heron", "HERON"))


def upgrade(monkeypatch: pytest.MonkeyPatch) -> None:
    def examine_better(page: Page) -> Examined:
        found = examine(page)
        return replace(found, reading=better(found.reading))

    monkeypatch.setattr(services, "READER_VERSION", services.READER_VERSION + 1)
    monkeypatch.setattr(services, "read", lambda page: examine_better(page).reading)
    monkeypatch.setattr(judging, "examine", examine_better)


@pytest.mark.parametrize("extra", ["", "<script>nonce = 2</script>"])  # the same bytes, and others
def test_the_same_page_gets_a_reading_and_nothing_else(
    archive: Any, policy: Policy, monkeypatch: pytest.MonkeyPatch, extra: str
) -> None:
    document = archive.document()
    archive.serve(policy())
    archive.check(document)
    upgrade(monkeypatch)
    archive.later(days=40)
    archive.serve(policy(extra=extra))
    assert archive.check(document).outcome == "unchanged"
    assert (Version.objects.count(), Change.objects.count()) == (1, 0)
    old, new = Reading.objects.order_by("pk")
    assert (new.version, new.reader_version) == (old.version, old.reader_version + 1)
    assert (new.text, new.read_at) == (old.text.replace("Heron", "HERON"), archive.clock.now())
    logged = ReaderLog.objects.get(reader_version=new.reader_version)
    assert logged.first_used_at == archive.clock.now()
    archive.later(days=1)
    archive.check(document)
    assert Reading.objects.count() == 2


def test_a_change_is_told_between_readings_of_the_same_reader(
    archive: Any, policy: Policy, clauses: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = archive.document()
    archive.serve(policy())
    archive.check(document)
    upgrade(monkeypatch)
    archive.later(days=40)
    archive.serve(policy(*(text.replace("30 days", "10 days") for text in clauses)))
    change = archive.check(document).change
    assert change.old_reading.reader_version == change.new_reading.reader_version
    assert change.hunks.count() == 1
    assert (Version.objects.count(), Reading.objects.count()) == (2, 3)
