"""A comparison drawn for people: inline and side by side as HTML, and for terminals.

Safe by construction: every character of a text passes `html.escape`, or loses its control characters on the way to
a terminal, and tags are only written here. Colour never says anything alone: additions and deletions are `ins` and
`del` with hidden words for screen readers, and stand between {+ +} and [- -] on a terminal without colour.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from html import escape
from typing import Literal

from conductatlas.reading.compare.comparison import Comparison
from conductatlas.reading.compare.hunks import Hunk, HunkKind, Row, folded, rows
from conductatlas.reading.compare.normal import Span, normal
from conductatlas.reading.compare.telling import tell
from conductatlas.reading.text.marks import Mark, MarkKind, Reading

Piece = tuple[Literal["same", "old", "new"], str]


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of the drawing itself, so that a caller can translate them. `{n}` is a number."""

    removed: str = "removed:"
    added: str = "added:"
    moved_away: str = "moved from here"
    moved_here: str = "moved here"
    one_unchanged: str = "… 1 unchanged clause …"
    many_unchanged: str = "… {n} unchanged clauses …"
    link_target: str = "link:"
    earlier: str = "Earlier wording"
    later: str = "Later wording"

    def unchanged(self, n: int) -> str:
        return self.one_unchanged if n == 1 else self.many_unchanged.format(n=n)


ENGLISH = Wording()


def redline_html(
    old: Reading, new: Reading, comparison: Comparison, context: int = 2, wording: Wording = ENGLISH
) -> str:
    """The new text with the old one's words struck out in it, as an HTML fragment.

    `context` equal clauses are kept around each difference. The n-th hunk (from 1) has the id "hunk-n", the place
    that a moved clause left "hunk-n-left".
    """
    before, after = _Setting(old), _Setting(new)
    numbers = _numbers(comparison)
    parts = [f'<div class="redline"{_lang(new.language)} dir="auto">']
    for row in folded(rows(old.text, new.text, comparison.hunks), context):
        if isinstance(row, int):
            parts.append(f'<p class="fold">{escape(wording.unchanged(row))}</p>')
            continue
        span, setting = (row.new, after) if row.new else (row.old, before)
        if span:
            words = _tagged(_inline(old.text, new.text, row), wording)
            link = _target_note(row, wording) + _move_link(row, numbers, wording)
            parts.append(
                f'<p class="{_classes("clause", setting.classes(span), row)}"{_id(row, numbers)}{setting.lang(span)}'
                f' dir="auto">{setting.marker(span)}{words}{link}</p>'
            )
    return "\n".join([*parts, "</div>"])


def side_by_side_html(
    old: Reading, new: Reading, comparison: Comparison, context: int = 2, wording: Wording = ENGLISH
) -> str:
    """Both texts in two columns, a row a clause, as an HTML table. Ids as in `redline_html`."""
    before, after = _Setting(old), _Setting(new)
    numbers = _numbers(comparison)
    parts = [
        '<table class="side-by-side"><thead><tr>'
        f'<th scope="col">{escape(wording.earlier)}</th><th scope="col">{escape(wording.later)}</th>'
        "</tr></thead><tbody>"
    ]
    for row in folded(rows(old.text, new.text, comparison.hunks), context):
        if isinstance(row, int):
            parts.append(f'<tr class="fold"><td colspan="2">{escape(wording.unchanged(row))}</td></tr>')
            continue
        link = _target_note(row, wording) + _move_link(row, numbers, wording)
        pieces = _inline(old.text, new.text, row)
        left = [piece for piece in pieces if piece[0] != "new"] if row.old else []
        right = [piece for piece in pieces if piece[0] != "old"] if row.new else []
        parts.append(
            f'<tr class="{_classes("", "", row)}"{_id(row, numbers)}>'
            + _cell("old", row.old, before, left, wording, old.language, link if not row.new else "")
            + _cell("new", row.new, after, right, wording, new.language, link if row.new else "")
            + "</tr>"
        )
    return "\n".join([*parts, "</tbody></table>"])


