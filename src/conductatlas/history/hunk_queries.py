"""Reads of the differences of one change, as they were judged, and of the summary that is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conductatlas.history.models import Hunk, Summary
from conductatlas.reading.compare.normal import Span
from conductatlas.reading.compare.redline import Op

LAST = 1_000_000_000  # stands after every rank there is
EDITORIAL = "editorial"


@dataclass(frozen=True, slots=True)
class HunkRecord:
    """One difference. `number` (from 1, in reading order) names its place: the redline has it as "hunk-<number>".

    rank: 1 tells most; None where nobody has ranked it. severity, direction: None likewise. audience: spans of the
    new text, or of the old one where the hunk has no new side. targets: where a link led and leads, "" if none does.
    """

    number: int
    kind: str
    is_editorial: bool
    rules: tuple[str, ...]
    old: Span | None
    new: Span | None
    ops: tuple[Op, ...]
    rank: int | None
    severity: str | None
    direction: str | None
    audience: tuple[Span, ...]
    old_target: str
    new_target: str

    @classmethod
    def of(cls, row: Hunk) -> HunkRecord:
        return cls(
            number=row.ordinal + 1,
            kind=row.kind,
            is_editorial=row.significance == EDITORIAL,
            rules=tuple(row.rules),
            old=_span(row.old_start, row.old_end),
            new=_span(row.new_start, row.new_end),
            ops=tuple(Op(*op) for op in row.ops),
            rank=row.rank,
            severity=row.severity,
            direction=row.direction,
            audience=tuple(Span(*place) for place in row.audience or ()),
            old_target=row.old_target or "",
            new_target=row.new_target or "",
        )

    @property
    def is_relinked(self) -> bool:
        """Whether it is a link that leads elsewhere."""
        return self.old_target != self.new_target


@dataclass(frozen=True, slots=True)
class Place:
    """One sentence of a summary, or an action: about which hunk (number), with spans of the two readings. `word` is
    its verb, or the route of an action."""

    word: str
    number: int | None
    old: Span | None
    new: Span | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Place:
        hunk = row.get("hunk")
        return cls(
            word=str(row.get("verb") or row.get("route") or ""),
            number=None if hunk is None else int(hunk) + 1,
            old=Span(*row["old"]) if row.get("old") else None,
            new=Span(*row["new"]) if row.get("new") else None,
        )


@dataclass(frozen=True, slots=True)
class SummaryRecord:
    """The newest summary of a change. made_by: by which version of what makes them."""

    made_by: int
    sentences: tuple[Place, ...]
    actions: tuple[Place, ...]


def hunks(change: int) -> list[HunkRecord]:
    """The differences of a change (key), the most telling first; those without a rank after the others, as the text
    has them, and what is editorial last."""
    found = [HunkRecord.of(row) for row in Hunk.objects.filter(change=change).order_by("ordinal")]
    return sorted(found, key=lambda hunk: (hunk.is_editorial, hunk.rank or LAST, hunk.number))


def summary(change: int) -> SummaryRecord | None:
    """The newest summary of a change (key), None where none was made."""
    row = Summary.objects.filter(change=change).order_by("-made_by").first()
    if row is None:
        return None
    sentences, actions = map(Place.of, row.sentences), map(Place.of, row.actions)
    return SummaryRecord(row.made_by, tuple(sentences), tuple(actions))


def _span(start: int | None, end: int | None) -> Span | None:
    return None if start is None or end is None else Span(start, end)
