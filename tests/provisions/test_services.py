"""What a reading says becomes rows: exact quotes, one id for one clause, and which changes touch it."""

from __future__ import annotations

import pytest
from tests.work.conftest import CLAUSES, Archive, policy

from conductatlas.catalogue.models import Document
from conductatlas.errors import StalePreparationError
from conductatlas.history import removal
from conductatlas.history.models import Change, Reading
from conductatlas.provisions import queries, services
from conductatlas.provisions.models import (
    Continuity,
    CurrentExtraction,
    Extraction,
    Finding,
    FoundFact,
    NamedDocument,
    Provision,
    SearchEntry,
    TouchedProvision,
)
from conductatlas.work import extracting

NOTICE = (
    "We may change these terms. We will tell you by e-mail at least 60 days before a change takes effect."
)
ARBITRATION = (
    "Any dispute between you and us will be resolved by binding arbitration administered by the AAA."
)


def changed(*, clause: int, text: str) -> tuple[str, ...]:
    return tuple(text if n == clause else one for n, one in enumerate(CLAUSES))


def checked(archive: Archive, document: Document, *clauses: str, days: int = 1) -> None:
    archive.later(days=days)
    archive.serve(policy(*clauses))
    archive.check(document)


@pytest.fixture
def document(archive: Archive) -> Document:
    found = archive.document()
    archive.serve(policy())
    archive.check(found)
    return found


def by_type(document: Document, type_: str) -> Finding:
    return queries.current(None).get(provision__document=document, type=type_)


def test_every_quote_is_what_stands_at_its_offsets(document: Document) -> None:
    found = list(Finding.objects.select_related("extraction__reading"))
    assert len(found) >= 5
    for row in found:
        assert services.digest_of(row.extraction.reading.text[row.start : row.end]) == row.digest
    assert {row.type for row in found} >= {"age", "unilateral_change", "governing_law", "liability_cap"}


def test_what_is_found_is_counted_and_typed_and_has_its_facts(document: Document) -> None:
    extraction = Extraction.objects.get()
    assert 0 < extraction.typed_words <= extraction.words
    law = FoundFact.objects.get(type="governing_law", name="law")
    assert law.value == "IE"
    start, end = law.spans[0]
    assert "laws of Ireland" in extraction.reading.text[start:end]
    assert list(law.finding.types.values_list("position", flat=True)) == list(
        range(law.finding.types.count())
    )


def test_a_reading_is_looked_at_once(document: Document, archive: Archive) -> None:
    reading = Reading.objects.get()
    before = Extraction.objects.get()
    assert services.look_for_provisions(reading, archive.clock.now()) == before
    assert not queries.due().exists()
    assert extracting.look_all(None, archive.clock) == 0


def test_a_provision_keeps_its_id_while_it_is_reworded_and_moves(
    document: Document, archive: Archive
) -> None:
    before = by_type(document, "unilateral_change").provision_id
    law = by_type(document, "governing_law").provision_id
    checked(archive, document, *changed(clause=2, text=NOTICE))
    now = by_type(document, "unilateral_change")
    assert (now.provision_id, now.continuity) == (before, Continuity.REWORDED)
    assert by_type(document, "governing_law").continuity == Continuity.UNCHANGED
    checked(archive, document, *reversed(changed(clause=2, text=NOTICE)))
    assert by_type(document, "governing_law").provision_id == law
    assert by_type(document, "unilateral_change").provision_id == before


def test_what_goes_is_removed_and_what_comes_back_is_the_same_provision(
    document: Document, archive: Archive
) -> None:
    law = by_type(document, "governing_law").provision_id
    checked(archive, document, *CLAUSES[:-1])
    assert not queries.current(None).filter(type="governing_law").exists()
    assert [row.provision_id for row in queries.last_of_removed(None)] == [law]
    checked(archive, document, *CLAUSES, ARBITRATION)
    again = by_type(document, "governing_law")
    assert (again.provision_id, again.continuity) == (law, Continuity.RETURNED)
    assert not queries.last_of_removed(None).exists()