def redline_ansi(
    old: Reading,
    new: Reading,
    comparison: Comparison,
    context: int = 2,
    wording: Wording = ENGLISH,
    *,
    colour: bool = True,
) -> str:
    """The inline redline for a terminal: a clause a line, with ECMA-48 colours, or with {+ +} and [- -]."""
    before, after = _Setting(old), _Setting(new)
    lines: list[str] = []
    for row in folded(rows(old.text, new.text, comparison.hunks), context):
        if isinstance(row, int):
            lines.append(_shaded(wording.unchanged(row), colour))
            continue
        span, setting = (row.new, after) if row.new else (row.old, before)
        if span is None:
            continue
        words = "".join(_struck(piece, colour) for piece in _inline(old.text, new.text, row))
        if row.hunk and row.hunk.kind is HunkKind.MOVED:
            note = wording.moved_away if row.kind == "left" else wording.moved_here
            words = f"{words} {_shaded(f'({note})', colour)}"
        if targets := _targets(row):
            words = f"{words} {_shaded(f'({wording.link_target} {targets[0]} → {targets[1]})', colour)}"
        marker = f"{_harmless(value)} " if (value := setting.marker_text(span)) else ""
        lines.append(f"{_sign(row)} {marker}{words}")
    return "\n".join(lines)


def told_ansi(comparison: Comparison) -> str:
    """What a comparison comes to, for a terminal: the sentences of its summary, the weightiest difference first."""
    if comparison.summary is None or not comparison.hunks:
        return ""
    told = tell(comparison.summary, comparison.hunks, comparison.old, comparison.new)
    lines = [str(told.opening)]
    lines += [f"{n}. {sentence}" for n, sentence in enumerate(told.items, start=1)]
    lines += map(str, (*filter(None, [told.rest]), *told.actions))
    return "\n".join(map(_harmless, lines))


class _Setting:
    """How the lines of a reading are set: headings, list items, languages."""

    def __init__(self, reading: Reading) -> None:
        blocks = (MarkKind.HEADING, MarkKind.ITEM, MarkKind.ROW, MarkKind.TERM, MarkKind.DEFINITION)
        self._blocks = {mark.start: mark for mark in reading.marks if mark.kind in blocks}
        self._languages = [mark for mark in reading.marks if mark.kind is MarkKind.LANGUAGE]
        self._starts = [mark.start for mark in self._languages]

    def classes(self, span: Span) -> str:
        mark = self._blocks.get(span.start)
        if mark is None:
            return ""
        if mark.kind is MarkKind.HEADING:
            return f"h{mark.level}"
        return f"item depth{mark.level}" if mark.kind is MarkKind.ITEM else mark.kind.value

    def marker_text(self, span: Span) -> str:
        mark = self._blocks.get(span.start)
        return mark.value if mark and mark.kind is MarkKind.ITEM else ""

    def marker(self, span: Span) -> str:
        text = self.marker_text(span)
        return f'<span class="marker">{escape(text)}</span> ' if text else ""

    def lang(self, span: Span) -> str:
        """The attribute for a line that lies in a passage of another language."""
        at = bisect_right(self._starts, span.start) - 1
        mark: Mark | None = self._languages[at] if at >= 0 else None
        return _lang(mark.value) if mark and mark.end >= span.end else ""


def _inline(old: str, new: str, row: Row) -> list[Piece]:
    """The words of a row, each said to be kept, removed or added."""
    if row.hunk is None:
        return [("same", new[slice(*row.new)] if row.new else "")]
    if row.kind == "left":
        return [("old", old[slice(*row.old)] if row.old else "")]
    pieces = _pieces(old, new, row.hunk, typography=False)
    if all(kind == "same" for kind, _ in pieces):
        return _pieces(old, new, row.hunk, typography=True)
    return pieces


def _pieces(old: str, new: str, hunk: Hunk, *, typography: bool) -> list[Piece]:
    """The words of a hunk; other quotes, dashes and spaces are shown as edits only where `typography` asks for it."""
    pieces: list[Piece] = []
    for op in hunk.ops:
        gone, come = old[op.old_start : op.old_end], new[op.new_start : op.new_end]
        if op.op == "equal" or (gone and come and not typography and normal(gone) == normal(come)):
            pieces.append(("same", come))
            continue
        if gone:
            pieces.append(("old", gone))
        if come:
            pieces.append(("new", come))
    return pieces


