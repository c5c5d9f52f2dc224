"""Noise filters: what an operator declares to be noise on a page, and its removal from a reading.

Three kinds, all plain data: wording with gaps that is replaced, attributes that are not looked at, and query
parameters that are dropped from link targets. They act on readings only; snapshots stay as they were served.

What a replacement can hide is bounded by its form: the wording that it quotes, and in it the values of its tokens.
One that would touch more of a page than noise does is not applied, and says so.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from selectolax.lexbor import LexborNode, SelectolaxError

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.lines import ORNAMENTS
from conductatlas.reading.text.marks import Mark, MarkKind, Reading, sort_marks
from conductatlas.reading.text.patterns import PatternError, compiled

MOST_LINES = 0.1  # of a reading's lines that one replacement may touch …
FREE_LINES = 5  # … and so many it may touch in any case


@dataclass(frozen=True, slots=True)
class Replace:
    """Wording (see patterns.py) and what stands for it in the reading; nothing if `by` is "". A line of which nothing
    is left is no line of the reading."""

    pattern: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """Attributes that the reader does not look at, in all elements or in those that the selector `at` names. A name
    may end in "*". `select` and `remove` see the page as it was served."""

    attributes: tuple[str, ...]
    at: str = ""


@dataclass(frozen=True, slots=True)
class QueryParameters:
    """Names of parameters that link targets are read without."""

    names: tuple[str, ...]


Filter = Replace | Strip | QueryParameters


def to_row(noise: Filter) -> dict[str, Any]:
    """The filter as JSON, and as declarations write it."""
    match noise:
        case Replace(pattern, by):
            return {"replace": pattern, "with": by} if by else {"replace": pattern}
        case Strip(attributes, at):
            return {"strip": list(attributes), "at": at} if at else {"strip": list(attributes)}
        case QueryParameters(names):
            return {"query_parameters": list(names)}


def from_row(row: Mapping[str, Any]) -> Filter:
    """What `to_row` gave. UnreadableError for anything else."""
    match dict(row):
        case {"replace": str(pattern), **more} if not more.keys() - {"with"}:
            return Replace(pattern, str(more.get("with", "")))
        case {"strip": [*attributes], **more} if not more.keys() - {"at"}:
            return Strip(tuple(map(str, attributes)), str(more.get("at", "")))
        case {"query_parameters": [*names], **more} if not more:
            return QueryParameters(tuple(map(str, names)))
        case _:
            raise UnreadableError(f"no filter: {row!r}", remedy="Mend the declaration of this source.")


def describe(noise: Filter) -> str:
    """A filter as one line for people."""
    match noise:
        case Replace(pattern, by):
            return f"{pattern} → {by}" if by else pattern
        case Strip(attributes, at):
            return f"{', '.join(attributes)} of {at}" if at else ", ".join(attributes)
        case QueryParameters(names):
            return ", ".join(f"?{name}=" for name in names)


def strip(root: LexborNode, filters: Iterable[Filter]) -> None:
    """Take the attributes that `filters` name from the tree. UnreadableError: a selector is no CSS."""
    for noise in filters:
        if isinstance(noise, Strip):
            try:
                found = root.css(noise.at or "*")
            except SelectolaxError as error:
                raise UnreadableError(
                    f"not a CSS selector: {noise.at}",
                    remedy="Mend the filter in the declaration of this source.",
                ) from error
            for node in found:
                for name in [name for name in node.attributes if _is_named(name, noise.attributes)]:
                    del node.attrs[name]


def filtered(reading: Reading, filters: Iterable[Filter]) -> tuple[Reading, tuple[str, ...]]:
    """The reading without the noise in its text and link targets, and what an operator should know, as sentences.

    Filters work in their order, each on what the one before it left. UnreadableError: a pattern is none.
    """
    notes: list[str] = []
    for noise in filters:
        if isinstance(noise, QueryParameters):
            reading = replace(reading, marks=_without_parameters(reading.marks, noise.names))
        elif isinstance(noise, Replace):
            try:
                reading, note = _replaced(reading, noise)
            except PatternError as error:
                raise UnreadableError(f"a filter {error.message}", remedy=error.remedy) from error
            if note:
                notes.append(f"the filter {note}: {describe(noise)}")
    return reading, tuple(notes)


def _is_named(name: str, wanted: Collection[str]) -> bool:
    return any(name.startswith(w[:-1]) if w.endswith("*") else name == w for w in wanted)


# link targets


def _without_parameters(marks: Iterable[Mark], names: Collection[str]) -> tuple[Mark, ...]:
    return sort_marks(
        mark._replace(value=without_parameters(mark.value, names)) if mark.kind is MarkKind.LINK else mark
        for mark in marks
    )


def without_parameters(address: str, names: Collection[str]) -> str:
    """The address without the query parameters of these names; all else of it stays, letter by letter."""
    if "?" not in address:
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    kept = [part for part in parts.query.split("&") if unquote_plus(part.partition("=")[0]) not in names]
    query = "&".join(kept)
    return address if query == parts.query else urlunsplit(parts._replace(query=query))


# wording


@dataclass(frozen=True, slots=True)
class _Line:
    """What became of a line. origins: for each character of `text`, the offset in the old line that it stands for."""

    text: str
    origins: Sequence[int]


def _replaced(reading: Reading, noise: Replace) -> tuple[Reading, str]:
    """The reading with the wording replaced, and "" or what went otherwise."""
    old = reading.text.split("\n")
    found = {position: line for position, text in enumerate(old) if (line := _rewritten(text, noise))}
    if not found:
        return reading, "matched nothing"
    if len(found) > max(FREE_LINES, len(old) * MOST_LINES):
        return reading, f"was not applied, as it would touch {len(found)} of {len(old)} lines"
    kept: list[str] = []
    old_starts: list[int] = []
    new_starts: list[int] = []  # of a line that goes: where the next one begins
    old_offset = new_offset = 0
    for position, text in enumerate(old):
        old_starts.append(old_offset)
        new_starts.append(new_offset)
        old_offset += len(text) + 1
        left = found[position].text if position in found else text
        if left:
            kept.append(left)
            new_offset += len(left) + 1
    text = "\n".join(kept)

    def moved(offset: int) -> int:
        position = bisect_right(old_starts, offset) - 1
        within = offset - old_starts[position]
        if position in found:
            within = bisect_left(found[position].origins, within)
        return min(new_starts[position] + within, len(text))

    marks = []
    for mark in reading.marks:
        start, end = moved(mark.start), moved(mark.end)
        if mark.start == mark.end:
            if start < len(text):
                marks.append(mark._replace(start=start, end=start))
            continue
        end -= end > start and text[end - 1] == "\n"  # a run of lines whose last one went
        if start < end:
            marks.append(mark._replace(start=start, end=end))
    title = _rewritten(reading.title, noise)
    return (
        replace(
            reading,
            text=text,
            marks=sort_marks(marks),
            title=title.text if title and title.text else reading.title,
        ),
        "",
    )


def _rewritten(line: str, noise: Replace) -> _Line | None:
    """The line with the wording replaced, and again without white space at its ends or twice in a row; None if the
    wording is not in it."""
    spans = [
        m.span() for m in compiled(noise.pattern).finditer(line) if _joins_well(line, *m.span(), noise.by)
    ]
    if not spans:
        return None
    characters: list[tuple[str, int]] = []
    last = 0
    for start, end in [*spans, (len(line), len(line))]:
        characters += zip(line[last:start], range(last, start), strict=True)
        if start < end:
            characters += ((character, start) for character in noise.by)
        last = end
    written: list[tuple[str, int]] = []
    for character, origin in characters:
        before = written[-1][0] if written else " "
        if character == "\t" and written and before == " ":
            written.pop()
        if not (character == " " and before in " \t") and (written or character != "\t"):
            written.append((character, origin))
    while written and written[-1][0] in " \t":
        written.pop()
    text = "".join(character for character, _ in written)
    return _Line(text, [origin for _, origin in written]) if text.strip(ORNAMENTS) else _Line("", [])


def _joins_well(line: str, start: int, end: int, by: str) -> bool:
    """Whether what comes to stand side by side stays what it is: no mark loses its letter, nothing composes (NFC)."""
    if end < len(line) and unicodedata.combining(line[end]):
        return False
    return unicodedata.is_normalized("NFC", line[max(0, start - 4) : start] + by + line[end : end + 4])
