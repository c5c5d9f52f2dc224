"""Does a difference matter? The first kind of a hunk, and the rules of the rule book that say so.

A hunk is editorial only where its two sides are equal once everything is undone that the rule book calls not
substantive: spaces, quotes and dashes (N1), spelling and notation (N2), numbering and references that follow it
(N3), table or list with the same cells (N6), a brand renamed everywhere (N7), the printed date of the last update
(N9), capitals for emphasis (N10); or where it is furniture of the page and no text of the document (N8).
Anything else is substantive, and the words of legal weight that differ name the rules (S1 to S11, S14). What no rule
names is "U": reworded, however few words differ ("unlawful" and "harmful" purposes). Only articles and words of
courtesy may come and go in a sentence (N2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from conductatlas.reading.compare.dates import is_updated_line
from conductatlas.reading.compare.furniture import is_copyright, is_furniture, is_label, is_pointer
from conductatlas.reading.compare.naming import Rename
from conductatlas.reading.compare.normal import LONGEST, Passage, is_word, normal
from conductatlas.reading.compare.side import Side, is_definition
from conductatlas.reading.compare.signals import differing_rules, signals
from conductatlas.reading.compare.undoing import FURNITURE, PRINTED_DATE, Undoing

_DASH = re.compile(r"\s*-\s*")
_SPACING, _ITEM, _DEFINITION, _CLAUSE, _SENTENCE, _REWORDED = "N1", "S7", "S10", "S9", "S12", "U"


class ChangeKind(StrEnum):
    """The first kind of a change, and of each hunk. Whether a text came back (reverted) is for history to say."""

    SUBSTANTIVE = "substantive"
    EDITORIAL = "editorial"


@dataclass(frozen=True, slots=True)
class Judgement:
    """rules: ids of the rule book, in the order of their numbers, S before N before U."""

    kind: ChangeKind
    rules: tuple[str, ...]


def judge_clause(side: Side, clause: Passage, *, is_item: bool, is_contents: bool = False) -> Judgement:
    """The judgement on a clause that was added or removed whole.

    is_item: of a list, or one of lines like one. is_contents: it repeats a heading, as a table of contents does.
    """
    if len(clause.text) > LONGEST:
        return Judgement(ChangeKind.SUBSTANTIVE, (_CLAUSE,))
    if not any(map(is_word, clause.keys)):
        return Judgement(ChangeKind.EDITORIAL, (_SPACING,))
    if is_updated_line(clause.text, side.order):
        return Judgement(ChangeKind.EDITORIAL, (PRINTED_DATE,))
    if is_contents or is_copyright(clause.text):
        return Judgement(ChangeKind.EDITORIAL, (FURNITURE,))
    if is_furniture(clause.text, side.language, side.order, is_item=is_item):
        return Judgement(ChangeKind.EDITORIAL, (FURNITURE,))
    named = {signal.rule for signal in signals(side, clause)}
    if not named and not is_item and is_label(clause.text, side.language):
        return Judgement(ChangeKind.EDITORIAL, (FURNITURE,))
    return Judgement(ChangeKind.SUBSTANTIVE, in_order({*named, _ITEM if is_item else _CLAUSE}))


def judge_pair(
    old_side: Side,
    old: Passage,
    new_side: Side,
    new: Passage,
    *,
    whole_sentences: bool,
    is_item: bool = False,
    renamed: Rename | None = None,
) -> Judgement:
    """The judgement on a clause that reads otherwise than before.

    whole_sentences: a sentence was added or dropped in it. renamed: the brand, if both texts call it otherwise.
    """
    if max(len(old.text), len(new.text)) > LONGEST:
        return Judgement(ChangeKind.SUBSTANTIVE, (_REWORDED,))
    if _dashed(old.text) == _dashed(new.text):
        return Judgement(ChangeKind.EDITORIAL, (_SPACING,))
    if is_updated_line(old.text, old_side.order) and is_updated_line(new.text, new_side.order):
        return Judgement(ChangeKind.EDITORIAL, (PRINTED_DATE,))
    if all(
        is_furniture(passage.text, side.language, side.order, is_item=is_item)
        for side, passage in ((old_side, old), (new_side, new))
    ):
        return Judgement(ChangeKind.EDITORIAL, (FURNITURE,))
    if is_pointer(old.text) and is_pointer(new.text):
        return Judgement(ChangeKind.EDITORIAL, (FURNITURE,))
    undoing = Undoing(old_side, old, new_side, new, renamed)
    undone = undoing.rules()
    if undone is None:
        named = differing_rules(signals(old_side, old), signals(new_side, new))
        if not named:
            undone = undoing.rules_unspaced()
        if undone is None and not named:
            undone = undoing.rules_without_fillers()
        if undone is None and not named:
            undone = undoing.rules_unpointed()
        if undone is None and not named and not is_item and _are_labels(old_side, old, new_side, new):
            undone = [FURNITURE]
    if undone is not None:
        return Judgement(ChangeKind.EDITORIAL, in_order(undone) or (_SPACING,))
    if whole_sentences:
        named.add(_SENTENCE)
    if is_definition(old.text) or is_definition(new.text):
        named.add(_DEFINITION)
    return Judgement(ChangeKind.SUBSTANTIVE, in_order(named) or (_REWORDED,))


def _dashed(text: str) -> str:
    """A passage in normal form, without spaces around dashes: "parties—including" and "parties - including"."""
    plain = normal(text)
    return _DASH.sub("-", plain) if "-" in plain else plain


def _are_labels(old_side: Side, old: Passage, new_side: Side, new: Passage) -> bool:
    return is_label(old.text, old_side.language) and is_label(new.text, new_side.language)


def in_order(rules: Iterable[str]) -> tuple[str, ...]:
    """Rule ids as the rule book has them: S before N before U, by number."""
    return tuple(sorted(set(rules), key=lambda rule: ("SNU".index(rule[0]), int(rule[1:] or 0))))
