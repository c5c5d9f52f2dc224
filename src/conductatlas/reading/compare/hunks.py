"""One difference between two readings, and how differences and equal clauses stand in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from conductatlas.reading.compare.normal import Span
from conductatlas.reading.compare.redline import Op
from conductatlas.reading.compare.scales import Direction, Severity
from conductatlas.reading.compare.significance import ChangeKind


class HunkKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    MODIFIED = "modified"
    MOVED = "moved"
    RELINKED = "relinked"  # the words are equal, a link of theirs leads elsewhere


class Sentences(NamedTuple):
    """How many sentences of a hunk were added or removed whole, and how many edited."""

    added: int
    removed: int
    modified: int


@dataclass(frozen=True, slots=True)
class Hunk:
    """One clause that was added, removed, modified, moved, or of which a link leads elsewhere.

    old, new: where it stands in the text of each reading, whole lines; None on the side where it is not.
    ops: the redline, covering both spans. rules: ids of the rule book that say what `significance` says.
    severity, direction: None where they were not asked for; beside each, ids of the rules that say so.
    topics: what it is about, the weightiest first. audience: where the new text, or the old one if it is gone, says
    for whom the clause holds; also in the headings over it. rank: its place among all hunks, 1 is to be seen first.
    old_target, new_target: where the first link of the clause that leads elsewhere led and leads, in a clause in which
    that matters (S13); else None.
    """

    kind: HunkKind
    old: Span | None
    new: Span | None
    ops: tuple[Op, ...]
    significance: ChangeKind
    rules: tuple[str, ...]
    sentences: Sentences
    severity: Severity | None = None
    severity_rule: str = ""
    direction: Direction | None = None
    direction_rules: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    audience: tuple[Span, ...] = ()
    rank: int | None = None
    old_target: str | None = None
    new_target: str | None = None

    @property
    def is_edited(self) -> bool:
        """Whether words differ; a clause that only moved was not edited."""
        return any(op.op != "equal" for op in self.ops)

    def to_dict(self, old_text: str, new_text: str) -> dict[str, Any]:
        """The hunk as one JSON object, with its words on both sides."""
        return {
            "kind": self.kind.value,
            "significance": self.significance.value,
            "rules": list(self.rules),
            "old": None if self.old is None else old_text[slice(*self.old)],
            "new": None if self.new is None else new_text[slice(*self.new)],
            "old_span": None if self.old is None else list(self.old),
            "new_span": None if self.new is None else list(self.new),
            "ops": [list(op) for op in self.ops],
            "severity": self.severity,
            "severity_rule": self.severity_rule,
            "direction": self.direction,
            "direction_rules": list(self.direction_rules),
            "topics": list(self.topics),
            "audience": [
                {"words": (old_text if self.new is None else new_text)[slice(*span)], "span": list(span)}
                for span in self.audience
            ],
            "rank": self.rank,
            "old_target": self.old_target,
            "new_target": self.new_target,
        }


class Row(NamedTuple):
    """What stands next in reading order: an equal clause, a hunk, or the place that a moved clause left."""

    kind: Literal["same", "hunk", "left"]
    old: Span | None
    new: Span | None
    hunk: Hunk | None


def rows(old: str, new: str, hunks: Iterable[Hunk]) -> Iterator[Row]:
    """Both texts side by side, each line once: what went stands before what came in its place.

    A moved clause is a "hunk" where it stands now and "left" where it stood.
    """
    by_old: dict[int, Hunk] = {}
    by_new: dict[int, Hunk] = {}
    for hunk in hunks:
        if hunk.old is not None:
            by_old[hunk.old.start] = hunk
        if hunk.new is not None:
            by_new[hunk.new.start] = hunk
    a = c = 0
    while a < _after_last_line(old) or c < _after_last_line(new):
        went, came = by_old.get(a), by_new.get(c)
        if went and went.old and went.kind in (HunkKind.REMOVED, HunkKind.MOVED):
            yield Row("hunk" if went.kind is HunkKind.REMOVED else "left", went.old, None, went)
            a = went.old.end + 1
        elif came and came.new and came.kind in (HunkKind.ADDED, HunkKind.MOVED):
            yield Row("hunk", None, came.new, came)
            c = came.new.end + 1
        elif came and came.new and came.old:
            yield Row("hunk", came.old, came.new, came)
            a, c = came.old.end + 1, came.new.end + 1
        else:
            before, after = _line(old, a), _line(new, c)
            yield Row("same", before, after, None)
            a, c = before.end + 1, after.end + 1


def folded(all_rows: Iterable[Row], context: int) -> Iterator[Row | int]:
    """Rows, with runs of equal clauses that are more than `context` away from a difference given as their number."""
    run: list[Row] = []
    seen = False  # whether a difference stands before the run
    for row in all_rows:
        if row.kind == "same":
            run.append(row)
            continue
        yield from _fold(run, context if seen else 0, context)
        run, seen = [], True
        yield row
    yield from _fold(run, context if seen else 0, 0)


def _fold(run: list[Row], head: int, tail: int) -> Iterator[Row | int]:
    hidden = len(run) - head - tail
    if hidden <= 1:  # a marker would take as much room as the clause
        yield from run
        return
    yield from run[:head]
    yield hidden
    yield from run[len(run) - tail :]


def _after_last_line(text: str) -> int:
    return len(text) + 1 if text else 0


def _line(text: str, start: int) -> Span:
    end = text.find("\n", start)
    return Span(start, len(text) if end < 0 else end)
