"""The three columns that whatever is said of the record stands in, and how moments are written there. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from conductatlas.clock import in_minutes


class Column(StrEnum):
    MATHEMATICS = "proven by mathematics"
    WITNESSES = "witnessed by others"
    OPERATOR = "stated by the operator"


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence, and on whose word it stands."""

    column: Column
    sentence: str


def to_the_second(at: datetime) -> str:
    """A moment with its zone, in UTC: `2026-11-26 17:30:00 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def in_words(at: datetime | None) -> str:
    """A moment for running text; "not recorded" for none."""
    return f"{in_minutes(at)} UTC" if at else "not recorded"
