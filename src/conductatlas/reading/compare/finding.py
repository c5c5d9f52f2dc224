"""From paired clauses to hunks: the redline of each clause that differs, and the judgement on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain

from conductatlas.reading.compare.copies import Copies
from conductatlas.reading.compare.counts import touched_sentences
from conductatlas.reading.compare.hunks import Hunk, HunkKind, Sentences
from conductatlas.reading.compare.items import contents, item_lines, marked_lines
from conductatlas.reading.compare.lines import laid_anew
from conductatlas.reading.compare.margins import LONGEST_LABEL, Margins, is_bare_date, margins, speaks
from conductatlas.reading.compare.naming import Rename, rename
from conductatlas.reading.compare.normal import Clause, Passage, Span
from conductatlas.reading.compare.pairing import Pairing
from conductatlas.reading.compare.parents import parents
from conductatlas.reading.compare.redline import Op, redline
from conductatlas.reading.compare.side import Side
from conductatlas.reading.compare.significance import (
    ChangeKind,
    Judgement,
    in_order,
    judge_clause,
    judge_pair,
)
from conductatlas.reading.compare.undoing import FURNITURE
from conductatlas.reading.text.marks import MarkKind, Reading

_SPACING, _MOVED, _RESORTED, _MOVED_TO_ANOTHER_SCOPE, _REPLACED = "N1", "N4", "N6", "S11", "S15"
# Rules whose words matter wherever they stand: an actor, a route, a notice of a change to come.
_SPEAKING = frozenset(("S6", "S8", "S13", "S14", "S15"))
_BINDING = frozenset(("S3", "S4"))  # what makes a sentence more than praise
_COPY = Judgement(
    ChangeKind.EDITORIAL, (_MOVED,)
)  # of a clause that stands there still, or stood there before
_Scoped = tuple[str, str] | None
_STOPS = frozenset(".;:。；：")


class HunkFinder:
    """Two readings, their clauses and how these are paired."""

    def __init__(
        self,
        old: Reading,
        old_lines: Sequence[Clause],
        new: Reading,
        new_lines: Sequence[Clause],
        pairing: Pairing,
    ) -> None:
        self._old, self._old_lines = old, old_lines
        self._new, self._new_lines = new, new_lines
        self._pairing = pairing
        old_numbers, new_numbers = shared_names(old_lines, new_lines, pairing)
        self._old_side = Side(old.text, old.language, old_numbers)
        self._new_side = Side(new.text, new.language, new_numbers)

    def hunks(self) -> Iterator[Hunk]:
        """All hunks, in no order."""
        for hunk in chain(self._modified(), self._moved(), self._removed(), self._added()):
            if hunk.significance is not ChangeKind.SUBSTANTIVE:
                yield hunk
            elif self._is_laid_anew(hunk):
                yield replace(hunk, significance=ChangeKind.EDITORIAL, rules=(_SPACING,))
            else:
                yield self._beside_the_document(hunk)

    def hunks_of_another_text(self) -> Iterator[Hunk]:
        """All hunks, in no order, where the whole text was replaced: one judgement for all of them (S15)."""
        for a, b, c, d in self._pairing.kept:
            old_span = Span(self._old_lines[a].start, self._old_lines[b - 1].end)
            new_span = Span(self._new_lines[c].start, self._new_lines[d - 1].end)
            if self._old.text[slice(*old_span)] != self._new.text[slice(*new_span)]:
                yield self._replaced(HunkKind.MODIFIED, old_span, new_span)
        for i in self._pairing.removed:
            yield self._replaced(HunkKind.REMOVED, _span(self._old_lines[i]), None)
        for j in self._pairing.added:
            yield self._replaced(HunkKind.ADDED, None, _span(self._new_lines[j]))

    def _replaced(self, kind: HunkKind, old: Span | None, new: Span | None) -> Hunk:
        op = Op(
            "replace" if old and new else "delete" if old else "insert", *(old or (0, 0)), *(new or (0, 0))
        )
        touched = touched_sentences(self._old, self._new, (op,))
        return Hunk(kind, old, new, (op,), ChangeKind.SUBSTANTIVE, (_REPLACED,), touched)

    def _is_laid_anew(self, hunk: Hunk) -> bool:
        """Whether it is part of lines that were broken elsewhere, with the same words."""
        return (hunk.old is not None and hunk.old.start in self._laid_anew[0]) or (
            hunk.new is not None and hunk.new.start in self._laid_anew[1]
        )

    @cached_property
    def _laid_anew(self) -> tuple[frozenset[int], frozenset[int]]:
        return laid_anew(self._old.text, self._old_lines, self._new.text, self._new_lines, self._pairing)

    def _beside_the_document(self, hunk: Hunk) -> Hunk:
        """The hunk, as furniture where it stands outside the document on both sides and is about nothing."""
        sides = [
            (reading, span)
            for reading, span in ((self._old, hunk.old), (self._new, hunk.new))
            if span is not None
        ]
        if not _SPEAKING.isdisjoint(hunk.rules):
            return hunk
        if not self._may_be_beside(hunk, sides) and not self._is_of_menus(hunk):
            return hunk
        # The date of an article is one of the page only behind a heading such as "Related articles".
        is_date = all(is_bare_date(reading.text[slice(*span)]) for reading, span in sides)
        if not is_date and any(speaks(reading, span) for reading, span in sides):
            return hunk
        is_beside = Margins.follow if is_date else Margins.hold
        if hunk.old is not None and not is_beside(self._old_margins, hunk.old):
            return hunk
        if hunk.new is not None and not is_beside(self._new_margins, hunk.new):
            return hunk
        return replace(hunk, significance=ChangeKind.EDITORIAL, rules=(FURNITURE,))

    @staticmethod
    def _may_be_beside(hunk: Hunk, sides: Sequence[tuple[Reading, Span]]) -> bool:
        """Whether nothing binds in it: of a sentence that was edited that cannot be said."""
        short = all(span.end - span.start < LONGEST_LABEL for _, span in sides)
        if hunk.kind in (HunkKind.ADDED, HunkKind.REMOVED):
            return short or _BINDING.isdisjoint(hunk.rules)
        return short and not any(reading.text[span.end - 1] in _STOPS for reading, span in sides)

    def _is_of_menus(self, hunk: Hunk) -> bool:
        """Whether it is a line of a menu on each side that it has."""
        return (hunk.old is None or hunk.old.start in self._old_margins.menus) and (
            hunk.new is None or hunk.new.start in self._new_margins.menus
        )

    @cached_property
    def _copies(self) -> Copies:
        return Copies(self._old.text, self._new.text)

    @cached_property
    def _old_margins(self) -> Margins:
        return margins(self._old, self._old_lines)

    @cached_property
    def _new_margins(self) -> Margins:
        return margins(self._new, self._new_lines)

    def _modified(self) -> Iterator[Hunk]:
        for a, b, c, d in self._pairing.kept:
            old_span = Span(self._old_lines[a].start, self._old_lines[b - 1].end)
            new_span = Span(self._new_lines[c].start, self._new_lines[d - 1].end)
            if self._old.text[slice(*old_span)] != self._new.text[slice(*new_span)]:
                yield self._edited(HunkKind.MODIFIED, old_span, new_span, a in self._old_items)

    def _moved(self) -> Iterator[Hunk]:
        if not self._pairing.moved:
            return
        old_parents, new_parents = self._old_parents, self._new_parents
        partner = {r.old_start: r.new_start for r in self._pairing.kept} | dict(self._pairing.moved)
        left = {
            i for i, j in partner.items() if not self._is_same_scope(partner, old_parents[i], new_parents[j])
        }
        losing, gaining = {old_parents[i] for i in left}, {new_parents[partner[i]] for i in left}
        for i, j in self._pairing.moved:
            # Of a heading and the clauses under it, either may be what moved: its scope is what stands under it.
            same_scope = i not in left and i not in losing and j not in gaining
            hunk = self._edited(
                HunkKind.MOVED, _span(self._old_lines[i]), _span(self._new_lines[j]), i in self._old_items
            )
            same = _RESORTED if i in self._old_rows and j in self._new_rows else _MOVED
            yield replace(
                hunk,
                significance=hunk.significance if same_scope else ChangeKind.SUBSTANTIVE,
                rules=in_order({*hunk.rules, same if same_scope else _MOVED_TO_ANOTHER_SCOPE}),
            )

    def _is_same_scope(self, partner: Mapping[int, int], over: int, under: int) -> bool:
        return over == under or (
            min(over, under) >= 0
            and (partner.get(over) == under or self._old_lines[over].key == self._new_lines[under].key)
        )

    @cached_property
    def _old_items(self) -> frozenset[int]:
        return item_lines(self._old, self._old_lines)

    @cached_property
    def _new_items(self) -> frozenset[int]:
        return item_lines(self._new, self._new_lines)

    @cached_property
    def _old_contents(self) -> frozenset[int]:
        return contents(self._old, self._old_lines, self._new, self._new_lines)

    @cached_property
    def _new_contents(self) -> frozenset[int]:
        return contents(self._new, self._new_lines, self._old, self._old_lines)

    @cached_property
    def _old_parents(self) -> list[int]:
        return parents(self._old, self._old_lines)

    @cached_property
    def _new_parents(self) -> list[int]:
        return parents(self._new, self._new_lines)

    @cached_property
    def _old_scoped(self) -> list[_Scoped]:
        return _scoped(self._old_lines, self._old_parents)

    @cached_property
    def _new_scoped(self) -> list[_Scoped]:
        return _scoped(self._new_lines, self._new_parents)

    @cached_property
    def _old_known(self) -> frozenset[_Scoped]:
        return frozenset(filter(None, self._old_scoped))

    @cached_property
    def _new_known(self) -> frozenset[_Scoped]:
        return frozenset(filter(None, self._new_scoped))

    @cached_property
    def _old_rows(self) -> frozenset[int]:
        return marked_lines(self._old, self._old_lines, {MarkKind.ROW})

    @cached_property
    def _new_rows(self) -> frozenset[int]:
        return marked_lines(self._new, self._new_lines, {MarkKind.ROW})

    @cached_property
    def _renamed(self) -> Rename | None:
        return rename(self._old.text, self._new.text)

    def _edited(self, kind: HunkKind, old_span: Span, new_span: Span, is_item: bool) -> Hunk:
        old, new = Passage.of(self._old.text, old_span), Passage.of(self._new.text, new_span)
        if old.text == new.text:
            ops: tuple[Op, ...] = (Op("equal", *old_span, *new_span),)
            return Hunk(kind, old_span, new_span, ops, ChangeKind.EDITORIAL, (), Sentences(0, 0, 0))
        ops = redline(old, new)
        touched = touched_sentences(self._old, self._new, ops)
        whole = touched.added != touched.removed
        judgement = judge_pair(
            self._old_side,
            old,
            self._new_side,
            new,
            whole_sentences=whole,
            is_item=is_item,
            renamed=self._renamed,
        )
        return Hunk(kind, old_span, new_span, ops, judgement.kind, judgement.rules, touched)

    def _removed(self) -> Iterator[Hunk]:
        for i in self._pairing.removed:
            span = _span(self._old_lines[i])
            judgement = _COPY
            if self._old_scoped[i] not in self._new_known and not self._copies.hold(0, span):
                judgement = judge_clause(
                    self._old_side,
                    Passage.of(self._old.text, span),
                    is_item=i in self._old_items,
                    is_contents=i in self._old_contents,
                )
            ops = (Op("delete", *span, 0, 0),)
            touched = touched_sentences(self._old, self._new, ops)
            yield Hunk(HunkKind.REMOVED, span, None, ops, judgement.kind, judgement.rules, touched)

    def _added(self) -> Iterator[Hunk]:
        for j in self._pairing.added:
            span = _span(self._new_lines[j])
            judgement = _COPY
            if self._new_scoped[j] not in self._old_known and not self._copies.hold(1, span):
                judgement = judge_clause(
                    self._new_side,
                    Passage.of(self._new.text, span),
                    is_item=j in self._new_items,
                    is_contents=j in self._new_contents,
                )
            ops = (Op("insert", 0, 0, *span),)
            touched = touched_sentences(self._old, self._new, ops)
            yield Hunk(HunkKind.ADDED, None, span, ops, judgement.kind, judgement.rules, touched)


def shared_names(
    old: Sequence[Clause], new: Sequence[Clause], pairing: Pairing
) -> tuple[dict[str, str], dict[str, str]]:
    """Printed numbers of paired clauses -> a name both sides share, for numbers printed once on a side.

    With it a reference can be told from an edit: "Section 4" became "Section 5" because clause 4 is 5 now.
    """
    old_count = Counter(line.number for line in old if line.number)
    new_count = Counter(line.number for line in new if line.number)
    old_names: dict[str, str] = {}
    new_names: dict[str, str] = {}
    pairs = [(r.old_start, r.new_start) for r in pairing.kept] + list(pairing.moved)
    for i, j in pairs:
        before, after = old[i].number, new[j].number
        if old_count[before] == 1 and new_count[after] == 1:
            old_names[before] = new_names[after] = f"clause {before}"
    return old_names, new_names


def _scoped(lines: Sequence[Clause], over: Sequence[int]) -> list[_Scoped]:
    """Each line that is a sentence, with what it stands under; None of others. A second copy says nothing more."""
    return [
        (lines[n].key, lines[over[n]].key if over[n] >= 0 else "")
        if len(lines[n].key) >= LONGEST_LABEL
        else None
        for n in range(len(lines))
    ]


def _span(line: Clause) -> Span:
    return Span(line.start, line.end)
