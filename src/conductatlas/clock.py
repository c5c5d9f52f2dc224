"""What time it is: the one seam through which the wall clock enters.

All moments are aware and in UTC (house rule 12). `given` says whether a person set the clock, as a
replay or the sample world does; captures record it, so that a set clock is never taken for a real one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    @property
    def given(self) -> bool: ...

    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    given: bool = False

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True)
class SetClock:
    """The in-memory twin: stands still at `moment` until someone moves it."""

    moment: datetime
    given: bool = True

    def now(self) -> datetime:
        return self.moment


def in_minutes(at: datetime) -> str:
    """A moment as people write it, in UTC: `22 November 2026, 06:10`."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%B %Y, %H:%M}"


def parse_moment(text: str) -> datetime:
    """An ISO 8601 date or date-time as an aware moment; without a zone it is UTC. ValueError if neither."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
