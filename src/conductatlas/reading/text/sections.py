"""The sections of a reading, with anchors that stay when other sections come and go.

A section begins at each heading, and at lines that are set as headings without being marked so: short paragraphs that
are wholly strong, numbered titles, and numbered items that have more under them than the next item. Its anchor is made
of its own title only.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from conductatlas.reading.text.markers import BULLET, ordinal
from conductatlas.reading.text.marks import Mark, MarkKind, Reading

TOP = "top"
LONGEST_TITLE = 100  # characters of a line that may be a heading without being marked as one
LONGEST_ANCHOR = 80
LONGEST_ITEM = 80
BENEATH = 7  # level of sections whose headings are not marked

_NUMBER = re.compile(
    r"(?:(?:article|section|artikel|abschnitt|§|clause|część|art\.?|sezione|articolo|sección|artículo)\s*)?"
    r"(\d{1,3}(?:\.\d{1,3}){0,4}|[ivxlcdm]{1,7}(?=[.)])|[a-z](?=[.)]))(?:[.):]|\s)\s*[–—-]?\s*(?=\S)",
    re.IGNORECASE,
)
_NUMBERED_TITLE = re.compile(r"(?:\d{1,2}\.|[IVX]{1,5}\.|§\s?\d{1,2})\s+\w[^.;!?:。；！？：]*")
_NUMBERED_RUN_IN = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,2}[.)]?|[IVX]{1,5}\.|§\s?\d{1,2})\s+\w")
_SENTENCE_END = re.compile(r"[.;,!。；，！：]$")


@dataclass(frozen=True, slots=True)
class Section:
    """One section, from its title's line up to the next section of any level.

    anchor: slug of the title, "-2", "-3" … added where a title is repeated; "top" before the first heading.
    number: as printed ("4.2", "iv", "b"), "" if none. level: 1 to 6 of the heading, 7 and more where only the
    look of the line makes it one, 0 before the first. start, end: offsets in the text, the last line break left out.
    path: titles of the sections this one stands under, outermost first.
    """

    anchor: str
    number: str
    level: int
    title: str
    start: int
    end: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Opening:
    start: int
    level: int
    title: str
    number: str


def sections(reading: Reading) -> tuple[Section, ...]:
    """The sections in order; together they hold every line of the text once. Empty for an empty text."""
    if not reading.text:
        return ()
    openings = list(_openings(reading))
    if not openings or openings[0].start > 0:
        openings.insert(0, _Opening(0, 0, "", ""))
    found: list[Section] = []
    used: defaultdict[str, int] = defaultdict(int)
    above: list[_Opening] = []
    for opening, following in zip(openings, [*openings[1:], None], strict=True):
        while above and above[-1].level >= opening.level:
            above.pop()
        end = following.start - 1 if following else len(reading.text)
        path = tuple(outer.title for outer in above if outer.title)
        anchor = _distinct(_slug(opening), used)
        found.append(Section(anchor, opening.number, opening.level, opening.title, opening.start, end, path))
        above.append(opening)
    return tuple(found)


def _openings(reading: Reading) -> Iterator[_Opening]:
    by_line = _marks_by_line(reading)
    lines = reading.text.split("\n")
    start = 0
    before: list[Mark] = []
    for position, line in enumerate(lines):
        marks = by_line.get(start, [])
        heading = next((mark for mark in marks if mark.kind is MarkKind.HEADING), None)
        if heading is not None:
            yield _opening(start, heading.level, line)
        elif position + 1 < len(lines):
            following = by_line.get(start + len(line) + 1, [])
            title = _unmarked_title(line, marks, before, following)
            if title:
                opening = _opening(start, BENEATH, title)
                depth = opening.number.count(".") if opening.number[:1].isdigit() else 0
                yield _Opening(start, BENEATH + depth, opening.title, opening.number)
        start += len(line) + 1
        before = marks


def _unmarked_title(line: str, marks: list[Mark], before: list[Mark], following: list[Mark]) -> str:
    """The title that a line without a heading mark is, or begins with; "" if it is none. Errs on that side."""
    kinds = {mark.kind for mark in marks}
    if kinds & {MarkKind.ROW, MarkKind.DEFINITION, MarkKind.PREFORMATTED}:
        return ""
    items = [mark for mark in marks if mark.kind is MarkKind.ITEM]
    if items:
        return _title_of_item(line, items[-1], before, following)
    strong = next((mark for mark in marks if mark.kind is MarkKind.STRONG), None)
    if strong is not None:
        title = line[: strong.end - strong.start]
        if len(title) <= LONGEST_TITLE and _NUMBERED_RUN_IN.match(title):
            return title.rstrip(".: ")
        if title == line and len(line) <= LONGEST_TITLE and _is_like_a_title(line):
            return line
    return line if len(line) <= LONGEST_TITLE and _NUMBERED_TITLE.fullmatch(line) else ""


def _title_of_item(line: str, item: Mark, before: list[Mark], following: list[Mark]) -> str:
    """A short numbered item of an outermost list is a title if more of it follows, or it stands alone in its list."""
    if (
        item.level > 1
        or ordinal(item.value) is None
        or len(line) > LONGEST_ITEM
        or not _is_like_a_title(line)
    ):
        return ""
    if _is_numbered_item(following) or (_is_numbered_item(before) and not _is_item(following)):
        return ""
    return f"{item.value} {line}" if line[:1].isupper() else ""


def _is_item(marks: list[Mark]) -> bool:
    return any(mark.kind is MarkKind.ITEM for mark in marks)


def _is_numbered_item(marks: list[Mark]) -> bool:
    return any(m.kind is MarkKind.ITEM and m.level == 1 and m.value not in ("", BULLET) for m in marks)


def _is_like_a_title(line: str) -> bool:
    return _SENTENCE_END.search(line) is None and any(character.isalpha() for character in line)


def _marks_by_line(reading: Reading) -> dict[int, list[Mark]]:
    """The marks that begin where a line begins, by that offset."""
    found: dict[int, list[Mark]] = {}
    for mark in reading.marks:
        found.setdefault(mark.start, []).append(mark)
    return found


def _opening(start: int, level: int, line: str) -> _Opening:
    match = _NUMBER.match(line)
    if match:
        return _Opening(start, level, line[match.end() :], match[1])
    return _Opening(start, level, line, "")


def _slug(opening: _Opening) -> str:
    """The title in lower case, runs of anything but letters and digits made one "-", accents kept."""
    if opening.level == 0:
        return TOP
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", opening.title).lower().replace("_", " "))
    slug = "-".join(words)
    if len(slug) > LONGEST_ANCHOR:
        slug = slug[:LONGEST_ANCHOR].rsplit("-", 1)[0]
    return slug or f"section-{opening.number}".rstrip("-")


def _distinct(slug: str, used: defaultdict[str, int]) -> str:
    used[slug] += 1
    anchor = slug if used[slug] == 1 else f"{slug}-{used[slug]}"
    if anchor != slug:
        used[anchor] += 1
    return anchor
