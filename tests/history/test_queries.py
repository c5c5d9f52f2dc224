"""The state of documents, their timelines, and what became of changes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from conductatlas.accounts.models import Organisation
from conductatlas.archive.models import Capture, Check
from conductatlas.catalogue.models import Document, Platform, Source
from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.history import change_queries, counts, queries, services, version_queries
from conductatlas.history.models import Change, ChangeEvent, Reading, Variant, Version
from conductatlas.history.records import ChangeFilter
from conductatlas.history.withheld import withholdings
from conductatlas.ids import public_id

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Desk:
    """Writes rows of one document, without reading or comparing anything."""

    def __init__(self, slug: str = "terms", owner: Organisation | None = None, **fields: Any) -> None:
        platform, _ = Platform.objects.get_or_create(
            slug="crane", defaults={"name": "Crane", "category": "tall"}
        )
        self.row = Document.objects.create(
            platform=platform, slug=slug, kind="terms", title="Terms", owner=owner, **fields
        )
        self.source = Source.objects.create(document=self.row, url="https://crane.example/")

    @property
    def record(self) -> DocumentRecord:
        return DocumentRecord.of(self.row)

    def check(self, at: datetime, outcome: str = "unchanged", reason: str = "", place: str = "") -> Check:
        made = Check.objects.create(
            document=self.row,
            started_at=at,
            finished_at=at,
            outcome=outcome,
            reason=reason,
            started_by="x",
            software="x",
        )
        Capture.objects.create(
            check_row=made, source=self.source, outcome="refused" if reason else "kept", reason=reason,
            requested_url="x", started_at=at, finished_at=at, software="x",
            vantage={"place": place, "clock": str(at), "build": "x", "resolver": "y"} if place else {},
        )  # fmt: skip
        return made

    def version(self, at: datetime, *, language: str = "", text: str = "A crane.", **reading: Any) -> Version:
        variant = None
        if language:
            variant, _ = Variant.objects.get_or_create(
                document=self.row, language=language, defaults={"first_seen_at": at}
            )
        made = self.check(at, "held" if language else "changed", "other_language" if language else "")
        version = Version.objects.create(document=self.row, check_row=made, variant=variant, at=at)
        for reader in reading.pop("readers", (1,)):
            Reading.objects.create(
                version=version, reader_version=reader, text=f"{text} {reader}", marks=json.dumps([]),
                digest=f"{reader}" * 64, words=len(text.split()), read_at=at, **reading,
            )  # fmt: skip
        return version

    def change(self, old: Version, new: Version, *states: str, **fields: Any) -> Change:
        values = dict.fromkeys(
            ("sentences_added", "sentences_removed", "sentences_modified", "words_added", "words_removed",
             "clauses_moved", "links_changed"),
            0,
        )  # fmt: skip
        values |= {"kind": "substantive", "seen_at": new.at, "old_last_seen_at": old.at, **fields}
        change = Change.objects.create(
            document=self.row, old_version=old, new_version=new, old_reading=old.readings.get(),
            new_reading=new.readings.get(), **values,
        )  # fmt: skip
        for state in states:
            ChangeEvent.objects.create(change=change, state=state, at=new.at, who="x")
        return change

    def state(self, now: datetime = NOW) -> Any:
        return queries.document_state(self.record, now)


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


# ── state ────────────────────────────────────────────────────────────────────────────────────────
def test_never_read(desk: Desk) -> None:
    state = desk.state()
    assert (state.name, state.confirmed_at, state.checked_at, state.version) == ("never", None, None, None)
    desk.check(NOW - DAY, "held", "bot_challenge")
    state = desk.state()
    assert (state.name, state.confirmed_at, state.checked_at) == ("never", None, NOW - DAY)
    assert "prove they are people" in state.why


def test_current_until_twice_the_cadence_has_passed(desk: Desk) -> None:
    desk.version(NOW - 9 * DAY)
    desk.check(NOW - 2 * DAY)
    assert desk.state(NOW).name == "current"
    assert desk.state(NOW).stale_since is None
    late = desk.state(NOW + timedelta(seconds=1))
    assert (late.name, late.stale_since, late.why) == ("stale", NOW - 2 * DAY, "")


def test_stale_says_why_the_last_attempt_failed(desk: Desk) -> None:
    desk.version(NOW - 9 * DAY)
    desk.check(NOW - 3 * DAY, "failed", "timeout")
    desk.check(NOW - DAY, "held", "robots")
    state = desk.state()
    assert (state.name, state.confirmed_at, state.checked_at) == ("stale", NOW - 9 * DAY, NOW - DAY)
    assert state.outcome == "held"
    assert "robots.txt" in state.why


def test_a_failure_makes_nothing_stale_at_once(desk: Desk) -> None:
    desk.version(NOW - DAY)
    desk.check(NOW, "failed", "timeout")
    state = desk.state()
    assert (state.name, state.stale_since) == ("current", None)
    assert state.why == "The host took too long to answer."


def test_another_language_is_its_own_state_and_no_confirmation(desk: Desk) -> None:
    main = desk.version(NOW - DAY)
    german = desk.version(NOW, language="de")
    state = desk.state()
    assert (state.name, state.confirmed_at) == ("other_language", NOW - DAY)
    assert state.version.pk == main.pk and state.version.total == 1
    (variant,) = queries.variants(None, desk.record)
    assert (variant.language, variant.latest) == ("de", public_id("V", german.pk))


def test_withheld_comes_before_retired_and_retired_before_stale(desk: Desk) -> None:
    version = desk.version(NOW - 9 * DAY)
    Document.objects.filter(pk=desk.row.pk).update(retired_at=NOW)
    desk.row.refresh_from_db()
    assert desk.state().name == "retired"
    services.withhold(desk.row, version, "A court said so.", at=NOW, by=None)
    state = desk.state()
    assert (state.name, state.withheld.reason, state.withheld.whole_document) == (
        "withheld",
        "A court said so.",
        False,
    )


def test_states_of_many_are_those_of_each(desk: Desk, django_assert_num_queries: Any) -> None:
    desks = [desk] + [Desk(f"other-{n}") for n in range(4)]
    for n, each in enumerate(desks[1:]):
        each.version(NOW - n * DAY)
        each.check(NOW - timedelta(hours=n), "failed", "timeout")
    records = [each.record for each in desks]
    with django_assert_num_queries(6):
        lines = queries.document_states(records, NOW)
    assert [line.document for line in lines] == records
    assert [line.state for line in lines] == [each.state() for each in desks]


def test_coverage_adds_up(desk: Desk) -> None:
    names = ["current", "stale", "other_language", "never", "withheld", "retired", "current"]
    found = counts.coverage(names)
    assert (found.read, found.stale, found.never, found.withheld, found.retired) == (2, 2, 1, 1, 1)
    assert found.documents == len(names) - 1


# ── withholding ──────────────────────────────────────────────────────────────────────────────────
def test_of_each_scope_the_newest_row_counts(desk: Desk) -> None:
    first, second = desk.version(NOW - 2 * DAY), desk.version(NOW - DAY)

    def said(version: Version | None = None) -> str:
        found = withholdings([desk.row.pk]).of(desk.row.pk, version.pk if version else None)
        return found.reason if found else ""

    def withhold(version: Version | None, reason: str, lift: bool = False) -> None:
        # The clock stands still: rows of one moment are told apart by their order.
        services.withhold(desk.row, version, reason, at=NOW, by=None, lift=lift)

    withhold(first, "one")
    assert (said(), said(first), said(second)) == ("", "one", "")
    withhold(None, "all")
    assert (said(), said(first), said(second)) == ("all", "all", "all")
    withhold(None, "no more", lift=True)
    assert (said(), said(first), said(second)) == ("", "one", "")
    withhold(first, "again")
    assert said(first) == "again"
    withhold(first, "over", lift=True)
    assert said(first) == ""


# ── versions ─────────────────────────────────────────────────────────────────────────────────────
def test_ordinals_follow_time_not_keys_and_variants_have_their_own(desk: Desk) -> None:
    late, early = desk.version(NOW), desk.version(NOW - 3 * DAY)
    german = desk.version(NOW - DAY, language="de")
    found = version_queries.versions(None, desk.record, [late.pk, early.pk, german.pk])
    assert {key: (row.ordinal, row.total) for key, row in found.items()} == {
        late.pk: (2, 2),
        early.pk: (1, 2),
        german.pk: (1, 1),
    }
    assert found[german.pk].variant == "de"
    assert desk.state().version.pk == late.pk


def test_a_version_is_shown_in_its_newest_reading(desk: Desk) -> None:
    row = desk.version(NOW, readers=(2, 3, 1))
    found = version_queries.version(None, desk.record, row.pk)
    assert found is not None
    assert found.reader_version == 3
    assert version_queries.reading(found.reading).text == "A crane. 3"


def test_neighbours_stay_in_the_same_language(desk: Desk) -> None:
    rows = [desk.version(NOW - n * DAY) for n in (3, 2, 1)]
    desk.version(NOW - 2 * DAY + timedelta(hours=1), language="de")
    middle = version_queries.version(None, desk.record, rows[1].pk)
    assert middle is not None
    before, after = version_queries.neighbours(None, desk.record, middle)
    assert before and after
    assert [before.pk, after.pk] == [rows[0].pk, rows[2].pk]
    assert [before.ordinal, after.ordinal, after.total] == [1, 3, 3]
    assert version_queries.neighbours(None, desk.record, before) == (None, middle)


def test_a_timeline_tells_what_led_to_each_version_and_until_when_it_was_seen(desk: Desk) -> None:
    rows = [desk.version(NOW - n * DAY) for n in (9, 6, 3)]
    change = desk.change(rows[0], rows[1], "confirmed", old_last_seen_at=NOW - 7 * DAY)
    desk.change(rows[0], rows[1], "superseded")
    desk.check(NOW - DAY)
    lines = version_queries.timeline(None, desk.record, desk.state())
    assert [line.version.pk for line in lines] == [row.pk for row in reversed(rows)]
    assert [line.change.pk if line.change else None for line in lines] == [None, change.pk, None]
    assert [line.last_seen_at for line in lines] == [NOW - DAY, None, NOW - 7 * DAY]


def test_around_a_moment_a_date_of_effect_that_lies_ahead_is_told(desk: Desk) -> None:
    first = desk.version(NOW - 9 * DAY)
    second = desk.version(NOW - 5 * DAY, stated_effective=date(2026, 6, 28))
    found = version_queries.around(None, desk.record, NOW - 4 * DAY)
    assert found.version and found.version.pk == second.pk
    assert found.takes_effect == date(2026, 6, 28)
    assert found.replaced and found.replaced.pk == first.pk
    later = version_queries.around(None, desk.record, datetime(2026, 6, 28, tzinfo=UTC))
    assert (later.takes_effect, later.replaced) == (None, None)


def test_around_a_moment_before_the_record_there_is_nothing(desk: Desk) -> None:
    desk.version(NOW)
    found = version_queries.around(None, desk.record, NOW - DAY)
    assert (found.version, found.before, found.gap, found.first_seen_at) == (None, None, None, NOW)
    assert found.after is not None


# ── changes ──────────────────────────────────────────────────────────────────────────────────────
def test_a_change_is_in_the_state_of_its_newest_event(desk: Desk) -> None:
    old, new = desk.version(NOW - DAY), desk.version(NOW)
    bare = desk.change(old, new)
    confirmed = desk.change(old, new, "candidate", "confirmed")
    contested = desk.change(old, new, "candidate", "confirmed", "contested")
    withdrawn = desk.change(old, new, "candidate", "withdrawn")

    def states() -> dict[int, str]:
        rows = change_queries.changes(None, states=("candidate", "confirmed", "contested", "withdrawn"))
        return {row.pk: row.state for row in rows}

    assert states() == {
        bare.pk: "candidate",
        confirmed.pk: "confirmed",
        contested.pk: "contested",
        withdrawn.pk: "withdrawn",
    }
    assert {row.pk for row in change_queries.changes(None)} == {confirmed.pk, contested.pk}
    assert [row.pk for row in change_queries.candidates(None)] == [bare.pk]
    assert counts.published_changes(None) == 2
    assert counts.changes_by_state(None) == {"candidate": 1, "confirmed": 1, "contested": 1, "withdrawn": 1}


def test_changes_of_one_moment_page_without_loss(desk: Desk) -> None:
    old, new = desk.version(NOW - DAY), desk.version(NOW)
    made = [desk.change(old, new, "confirmed").pk for _ in range(5)]
    first = change_queries.changes(None, limit=2)
    rest = change_queries.changes(None, before=first[-1].pk)
    assert [row.pk for row in [*first, *rest]] == made[::-1]
    assert change_queries.changes(None, before=10**9) == []


def test_the_last_day_of_a_filter_is_included(desk: Desk) -> None:
    old, new = desk.version(NOW - 9 * DAY), desk.version(NOW)
    desk.change(old, new, "confirmed")
    midnight = datetime(2026, 7, 1, tzinfo=UTC)
    asked = ChangeFilter(since=midnight - DAY, until=midnight)
    assert asked.until_day == date(2026, 6, 30)
    assert len(change_queries.changes(None, asked=asked)) == 1
    assert change_queries.changes(None, asked=ChangeFilter(until=midnight - DAY)) == []


def test_changes_of_private_documents_are_their_owners_alone(desk: Desk) -> None:
    owner = Organisation.objects.create(name="Marsh", slug="marsh")
    hidden = Desk("hidden", owner)
    old, new = hidden.version(NOW - DAY), hidden.version(NOW)
    change = hidden.change(old, new, "confirmed")
    assert change_queries.changes(None) == []
    assert change_queries.change(None, change.pk) is None
    assert version_queries.version(None, hidden.record, new.pk) is None
    assert version_queries.version_document(None, new.pk) is None
    assert (counts.versions(None), counts.published_changes(None)) == (0, 0)


# ── sentences ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"sentences_added": 2, "sentences_modified": 1, "words_added": 31, "words_removed": 4},
            "2 sentences added, 1 sentence modified; 31 words added, 4 words removed.",
        ),
        ({"clauses_moved": 1}, "1 clause moved."),
        ({"links_changed": 3, "kind": "editorial"}, "3 links lead elsewhere."),
        ({}, "No word differs."),
        (
            {"kind": "reverted", "words_removed": 1},
            "The text is that of an earlier version again: 1 word removed.",
        ),
    ],
)
def test_a_summary_is_made_of_the_counts(desk: Desk, fields: dict[str, Any], sentence: str) -> None:
    desk.change(desk.version(NOW - DAY), desk.version(NOW), "confirmed", **fields)
    (row,) = change_queries.changes(None)
    assert row.summary == sentence
