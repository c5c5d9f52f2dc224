"""Which blocks of a PDF file are items of a list: their markers and depths.

A bullet is a marker; an ordinal is one only where it is the first of its kind or follows on one ("b)" after "a)").
Numbers of clauses ("1.1") stay in the text, as they do in HTML where they are typed.
"""

from __future__ import annotations

from collections.abc import Iterable

from conductatlas.reading.text.markers import BULLET
from conductatlas.reading.text.pdf_blocks import BULLETS, ORDINAL, Block
from conductatlas.reading.text.pdf_words import Row, is_leftward

_ROMAN = (
    "i",
    "ii",
    "iii",
    "iv",
    "v",
    "vi",
    "vii",
    "viii",
    "ix",
    "x",
    "xi",
    "xii",
    "xiii",
    "xiv",
    "xv",
    "xvi",
)


def tell_items(blocks: Iterable[Block]) -> None:
    """Set marker and depth of the blocks that are items, and take the marker out of their words."""
    latest: dict[tuple[str, str], list[str]] = {}
    open_items: list[float] = []  # where the markers of the open items stand
    for block in blocks:
        if block.grid is not None or block.level:
            open_items.clear()
            if block.level:
                latest.clear()
            continue
        row = block.rows[0]
        at = -row.x1 if is_leftward(row.text) else row.x0
        marker = _marker_of(row, latest)
        while open_items and at < open_items[-1] - 0.5 * row.size:
            open_items.pop()
        if not marker:
            if open_items and at < open_items[-1] + 0.5 * row.size:
                open_items.pop()
            block.depth = len(open_items)
            continue
        if not open_items or at > open_items[-1] + 0.5 * row.size:
            open_items.append(at)
        block.marker, block.depth = marker, len(open_items)
        del row.words[0]
        row.words[0].glued = False


def _marker_of(row: Row, latest: dict[tuple[str, str], list[str]]) -> str:
    """The marker that a line begins with, as a list prints it; "" if it begins with none."""
    if len(row.words) < 2:
        return ""
    printed = row.words[0].text
    if BULLETS.fullmatch(printed):
        return BULLET if len(printed) == 1 else ""
    match = ORDINAL.fullmatch(printed)
    if match is None:
        return ""
    value = match[2]
    kind = "1" if value.isdigit() else "A" if value.isupper() else "a"
    key = f"{match[1] or ''}{match[3]}", kind
    first = value.lower() in ("1", "a", "i")
    counted = latest.setdefault(key, [])  # lists of one kind may stand in one another: (a), (i), (ii), (b)
    before = next((place for place, last in enumerate(counted) if _follows(last, value.lower())), None)
    if before is not None:
        counted[before] = value.lower()
    elif first:
        counted.append(value.lower())
    else:
        return ""
    return printed


def _follows(before: str, value: str) -> bool:
    """Whether `value` comes after `before`: 2 after 1, c after b, iv after iii, j after i."""
    if not before:
        return False
    if value.isdigit():
        return before.isdigit() and int(value) == int(before) + 1
    if before.isdigit():
        return False
    if len(value) == len(before) == 1 and ord(value) == ord(before) + 1:
        return True
    return before in _ROMAN and value in _ROMAN and _ROMAN.index(value) == _ROMAN.index(before) + 1
