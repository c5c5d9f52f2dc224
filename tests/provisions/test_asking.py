"""The questionnaire asked of platforms: made anew when a document says something else, shown to whoever may see it."""

from __future__ import annotations

import csv

import pytest
from django.test import Client
from tests.work.conftest import CLAUSES, START, Archive, policy

from conductatlas.accounts.models import Organisation
from conductatlas.catalogue.models import Document, Platform
from conductatlas.history import removal
from conductatlas.history.models import Reading, Withholding
from conductatlas.provisions import asking, counts
from conductatlas.provisions.models import AnswerSheet
from conductatlas.work import extracting


@pytest.fixture
def document(archive: Archive) -> Document:
    found = archive.document()
    archive.serve(policy())
    archive.check(found)
    return found


def said(key: str) -> object:
    (cell,) = asking.answers_to(None, key)
    return cell.value


def test_a_platform_is_asked_once_and_again_when_a_document_says_something_else(
    document: Document, archive: Archive
) -> None:
    assert extracting.ask_all(archive.clock) == 1
    assert (said("change_notice_days"), said("governing_law")) == (30, "IE")
    assert extracting.ask_all(archive.clock) == 0
    archive.later(days=1)
    archive.serve(policy(*(clause.replace("30 days", "60 days") for clause in CLAUSES)))
    archive.check(document)
    assert [platform.slug for platform in asking.stale()] == ["heron"]
    assert extracting.ask_all(archive.clock) == 1
    assert said("change_notice_days") == 60


def test_an_answer_says_where_it_stands_and_silence_where_it_was_looked_for(
    document: Document, archive: Archive
) -> None:
    extracting.ask_all(archive.clock)
    (law,) = asking.answers_to(None, "governing_law")
    assert law.document is not None and law.document.path == "heron/terms"
    assert law.quote in Reading.objects.get().text
    (provider,) = asking.answers_to(None, "arbitration_provider")
    assert (provider.value, provider.searched) == (None, ("heron/terms",))


def test_all_fifty_are_answered_in_their_order_and_counted(document: Document, archive: Archive) -> None:
    extracting.ask_all(archive.clock)
    cells = asking.answers_of(None, "heron")
    assert len(cells) == 50
    stated, asked = counts.answers(None)
    assert asked == 1
    assert set(stated) == {cell.key for cell in cells if cell.value is not None}
    assert stated["governing_law"] == 1 and "arbitration_provider" not in stated


def test_withheld_words_are_not_quoted(document: Document, archive: Archive) -> None:
    extracting.ask_all(archive.clock)
    Withholding.objects.create(document=document, reason="asked for", at=START)
    (law,) = asking.answers_to(None, "governing_law")
    assert law.quote == ""


def test_private_documents_answer_nothing_in_public(document: Document, archive: Archive) -> None:
    owner = Organisation.objects.create(slug="owls", name="Owls")
    Document.objects.filter(pk=document.pk).update(owner=owner)
    assert extracting.ask_all(archive.clock) == 0
    assert asking.all_answers(None) == []
    Document.objects.filter(pk=document.pk).update(owner=None)
    extracting.ask_all(archive.clock)
    Platform.objects.update(publish_text="private")
    assert {cell.value for cell in asking.all_answers(None)} == {None}


def test_a_text_that_was_removed_takes_its_answers_along(document: Document, archive: Archive) -> None:
    extracting.ask_all(archive.clock)
    extent = removal.extent_of_version(Reading.objects.get().version)
    removal.remove(extent, "a court order", "", at=archive.clock.now(), by=None)
    assert not AnswerSheet.objects.exists()


def test_pages_and_table(document: Document, archive: Archive, client: Client) -> None:
    extracting.ask_all(archive.clock)
    page = client.get("/questions/")
    assert page.status_code == 200
    assert "1 of 1" in page.content.decode()
    assert "laws of Ireland" in client.get("/questions/?platform=heron").content.decode()
    assert "laws of Ireland" in client.get("/questions/governing_law/").content.decode()
    assert client.get("/questions/nonsense/").status_code == 404
    assert client.get("/questions/?platform=nobody").status_code == 404
    rows = list(csv.DictReader(client.get("/questions.csv").content.decode().splitlines()))
    assert len(rows) == 50
    law = next(row for row in rows if row["key"] == "governing_law")
    assert (law["platform"], law["value"], law["stated"]) == ("heron", '"IE"', "yes")
    assert law["version"].startswith("CA-V-")
