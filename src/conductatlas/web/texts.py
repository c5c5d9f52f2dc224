"""Texts and redlines as safe HTML, and how they are kept.

What a reading looks like is kept in `RenderedReading`, a redline in the memory of the process: both can be thrown
away at any time, and are made anew whenever the software or its reader is another one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.core.cache.backends.locmem import LocMemCache
from django.db import DatabaseError, transaction
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from conductatlas import __version__
from conductatlas.history import change_queries, version_queries
from conductatlas.history.models import RenderedReading
from conductatlas.history.records import ChangeRecord, VersionRecord
from conductatlas.provisions.records import FindingRecord
from conductatlas.reading.compare.comparison import Comparison, compare
from conductatlas.reading.compare.render import Wording, redline_html, side_by_side_html
from conductatlas.reading.text.marks import Mark, MarkKind, Reading, sort_marks
from conductatlas.reading.text.reader import READER_VERSION
from conductatlas.reading.text.render import to_html
from conductatlas.reading.text.sections import sections

MADE_BY = f"{__version__}/{READER_VERSION}/markers"
LONGEST_PAGE = 300_000  # bytes of text above which it is shown in parts
BREAK = "\f"  # between what is kept of a reading: no reading holds this character

# In the memory of one process: a redline is some tens of KB, so this stays within a few MB.
_kept = LocMemCache("redlines", {"TIMEOUT": None, "OPTIONS": {"MAX_ENTRIES": 64}})

_HUNK_ID = re.compile(r' id="hunk-[\d-]+(?:left)?"')
_HUNK_LINK = re.compile(r'<a class="move" href="#hunk-[^"]*">(.*?)</a>')
_NESTING = re.compile(
    r"""<(?P<close>/?)(?:ul|ol|blockquote|table|dl|pre)\b      # what a part must not break
      | ^<(?:h[1-6]|p)[ ]id="(?P<section>[^"]*)"              # where a section begins
      | ^<(?:h[1-6]|p)\b                                      # where anything else does""",
    re.VERBOSE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents. `part` is the page it is on, `is_here` whether that is the page being shown."""

    anchor: str
    number: str
    level: int
    title: str
    part: int
    is_here: bool


@dataclass(frozen=True, slots=True)
class Pages:
    """A text as HTML, in one part or several, and the lines of its contents: (anchor, number, level, title, part)."""

    parts: tuple[SafeString, ...]
    headings: tuple[tuple[str, str, int, str, int], ...]

    def contents(self, here: int) -> tuple[Entry, ...]:
        """The contents as seen from part `here` (1 is the first)."""
        return tuple(Entry(*heading, is_here=heading[4] == here) for heading in self.headings)


NOTHING = Pages((SafeString(""),), ())


@dataclass(frozen=True, slots=True)
class Tally:
    """What a comparison counts, as a change does."""

    sentences_added: int
    sentences_removed: int
    sentences_modified: int
    words_added: int
    words_removed: int
    clauses_moved: int
    links_changed: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions compared. `html` is "" where no word differs."""

    html: SafeString
    counts: Tally


def pages(version: VersionRecord, provisions: Sequence[FindingRecord] = ()) -> Pages:
    """The text of a version with its provisions marked, kept once it was made; NOTHING of one that may not be shown."""
    if not version.is_shown:
        return NOTHING
    made_by = f"{MADE_BY}/{provisions[0].extraction if provisions else 0}"
    rows = RenderedReading.objects.filter(reading=version.reading, made_by=made_by)
    kept = rows.values_list("html", flat=True).first()
    headings, *parts = (_rendered(version.reading, provisions, made_by) if kept is None else kept).split(
        BREAK
    )
    # Safe: made by `to_html`, which escapes every text and value.
    return Pages(tuple(map(mark_safe, parts)), tuple(map(tuple, json.loads(headings))))


def redline(change: ChangeRecord, old: VersionRecord, new: VersionRecord) -> SafeString:
    """The redline of a change, drawn from its stored hunks; "" if one of its two versions may not be shown."""
    if not (old.is_shown and new.is_shown):
        return SafeString("")
    key = f"change-{change.pk}-{MADE_BY}-{get_language()}"
    html: str | None = _kept.get(key)
    if html is None:
        before, after = change_queries.compared_readings(change.pk)
        comparison = change_queries.stored_comparison(change, before.value(), after.value())
        html = redline_html(comparison.old, comparison.new, comparison, wording=_wording())
        _kept.set(key, html)
    return mark_safe(html)  # noqa: S308 (made by `redline_html`, which escapes every text)


