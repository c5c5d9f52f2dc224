"""How much changed: sentences, words and clauses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from conductatlas.reading.compare.hunks import Hunk, HunkKind
from conductatlas.reading.compare.normal import Span, count_words
from conductatlas.reading.compare.redline import Op
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


@dataclass(frozen=True, slots=True)
class Touched:
    """Sentences of one side of a hunk that an edit covers whole, or touches."""

    whole: int
    partly: int


def touched_sentences(text: str, span: Span, language: str, edits: Sequence[Span]) -> Touched:
    """How many sentences of text[span] the edits cover, or touch; `edits` are in order and do not overlap."""
    whole = partly = 0
    upcoming = 0
    for start, end in sentences(text[slice(*span)], language):
        start, end = span.start + start, span.start + end
        while upcoming < len(edits) and edits[upcoming].end <= start:
            upcoming += 1
        covered = 0
        n = upcoming
        while n < len(edits) and edits[n].start < end:
            covered += len(text[max(start, edits[n].start) : min(end, edits[n].end)].strip())
            n += 1
        if covered >= len(text[start:end].strip()) > 0:
            whole += 1
        elif covered:
            partly += 1
    return Touched(whole, partly)


def edits_of(ops: Iterable[Op], *, new: bool) -> list[Span]:
    """What the operations deleted on the old side, or inserted on the new one."""
    spans = [
        Span(op.new_start, op.new_end) if new else Span(op.old_start, op.old_end)
        for op in ops
        if op.op != "equal"
    ]
    return [span for span in spans if span.end > span.start]


def count(old: str, old_language: str, new: str, new_language: str, hunks: Iterable[Hunk]) -> Counts:
    """The counts of all hunks."""
    added = removed = modified = words_added = words_removed = moved = 0
    for hunk in hunks:
        moved += hunk.kind is HunkKind.MOVED
        gone, come = edits_of(hunk.ops, new=False), edits_of(hunk.ops, new=True)
        before = touched_sentences(old, hunk.old, old_language, gone) if hunk.old and gone else Touched(0, 0)
        after = touched_sentences(new, hunk.new, new_language, come) if hunk.new and come else Touched(0, 0)
        removed += before.whole
        added += after.whole
        modified += max(before.partly, after.partly)
        words_removed += sum(count_words(old[slice(*span)]) for span in gone)
        words_added += sum(count_words(new[slice(*span)]) for span in come)
    return Counts(added, removed, modified, words_added, words_removed, moved)
