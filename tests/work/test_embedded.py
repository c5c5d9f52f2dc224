"""The pool of workers: what it does when nobody wants its results, and when the database does not answer."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from conductatlas.archive.models import Capture, RefusedBody
from conductatlas.catalogue.models import Document
from conductatlas.clock import SystemClock
from conductatlas.work import due
from conductatlas.work.models import Due
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

    def slow(self: Embedded, keys: list[int], started_by: str) -> Iterator[Skipped]:
        for key in keys:
            if key > 1:
                hold.wait(30)
            yield Skipped(key)

    monkeypatch.setattr(Embedded, "_few", slow)
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
    monkeypatch.setattr(Embedded, "_few", lambda *_: [hold.wait(30)])
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
    monkeypatch.setattr(
        Embedded, "_few", lambda self, keys, by: [Skipped(keys[0]) if renewed.wait(30) else None]
    )
    pool.lease = timedelta(seconds=0.3)
    assert list(pool.run([1], started_by="person")) == [Skipped(1)]


def test_a_few_documents_are_taken_together_and_each_is_checked(
    archive: Any, pool: Embedded, policy: Callable[..., bytes]
) -> None:
    keys = [served(archive, policy, name).pk for name in ("terms", "privacy", "cookies")]
    assert due.claim(keys[1:2], "another", pool.lease) == keys[1:2]
    outcomes = list(pool._few(keys, "person"))
    assert [getattr(outcome, "outcome", None) for outcome in outcomes] == ["changed", None, "changed"]
    assert outcomes[1] == Skipped(keys[1])
    assert [row.holder for row in Due.objects.order_by("pk")] == ["", "another", ""]


def test_a_fault_in_one_of_a_few_leaves_the_others_alone(
    archive: Any, pool: Embedded, policy: Callable[..., bytes]
) -> None:
    keys = [served(archive, policy, name).pk for name in ("terms", "privacy")]
    archive.serve(lambda: 1 / 0, "http://heron.example/terms")
    first, second = pool._few(keys, "person")
    assert isinstance(first, Skipped) and first.error is not None and "ZeroDivision" in first.error.message
    assert getattr(second, "outcome", None) == "changed"
    assert [row.holder for row in Due.objects.order_by("pk")] == ["", ""]


def test_a_stop_gives_back_what_was_taken_and_not_begun(
    archive: Any, pool: Embedded, policy: Callable[..., bytes]
) -> None:
    keys = [served(archive, policy, name).pk for name in ("terms", "privacy", "cookies")]
    moments = dict(Due.objects.values_list("document", "due_at"))
    outcomes = pool._few(keys, "person")
    next(outcomes)
    assert Due.objects.exclude(holder="").count() == 2
    pool.stop.set()
    assert list(outcomes) == []
    assert not Due.objects.exclude(holder="").exists()
    assert {key: Due.objects.get(document=key).due_at for key in keys[1:]} == {
        k: moments[k] for k in keys[1:]
    }


def test_the_last_documents_are_shared_out_between_the_workers(pool: Embedded) -> None:
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    for key in range(22):
        todo.put(key)
    taken = []
    while keys := pool._next_few(todo):
        taken.append(len(keys))
    assert taken == [8, 7, 3, 2, 1, 1]


def served(archive: Any, policy: Callable[..., bytes], name: str) -> Document:
    archive.serve(policy(title=f"{name.title()} Policy"), f"http://heron.example/{name}")
    document: Document = archive.document(slug=name)
    return document


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


def test_a_document_that_spoils_what_is_read_together_is_found_when_it_is_checked(
    archive: Any, policy: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.serve(policy())
    document = archive.document()
    monkeypatch.setattr("conductatlas.work.runners.embedded.known_of", lambda _documents: 1 // 0)
    pool = Embedded(archive.tools, workers=1, lease=timedelta(minutes=5))
    outcomes = list(pool._few([document.pk], "person"))
    assert [getattr(outcome, "outcome", "") for outcome in outcomes] == ["changed"]
