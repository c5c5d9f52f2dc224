"""Full-text search answers the same on both databases, whatever is asked, and shows nobody what they may not see."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.work.conftest import CLAUSES, START, Archive, policy

from conductatlas.accounts.models import Organisation
from conductatlas.catalogue.models import Document, Platform
from conductatlas.history.models import Withholding
from conductatlas.provisions.models import SearchEntry
from conductatlas.provisions.search import MARK, search


@pytest.fixture
def document(archive: Archive) -> Document:
    found = archive.document()
    archive.serve(policy(*CLAUSES, 'We use "quoted words" and the O\'Neill rule; see AND OR NOT NEAR.'))
    archive.check(found)
    return found


def titles(question: str) -> set[str]:
    return {hit.entry.body[:30] for hit in search(None, question)}


def test_all_words_must_occur_and_endings_do_not_matter(document: Document) -> None:
    (hit, *_) = search(None, "suspend accounts", provisions_only=True)
    assert "We may suspend your account" in hit.entry.body
    assert not search(None, "suspend giraffe")
    assert hit.is_provision


def test_words_in_quotation_marks_stand_in_that_order(document: Document) -> None:
    assert search(None, '"courts have jurisdiction"')
    assert not search(None, '"jurisdiction have courts"')


def test_what_was_asked_for_is_marked_in_the_snippet(document: Document) -> None:
    (hit, *_) = search(None, "Ireland", provisions_only=True)
    assert [part for part, found in hit.snippet if found] == ["Ireland"]
    whole = "".join(part for part, _ in hit.snippet).strip("… ")
    assert whole in hit.entry.body
    assert MARK not in whole


def test_a_title_counts_more_than_the_words_below_it(document: Document) -> None:
    entry = SearchEntry.objects.filter(provision__isnull=False).first()
    assert entry is not None
    common = {"document": document, "reading": entry.reading, "provision": entry.provision, "anchor": "x"}
    SearchEntry.objects.create(
        **common, title="Other", body="A walrus stands in this clause of something else."
    )
    named = SearchEntry.objects.create(**common, title="Walrus", body="Something about it stands here.")
    assert search(None, "walrus")[0].entry == named


@pytest.mark.parametrize(
    "question",
    [
        "",
        " ",
        '"',
        '""',
        "*",
        "AND",
        "NOT",
        "NEAR(",
        "a OR b",
        "col:x",
        "title:",
        "-x",
        "^x",
        "'",
        "';--",
        "\0",
        "(",
        "x" * 5000,
    ],
)
def test_no_question_is_an_error(document: Document, question: str) -> None:
    search(None, question)


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(question=st.text(max_size=60))
def test_whatever_is_asked_there_is_an_answer(question: str) -> None:
    assert isinstance(search(None, question), list)


def test_operators_of_a_database_are_words(document: Document) -> None:
    assert search(None, "AND OR NOT NEAR")
    assert not search(None, "Ireland OR giraffe")


def test_private_documents_and_withheld_texts_are_found_by_nobody_else(document: Document) -> None:
    assert search(None, "Ireland")
    Withholding.objects.create(document=document, reason="asked for", at=START)
    assert not search(None, "Ireland")
    Withholding.objects.create(document=document, reason="", lifted=True, at=START)
    assert search(None, "Ireland")
    owner = Organisation.objects.create(slug="owls", name="Owls")
    Document.objects.filter(pk=document.pk).update(owner=owner)
    assert not search(None, "Ireland")


def test_a_platform_whose_texts_are_private_is_found_by_nobody(document: Document) -> None:
    Platform.objects.update(publish_text="private")
    assert not search(None, "Ireland")
