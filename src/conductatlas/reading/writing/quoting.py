"""Quotes: the words of a text to show in a sentence, cut where they may be cut, exceptions never left off."""

from __future__ import annotations

import re
from typing import NamedTuple

from conductatlas.reading.clauses.finding import Span

LONGEST = 200  # characters of a quote
SHORTEST = 40  # characters before which no quote is cut
AHEAD = 60  # characters ahead of the focus in which a quote may begin
HEAD = 90  # characters of the sentence's beginning, where the quote begins later
EXCEPTION = 110  # characters of an exception that stands behind the cut
_EXCEPTS = re.compile(
    r"\b(?:unless|except(?! as otherwise)|other than|save (?:for|where|as)|provided that|but not|however|"
    r"only (?:if|where|when|to)|subject to)\b",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"(?:[\s,;:(–—-]|\b(?:and|or|of|to|the|a|an|in|for|with|by|that|which|as|on|our|your|its|from|any|is|are|be|"
    r"will|may|not|if|at|under|such|this|these|other|including|without|their|all|no|than|who|we|you))+$",
    re.IGNORECASE,
)


class Quote(NamedTuple):
    """Words to show. said: with quotation marks, and "…" where the text goes on; spans: what is quoted, exact."""

    said: str
    spans: tuple[Span, ...]


def quoted(text: str, span: Span, focus: Span | None = None, longest: int = LONGEST) -> Quote:
    """The words at `span`, as much of them as fits around `focus`, with the beginning of the sentence; what is left off
    is shown by "…", and an exception that stands behind the cut is quoted too. Lines are never joined."""
    start, end = _line(text, span, focus)
    if end - start <= longest + SHORTEST:
        return Quote(f"“{text[start:end]}”", (Span(start, end),))
    begin = start
    if focus is not None and focus.end - start > longest:
        begin = _begin(text, start, focus.start)
    shown: list[Span] = []
    if begin - start > SHORTEST:
        shown.append(Span(start, _stop(text, start, begin, HEAD, start)))
    else:
        begin = start
    stop = _stop(text, begin, end, longest, focus.end if focus is not None else begin)
    shown.append(Span(begin, stop))
    if (match := _EXCEPTS.search(text, stop, end)) is not None:
        shown.append(Span(match.start(), _stop(text, match.start(), end, EXCEPTION, match.start())))
    said = " … ".join(f"“{one.of(text)}”" for one in shown)
    return Quote(said + (" …" if shown[-1].end < end else ""), tuple(shown))


def whole_words(text: str, span: Span) -> Span:
    """A span with the rest of the words that it begins and ends in."""
    start, end = span
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return Span(start, end)


def _line(text: str, span: Span, focus: Span | None) -> Span:
    """The line of a span that has the focus, else its first that says something."""
    at = focus.start if focus is not None and span.start <= focus.start < span.end else span.start
    left = max(span.start, text.rfind("\n", span.start, at) + 1)
    right = text.find("\n", at, span.end)
    right = span.end if right < 0 else right
    line = text[left:right]
    left += len(line) - len(line.lstrip(" \t•·-–"))
    right = max(left, left + len(text[left:right].rstrip()))
    return Span(left, right) if right > left else span


def _begin(text: str, start: int, at: int) -> int:
    """Where a quote begins that can't begin at the sentence: behind a mark or a space ahead of `at`."""
    for mark in ("; ", ": ", ", ", " "):
        found = text.rfind(mark, max(start, at - AHEAD), at)
        if found >= 0:
            return found + len(mark)
    return at


def _stop(text: str, begin: int, end: int, longest: int, needed: int) -> int:
    """Where a quote ends: at a mark within `longest` characters if one is behind what is needed, else at a word."""
    most = max(begin + longest, needed)
    if end <= most:
        return end
    least = max(begin + SHORTEST, needed)
    for mark in (". ", "; ", ", "):
        found = text.rfind(mark, least, most)
        if found >= 0 and found - begin > longest // 2:
            return found
    space = text.rfind(" ", least, most)
    stop = space if space > begin else most
    tidy = _DANGLING.sub("", text[begin:stop])
    return (
        begin + len(tidy)
        if len(tidy) >= min(SHORTEST, stop - begin) and begin + len(tidy) >= needed
        else stop
    )
