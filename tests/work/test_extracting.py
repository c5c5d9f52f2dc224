"""Provisions are looked for wherever that was left undone: by a fault, a killed process, an older release."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from tests.work.conftest import CLAUSES, Archive, policy

from conductatlas.catalogue.models import Document
from conductatlas.history.models import Change, Reading
from conductatlas.provisions import queries, services
from conductatlas.provisions.models import (
    CurrentExtraction,
    Extraction,
    Finding,
    Provision,
    SearchEntry,
    TouchedProvision,
)
from conductatlas.work import extracting
from conductatlas.work.extracting import CatchingUp

NOTICE = CLAUSES[2].replace("30 days", "60 days")
Undone = Callable[[], None]


@pytest.fixture
def document(archive: Archive) -> Document:
    return archive.document()


@pytest.fixture
def undone(monkeypatch: pytest.MonkeyPatch) -> Undone:
    """From now on checks record, and nobody looks at the texts: as before the release that can."""
    return lambda: monkeypatch.setattr(extracting, "look", lambda *_: None)


def checked(archive: Archive, document: Document, *clauses: str, **later: float) -> None:
    archive.later(**later or {"days": 1})
    archive.serve(policy(*clauses))
    archive.check(document)


def test_a_check_that_makes_a_version_looks_at_it(archive: Archive, document: Document) -> None:
    checked(archive, document)
    assert Extraction.objects.get().at == archive.clock.now()
    checked(archive, document)
    assert Extraction.objects.count() == 1
    assert not queries.due().exists()


def test_a_fault_of_the_extractor_leaves_the_check_as_it_is(
    archive: Archive, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(services, "extract", fault)
        archive.serve(policy())
        assert archive.check(document).outcome == "changed"
    assert not Extraction.objects.exists() and queries.due().count() == 1
    assert CatchingUp(archive.clock).step() == 1
    assert CurrentExtraction.objects.get().document == document


def test_one_text_with_a_fault_keeps_no_other_waiting_and_is_not_tried_again_and_again(
    archive: Archive, document: Document, undone: Undone, monkeypatch: pytest.MonkeyPatch
) -> None:
    undone()
    checked(archive, document)
    checked(archive, document, *CLAUSES[:2], NOTICE, *CLAUSES[3:])
    tries = []
    extract = services.extract

    def fault_on_the_first(reading: object, kind: str) -> object:
        tries.append(reading)
        if len(tries) == 1:
            raise RecursionError
        return extract(reading, kind)  # type: ignore[arg-type]

    monkeypatch.setattr(services, "extract", fault_on_the_first)
    catching_up = CatchingUp(archive.clock)
    assert catching_up.step() == 2
    assert [row.reading for row in Extraction.objects.all()] == [Reading.objects.order_by("pk")[1]]
    assert catching_up.step() == 0 and len(tries) == 2
    assert CatchingUp(archive.clock).step() == 1


def test_what_was_looked_at_and_not_settled_is_settled(archive: Archive, document: Document) -> None:
    checked(archive, document)
    there = CurrentExtraction.objects.get().extraction
    CurrentExtraction.objects.all().delete()
    SearchEntry.objects.all().delete()
    CatchingUp(archive.clock).step()
    assert CurrentExtraction.objects.get().extraction == there
    assert SearchEntry.objects.filter(provision__isnull=False).count() == Finding.objects.count()
    CurrentExtraction.objects.all().delete()
    assert extracting.look_all(None, archive.clock) == 0
    assert CurrentExtraction.objects.get().extraction == there


def test_it_ends_when_it_is_asked_to(archive: Archive, document: Document, undone: Undone) -> None:
    undone()
    checked(archive, document)
    catching_up = CatchingUp(archive.clock, threading.Event())
    catching_up.stop.set()
    catching_up.step()
    assert not Extraction.objects.exists()


def test_after_an_upgrade_all_versions_are_looked_at_in_their_order(
    archive: Archive, document: Document, undone: Undone
) -> None:
    undone()
    checked(archive, document)
    checked(archive, document, *CLAUSES[:2], NOTICE, *CLAUSES[3:])
    checked(archive, document, *CLAUSES[:2], NOTICE, *CLAUSES[3:5])
    assert CatchingUp(archive.clock).step() == 3
    texts = [row.reading.version.at for row in Extraction.objects.order_by("pk")]
    assert texts == sorted(texts)
    law = Finding.objects.get(type="governing_law", extraction=Extraction.objects.order_by("pk")[0])
    assert [row.provision for row in queries.last_of_removed(None)] == [law.provision]
    first, second = Change.objects.order_by("pk")
    assert {row.provision.type for row in first.touched.all()} == {"unilateral_change"}
    assert law.provision in {row.provision for row in second.touched.all()}


def test_a_change_back_to_an_earlier_text_touches_provisions_too(
    archive: Archive, document: Document
) -> None:
    checked(archive, document)
    for _ in range(3):
        checked(archive, document, *CLAUSES[:2], NOTICE, *CLAUSES[3:], days=2)
    for _ in range(4):
        checked(archive, document, days=2)
    back = Change.objects.order_by("-pk")[0]
    assert Change.objects.count() == 2 and Provision.objects.filter(type="unilateral_change").count() == 1
    touched = TouchedProvision.objects.get(change=back)
    assert touched.provision.type == "unilateral_change"
    assert touched.after == queries.current(None).get(provision=touched.provision)


def test_a_new_reading_of_the_newest_version_is_looked_at(
    archive: Archive, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(archive, document)
    old = Reading.objects.get()
    before = set(Finding.objects.values_list("provision", flat=True))
    again = Reading.objects.create(
        version=old.version,
        reader_version=old.reader_version + 1,
        text="Terms of Use\n" + old.text,
        marks="[]",
        digest="0" * 64,
        words=old.words + 3,
        read_at=archive.clock.now(),
    )
    assert [row.pk for row in queries.due()] == [again.pk]
    extracting.look_all(None, archive.clock)
    newest = Extraction.objects.get(reading=again)
    assert before >= set(newest.findings.values_list("provision", flat=True))
    assert not TouchedProvision.objects.exists()


def test_a_variant_in_another_language_is_left_alone(archive: Archive, document: Document) -> None:
    checked(archive, document)
    german = (
        "Diese Bedingungen regeln die Nutzung des Dienstes. Wer ihn nutzt, stimmt ihnen zu und haftet selbst.",
        "Wir können Konten sperren, wenn gegen diese Bedingungen verstoßen wird, und teilen das per E-Mail mit.",
        "Es gilt das Recht der Republik Irland. Gerichtsstand ist Dublin, soweit das Gesetz nichts anderes sagt.",
    )
    archive.later(days=1)
    archive.serve(policy(*german * 3, title="Nutzungsbedingungen", lang="de"))
    archive.check(document)
    assert Reading.objects.filter(version__variant__isnull=False).exists()
    assert not queries.due().exists()
    assert Extraction.objects.count() == 1
