"""How much changed: sentences, words and clauses."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from conductatlas.reading.compare.hunks import Hunk, HunkKind, Sentences
from conductatlas.reading.compare.normal import Span, count_words
from conductatlas.reading.compare.redline import Op
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.sentences import sentences


@dataclass(frozen=True, slots=True)
class Counts:
    """Sentences added and removed whole, and those edited; words inserted and deleted; clauses that moved.

    A clause that moved unedited counts only as moved.
    """

    sentences_added: int = 0
    sentences_removed: int = 0
    sentences_modified: int = 0
    words_added: int = 0
    words_removed: int = 0
    clauses_moved: int = 0

    def to_dict(self) -> dict[str, int]:
        return asdict(self)


def count(old: str, new: str, hunks: Iterable[Hunk]) -> Counts:
    """The counts of all hunks between two texts."""
    added = removed = modified = moved = 0
    gone: list[str] = []
    come: list[str] = []
    for hunk in hunks:
        moved += hunk.kind is HunkKind.MOVED
        added += hunk.sentences.added
        removed += hunk.sentences.removed
        modified += hunk.sentences.modified
        for op in hunk.ops:
            if op.op != "equal":
                gone.append(old[op.old_start : op.old_end])
                come.append(new[op.new_start : op.new_end])
    # A line parts words, so all are counted at once.
    words_added, words_removed = count_words("\n".join(come)), count_words("\n".join(gone))
    return Counts(added, removed, modified, words_added, words_removed, moved)


def touched_sentences(old: Reading, new: Reading, ops: Sequence[Op]) -> Sentences:
    """How many sentences the operations added or removed whole, or edited. `ops` cover both sides of a hunk."""
    gone = [(op.old_start, op.old_end) for op in ops if op.op != "equal" and op.old_end > op.old_start]
    come = [(op.new_start, op.new_end) for op in ops if op.op != "equal" and op.new_end > op.new_start]
    removed, edited_before = _covered(old, Span(ops[0].old_start, ops[-1].old_end), gone)
    added, edited_after = _covered(new, Span(ops[0].new_start, ops[-1].new_end), come)
    return Sentences(added, removed, max(edited_before, edited_after))


def _covered(reading: Reading, span: Span, edits: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """How many sentences of a span the edits cover whole, and how many in part; edits are in order."""
    if not edits:
        return 0, 0
    if edits == [span]:
        return len(sentences(reading.text[slice(*span)], reading.language)), 0
    whole = partly = n = 0
    for start, end in sentences(reading.text[slice(*span)], reading.language):
        start, end = span.start + start, span.start + end
        while n < len(edits) and edits[n][1] <= start:
            n += 1
        if n < len(edits) and edits[n][0] <= start and end <= edits[n][1]:
            whole += 1
        else:
            touching = edits[n : bisect_left(edits, (end, 0), n)]
            partly += any(reading.text[max(start, a) : min(end, b)].strip() for a, b in touching)
    return whole, partly
