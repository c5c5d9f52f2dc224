"""What happened to a provision is what its versions show, and nothing that a better extractor sees otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.work.conftest import CLAUSES, START, Archive, policy

from conductatlas.catalogue.models import Document, Platform
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.history import removal
from conductatlas.history.models import Change, Version, Withholding
from conductatlas.provisions import life_queries, queries, services
from conductatlas.provisions.models import Finding, Provision
from conductatlas.provisions.records import ProvisionRecord
from conductatlas.reading.clauses.findings import Found
from conductatlas.work import extracting

NOTICE = CLAUSES[2].replace("30 days", "60 days")
WITH_NOTICE = (*CLAUSES[:2], NOTICE, *CLAUSES[3:])


@pytest.fixture
def document(archive: Archive) -> Document:
    found = archive.document()
    archive.serve(policy())
    archive.check(found)
    return found


def checked(archive: Archive, document: Document, *clauses: str) -> None:
    archive.later(days=2)
    archive.serve(policy(*clauses))
    archive.check(document)


def life(document: Document, type_: str) -> ProvisionRecord:
    fresh = Document.objects.select_related("platform").get(pk=document.pk)
    key = Provision.objects.filter(document=document, type=type_).order_by("pk")[0].pk
    found = life_queries.life(None, DocumentRecord.of(fresh, None), key)
    assert found is not None
    return found


def hows(record: ProvisionRecord) -> list[str]:
    return [step.how for step in record.steps]


def test_from_the_first_version_to_the_removal_and_back(document: Document, archive: Archive) -> None:
    law = life(document, "governing_law")
    assert (law.state, hows(law), law.first_at) == ("active", ["first"], START)
    for _ in range(2):
        checked(archive, document, *CLAUSES[:-1])
    law = life(document, "governing_law")
    assert (law.state, hows(law)) == ("removed", ["first", "removed"])
    assert law.removed_at == Version.objects.order_by("-at")[0].at
    assert law.steps[1].before == law.finding.quote and not law.steps[1].after
    assert law.steps[1].change == Change.objects.get().slug
    checked(archive, document, *WITH_NOTICE)
    law = life(document, "governing_law")
    assert (law.state, hows(law), law.removed_at) == ("active", ["first", "removed", "returned"], None)


def test_only_what_happened_to_it_is_told(document: Document, archive: Archive) -> None:
    for _ in range(2):
        checked(archive, document, *WITH_NOTICE)
    change = life(document, "unilateral_change")
    assert hows(change) == ["first", "reworded"]
    assert "30 days" in change.steps[1].before and "60 days" in change.steps[1].after
    assert change.steps[1].change == Change.objects.get().slug
    assert hows(life(document, "governing_law")) == ["first"]


def test_a_text_that_was_removed_removes_no_provision(document: Document, archive: Archive) -> None:
    checked(archive, document, *WITH_NOTICE)
    checked(archive, document, *CLAUSES[:2], NOTICE.replace("60", "90"), *CLAUSES[3:])
    between = Version.objects.order_by("at")[1]
    extent = removal.extent_of_version(between)
    removal.remove(extent, "an order", "", at=archive.clock.now(), by=None)
    assert hows(life(document, "governing_law")) == ["first"]
    change = life(document, "unilateral_change")
    assert hows(change) == ["first", "reworded"]
    assert "60 days" not in "".join(step.before + step.after for step in change.steps)


def better(monkeypatch: pytest.MonkeyPatch, see: Any) -> None:
    """A new extractor, which sees what `see` makes of the findings of the old one."""
    extract = services.extract

    def extract_better(reading: Any, kind: str) -> Found:
        found = extract(reading, kind)
        return replace(found, findings=tuple(see(found.findings)))

    monkeypatch.setattr(services, "extract", extract_better)
    for module in (services, queries):
        monkeypatch.setattr(module, "EXTRACTOR_VERSION", 99)


def test_what_a_new_extractor_counts_no_more_was_not_removed(
    document: Document, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    better(monkeypatch, lambda findings: (one for one in findings if one.type != "governing_law"))
    extracting.look_all(None, archive.clock)
    checked(archive, document, *WITH_NOTICE)
    law = life(document, "governing_law")
    assert (law.state, hows(law), law.removed_at) == ("dropped", ["first"], None)
    assert "Ireland" in law.finding.quote
    assert not queries.last_of_removed(None).exists()
    assert not queries.current(None).filter(type="governing_law").exists()
    assert hows(life(document, "unilateral_change")) == ["first", "reworded"]


def test_what_a_new_extractor_parts_otherwise_was_not_reworded(
    document: Document, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shorter(findings: Any) -> Any:
        for one in findings:
            yield replace(one, span=one.span._replace(end=one.span.end - 1))

    better(monkeypatch, shorter)
    extracting.look_all(None, archive.clock)
    checked(archive, document, *WITH_NOTICE)
    law = life(document, "governing_law")
    assert Finding.objects.filter(provision=law.finding.provision).count() == 3
    assert (law.state, hows(law)) == ("active", ["first"])
    assert hows(life(document, "unilateral_change")) == ["first", "reworded"]


@pytest.mark.parametrize("texts", ["excerpts", "signed-in"])
def test_words_that_do_not_go_out_are_in_no_step(document: Document, archive: Archive, texts: str) -> None:
    checked(archive, document, *WITH_NOTICE)
    Platform.objects.update(publish_text=texts)
    steps = life(document, "unilateral_change").steps
    assert len(steps) == 2 and not any(step.before or step.after for step in steps)


def test_words_that_are_withheld_are_in_no_step(document: Document, archive: Archive) -> None:
    checked(archive, document, *WITH_NOTICE)
    first = Version.objects.order_by("at")[0]
    Withholding.objects.create(document=document, version=first, reason="asked for", at=START)
    first_step, second_step = life(document, "unilateral_change").steps
    assert not first_step.after and not second_step.before
    assert "60 days" in second_step.after
