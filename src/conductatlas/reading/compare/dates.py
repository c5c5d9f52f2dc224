"""The dates that a document prints about itself: when it was last changed, and from when it is stated to apply.

Only what the text states: a label ("Last updated", "Stand:", "生效日期") and a whole date beside it, at the head or
the tail of the document or on a line of its own. A date inside a clause is not one. Where 03/04/2024 could be
read both ways and nothing in the document decides, there is no date (rule of the house: abstain).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
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
_PARTING = " \t\u00a0:：-–—(（[|*_,，="  # what may stand between a label and its date
_CJK = "\u2e7f"  # from here on words are not parted by spaces
_SPEECH = 40  # characters that may stand before a bare "effective" or "updated" in a long line
_MOST_DATES = 200  # looked at from the head, and as many from the tail
_BEFORE = 160  # characters before a date in which its label is looked for

_SENTENCE_END = re.compile(r"[!?;。；|\t]|\.(?=\s+[^\W\d_a-z])")
_NAMED = re.compile(r"((?!.*\b(?:and|or)\b)[^.;:：\d]{1,80})[:：]\s*")  # "effective date of these terms:"
_CLOSED = re.compile(r"\s*(?:[)）.,，。;；/]|$)")


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


def _label_of(text: str, printed: PrintedDate, *, anywhere: bool) -> Label | None:
    """The label that a date carries: before it on its line, behind it, or alone on the line before."""
    line_start = text.rfind("\n", 0, printed.start) + 1
    line_end = text.find("\n", printed.end)
    line_end = len(text) if line_end < 0 else line_end
    short = line_end - line_start <= _SHORT_LINE
    if not (anywhere or short):
        return None
    before = _sentence(text[max(line_start, printed.start - _BEFORE) : printed.start])
    if _speaks_of_another_text(before):
        return None
    if found := _label_at_end(before):
        lead = found.lead
        plain = short or " " in found.label or len(lead) <= _SPEECH
        return found.kind if not lead or (anywhere and plain) else None
    if short and (kind := _label_at_start(text[printed.end : line_end].lstrip(_PARTING).lower())):
        return kind
    if not before and line_end - printed.end <= 2:
        previous = text[text.rfind("\n", 0, max(0, line_start - 1)) + 1 : max(0, line_start - 1)]
        found = _label_at_end(_sentence(previous)) if len(previous) <= _SPEECH else None
        return found.kind if found and not found.lead else None
    return None


def _sentence(before: str) -> str:
    """The part of a line before a date that belongs to its sentence, or to its cell; lower case, single spaces."""
    cut = max((match.end() for match in _SENTENCE_END.finditer(before)), default=0)
    return " ".join(before[cut:].lower().split())


class _Found(NamedTuple):
    lead: str  # what stands before the label
    label: str
    kind: Label


def _label_at_end(before: str) -> _Found | None:
    """The label with which a text ends, behind it only connectives ("as of", ":") or a name and a colon."""
    rest = before.rstrip(_PARTING)
    while rest:
        if found := _longest_at_end(rest, labels_before()):
            return _Found(rest.removesuffix(found).rstrip(), found, labels_before()[found])
        connective = _longest_at_end(rest, connectives())
        if connective is None:
            break
        rest = rest.removesuffix(connective).rstrip(_PARTING)
    if named := _NAMED.fullmatch(before):
        found = next((label for label in labels_before() if named[1].startswith(f"{label} ")), None)
        return _Found("", found, labels_before()[found]) if found else None
    return None


def _longest_at_end(text: str, phrases: Mapping[str, object]) -> str | None:
    """The longest phrase with which a text ends, as a whole word. `phrases` come longest first."""
    if not text.endswith(tuple(phrases)):
        return None
    for phrase in phrases:
        if text.endswith(phrase) and (
            phrase[0] > _CJK or not text[-len(phrase) - 1 : -len(phrase)].isalnum()
        ):
            return phrase
    return None


def _label_at_start(behind: str) -> Label | None:
    for label, kind in labels_behind().items():
        if behind.startswith(label) and _CLOSED.match(behind, len(label)):
            return kind
    return None


def _speaks_of_another_text(before: str) -> bool:
    return any(
        phrase in before and re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", before)
        for phrase in table("dates")["not_stated"]
    )


@cache
def labels_before() -> Mapping[str, Label]:
    """Labels of all languages that stand before their date, lower case, longest first."""
    kinds: dict[str, Label] = {
        label: kind
        for labels in table("dates")["labels"].values()
        for kind in ("updated", "effective", "both")
        for label in labels[kind]
    }
    return {label: kinds[label] for label in sorted(kinds, key=len, reverse=True)}


@cache
def labels_behind() -> Mapping[str, Label]:
    """Labels of all languages that stand behind their date, lower case, longest first."""
    kinds: dict[str, Label] = {
        label: kind for labels in table("dates")["labels"].values() for label, kind in labels["after"]
    }
    return {label: kinds[label] for label in sorted(kinds, key=len, reverse=True)}


@cache
def connectives() -> Mapping[str, None]:
    """Words that may stand between a label and its date, lower case, longest first."""
    return dict.fromkeys(sorted(table("dates")["connectives"], key=len, reverse=True))


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
