"""What a change is, told by its hunks: the places of the words that say it, and what the new text offers to do.

A summary holds places, never words; `telling` makes sentences of it and the two readings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

from conductatlas.reading.compare.hunks import Hunk, HunkKind
from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.lexicon import FALLBACK_LANGUAGE
from conductatlas.reading.compare.normal import Span
from conductatlas.reading.compare.phrasebook import Phrasebook, outermost
from conductatlas.reading.compare.significance import ChangeKind
from conductatlas.reading.compare.touched import Region, regions
from conductatlas.reading.text.marks import Reading

SUMMARY_VERSION = 1
"""Of the rules by which summaries are made; a higher one gives a better summary of the same change."""

Verb = Literal["added", "removed", "altered", "moved"]

_ITEMS = 5  # told one by one; the rest is counted
_ACTIONS = 5
_LONGEST = 20_000  # characters of a clause beyond which it is not looked into


class Item(NamedTuple):
    """One difference, hunks[hunk] of the comparison, and the words that say it; None on the side without."""

    verb: Verb
    hunk: int
    old: Span | None
    new: Span | None

    def to_row(self) -> dict[str, Any]:
        return {"verb": self.verb, "hunk": self.hunk, "old": _row(self.old), "new": _row(self.new)}

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Item:
        return cls(row["verb"], row["hunk"], _span(row["old"]), _span(row["new"]))


class Action(NamedTuple):
    """A route that the new text offers, in or beside hunks[hunk], in the words at `new`."""

    route: str
    hunk: int
    new: Span

    def to_row(self) -> dict[str, Any]:
        return {"route": self.route, "hunk": self.hunk, "new": list(self.new)}

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Action:
        return cls(row["route"], row["hunk"], Span(*row["new"]))


@dataclass(frozen=True, slots=True)
class Summary:
    """items: the differences of substance to be seen first, by rank. actions: in the order of the text."""

    items: tuple[Item, ...]
    actions: tuple[Action, ...]


def summarise(old: Reading, new: Reading, hunks: Sequence[Hunk]) -> Summary:
    """The summary of ranked hunks."""
    weighty = [n for n, hunk in enumerate(hunks) if hunk.significance is ChangeKind.SUBSTANTIVE]
    first = sorted(weighty, key=lambda n: hunks[n].rank or 0)[:_ITEMS]
    found = [action for n in first for action in _actions(n, hunks[n], new)]
    actions: dict[tuple[str, Span], Action] = {}
    for action in sorted(found, key=lambda action: (action.new, action.hunk)):
        actions.setdefault((action.route, action.new), action)
    return Summary(tuple(_item(n, hunks[n], old, new) for n in first), tuple(actions.values())[:_ACTIONS])


def routes() -> dict[str, str]:
    """Route -> what it is called."""
    return {name: entry["title"] for name, entry in table("routes").items()}


def _item(n: int, hunk: Hunk, old: Reading, new: Reading) -> Item:
    if hunk.new is None:
        return Item("removed", n, hunk.old, None)
    if hunk.old is None:
        return Item("added", n, None, hunk.new)
    if not hunk.is_edited:
        return Item("moved" if hunk.kind is HunkKind.MOVED else "altered", n, hunk.old, hunk.new)
    touched = _most(regions(hunk.ops, old.text, new.text))
    before, after = _trimmed(old.text, touched.old), _trimmed(new.text, touched.new)
    if before is None and after is None:  # what differs most is white space: the clause is told as a whole
        return Item("altered", n, hunk.old, hunk.new)
    if before is None or after is None:
        return Item("added" if before is None else "removed", n, before, after)
    return Item("altered", n, before, after)


def _most(touched: Iterator[Region]) -> Region:
    """The sentences in which most was changed."""
    return max(
        touched, key=lambda r: sum(op.old_end - op.old_start + op.new_end - op.new_start for op in r.ops)
    )


def _trimmed(text: str, span: Span) -> Span | None:
    """The span without white space at its ends; None if nothing is left."""
    words = text[slice(*span)]
    if not words.strip():
        return None
    return Span(span.start + len(words) - len(words.lstrip()), span.end - len(words) + len(words.rstrip()))


def _actions(n: int, hunk: Hunk, new: Reading) -> Iterator[Action]:
    """The routes offered in a clause of the new text, and in the lines before and after it."""
    if hunk.new is None or hunk.new.end - hunk.new.start > _LONGEST:
        return
    start = new.text.rfind("\n", 0, max(0, hunk.new.start - 1)) + 1
    end = new.text.find("\n", min(len(new.text), hunk.new.end + 1))
    end = len(new.text) if end < 0 else end
    passage = new.text[start:end]
    if len(passage) > 3 * _LONGEST:
        start, end = hunk.new
        passage = new.text[start:end]
    for one in outermost(_phrases(new.language.casefold().split("-")[0] or FALLBACK_LANGUAGE).find(passage)):
        if one.value:
            yield Action(one.value, n, _sentence(passage, start, one.start, one.end))


def _sentence(passage: str, offset: int, start: int, end: int) -> Span:
    """The sentence, or the line, around passage[start:end]."""
    first = max(
        (
            passage.rfind(mark, 0, start) + len(mark)
            for mark in ("\n", ". ", "! ", "? ", "。")
            if mark in passage[:start]
        ),
        default=0,
    )
    ends = [
        at + (mark != "\n") for mark in ("\n", ". ", "! ", "? ", "。") if (at := passage.find(mark, end)) >= 0
    ]
    last = min(ends, default=len(passage))
    words = passage[first:last]
    return Span(offset + first + len(words) - len(words.lstrip()), offset + first + len(words.rstrip()))


def _row(span: Span | None) -> list[int] | None:
    return None if span is None else list(span)


def _span(row: list[int] | None) -> Span | None:
    return None if row is None else Span(*row)


@cache
def _phrases(language: str) -> Phrasebook[str]:
    return Phrasebook(
        (phrase.removeprefix("! "), "" if phrase.startswith("! ") else name)
        for name, entry in table("routes").items()
        for phrase in entry.get(language, ())
    )