def test_a_change_touches_what_it_changes_and_nothing_else(document: Document, archive: Archive) -> None:
    checked(archive, document, *changed(clause=2, text=NOTICE))
    change = Change.objects.get()
    touched = TouchedProvision.objects.get()
    assert (touched.change, touched.provision_id) == (
        change,
        by_type(document, "unilateral_change").provision_id,
    )
    assert touched.before is not None and touched.after is not None
    assert touched.before.digest != touched.after.digest


def test_an_earlier_text_that_is_found_again_is_what_the_document_says(
    document: Document, archive: Archive
) -> None:
    first = CurrentExtraction.objects.get().extraction
    checked(archive, document, *changed(clause=2, text=NOTICE))
    assert CurrentExtraction.objects.get().extraction != first
    archive.later(hours=3)
    archive.serve(policy())
    archive.check(document)
    assert CurrentExtraction.objects.get().extraction == first
    assert SearchEntry.objects.filter(body__contains="30 days").exists()
    assert not SearchEntry.objects.filter(body__contains="60 days").exists()


def test_what_another_process_wrote_meanwhile_is_taken_into_account(
    document: Document, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extracting, "look", lambda *_: None)
    checked(archive, document, *changed(clause=2, text=NOTICE))
    reading = queries.due().get()
    seen = iter(range(100))
    monkeypatch.setattr(services, "_newest_extraction", lambda _document: next(seen))
    with pytest.raises(StalePreparationError):
        services.look_for_provisions(reading, archive.clock.now())
    assert queries.due().get() == reading


def test_a_new_extractor_looks_at_the_newest_version_again(
    document: Document, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(archive, document, *changed(clause=2, text=NOTICE))
    keys = set(Provision.objects.values_list("pk", flat=True))
    for module in (services, queries):
        monkeypatch.setattr(module, "EXTRACTOR_VERSION", 99)
    assert extracting.look_all(None, archive.clock) == 1
    newest = Extraction.objects.order_by("-pk")[0]
    assert (newest.extractor_version, CurrentExtraction.objects.get().extraction) == (99, newest)
    assert set(Provision.objects.values_list("pk", flat=True)) == keys
    assert not newest.findings.exclude(continuity=Continuity.UNCHANGED).exists()


def test_a_text_that_was_removed_takes_the_words_about_it_along(document: Document, archive: Archive) -> None:
    reading = Reading.objects.get()
    NamedDocument.objects.create(
        extraction=Extraction.objects.get(),
        title="Privacy policy",
        target="http://heron.example/p",
        start=0,
        end=3,
    )
    extent = removal.extent_of_version(reading.version)
    removal.remove(extent, "a court order", "", at=archive.clock.now(), by=None)
    assert set(Finding.objects.values_list("title", "path")) == {("", "[]")}
    assert set(FoundFact.objects.values_list("condition", "limit_words")) == {("", "")}
    assert all(value is None for value in FoundFact.objects.values_list("value", flat=True))
    assert set(NamedDocument.objects.values_list("title", "target")) == {("", "")}
    assert not SearchEntry.objects.exists() and not CurrentExtraction.objects.exists()
    archive.later(days=1)
    assert extracting.look_all(None, archive.clock) == 0


def test_an_address_is_never_given_twice(document: Document, archive: Archive) -> None:
    checked(archive, document, *CLAUSES[:-1])
    checked(archive, document, *CLAUSES[:-1], "These terms are governed by the law of Norway.")
    slugs = list(Provision.objects.values_list("slug", flat=True))
    assert len(slugs) == len(set(slugs))
    assert not set(slugs) & services.RESERVED


def test_older_texts_that_are_looked_at_later_have_the_same_provisions(
    document: Document, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after an upgrade: nothing was looked for while the versions came in."""
    monkeypatch.setattr(extracting, "look", lambda *_: None)
    checked(archive, document, *changed(clause=2, text=NOTICE))
    checked(archive, document, *changed(clause=2, text=NOTICE), ARBITRATION)
    assert queries.due().count() == 2
    assert extracting.look_all(None, archive.clock) == 2
    counted = Finding.objects.filter(provision=by_type(document, "unilateral_change").provision_id).count()
    assert counted == 3
    assert {row.change for row in TouchedProvision.objects.all()} == set(Change.objects.all())
