"""Plain text into a reading: each line a paragraph, lines that were wrapped at a margin joined again."""

from __future__ import annotations

import re

from conductatlas.reading.text.language import detect
from conductatlas.reading.text.lines import LineWriter, assemble
from conductatlas.reading.text.marks import Reading

MARGIN = range(55, 101)  # characters; where mail and licence files are wrapped

_STARTS_BLOCK = re.compile(r"\s*(?:[-*•·]\s|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})(?:\.\d+)*[.)]\s)", re.IGNORECASE)


def read_plain(text: str) -> Reading:
    """The reading of a plain text. It has no marks; its title is its first line if that is short."""
    writer = LineWriter()
    for paragraph in re.split(r"\n\s*\n", "\n".join(text.splitlines())):
        lines = paragraph.split("\n")
        wrapped = len(lines) > 2 and all(len(line.rstrip()) in MARGIN for line in lines[:-1])
        for position, line in enumerate(lines):
            if position and not (wrapped and _STARTS_BLOCK.match(line) is None):
                writer.break_line()
            writer.text(f" {line} ")
        writer.break_line()
    read, marks = assemble(writer.lines, writer.runs)
    first = writer.lines[0].text if writer.lines else ""
    return Reading(read, marks, first if len(first) <= 100 else "", detect(read))