def _tagged(pieces: list[Piece], wording: Wording) -> str:
    return "".join(_tag(kind, escape(text).replace("\n", "<br>"), wording) for kind, text in pieces)


def _tag(kind: str, words: str, wording: Wording) -> str:
    if kind == "old":
        return f'<del><span class="vh">{escape(wording.removed)} </span>{words}</del>'
    if kind == "new":
        return f'<ins><span class="vh">{escape(wording.added)} </span>{words}</ins>'
    return words


def _cell(
    side: str,
    span: Span | None,
    setting: _Setting,
    pieces: list[Piece],
    wording: Wording,
    language: str,
    link: str,
) -> str:
    if span is None:
        return f'<td class="{side} none"></td>'
    classes = " ".join(filter(None, (side, setting.classes(span))))
    lang = setting.lang(span) or _lang(language)
    return (
        f'<td class="{classes}"{lang} dir="auto">{setting.marker(span)}{_tagged(pieces, wording)}{link}</td>'
    )


def _numbers(comparison: Comparison) -> dict[int, int]:
    """id() of each hunk -> its number, from 1."""
    return {id(hunk): n for n, hunk in enumerate(comparison.hunks, start=1)}


def _id(row: Row, numbers: dict[int, int]) -> str:
    if row.hunk is None:
        return ""
    return f' id="hunk-{numbers[id(row.hunk)]}{"-left" if row.kind == "left" else ""}"'


def _move_link(row: Row, numbers: dict[int, int], wording: Wording) -> str:
    if row.hunk is None or row.hunk.kind is not HunkKind.MOVED:
        return ""
    n = numbers[id(row.hunk)]
    if row.kind == "left":
        return f' <a class="move" href="#hunk-{n}">{escape(wording.moved_away)}</a>'
    return f' <a class="move" href="#hunk-{n}-left">{escape(wording.moved_here)}</a>'


def _targets(row: Row) -> tuple[str, str] | None:
    """Where a link of the clause led and leads, if it matters that it leads elsewhere."""
    if row.hunk is None or row.kind == "left" or row.hunk.old_target is None or row.hunk.new_target is None:
        return None
    return row.hunk.old_target, row.hunk.new_target


def _target_note(row: Row, wording: Wording) -> str:
    """Both addresses, as words and not as links."""
    if (targets := _targets(row)) is None:
        return ""
    old, new = targets
    words = _tag("old", escape(old), wording) + " " + _tag("new", escape(new), wording)
    return f' <span class="target">{escape(wording.link_target)} {words}</span>'


def _classes(first: str, setting: str, row: Row) -> str:
    hunk = (row.hunk.kind.value, row.hunk.significance.value) if row.hunk else ("same",)
    left = "left" if row.kind == "left" else ""
    return " ".join(filter(None, (first, setting, *hunk, left)))


def _lang(language: str) -> str:
    return f' lang="{escape(language)}"' if language else ""


_COLOURS = {"old": ("\x1b[9;31m", "[-", "-]"), "new": ("\x1b[4;32m", "{+", "+}"), "same": ("", "", "")}
_RESET, _FAINT = "\x1b[0m", "\x1b[2m"
# Control characters, and those that turn the direction of what follows them.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _struck(piece: Piece, colour: bool) -> str:
    kind, text = piece
    start, opening, closing = _COLOURS[kind]
    text = _harmless(text)
    if colour:
        return f"{start}{text}{_RESET}" if start else text
    return f"{opening}{text}{closing}"


def _shaded(text: str, colour: bool) -> str:
    return f"{_FAINT}{_harmless(text)}{_RESET}" if colour else _harmless(text)


def _harmless(text: str) -> str:
    """Text that cannot steer a terminal."""
    return _CONTROL.sub("\ufffd", text).replace("\n", "\n  ")


_SIGNS = {
    HunkKind.ADDED: "+",
    HunkKind.REMOVED: "-",
    HunkKind.MOVED: ">",
    HunkKind.MODIFIED: "~",
    HunkKind.RELINKED: "@",
}


def _sign(row: Row) -> str:
    if row.hunk is None:
        return " "
    return "<" if row.kind == "left" else _SIGNS[row.hunk.kind]
