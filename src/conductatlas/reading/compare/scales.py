"""How much a difference weighs, and for whom it speaks: the two scales on which hunks and changes are placed."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Severity(StrEnum):
    """How much is at stake where a difference lies; a change has that of its weightiest hunk."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Direction(StrEnum):
    """For the person whom the document binds: the new wording compared with the earlier one."""

    MORE_FAVOURABLE = "more_favourable"
    LESS_FAVOURABLE = "less_favourable"
    BOTH = "both"
    NEITHER = "neither"
    NOT_DETERMINED = "not_determined"


_ORDER = (Severity.HIGH, Severity.MEDIUM, Severity.LOW)


def highest(severities: Iterable[Severity]) -> Severity:
    """The weightiest of some; low of none."""
    found = set(severities)
    return next((severity for severity in _ORDER if severity in found), Severity.LOW)


def overall(directions: Iterable[Direction]) -> Direction:
    """All one sign: that; both signs: both; nothing but unsigned facts: neither; else it is not determined."""
    found = set(directions)
    more, less = Direction.MORE_FAVOURABLE in found, Direction.LESS_FAVOURABLE in found
    if Direction.BOTH in found or (more and less):
        return Direction.BOTH
    if more or less:
        return Direction.MORE_FAVOURABLE if more else Direction.LESS_FAVOURABLE
    return Direction.NEITHER if found == {Direction.NEITHER} else Direction.NOT_DETERMINED
