"""What is due and who holds it, when clocks, processes and servers do what they do."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conductatlas.archive.hosts import reserve
from conductatlas.archive.models import HostSlot
from conductatlas.work import due
from conductatlas.work.models import Due

LEASE = timedelta(minutes=5)


def keys(now: datetime) -> list[int]:
    return [row.document_id for row in due.due(now)]


@pytest.mark.parametrize("back", [timedelta(days=4), timedelta(days=90), timedelta(days=4000)])
def test_a_clock_set_back_does_not_put_a_document_off(archive: Any, back: timedelta) -> None:
    document = archive.document()
    now = archive.clock.now()
    Due.objects.update(due_at=now + document.cadence)
    assert keys(now) == []
    assert keys(now - timedelta(hours=20)) == []  # a day's cadence and a day's Retry-After are no fault
    assert keys(now - back) == [document.pk]
    assert keys(now + document.cadence) == [document.pk]


@pytest.mark.parametrize("cadence", [timedelta(hours=1), timedelta(days=1), timedelta(days=30)])
def test_what_a_server_asks_for_is_honoured_even_beyond_the_cadence(archive: Any, cadence: timedelta) -> None:
    document = archive.document()
    document.cadence = cadence
    now = archive.clock.now()
    moment, why = due.next_moment(document, now, outcome="failed", failures=3, retry_after=6 * 3600)
    assert (moment >= now + timedelta(hours=6), why) == (True, "retry")
    moment, _ = due.next_moment(document, now, outcome="failed", failures=9, retry_after=1)
    assert moment <= now + cadence


@pytest.mark.parametrize(("hours", "minutes"), [(24, 120), (6, 30), (1, 30), (0.25, 15)])
def test_a_change_is_confirmed_soon_and_sooner_where_a_document_is_urgent(
    archive: Any, hours: float, minutes: int
) -> None:
    document = archive.document()
    document.cadence = timedelta(hours=hours)
    now = archive.clock.now()
    found = due.next_moment(document, now, outcome="changed", failures=-1, retry_after=None)
    assert found == (now + timedelta(minutes=minutes), "confirmation")


@pytest.mark.parametrize("retry_after", [None, 60.0])
def test_a_confirming_check_that_fails_is_made_again_within_the_hour(
    archive: Any, retry_after: float | None
) -> None:
    document, now = archive.document(), archive.clock.now()
    for failures in range(12):
        moment, why = due.next_moment(
            document, now, outcome="failed", failures=failures, retry_after=retry_after, confirming=True
        )
        assert now < moment <= now + timedelta(hours=1)
        assert why == "retry"


def test_a_page_that_is_gone_is_asked_for_after_six_and_after_twenty_four_hours(archive: Any) -> None:
    document, first = archive.document(), archive.clock.now()
    moments = []
    moment = first
    for failures in range(3):
        moment, document.due.why = due.next_moment(
            document, moment, outcome="failed", failures=failures, retry_after=None, reason="status_404"
        )
        moments.append((moment - first, document.due.why))
    assert moments == [
        (timedelta(hours=6), "disappearance"),
        (timedelta(hours=24), "disappearance"),
        (timedelta(hours=48), "disappearance"),
    ]


def test_that_a_page_failed_before_it_was_gone_puts_the_second_look_off_by_nothing(archive: Any) -> None:
    document, now = archive.document(), archive.clock.now()
    document.due.why = "retry"
    found = due.next_moment(
        document, now, outcome="failed", failures=4, retry_after=None, reason="status_410"
    )
    assert found == (now + timedelta(hours=6), "disappearance")


def test_a_lease_is_one_holder_s_until_it_runs_out_or_is_given_back(archive: Any) -> None:
    document = archive.document()
    assert due.claim([document.pk], "one", LEASE) == [document.pk]
    assert due.claim([document.pk], "two", LEASE) == []
    Due.objects.update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
    assert due.claim([document.pk], "two", LEASE) == [document.pk]
    assert not due.settle(document, "one", due_at=archive.clock.now(), why="schedule", failures=0)
    assert due.settle(document, "two", due_at=archive.clock.now(), why="schedule", failures=0)


def test_a_lease_from_before_the_clock_was_set_back_can_be_taken(archive: Any) -> None:
    document = archive.document()
    due.claim([document.pk], "one", LEASE)
    Due.objects.update(lease_until=datetime.now(UTC) + timedelta(days=30))
    assert due.claim([document.pk], "two", LEASE) == [document.pk]


def test_a_process_renews_the_leases_of_its_own_threads_only(archive: Any) -> None:
    mine, other = archive.document(slug="terms"), archive.document(slug="privacy")
    own = due.holder_name()
    due.claim([mine.pk], own, timedelta(seconds=1))
    due.claim([other.pk], "elsewhere:1:1:1", timedelta(seconds=1))
    assert due.renew(own.rpartition(":")[0] + ":", LEASE) == 1
    assert archive.due(mine).lease_until > datetime.now(UTC) + timedelta(minutes=4)
    assert archive.due(other).lease_until < datetime.now(UTC) + timedelta(minutes=1)


def test_leases_of_dead_processes_are_given_back_and_of_living_ones_kept(
    archive: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, alive, reused = (archive.document(slug=slug) for slug in ("terms", "privacy", "cookies"))
    host, pid, started, thread = due.holder_name().rsplit(":", 3)
    for document, holder in (
        (dead, f"{host}:{2**22 + 1}:77:{thread}"),
        (alive, f"{host}:{pid}:{started}:{thread}"),
        (reused, f"{host}:{pid}:1:{thread}"),  # the number of a process that is no more, given to another
    ):
        due.claim([document.pk], holder, LEASE)
    assert due.release_dead() == 2
    assert [archive.due(document).holder == "" for document in (dead, alive, reused)] == [True, False, True]

    def not_ours(pid: int, signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", not_ours)
    assert due.release_dead() == 0  # it lives, and belongs to another user


@pytest.mark.django_db
def test_a_host_s_turns_lie_apart_and_survive_a_clock_that_was_set_back() -> None:
    assert reserve("heron.example", 30) == 0
    assert 25 < reserve("heron.example", 30) <= 30
    assert 55 < reserve("heron.example", 30) <= 60
    HostSlot.objects.update(free_at=datetime.now(UTC) + timedelta(days=2))
    assert reserve("heron.example", 1) == 0