def words_redline(before: str, after: str, language: str) -> SafeString:
    """What differs between two wordings of a provision; "" where one of them is not shown."""
    if not (before and after):
        return SafeString("")
    found = compare(Reading(before, (), "", language), Reading(after, (), "", language))
    html = redline_html(found.old, found.new, found, wording=_wording())
    # Several stand on one page, and nothing leads to their places.
    return mark_safe(_HUNK_LINK.sub(r"\1", _HUNK_ID.sub("", html)))  # noqa: S308 (made by `redline_html`, which escapes every text)


def comparison(old: VersionRecord, new: VersionRecord, view: str) -> Compared | None:
    """Any two versions of a document, in their newest readings; None if one of them may not be shown.

    view: "inline" or "side".
    """
    if not (old.is_shown and new.is_shown):
        return None
    key = f"compare-{old.reading}-{new.reading}-{view}-{MADE_BY}-{get_language()}"
    kept: Compared | None = _kept.get(key)
    if kept is None:
        kept = _compared(compare(_text(old), _text(new)), view)
        _kept.set(key, kept)
    return kept


def _text(version: VersionRecord) -> Reading:
    return version_queries.reading(version.reading).value()


def _compared(found: Comparison, view: str) -> Compared:
    draw = side_by_side_html if view == "side" else redline_html
    html = draw(found.old, found.new, found, wording=_wording()) if found.hunks else ""
    counts = found.counts
    return Compared(
        html=mark_safe(html),  # noqa: S308 (made by the renderer, which escapes every text)
        counts=Tally(
            sentences_added=counts.sentences_added,
            sentences_removed=counts.sentences_removed,
            sentences_modified=counts.sentences_modified,
            words_added=counts.words_added,
            words_removed=counts.words_removed,
            clauses_moved=counts.clauses_moved,
            links_changed=found.links_elsewhere,
        ),
    )


def _wording() -> Wording:
    return Wording(
        removed=gettext("removed:"),
        added=gettext("added:"),
        moved_away=gettext("moved from here"),
        moved_here=gettext("moved here"),
        one_unchanged=gettext("… 1 unchanged clause …"),
        many_unchanged=gettext("… {n} unchanged clauses …"),
        link_target=gettext("link:"),
        earlier=gettext("Earlier wording"),
        later=gettext("Later wording"),
    )


def _rendered(key: int, provisions: Sequence[FindingRecord], made_by: str) -> str:
    """A reading as it is kept: its headings as JSON, then its HTML part by part. Kept if the database takes it."""
    reading = version_queries.reading(key).value()
    marked = [Mark(one.start, one.end, MarkKind.PROVISION, 0, one.public_id) for one in provisions]
    parts = [to_html(replace(reading, marks=sort_marks([*reading.marks, *marked])))]
    if len(reading.text.encode()) > LONGEST_PAGE:
        parts = in_parts(parts[0], LONGEST_PAGE)
    html = BREAK.join([json.dumps(list(_headings(reading, parts)), ensure_ascii=False), *parts])
    try:
        with transaction.atomic():
            RenderedReading.objects.update_or_create(
                reading_id=key, defaults={"html": html, "made_by": made_by}
            )
    except DatabaseError:  # another request was faster, or the disk is full: the page is shown either way
        pass
    return html


def _headings(reading: Reading, parts: Sequence[str]) -> Iterator[tuple[str, str, int, str, int]]:
    """The sections that have a title, each with the part it is on. They come in the order of the parts."""
    part = 1
    for section in sections(reading):
        mark = f' id="{escape(section.anchor)}"'
        part = next((n for n in range(part, len(parts) + 1) if mark in parts[n - 1]), part)
        if section.title:
            yield section.anchor, section.number, section.level, section.title, part


def in_parts(html: str, longest: int) -> list[str]:
    """Rendered HTML cut where sections begin, never inside a list, table or quotation.

    Parts stay within `longest` characters as far as sections and blocks let them.
    """
    parts: list[str] = []
    start = section = block = depth = 0
    for match in _NESTING.finditer(html):
        if match["close"] is not None:
            depth += -1 if match["close"] else 1
            continue
        if depth:
            continue
        if match.start() - start > longest:
            cut = section if section > start else block
            if cut > start:
                parts.append(html[start:cut])
                start = cut
        block = match.start()
        if match["section"] is not None:
            section = match.start()
    if len(html) - start > longest and section > start:
        parts.append(html[start:section])
        start = section
    return [*parts, html[start:]]
