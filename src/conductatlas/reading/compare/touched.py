"""The sentences that a difference stands in, those of the old text beside those of the new."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from conductatlas.reading.compare.normal import Span
from conductatlas.reading.compare.redline import Op

_END = re.compile(r"[.!?][\"”’)\]»]*\s+|[。！？][\"”’)\]»」』]*|\n")
_ENDING = frozenset(".!?。！？\n")
_ENDED = frozenset(".!?。！？:：")
_CLOSING = '"”’)]» \t\n'


class Region(NamedTuple):
    """Sentences that differ: a span on each side, empty where there are none. ops: the differences in them."""

    old: Span
    new: Span
    ops: tuple[Op, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it was added or removed whole."""
        return self.old.start == self.old.end or self.new.start == self.new.end

    def inserts(self, start: int, end: int) -> bool:
        """Whether new[start:end] was only put in: nothing had stood there."""
        return any(op.op == "insert" and op.new_start <= start and end <= op.new_end for op in self.ops)

    def deletes(self, start: int, end: int) -> bool:
        """Whether old[start:end] was only taken out: nothing stands there."""
        return any(op.op == "delete" and op.old_start <= start and end <= op.old_end for op in self.ops)


def regions(ops: Sequence[Op], old: str, new: str) -> Iterator[Region]:
    """The sentences that a redline touches, in order. Sentences end at the same places on both sides."""
    if not ops:
        return
    begin_old, begin_new = ops[0].old_start, ops[0].new_start
    edits: list[Op] = []
    for op in ops:
        if op.op != "equal":
            edits.append(op)
            continue
        cuts = _cuts(op, old, new, ops[0])
        if cuts and edits:
            yield Region(Span(begin_old, cuts[0][0]), Span(begin_new, cuts[0][1]), tuple(edits))
            edits = []
        if cuts:
            begin_old, begin_new = cuts[-1]
    if edits:
        yield Region(Span(begin_old, ops[-1].old_end), Span(begin_new, ops[-1].new_end), tuple(edits))


def _cuts(op: Op, old: str, new: str, first: Op) -> list[tuple[int, int]]:
    """Where sentences end at or inside a stretch of equal text, on both sides, in order."""
    shift = op.new_start - op.old_start
    found: list[tuple[int, int]] = []
    if _has_ended(old, first.old_start, op.old_start) and _has_ended(new, first.new_start, op.new_start):
        found.append((op.old_start, op.new_start))
    same = old[op.old_start : op.old_end]
    if _ENDING.isdisjoint(same):
        return found
    found.extend((op.old_start + match.end(), op.new_start + match.end()) for match in _END.finditer(same))
    if same[-1] in _CLOSING or same[-1] in _ENDING:
        at = op.old_end
        if _has_ended(old, first.old_start, at) and _has_ended(new, first.new_start, at + shift):
            found.append((at, at + shift))
    return found


def _has_ended(text: str, first: int, at: int) -> bool:
    """Whether a sentence, or the words before a list, end where text[at] stands, or the passage begins there."""
    if at <= first:
        return True
    if text[at - 1].isalnum():
        return False
    before = text[max(first, at - 6) : at]
    return before.endswith("\n") or before.rstrip(_CLOSING)[-1:] in _ENDED
