"""What is counted of changes adds up, whatever way it is parted."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.history.test_queries import DAY, NOW, Desk

from conductatlas.archive.queries import Reads
from conductatlas.catalogue import queries as catalogue
from conductatlas.history import counts, queries
from conductatlas.history.drift import (
    DIRECTIONS,
    KINDS,
    NOT_DETERMINED,
    SEVERITIES,
    Cell,
    Drift,
    Tally,
    by_month,
)
from conductatlas.history.models import ChangeState
from conductatlas.history.records import ChangeFilter
from conductatlas.history.states import PUBLISHED

pytestmark = pytest.mark.django_db
QUARTER = timedelta(days=90)


def drift(only: str = "") -> Drift:
    lines = queries.document_states(catalogue.documents(None, catalogue.platform(None, "crane")), NOW)
    return counts.drift(None, lines, since=NOW - QUARTER, now=NOW, only=only)


def sown(seed: int, number: int = 60) -> list[Desk]:
    """Three documents whose changes have every kind, severity, direction and state, in any month of two years."""
    chance = random.Random(seed)
    desks = [Desk(f"terms-{n}") for n in range(3)]
    for desk in desks:
        at = NOW - timedelta(days=700)
        old = desk.version(at)
        for _ in range(number // 3):
            at += timedelta(hours=chance.randrange(24, 800))
            new = desk.version(at)
            desk.change(
                old,
                new,
                chance.choice(ChangeState.values),
                kind=chance.choice(KINDS),
                severity=chance.choice([*SEVERITIES[:3], None]),
                direction=chance.choice([*DIRECTIONS, None]),
            )
            old = new
    return desks


@pytest.mark.parametrize("only", ["", "substantive"])
@pytest.mark.parametrize("seed", range(3))
def test_every_way_to_part_the_changes_has_the_same_sum(seed: int, only: str) -> None:
    sown(seed)
    found = drift(only)
    total = found.tally.total
    assert total > 5
    for parts in (found.tally.kinds, found.tally.severities, found.tally.directions):
        assert sum(parts.values()) == total
    assert sum(month.total for month in found.months) == total
    assert all(sum(month.kinds.values()) == month.total for month in found.months)
    assert sum(line.changes for line in found.documents) == total
    assert {kind: sum(month.kinds[kind] for month in found.months) for kind in KINDS} == found.tally.kinds
    listed = counts.tally(None, ChangeFilter(platform="crane", change=only))
    assert listed == found.tally
    everything = drift().tally
    assert found.everything == everything.total == counts.published_changes(None)
    assert everything.total + sum(found.beside.values()) == 60
    if only:
        assert found.tally.kinds == {
            "substantive": everything.kinds["substantive"],
            "editorial": 0,
            "reverted": 0,
        }


def test_a_word_that_nobody_knows_is_counted_all_the_same() -> None:
    cell = Cell(1, "substantive", "grave", "sideways", date(2026, 6, 1), 4)
    tally = Tally.of([cell])
    assert tally.severities == {"high": 0, "medium": 0, "low": 0, NOT_DETERMINED: 0, "grave": 4}
    assert sum(tally.directions.values()) == tally.total == 4


def test_the_months_are_all_those_of_the_window() -> None:
    window = Reads(9, datetime(2025, 11, 30, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    months = by_month([Cell(1, "editorial", None, None, date(2026, 1, 1), 3)], window)
    assert [(month.start, month.total) for month in months] == [
        (date(2025, 11, 1), 0),
        (date(2025, 12, 1), 0),
        (date(2026, 1, 1), 3),
        (date(2026, 2, 1), 0),
    ]
    assert by_month([], None) == ()


def test_a_change_belongs_to_the_month_of_its_first_capture_in_utc() -> None:
    desk = Desk()
    old = desk.version(datetime(2026, 4, 30, 23, 59, 59, tzinfo=UTC))
    desk.change(old, desk.version(datetime(2026, 5, 1, tzinfo=UTC)), "confirmed")
    assert [(month.start.month, month.total) for month in drift().months] == [(4, 0), (5, 1)]


@pytest.mark.parametrize("state", ChangeState.values)
def test_two_texts_and_announcements_are_published(state: str) -> None:
    desk = Desk()
    old, new = desk.version(NOW - 3 * DAY), desk.version(NOW - DAY)
    desk.change(old, new, "candidate", state)
    assert (drift().tally.total == 1) == (state in PUBLISHED)
    assert {"two_texts", "announced", "confirmed", "contested"} == set(PUBLISHED)


def test_the_longest_gap_is_between_two_captures_that_read_it() -> None:
    desk, other = Desk(), Desk("privacy")
    desk.version(NOW - 40 * DAY)
    desk.check(NOW - 39 * DAY)
    desk.check(NOW - 30 * DAY, "failed", "timeout")
    desk.check(NOW - 19 * DAY)
    desk.check(NOW)
    other.check(NOW - 30 * DAY)
    first, second = sorted(drift().documents, key=lambda line: line.document)
    assert first.gap is not None and (first.gap.start, first.gap.end) == (NOW - 39 * DAY, NOW - 19 * DAY)
    assert not first.is_open
    assert second.gap is not None and (second.gap.start, second.gap.end) == (NOW - 30 * DAY, NOW)
    assert second.is_open


def test_of_what_is_not_watched_any_more_no_gap_goes_on() -> None:
    desk = Desk(retired_at=NOW - 5 * DAY)
    desk.check(NOW - 30 * DAY)
    desk.check(NOW - 28 * DAY)
    (line,) = drift().documents
    assert line.gap is not None and line.gap.length == 2 * DAY


def test_what_came_before_counts_published_changes_seen_earlier() -> None:
    desk, other = Desk(), Desk("privacy")
    versions = [desk.version(NOW - n * DAY) for n in range(9, 3, -1)]
    made = [
        desk.change(old, new, state, kind=kind)
        for old, new, state, kind in zip(
            versions,
            versions[1:],
            ("confirmed", "withdrawn", "announced", "candidate", "confirmed"),
            ("editorial", "substantive", "substantive", "substantive", "substantive"),
            strict=False,
        )
    ]
    other.change(other.version(NOW - 20 * DAY), other.version(NOW - 19 * DAY), "confirmed")
    from conductatlas.history import change_queries

    def before(place: int) -> tuple[int, int, int]:
        record = change_queries.change(None, made[place].pk)
        assert record is not None
        found = counts.earlier(None, record)
        return found.of_document, found.substantive, found.of_platform

    assert before(0) == (0, 0, 1)
    assert before(1) == (1, 0, 2)
    assert before(4) == (2, 1, 3)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"severity": "high"}, {"a"}),
        ({"severity": "not_determined"}, {"b", "c"}),
        ({"direction": "not_determined"}, {"b", "c"}),
        ({"direction": "both"}, {"a"}),
        ({"change": "editorial"}, {"b"}),
        ({"platform": "crane", "document": "other"}, {"c"}),
        ({"change": "substantive", "severity": "high", "direction": "neither"}, set()),
    ],
)
def test_lists_are_asked_for_by_what_was_judged(asked: dict[str, str], found: set[str]) -> None:
    from conductatlas.history import change_queries

    desk, other = Desk(), Desk("other")
    a, b, c = (desk.version(NOW - n * DAY) for n in (9, 8, 7))
    x, y = other.version(NOW - 9 * DAY), other.version(NOW - 8 * DAY)
    made = {
        desk.change(a, b, "confirmed", severity="high", direction="both").pk: "a",
        desk.change(b, c, "confirmed", kind="editorial", direction="not_determined").pk: "b",
        other.change(x, y, "confirmed").pk: "c",
    }
    filters = ChangeFilter(**asked)
    assert {made[row.pk] for row in change_queries.changes(None, asked=filters)} == found
    assert counts.tally(None, filters).total == len(found)
