"""The pool of workers: what it does when nobody wants its results, and when the database does not answer."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from conductatlas.archive.models import Capture, RefusedBody
from conductatlas.clock import SystemClock
from conductatlas.work import due
from conductatlas.work.runners import embedded
from conductatlas.work.runners.embedded import Embedded, Skipped

JUNK = b"<!doctype html><title>Sign in</title><h1>Sign in to go on</h1><form><input type=password></form>"


@pytest.fixture
def pool(archive: Any) -> Embedded:
    return Embedded(tools=archive.tools, workers=2, lease=timedelta(minutes=5))


@pytest.fixture
def given_back(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    calls: list[bool] = []
    monkeypatch.setattr(Embedded, "give_back", lambda self: calls.append(self.stop.is_set()))
    return calls


def test_who_wants_no_more_results_leaves_no_lease(
    pool: Embedded, monkeypatch: pytest.MonkeyPatch, given_back: list[bool]
) -> None:
    hold = threading.Event()

    def slow(self: Embedded, key: int, started_by: str) -> Skipped:
        if key > 1:
            hold.wait(30)
        return Skipped(key)

    monkeypatch.setattr(Embedded, "_one", slow)
    outcomes = pool.run([1, 2, 3, 4], started_by="person")
    assert next(outcomes) == Skipped(1)
    outcomes.close()  # type: ignore[attr-defined]
    hold.set()
    assert given_back == [True]


def test_a_stop_waits_for_its_checks_no_longer_than_it_may(
    pool: Embedded, monkeypatch: pytest.MonkeyPatch, given_back: list[bool]
) -> None:
    hold = threading.Event()
    monkeypatch.setattr(embedded, "GRACE", 0.3)
    monkeypatch.setattr(Embedded, "_one", lambda *_: hold.wait(30))
    pool.stop.clear()
    threading.Timer(0.3, pool.stop.set).start()
    assert list(pool.run([1, 2, 3], started_by="person")) == []
    hold.set()
    assert given_back == [True]


def test_watching_goes_on_when_the_database_answers_again(
    pool: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def ensure(now: object) -> int:
        asked.append(now)
        if len(asked) == 1:
            raise OperationalError("server closed the connection unexpectedly")
        pool.stop.set()
        return 0

    monkeypatch.setattr(embedded, "TURN", 0.01)
    monkeypatch.setattr(embedded, "close_old_connections", lambda: None)  # the test's own transaction is open
    monkeypatch.setattr(due, "ensure", ensure)
    assert list(pool.watch()) == []
    assert len(asked) == 2


def test_leases_are_renewed_while_checks_run(pool: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    renewed = threading.Event()
    monkeypatch.setattr(due, "renew", lambda prefix, lease: renewed.set())
    monkeypatch.setattr(Embedded, "_one", lambda self, key, by: Skipped(key) if renewed.wait(30) else None)
    pool.lease = timedelta(seconds=0.3)
    assert list(pool.run([1], started_by="person")) == [Skipped(1)]


def test_refused_bytes_are_forgotten_after_ninety_days_and_their_row_stays(
    archive: Any, pool: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.serve(JUNK)
    archive.check(archive.document())
    monkeypatch.setattr(SystemClock, "now", lambda self: archive.clock.now())
    archive.later(days=89)
    pool.tidy()
    assert RefusedBody.objects.count() == 1
    archive.later(days=2)
    pool.tidy()
    assert RefusedBody.objects.count() == 0
    capture = Capture.objects.get()
    assert (capture.reason, len(capture.body_digest), capture.body_length) == ("login_wall", 64, len(JUNK))
