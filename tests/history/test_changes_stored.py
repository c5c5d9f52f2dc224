"""A change as it is stored says the same as the comparison that it records, without comparing again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from conductatlas.archive.models import Check
from conductatlas.catalogue.models import Document, Platform
from conductatlas.history import change_queries, services
from conductatlas.history.models import Change, Hunk, Reading, Summary, Version
from conductatlas.history.records import ChangeRecord
from conductatlas.reading.compare.comparison import Comparison, compare
from conductatlas.reading.compare.summary import SUMMARY_VERSION
from conductatlas.reading.compare.telling import tell
from conductatlas.reading.text.marks import Reading as TextReading

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
OLD = """Terms
Last updated: March 1, 2024
We authorise maps.
Data location: Ireland.
If you are a consumer, you pay within 30 days."""
NEW = """Terms
Last updated: March 1, 2024
We authorize maps.
Data location: Ireland, United States. You can opt out in your settings.
If you are a consumer, you pay within 60 days.
You agree to binding arbitration and waive any class action."""


def text(words: str) -> TextReading:
    return TextReading(words, (), "Terms", "en")


@pytest.fixture
def comparison() -> Comparison:
    return compare(text(OLD), text(NEW))


@pytest.fixture
def record(db: None, comparison: Comparison) -> ChangeRecord:
    platform = Platform.objects.create(slug="crane", name="Crane", category="tall")
    document = Document.objects.create(platform=platform, slug="terms", kind="terms", title="Terms")
    versions: list[Version] = []
    readings: list[Reading] = []
    for words in (OLD, NEW):
        check = Check.objects.create(
            document=document,
            started_at=NOW,
            finished_at=NOW,
            outcome="changed",
            started_by="x",
            software="x",
        )
        versions.append(Version.objects.create(document=document, check_row=check, at=NOW))
        draft = services.draft_reading(text(words))
        readings.append(services.add_reading(versions[-1], draft, NOW))
    before = services.Standing(versions[0], readings[0], ())
    change = services.draft_change(
        before, versions[1], readings[1], comparison, None, old_last_seen_at=NOW, seen_at=NOW
    )
    services.save_change(
        change, services.draft_hunks(comparison), versions[1].check_row, "seen for the first time"
    )
    found = change_queries.change(None, change.pk)
    assert found is not None
    return found


def test_the_record_has_severity_direction_and_mismatch(record: ChangeRecord) -> None:
    assert (record.severity, record.direction, record.date_mismatch) == ("high", "both", True)


def test_every_hunk_comes_back_as_it_was(record: ChangeRecord, comparison: Comparison) -> None:
    stored = change_queries.stored_comparison(record, text(OLD), text(NEW))
    whole = comparison.to_dict()
    again = stored.to_dict()
    assert again["hunks"] == whole["hunks"]
    for key in ("kind", "severity", "direction", "audience", "date_mismatch", "counts", "summary"):
        assert again[key] == whole[key], key
    assert stored.audience == ("If you are a consumer",)


def test_the_summary_is_a_row_of_places(record: ChangeRecord, comparison: Comparison) -> None:
    row = Summary.objects.get(change=record.pk)
    assert row.made_by == SUMMARY_VERSION
    assert row.sentences[0].keys() == {"verb", "hunk", "old", "new"}
    assert [action["route"] for action in row.actions] == ["opt_out"]
    assert change_queries.summary_of(record) == comparison.summary
    assert all(word not in str([row.sentences, row.actions]) for word in ("arbitration", "Ireland"))


def test_a_text_that_had_to_go_takes_its_words_along(record: ChangeRecord, comparison: Comparison) -> None:
    gone = text("")
    stored = change_queries.stored_comparison(record, gone, gone)
    assert stored.summary is not None
    told = [str(sentence) for sentence in tell(stored.summary, stored.hunks, gone, gone)]
    assert told[1].startswith("Words that are no longer kept (")
    assert "“" not in "".join(told)


def test_what_was_recorded_before_says_nothing_of_it(record: ChangeRecord) -> None:
    row = Change.objects.get(pk=record.pk)
    fields: dict[str, Any] = {
        field.attname: getattr(row, field.attname)
        for field in Change._meta.concrete_fields
        if field.attname not in ("id", "severity", "direction", "date_mismatch")
    }
    earlier = Change.objects.create(**fields)
    Hunk.objects.create(
        change=earlier,
        ordinal=0,
        kind="added",
        significance="substantive",
        rules=["S9"],
        new_start=0,
        new_end=5,
        ops=[["insert", 0, 0, 0, 5]],
    )
    services.event(earlier, "confirmed", earlier.new_version.check_row, "")
    found = change_queries.change(None, earlier.pk)
    assert found is not None
    assert (found.severity, found.direction, found.date_mismatch) == (None, None, None)
    stored = change_queries.stored_comparison(found, text(OLD), text(NEW))
    assert (stored.severity, stored.direction, stored.summary) == (None, None, None)
    assert (stored.hunks[0].rank, stored.hunks[0].rules) == (None, ("S9",))
