"""How often documents changed, as plain values whose sums add up by how they are made.

Everything here is made of `Cell`s: numbers of published changes that are alike in all that is counted. `counts` asks
the database for them once, and each table of a page is a sum over the same cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import NamedTuple

from conductatlas.archive.queries import Gap, Reads
from conductatlas.history.models import ChangeKind

NOT_DETERMINED = "not_determined"
KINDS = tuple(ChangeKind.values)
SEVERITIES = ("high", "medium", "low", NOT_DETERMINED)
DIRECTIONS = ("less_favourable", "more_favourable", "both", "neither", NOT_DETERMINED)


class Cell(NamedTuple):
    """`number` published changes of one document (key), kind, severity, direction and month (its first day, UTC)."""

    document: int
    kind: str
    severity: str | None
    direction: str | None
    month: date
    number: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Published changes, told apart in three ways. Each mapping names every word there is and sums to `total`."""

    total: int
    kinds: Mapping[str, int]
    severities: Mapping[str, int]
    directions: Mapping[str, int]

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> Tally:
        cells = list(cells)
        return cls(
            total=sum(cell.number for cell in cells),
            kinds=_sums(KINDS, ((cell.kind, cell.number) for cell in cells)),
            severities=_sums(SEVERITIES, ((cell.severity or NOT_DETERMINED, cell.number) for cell in cells)),
            directions=_sums(DIRECTIONS, ((cell.direction or NOT_DETERMINED, cell.number) for cell in cells)),
        )


@dataclass(frozen=True, slots=True)
class Month:
    """The changes first seen in one calendar month (UTC), by kind: the kinds sum to `total`."""

    start: date
    total: int
    kinds: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DocumentDrift:
    """What is counted of one document (key). gap: the longest time between two captures that read it, or since the
    last one while it is watched (`is_open`); None where there are not two moments. texts: in circulation."""

    document: int
    changes: int
    versions: int
    reads: Reads | None
    gap: Gap | None
    is_open: bool
    texts: int


@dataclass(frozen=True, slots=True)
class Drift:
    """The published changes of a platform's documents.

    The months are all those of the window, and of the changes; their totals and those of the documents sum to
    `tally.total`. everything: what would be counted if editorial changes and returns were not left out. beside:
    state → changes that are not published, which stand in no other number here.
    """

    tally: Tally
    everything: int
    months: tuple[Month, ...]
    documents: tuple[DocumentDrift, ...]
    beside: Mapping[str, int]

    @property
    def window(self) -> Reads | None:
        """The captures of all its documents together; None while there are none."""
        reads = [line.reads for line in self.documents if line.reads]
        if not reads:
            return None
        return Reads(
            sum(one.number for one in reads), min(one.first for one in reads), max(one.last for one in reads)
        )

    @property
    def versions(self) -> int:
        """The versions of all its documents."""
        return sum(line.versions for line in self.documents)

    @property
    def affected(self) -> int:
        """How many documents have a change."""
        return sum(line.changes > 0 for line in self.documents)


def by_month(cells: Sequence[Cell], window: Reads | None) -> tuple[Month, ...]:
    """Every month from the first of window and changes to the last, also those in which nothing was seen."""
    named = {cell.month for cell in cells}
    if window:
        named |= {window.first.astimezone(UTC).date(), window.last.astimezone(UTC).date()}
    if not named:
        return ()
    first, last = min(named), max(named)
    places = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    sums: Counter[tuple[date, str]] = Counter()
    for cell in cells:
        sums[cell.month, cell.kind] += cell.number
    months = []
    for place in places:
        start = date(place // 12, place % 12 + 1, 1)
        kinds = {kind: sums[start, kind] for kind in KINDS}
        months.append(Month(start, sum(kinds.values()), kinds))
    return tuple(months)


def _sums(names: Sequence[str], numbers: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Name → sum, every name there is in its order; one that is not known goes last rather than getting lost."""
    sums: Counter[str] = Counter()
    for name, number in numbers:
        sums[name] += number
    return {name: sums.pop(name, 0) for name in names} | dict(sums)
