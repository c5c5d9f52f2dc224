"""Full-text search answers the same on both databases, whatever is asked, and shows nobody what they may not see."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.work.conftest import CLAUSES, START, Archive, policy

from conductatlas.accounts.models import Organisation
from conductatlas.catalogue.models import Document, Platform
from conductatlas.history.models import Withholding
from conductatlas.provisions import queries
from conductatlas.provisions.models import SearchEntry
from conductatlas.provisions.records import ProvisionFilter
from conductatlas.provisions.search import MARK, RANKED, forget, search


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
    "body, question, is_found",
    [
        ("The service is provided as is and as available.", '"as is"', True),
        ("You may opt-out by e-mail to privacy@heron.example.", '"opt out"', True),
        ("You may opt-out by e-mail to privacy@heron.example.", "opt-out heron", True),
        ("You may opt-out by e-mail to privacy@heron.example.", "privacy@heron.example", True),
        ("See https://heron.example/legal/arbitration-rules.", "arbitration", True),
        ("See <b>arbitrating</b> and you/we.", "arbitrate you", True),
        ("We keep it for 30 days (or 1.5 years).", '"1.5 years" 30', True),
        ("We keep it for 30 days.", "3", False),
        ("Nous conservons vos données.", "données", True),
        ("snake_case is one of the words.", "snake case", True),
    ],
)
def test_words_are_told_apart_alike_on_both_databases(
    document: Document, body: str, question: str, is_found: bool
) -> None:
    reading = SearchEntry.objects.all()[0].reading
    made = SearchEntry.objects.create(document=document, reading=reading, anchor="x", body=body)
    assert (made in [hit.entry for hit in search(None, question)]) is is_found


def test_only_provisions_that_are_asked_for(document: Document) -> None:
    law = queries.chosen(None, ProvisionFilter(type="governing_law", since=START))
    assert not search(None, "Ireland", among=law), "it has not changed since"
    law = queries.chosen(None, ProvisionFilter(type="governing_law", platform="heron"))
    assert [hit.entry.provision for hit in search(None, "Ireland", among=law)] == [law.get().provision]
    assert not search(None, "suspend", among=law)


def test_of_many_that_match_some_are_ranked(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = SearchEntry.objects.all()[0].reading
    SearchEntry.objects.bulk_create(
        SearchEntry(document=document, reading=reading, anchor="x", body=f"A walrus, number {n}.")
        for n in range(RANKED + 5)
    )
    assert len(search(None, "walrus", limit=RANKED + 5)) == RANKED
    assert len(search(None, "walrus", limit=7)) == 7


def test_entries_that_are_gone_are_found_no_more(document: Document) -> None:
    assert search(None, "Ireland")
    forget([document.pk])
    assert not search(None, "Ireland")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO provisions_search(provisions_search) VALUES ('integrity-check')")


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
        "\ud800",
        "² ½ ①",
        "{visible} %s %(x)s %",
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
