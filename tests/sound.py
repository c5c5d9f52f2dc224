"""The promises that every reading keeps (see `reading.text.marks`), whatever it was read from."""

from __future__ import annotations

import unicodedata

from conductatlas.reading.text.marks import MarkKind, Reading, sort_marks

LINE_MARKS = {
    MarkKind.HEADING,
    MarkKind.ITEM,
    MarkKind.TERM,
    MarkKind.DEFINITION,
    MarkKind.ROW,
    MarkKind.PREFORMATTED,
}
RUN_MARKS = {MarkKind.TABLE, MarkKind.QUOTE, MarkKind.SOURCE}


def assert_sound(reading: Reading) -> None:
    text = reading.text
    assert unicodedata.is_normalized("NFC", text)
    assert "\0" not in text
    text.encode("utf-8")  # no lone surrogate
    lines = text.split("\n") if text else []
    assert all(line and line == line.strip() for line in lines)
    starts = {0}
    ends = {len(text)}
    for offset, character in enumerate(text):
        if character == "\n":
            starts.add(offset + 1)
            ends.add(offset)
    assert reading.marks == sort_marks(reading.marks)
    for mark in reading.marks:
        assert 0 <= mark.start <= mark.end <= len(text)
        if mark.kind is MarkKind.ANCHOR:
            assert mark.start == mark.end and mark.start in starts
            continue
        assert mark.start < mark.end
        if mark.kind in LINE_MARKS | RUN_MARKS:
            assert mark.start in starts and mark.end in ends
        if mark.kind not in RUN_MARKS:
            assert "\n" not in text[mark.start : mark.end]
    assert "\n" not in reading.title
