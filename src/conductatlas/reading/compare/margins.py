"""What stands on a page before its document and behind it: promotions, menus, related articles, forms (N8).

The document ends with its last sentence about a topic, the sentences that go on behind it, and the lines close behind
them that say who speaks: addresses, entities, dates. It begins with its title. Only where the document is most of the
page, and something binds in it: of a page of lists nobody can say where it ends. A heading such as "Related articles"
ends it, too. A menu that a page has for each width of its window stands there three times, wherever that is, or twice
before the document or made of links within the site.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from conductatlas.reading.compare.furniture import is_closing
from conductatlas.reading.compare.naming import entities
from conductatlas.reading.compare.normal import Clause, Span, normal
from conductatlas.reading.compare.printed import printed_dates
from conductatlas.reading.compare.topics import is_typed
from conductatlas.reading.text.marks import MarkKind, Reading

_LEAST = 0.6  # share of a page's text that its document has at least
LONGEST_LABEL = 60  # characters of a line from which it is more than a label
_PHRASE = 20  # characters of a line in lower case from which it goes on with a sentence
_BINDING = 3  # lines of a document that bind, at least
_CLOSING = 0.4  # share of the text behind which a heading may close the document
_HEAD = 0.2  # share of the text in which a title is looked for
_CLOSE = 3  # lines from one that is of the document to the next that says who speaks
_RUN, _TIMES = 4, 3  # lines of a menu that are the same, and how often
_LEADING = 3  # of them that are links within the site, in a menu that stands there twice
_LONGEST_OPENING = 400  # lines before the document that are looked at
_COPYRIGHT = re.compile(r"©|\(c\)\s|copyright", re.IGNORECASE)
_WORD = re.compile(r"\w")
_STOPS = (".", "。")
_PARTY = re.compile(r"(?:you|we)\s", re.IGNORECASE)
_ADDRESS = re.compile(
    r"""[\w.+-]@[\w-]+\.\w | \[email.protected\] | \b[A-Z]{2}\s\d{5}\b | \b\d{5}\s[A-Z]
      | \b\d+[a-z]?[ ,].{0,40}\b(?i:street|st|road|rd|drive|avenue|ave|way|lane|boulevard|blvd|suite|floor|square)\b""",
    re.VERBOSE,
)


class Margins(NamedTuple):
    """text[before:behind] is the document; the whole text where nobody can say. closed: where a heading closes it, else
    the end of the text. menus: where their lines begin."""

    before: int
    behind: int
    closed: int
    menus: frozenset[int]

    def hold(self, span: Span) -> bool:
        """Whether a stretch stands outside the document as a whole; before its title only a label does."""
        is_label = span.end - span.start < LONGEST_LABEL
        return (span.end <= self.before and is_label) or span.start >= self.behind or span.start in self.menus

    def follow(self, span: Span) -> bool:
        """Whether a stretch stands behind the heading that closes the document."""
        return span.start >= self.closed


def margins(reading: Reading, lines: Sequence[Clause]) -> Margins:
    """Where the document of a page begins and ends, and its menus."""
    return Margins(*_document(reading, lines), _menus(reading, lines))


def _menus(reading: Reading, lines: Sequence[Clause]) -> frozenset[int]:
    """The lines that stand three times with the same lines around them; or twice, before the document or where they
    lead through the site."""
    runs: dict[tuple[str, ...], list[int]] = {}
    for n in range(len(lines) - _RUN + 1):
        runs.setdefault(tuple(line.key for line in lines[n : n + _RUN]), []).append(n)
    again = [own for own in runs.values() if len(own) > 1]
    if not again:
        return frozenset()
    opening, leading = _opening(reading, lines), _leading(reading)
    return frozenset(
        lines[at + k].start
        for own in again
        if len(own) >= _TIMES
        or own[-1] + _RUN <= opening
        or all(sum(line.start in leading for line in lines[at : at + _RUN]) >= _LEADING for at in own)
        for at in own
        for k in range(_RUN)
    )


def _leading(reading: Reading) -> frozenset[int]:
    """Where the links begin that lead to the site to which most links of a page lead."""
    sites = {
        mark.start: ".".join((urlsplit(mark.value).hostname or "").split(".")[-2:])
        for mark in reading.marks
        if mark.kind is MarkKind.LINK and mark.value.startswith("http")
    }
    home = next(iter(Counter(sites.values()).most_common(1)), ("", 0))[0]
    return frozenset(start for start, site in sites.items() if site and site == home)


def _opening(reading: Reading, lines: Sequence[Clause]) -> int:
    """How many lines stand before the document: before its title or, without one, the first sentence about a topic."""
    title = _title(reading)
    for n, line in enumerate(lines[:_LONGEST_OPENING]):
        if line.start >= title and (title or _is_of_a_topic(reading, line)):
            return n
    return 0


def _document(reading: Reading, lines: Sequence[Clause]) -> tuple[int, int, int]:
    text = reading.text
    last = binding = 0
    closed = len(text)
    for n in range(len(lines) - 1, -1, -1):
        line = text[lines[n].start : lines[n].end]
        if _is_of_a_topic(reading, lines[n]):
            last = last or n
            binding += 1
        if not last and is_closing(line) and lines[n].start > len(text) * _CLOSING:
            closed = lines[n].start
        if binding == _BINDING:
            break
        if not last and lines[n].start < len(text) * _LEAST:
            break
    if binding < _BINDING:
        return 0, closed, closed
    near = last + _CLOSE
    for n in range(last + 1, len(lines)):
        if n > near:
            break
        line = text[lines[n].start : lines[n].end]
        if _says_who(line) or (n == last + 1 and line.endswith(_STOPS)):
            last, near = n, n + _CLOSE
    return _title(reading), min(lines[last].end + 1, closed), closed


def _is_of_a_topic(reading: Reading, clause: Clause) -> bool:
    """Whether a line is more than a label, and about a topic."""
    line = reading.text[clause.start : clause.end]
    return (
        len(line) >= LONGEST_LABEL
        and is_typed(line, reading.language)
        and not _COPYRIGHT.search(line)
        and not _is_label(reading, Span(clause.start, clause.end))
    )


def speaks(reading: Reading, span: Span) -> bool:
    """Whether what stands beside a document may still be of it: it is about a topic, says when or who, or what you or
    we do, or goes on with a sentence.

    The label of a link does not: it names another page.
    """
    line = reading.text[slice(*span)]
    if _says_who(line) or _PARTY.match(line) or (line[:1].islower() and len(line) > _PHRASE):
        return True
    return is_typed(line, reading.language) and not _is_label(reading, span)


def _says_who(line: str) -> bool:
    if _COPYRIGHT.search(line):
        return False
    return bool(_ADDRESS.search(line) or printed_dates(line, None) or entities(line))


def is_bare_date(line: str) -> bool:
    """Whether a line is a date and nothing else, as it stands under the title of an article."""
    dates = printed_dates(line, None)
    return len(dates) == 1 and not _WORD.search(line[: dates[0].start] + line[dates[0].end :])


def _is_label(reading: Reading, span: Span) -> bool:
    """Whether a line is the label of one link."""
    at = bisect_right(reading.marks, (span.start + 1,))
    return any(
        mark.kind is MarkKind.LINK and mark.end >= span.end
        for mark in reading.marks[max(at - 8, 0) : at]
        if mark.start <= span.start
    )


def _title(reading: Reading) -> int:
    """Where the title of a document begins, if it stands near the head of its page."""
    title = normal(reading.title)
    for mark in reading.marks:
        if mark.start > len(reading.text) * _HEAD:
            break
        if mark.kind is MarkKind.HEADING and title and normal(reading.text[mark.start : mark.end]) == title:
            return mark.start
    return 0
