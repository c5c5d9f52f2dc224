"""Reads and counts of checks and captures."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductatlas.accounts.models import Organisation
from conductatlas.archive import counts, queries
from conductatlas.archive.models import Capture, Check
from conductatlas.archive.queries import Gap
from conductatlas.archive.reasons import SENTENCES, in_words
from conductatlas.catalogue.models import Document, Platform, Source
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.errors import ConductAtlasError, FetchError, UnreadableError
from conductatlas.reading.text.gate import Reason

START = datetime(2026, 5, 1, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def document(slug: str = "terms", owner: Organisation | None = None) -> Document:
    platform, _ = Platform.objects.get_or_create(slug="gull", defaults={"name": "Gull", "category": "sea"})
    row = Document.objects.create(platform=platform, slug=slug, kind="terms", title="Terms", owner=owner)
    for position in (1, 0):
        Source.objects.create(document=row, position=position, url=f"https://gull.example/{slug}/{position}")
    return row


def check(
    row: Document, at: datetime, outcome: str = "unchanged", captured: str = "same", reason: str = ""
) -> Check:
    made = Check.objects.create(
        document=row,
        started_at=at,
        finished_at=at,
        outcome=outcome,
        reason=reason,
        started_by="schedule",
        software="x",
    )
    for source in row.sources.order_by("-position"):
        Capture.objects.create(
            check_row=made, source=source, outcome=captured, reason=reason, requested_url=source.url,
            started_at=at, finished_at=at, software="x", headers=[["etag", "1"], ["etag", "2"]],
            vantage={"place": "quay"},
        )  # fmt: skip
    return made


@pytest.fixture
def gull(db: None) -> Document:
    return document()


def test_checks_come_newest_first_with_captures_in_the_order_of_sources(gull: Document) -> None:
    made = [check(gull, START + n * HOUR) for n in range(3)]
    found = queries.checks(None, DocumentRecord.of(gull))
    assert [row.pk for row in found] == [row.pk for row in reversed(made)]
    assert [capture.source_position for capture in found[0].captures] == [0, 1]
    assert found[0].captures[0].headers == (("etag", "1"), ("etag", "2"))
    assert found[0].vantage == {"place": "quay"}


def test_checks_of_one_moment_are_parted_by_their_keys(gull: Document) -> None:
    made = [check(gull, START) for _ in range(5)]
    record = DocumentRecord.of(gull)
    first = queries.checks(None, record, limit=2)
    rest = queries.checks(None, record, before=first[-1].pk)
    assert [row.pk for row in [*first, *rest]] == sorted((row.pk for row in made), reverse=True)
    assert queries.checks(None, record, before=10**9) == []


def test_a_check_says_why_it_failed(gull: Document) -> None:
    check(gull, START, "failed", "failed", "status_503")
    (found,) = queries.checks(None, DocumentRecord.of(gull), outcome="failed")
    assert found.reason_words == "The host answered with the error 503."
    assert queries.checks(None, DocumentRecord.of(gull), outcome="changed") == []


def test_around_a_moment_only_checks_that_read_the_document_count(gull: Document) -> None:
    record = DocumentRecord.of(gull)
    read = [check(gull, START), check(gull, START + 4 * HOUR, "changed", "kept")]
    check(gull, START + HOUR, "held", "refused", "login_wall")
    check(gull, START + 3 * HOUR, "failed", "failed", "timeout")
    before, after = queries.reading_check_around(None, record, START + 2 * HOUR)
    assert before and after and [before.pk, after.pk] == [row.pk for row in read]
    before, after = queries.reading_check_around(None, record, START)
    assert before and before.pk == read[0].pk
    assert queries.reading_check_around(None, record, START - HOUR)[0] is None
    assert queries.reading_check_around(None, record, START + 9 * HOUR)[1] is None


def test_counts_are_of_visible_documents_and_name_every_outcome(gull: Document) -> None:
    owner = Organisation.objects.create(name="Rocks", slug="rocks")
    hidden = document("hidden", owner)
    check(gull, START, "changed", "kept")
    check(gull, START + HOUR, "held", "refused", "robots")
    check(hidden, START, "failed", "failed", "timeout")
    assert counts.checks(None) == 2
    assert counts.checks_by_outcome(None) == {"changed": 1, "unchanged": 0, "held": 1, "failed": 0}
    assert counts.checks_by_outcome(None, since=START + HOUR)["changed"] == 0
    assert counts.captures_by_reason(None) == {("kept", ""): 2, ("refused", "robots"): 2}
    assert queries.first_check_at(None) == START
    assert queries.last_check_at(None) == START + HOUR


def test_the_longest_closed_gap_is_between_neighbouring_readings_of_one_document(gull: Document) -> None:
    other = document("privacy")
    for row, hours in ((gull, (0, 1, 6, 7)), (other, (3, 5, 9))):
        for hour in hours:
            check(row, START + hour * HOUR)
    check(gull, START + 4 * HOUR, "failed", "failed", "timeout")  # an attempt fills no gap
    assert counts.longest_closed_gap(None, START) == (gull.pk, Gap(START + HOUR, START + 6 * HOUR))
    assert counts.longest_closed_gap(None, START + 2 * HOUR) == (
        other.pk,
        Gap(START + 5 * HOUR, START + 9 * HOUR),
    )
    assert counts.longest_closed_gap(None, START + 8 * HOUR) is None


@settings(deadline=None)
@given(st.lists(st.integers(0, 10_000), min_size=1, unique=True).map(sorted), st.integers(0, 5_000))
def test_the_longest_gap_is_one_of_the_stretches_and_none_is_longer(hours: list[int], further: int) -> None:
    moments = [START + hour * HOUR for hour in hours]
    until = moments[-1] + further * HOUR
    found = queries.longest_gap(moments, until)
    stretches = [end - start for start, end in itertools.pairwise([*moments, until])]
    assert found is not None
    assert found.length == max(stretches)


def test_without_a_reading_there_is_no_gap() -> None:
    assert queries.longest_gap([], START) is None


# ── reasons ──────────────────────────────────────────────────────────────────────────────────────
def errors_of_a_fetch() -> list[type[ConductAtlasError]]:
    return [FetchError, *FetchError.__subclasses__(), UnreadableError]


@pytest.mark.parametrize("error", errors_of_a_fetch())
def test_every_error_of_a_fetch_has_a_sentence(error: type[ConductAtlasError]) -> None:
    assert error.code in SENTENCES


@pytest.mark.parametrize("code", [*SENTENCES, *(reason.value for reason in Reason), "status_404"])
def test_reasons_are_whole_sentences(code: str) -> None:
    said = in_words(code)
    assert said[0].isupper() and said.endswith(".")


def test_no_reason_says_nothing_and_an_unknown_one_is_shown() -> None:
    assert in_words("") == ""
    assert in_words("something_new") == "something_new"
