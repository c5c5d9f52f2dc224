"""The dates that a document prints about itself: when it was last changed, and from when it is stated to apply.

Only what the text states: a label ("Last updated", "Stand:", "生效日期") and a whole date beside it, at the head or
the tail of the document or on a line of its own. A date inside a clause is not one. Where 03/04/2024 could be
read both ways and nothing in the document decides, there is no date (rule of the house: abstain).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.printed import DayMonthOrder, PrintedDate, day_month_order, printed_dates
from conductatlas.reading.text.marks import Reading

Label = Literal["updated", "effective", "both"]

_HEAD_LINES = 40  # searched at the head of the document,
_TAIL_LINES = 15  # and at its tail;
_SHORT_LINE = 140  # elsewhere only lines of at most so many characters that begin with the label
_SPEECH = 40  # characters that may stand before a bare "effective" or "updated" in a long line
_MOST_DATES = 200  # looked at from the head, and as many from the tail
_BEFORE = 160  # characters before a date in which its label is looked for


class StatedDate(NamedTuple):
    """A date as printed at text[start:end]."""

    value: datetime.date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class StatedDates:
    """Each None where the text states none, or none that can be read in one way only."""

    updated: StatedDate | None
    effective: StatedDate | None

    def to_dict(self) -> dict[str, str | None]:
        """Both as ISO dates."""
        return {
            "updated": self.updated.value.isoformat() if self.updated else None,
            "effective": self.effective.value.isoformat() if self.effective else None,
        }


def stated_dates(reading: Reading) -> StatedDates:
    """The last-updated and the effective date that a document states of itself; the first of each kind counts."""
    text = reading.text
    found: dict[str, StatedDate] = {}
    order = day_month_order(text, reading.language)
    head_end = _nth_line_end(text, _HEAD_LINES)
    tail_start = _nth_line_start_from_end(text, _TAIL_LINES)
    dates = printed_dates(text, order)
    if len(dates) > 2 * _MOST_DATES:  # a log, not a policy
        dates = dates[:_MOST_DATES] + dates[-_MOST_DATES:]
    for printed in dates:
        label = _label_of(text, printed, anywhere=printed.start < head_end or printed.start >= tail_start)
        if label and printed.value is not None:
            for kind in ("updated", "effective") if label == "both" else (label,):
                found.setdefault(kind, StatedDate(printed.value, printed.start, printed.end))
    return StatedDates(found.get("updated"), found.get("effective"))


def labelled_dates(line: str, order: DayMonthOrder | None) -> list[tuple[Label, PrintedDate]]:
    """The dates of one line that carry a label there."""
    labelled = ((_label_of(line, printed, anywhere=True), printed) for printed in printed_dates(line, order))
    return [(label, printed) for label, printed in labelled if label]


def is_updated_line(line: str, order: DayMonthOrder | None) -> bool:
    """Whether a line only prints the date of the last update, with its label and hardly a word more."""
    return 0 < len(line) <= _SHORT_LINE and any(
        label == "updated" and len(line) - (date.end - date.start) <= _SPEECH
        for label, date in labelled_dates(line, order)
    )


class _Patterns(NamedTuple):
    label: re.Pattern[str]
    kinds: dict[str, Label]
    after: re.Pattern[str]
    after_kinds: dict[str, Label]
    gap: re.Pattern[str]
    other: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    data = table("dates")
    kinds: dict[str, Label] = {}
    after_kinds: dict[str, Label] = {}
    for labels in data["labels"].values():
        for kind in ("updated", "effective", "both"):
            kinds.update({_folded(label): kind for label in labels[kind]})
        after_kinds.update({_folded(label): kind for label, kind in labels["after"]})
    words = _alternatives(data["connectives"])
    return _Patterns(
        re.compile(_alternatives(kinds), re.IGNORECASE),
        kinds,
        re.compile(
            rf"[\s,，(（]*(?:{_alternatives(after_kinds)})(?=\s*(?:[)）.,，。;；/]|$))", re.IGNORECASE
        ),
        after_kinds,
        # "as of", ": ", " (", or a short name up to a colon, as in "Effective date of these Terms: "
        re.compile(
            rf"(?:[\s:：\-–—(（\[|*_,=]|{words})*|(?![^\n]*\b(?:and|or)\b)[^.;\d\n]{{0,60}}[:：]\s*",
            re.IGNORECASE,
        ),
        re.compile(_alternatives(data["not_stated"]), re.IGNORECASE),
    )


def _folded(label: str) -> str:
    return " ".join(label.lower().split())


def _alternatives(phrases: Iterable[str]) -> str:
    """A pattern of these phrases, longest first; those in letters parted by spaces stand as whole words."""
    parts = []
    for phrase in sorted(phrases, key=len, reverse=True):
        pattern = re.escape(phrase).replace("\\ ", r"\s+")
        parts.append(pattern if phrase[0] > "\u2e7f" else rf"(?<!\w){pattern}(?!\w)")
    return "|".join(parts)


def _label_of(text: str, printed: PrintedDate, *, anywhere: bool) -> Label | None:
    """The label that a date carries: before it on its line, behind it, or alone on the line before."""
    line_start = text.rfind("\n", 0, printed.start) + 1
    line_end = text.find("\n", printed.end)
    line_end = len(text) if line_end < 0 else line_end
    short = line_end - line_start <= _SHORT_LINE
    if not (anywhere or short):
        return None
    before = _sentence(text[max(line_start, printed.start - _BEFORE) : printed.start])
    found = _patterns()
    if found.other.search(before):
        return None
    for match in reversed(list(found.label.finditer(before))):
        if found.gap.fullmatch(before, match.end()):
            kind = found.kinds[_folded(match[0])]
            lead = before[: match.start()].strip()
            if not lead or (anywhere and (short or " " in match[0] or len(lead) <= _SPEECH)):
                return kind
            return None
    if short and (match_after := found.after.match(text, printed.end, line_end)):
        word = match_after[0].strip(" ,，(（\t")
        return found.after_kinds[_folded(word)]
    if not before.strip() and line_end - printed.end <= 2:
        return _label_line(text[text.rfind("\n", 0, max(0, line_start - 1)) + 1 : max(0, line_start - 1)])
    return None


def _label_line(line: str) -> Label | None:
    """The label that a line is, with nothing beside it."""
    found = _patterns()
    match = found.label.match(line) if len(line) <= _SPEECH else None
    return found.kinds[_folded(match[0])] if match and found.gap.fullmatch(line, match.end()) else None


def _sentence(before: str) -> str:
    """The part of a line before a date that belongs to its sentence, or to its cell."""
    cut = max((match.end() for match in _SENTENCE_END.finditer(before)), default=0)
    return before[cut:]


_SENTENCE_END = re.compile(r"[!?;。；|\t]|\.(?=\s+[^\W\d_a-z])")


def _nth_line_end(text: str, lines: int) -> int:
    end = -1
    for _ in range(lines):
        end = text.find("\n", end + 1)
        if end < 0:
            return len(text)
    return end


def _nth_line_start_from_end(text: str, lines: int) -> int:
    start = len(text)
    for _ in range(lines):
        start = text.rfind("\n", 0, start)
        if start < 0:
            return 0
    return start
