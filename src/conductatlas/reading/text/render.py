"""A reading as semantic HTML: made of a fixed set of elements, every text and value escaped.

Nothing of the captured page's markup comes through but what the marks say; links lead to http, https and mailto
addresses only. No style, script, event handler or foreign attribute can appear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import groupby

from conductatlas.reading.text.layout import Block, blocks
from conductatlas.reading.text.markers import BULLET, ordinal
from conductatlas.reading.text.marks import Mark, MarkKind, Reading
from conductatlas.reading.text.sections import Section, sections

LINK_SCHEMES = ("http://", "https://", "mailto:")

_PROVISION = re.compile(r'<mark data-provision="([^"]*)">')
_TAGS = {MarkKind.STRONG: "strong", MarkKind.EMPHASIS: "em", MarkKind.CODE: "code"}


def to_html(reading: Reading, *, shift: int = 1, permalink: str = "Link to this section: {title}") -> str:
    """The reading as HTML for the inside of an <article>; "" for an empty text.

    shift: added to heading levels, so that <h1> stays the page's own. permalink: the label, for screen readers, of
    the link at a section's heading, with "{title}" where the section's title goes (pages translate it).
    """
    writer = _Writer({section.start: section for section in sections(reading)}, shift, permalink)
    for (kind, _), group in groupby(blocks(reading), key=_unit):
        members = list(group)
        match kind:
            case "table":
                writer.table(members)
            case "pre":
                writer.listing(members)
            case "dl":
                writer.definitions(members)
            case _:
                for block in members:
                    writer.block(block)
    return writer.finish()


def _unit(block: Block) -> tuple[str, int]:
    """What is written in one piece: the rows of a table, the lines of a listing, a run of terms and definitions."""
    if block.cells:
        return "table", block.table
    if block.items or block.heading:
        return "", 0
    match block.kind:
        case MarkKind.PREFORMATTED:
            return "pre", block.quotes
        case MarkKind.TERM | MarkKind.DEFINITION:
            return "dl", block.quotes
        case _:
            return "", 0


class _Writer:
    def __init__(self, by_start: dict[int, Section], shift: int, permalink: str) -> None:
        self._out: list[str] = []
        self._sections, self._shift, self._permalink = by_start, shift, permalink
        self._quotes = 0
        self._lists: list[tuple[str, str]] = []  # element and type of the open lists, an open <li> in each

    def block(self, block: Block) -> None:
        self._enter_quotes(block.quotes)
        begun = [(depth, printed) for depth, printed in block.items if printed]
        marker = ""
        if begun:
            for depth, printed in begun:
                marker = self._item(depth, printed)
        else:
            self._leave_lists(min(block.items[-1][0], len(self._lists)) if block.items else 0)
        self._out.append(self._line(block, marker))

    def table(self, rows: Sequence[Block]) -> None:
        self._leave_lists(0)
        self._enter_quotes(rows[0].quotes)
        width = max(cell.level for row in rows for cell in row.cells) + 1
        self._out.append("<table>")
        for is_head, group in groupby(rows, key=lambda row: row.is_header and row is rows[0]):
            part = "thead" if is_head else "tbody"
            inside = "".join(self._row(row, width) for row in group)
            self._out.append(f"<{part}>{inside}</{part}>")
        self._out.append("</table>\n")

    def listing(self, lines: Sequence[Block]) -> None:
        self._leave_lists(0)
        self._enter_quotes(lines[0].quotes)
        inside = "\n".join(_inline(block.text, block.inline) for block in lines)
        self._out.append(f"<pre{self._identity(lines[0])}>{inside}</pre>\n")

    def definitions(self, lines: Sequence[Block]) -> None:
        self._leave_lists(0)
        self._enter_quotes(lines[0].quotes)
        self._out.append("<dl>")
        for block in lines:
            tag = "dt" if block.kind is MarkKind.TERM else "dd"
            self._out.append(f"<{tag}{self._identity(block)}>{_inline(block.text, block.inline)}</{tag}>")
        self._out.append("</dl>\n")

    def finish(self) -> str:
        self._leave_lists(0)
        self._enter_quotes(0)
        return _with_ids("".join(self._out))

    def _line(self, block: Block, marker: str) -> str:
        inside = self._page(block) + marker + _inline(block.text, block.inline)
        section = self._sections.get(block.start)
        tag = f"h{min(max(block.heading + self._shift, 1), 6)}" if block.heading else "p"
        if section is None:
            return f"<{tag}>{inside}</{tag}>\n"
        anchor, label = escape(section.anchor), escape(self._permalink.replace("{title}", section.title))
        link = f'<a class="permalink" href="#{anchor}" aria-label="{label}">#</a>' if section.level else ""
        return f'<{tag} id="{anchor}">{inside}{" " * bool(link)}{link}</{tag}>\n'

    def _page(self, block: Block) -> str:
        """Where a page of the file begins, to link to."""
        name = f"page-{block.page}"
        if not block.page or any(section.anchor == name for section in self._sections.values()):
            return ""
        return f'<span class="page" id="{name}" data-page="{block.page}"></span>'

    def _identity(self, block: Block) -> str:
        section = self._sections.get(block.start)
        return f' id="{escape(section.anchor)}"' if section else ""

    def _row(self, row: Block, width: int) -> str:
        cells = {cell.level: cell for cell in row.cells}
        written = []
        for column in range(width):
            cell = cells.get(column)
            if cell is None:
                written.append("<td></td>")
                continue
            inside = _inline(row.text[cell.start : cell.end], _inside(row.inline, cell))
            if cell is row.cells[0]:
                inside = self._page(row) + inside
            if cell.value == "th":
                written.append(f'<th scope="{"col" if row.is_header else "row"}">{inside}</th>')
            else:
                written.append(f"<td>{inside}</td>")
        return f"<tr{self._identity(row)}>{''.join(written)}</tr>"

    # lists and quotations

    def _item(self, depth: int, printed: str) -> str:
        """Open an item. Returns the HTML of its marker where no list of HTML prints such a one: "(a)", "1)"."""
        style = ordinal(printed, roman=len(self._lists) >= depth and self._lists[depth - 1][1] in ("i", "I"))
        kind = ("ol", style[0]) if style else ("ul", "" if printed == BULLET else "marked")
        marker = f'<span class="marker">{escape(printed)}</span> ' if kind[1] == "marked" else ""
        self._leave_lists(depth)
        value = f' value="{style[1]}"' if style else ""
        if len(self._lists) == depth and self._lists[-1] == kind:
            self._out.append(f"</li>\n<li{value}>")
            return marker
        self._leave_lists(depth - 1)
        plain = '<ul class="marked">' if marker else "<ul>"
        self._out.append(f'<ol type="{kind[1]}">' if style else plain)
        self._out.append(f"<li{value}>")
        self._lists.append(kind)
        return marker

    def _leave_lists(self, depth: int) -> None:
        while len(self._lists) > depth:
            self._out.append(f"</li></{self._lists.pop()[0]}>\n")

    def _enter_quotes(self, quotes: int) -> None:
        if quotes == self._quotes:
            return
        self._leave_lists(0)
        while self._quotes > quotes:
            self._out.append("</blockquote>\n")
            self._quotes -= 1
        while self._quotes < quotes:
            self._out.append("<blockquote>\n")
            self._quotes += 1


def _with_ids(html: str) -> str:
    """Of each provision the first piece is what its id leads to. In what is written, quotes in texts are escaped."""
    seen: set[str] = set()

    def identified(match: re.Match[str]) -> str:
        name = match[1]
        if name in seen:
            return match[0]
        seen.add(name)
        return f'<mark id="{name}" data-provision="{name}">'

    return _PROVISION.sub(identified, html)


def _inside(marks: Sequence[Mark], cell: Mark) -> list[Mark]:
    return [
        Mark(
            max(m.start, cell.start) - cell.start, min(m.end, cell.end) - cell.start, m.kind, m.level, m.value
        )
        for m in marks
        if cell.start < m.end and m.start < cell.end
    ]


def _inline(text: str, marks: Sequence[Mark]) -> str:
    """The text, escaped, with elements for its marks, which nest."""
    opens: dict[int, list[str]] = {}
    closes: dict[int, list[str]] = {}
    for mark in marks:
        before, after = _element(mark)
        opens.setdefault(mark.start, []).append(before)
        closes.setdefault(mark.end, []).insert(0, after)
    cuts = sorted({0, len(text), *opens, *closes})
    pieces: list[str] = []
    for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
        pieces += closes.get(start, [])
        pieces += opens.get(start, [])
        pieces.append(escape(text[start:end]))
    return "".join(pieces)


def _element(mark: Mark) -> tuple[str, str]:
    if mark.kind is MarkKind.PROVISION:
        return f'<mark data-provision="{escape(mark.value)}">', "</mark>"
    if mark.kind is MarkKind.LINK:
        if not mark.value.lower().startswith(LINK_SCHEMES):
            return "", ""
        return f'<a href="{escape(mark.value)}" rel="nofollow noopener noreferrer">', "</a>"
    if mark.kind is MarkKind.LANGUAGE:
        return f'<span lang="{escape(mark.value)}">', "</span>"
    tag = _TAGS[mark.kind]
    return f"<{tag}>", f"</{tag}>"
