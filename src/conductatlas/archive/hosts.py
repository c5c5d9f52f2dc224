"""How we behave towards a host: at most one request in `host_spacing` seconds, and robots.txt respected.

The next free moment of a host is a row, so it holds across threads and processes. Robots answers are rows too:
what a decision rested on can be looked up from its capture. Both use the real clock for waiting; whether a
robots answer is still fresh (RFC 9309 section 2.4: 24 hours) is judged by the clock of the check.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from conductatlas.archive.answer import Request, answer_of
from conductatlas.archive.fetch import PRODUCT_TOKEN, Fetcher
from conductatlas.archive.models import HostSlot, RobotsAnswer
from conductatlas.archive.robots import MAX_LENGTH, RobotsPolicy, robots_url
from conductatlas.clock import Clock
from conductatlas.errors import (
    AddressRefusedError,
    AnswerTooLargeError,
    FetchError,
    RobotsRefusedError,
    StatusError,
)
from conductatlas.writing import writing

ROBOTS_FRESH = timedelta(hours=24)
ROBOTS_ASK_AGAIN = timedelta(minutes=10)  # where they could not be had: that forbids, and may pass


@dataclass(slots=True)
class Passage:
    """Whether one capture may go on: handed to the fetcher, asked for each address, redirects included.

    After the capture it says what was decided, and on which robots answer.
    """

    hosts: Hosts
    answer: RobotsAnswer | None = None
    decision: str = ""

    def __call__(self, url: str) -> None:
        """Wait for the host's turn. RobotsRefusedError if robots.txt does not allow the address,
        AddressRefusedError if the guard does not even let us ask."""
        self.answer, policy = self.hosts.robots(url)
        verdict = policy.decision(url, PRODUCT_TOKEN)
        self.decision = verdict.why[:300]
        if not verdict.allowed:
            refusal = RobotsRefusedError(f"robots.txt: {verdict.why}")
            refusal.transient = not _was_had(self.answer)
            raise refusal
        self.hosts.wait(url, verdict.crawl_delay or 0.0)


@dataclass(slots=True)
class Hosts:
    """The manners of one process towards all hosts. Safe to share between threads.

    spacing: seconds between two requests to a host, by its lower-case name.
    """

    fetcher: Fetcher
    clock: Clock
    spacing: Callable[[str], float]
    sleep: Callable[[float], None] = time.sleep
    _policies: dict[str, tuple[RobotsAnswer, RobotsPolicy]] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def passage(self) -> Passage:
        return Passage(self)

    def robots(self, url: str) -> tuple[RobotsAnswer, RobotsPolicy]:
        """The robots answer that rules `url`: at most 24 hours old, asked for at most once at a time."""
        origin = origin_of(url)
        with self._lock:
            lock = self._locks.setdefault(origin, threading.Lock())
        with lock:
            held = self._policies.get(origin) or self._stored(origin)
            if held is None or not self._fresh(held[0]):
                held = self._ask(origin)
            self._policies[origin] = held
            return held

    def wait(self, url: str, crawl_delay: float = 0.0) -> None:
        """Take the host's next free moment and sleep until then."""
        host = (urlsplit(url).hostname or "").lower()
        spacing = self.spacing(host)
        if spacing > 0:
            pause = reserve(host, max(spacing, min(crawl_delay, 30.0)))
            if pause > 0:
                self.sleep(pause)

    def _fresh(self, answer: RobotsAnswer) -> bool:
        age = abs(self.clock.now() - answer.fetched_at)
        return age <= (ROBOTS_FRESH if _was_had(answer) else ROBOTS_ASK_AGAIN)

    def _stored(self, origin: str) -> tuple[RobotsAnswer, RobotsPolicy] | None:
        answer = RobotsAnswer.objects.filter(origin=origin).order_by("-pk").first()
        if answer is None:
            return None
        return answer, RobotsPolicy.from_answer(answer.status, answer.body.encode())

    def _ask(self, origin: str) -> tuple[RobotsAnswer, RobotsPolicy]:
        self.wait(origin)
        status, body, error = ask_robots(self.fetcher, origin)
        text = body[: MAX_LENGTH + 1].decode("utf-8", "replace").replace("\0", "")
        row = RobotsAnswer(
            origin=origin, fetched_at=self.clock.now(), status=status, error=error[:300], body=text
        )
        with writing():
            row.save(force_insert=True)
        return row, RobotsPolicy.from_answer(status, text.encode())


def reserve(host: str, spacing: float) -> float:
    """Take the next free moment of `host`; returns the seconds until then.

    A row that lies implausibly far ahead was written before the clock was set back, and is started afresh.
    """
    now = datetime.now(UTC)
    with writing():
        HostSlot.objects.bulk_create([HostSlot(host=host, free_at=now)], ignore_conflicts=True)
        slot = HostSlot.objects.select_for_update().get(host=host)
        behind = slot.free_at < now
        astray = slot.free_at > now + timedelta(seconds=max(100 * spacing, 600))
        turn = now if behind or astray else slot.free_at
        slot.free_at = turn + timedelta(seconds=spacing)
        slot.save(update_fields=["free_at"])
    return (turn - now).total_seconds()


def _was_had(answer: RobotsAnswer) -> bool:
    """Whether the site has said something, be it that there is no such file (RFC 9309 section 2.3.1)."""
    return answer.status is not None and answer.status < 500


def origin_of(url: str) -> str:
    """scheme://host[:port] of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def ask_robots(fetcher: Fetcher, origin: str) -> tuple[int | None, bytes, str]:
    """Status (None: it could not be had), body and error of an origin's /robots.txt.

    AddressRefusedError passes: that our own guard does not go there says nothing about the site's wishes.
    """
    try:
        answer = fetcher.fetch(Request(url=robots_url(origin)))
    except AddressRefusedError:
        raise
    except StatusError as fault:
        return fault.status, b"", fault.message
    except AnswerTooLargeError as fault:  # RFC 9309 section 2.5: what fits is read
        part = answer_of(fault)
        return (200, part.body, fault.message) if part else (None, b"", fault.message)
    except FetchError as fault:
        return None, b"", fault.message
    return answer.status, answer.body, ""
