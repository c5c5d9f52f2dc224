"""PDF into a reading: open (PDFium), leave out what is no text, put in order, make blocks, write.

A PDF file says where characters stand and no more; what its lines are is told from type, place and markers, and
where nothing tells, a line is a paragraph. Nothing is read out of pictures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.language import detect
from conductatlas.reading.text.lines import LineWriter, assemble
from conductatlas.reading.text.marks import Mark, MarkKind, Reading
from conductatlas.reading.text.pdf_blocks import Block, Usual, blocks_of, words_of
from conductatlas.reading.text.pdf_file import PdfFile
from conductatlas.reading.text.pdf_furniture import without_contents, without_furniture
from conductatlas.reading.text.pdf_headings import tell_headings
from conductatlas.reading.text.pdf_items import tell_items
from conductatlas.reading.text.pdf_layout import flows, set_margins
from conductatlas.reading.text.pdf_tables import Grid
from conductatlas.reading.text.pdf_words import Sheet, Word

SCANNED_SHARE = 0.5  # of the pages hold nothing but a picture: the file is a scan

_NO_TITLE = re.compile(
    r"(?:microsoft word|untitled|document\d*$|slide \d)|\.(?:docx?|pdf|indd|rtf|odt|pages)$", re.I
)
_SITE = re.compile(r"\s+-\s+(?:Google Docs|Word|Microsoft Word)$")


def read_pdf(body: bytes) -> tuple[Reading, tuple[str, ...]]:
    """The reading of a PDF file, and what of the file is not in it, as sentences.

    Anchors `page-1`, `page-2` … stand where its pages begin.

    UnreadableError for a file that is locked, damaged, a scan without text, or out of all proportion.
    """
    with PdfFile(body) as file:
        sheets = list(file.sheets())
        outline = file.outline()
        stated = file.title()
    if not sheets:
        raise UnreadableError("the PDF file has no pages")
    _refuse_scan(sheets)
    pages = without_contents(without_furniture(sheets))
    found = [flow for sheet, words in zip(sheets, pages, strict=True) for flow in flows(sheet, words)]
    set_margins(found)
    usual = Usual.of(found)
    blocks = blocks_of(found, usual)
    tell_headings(blocks, usual, outline)
    tell_items(blocks)
    known = Counter(word for words in pages for w in words for word in _folded(w.text))
    text, marks = _written(blocks, known)
    headings = [mark for mark in marks if mark.kind is MarkKind.HEADING]
    first = next((mark for mark in headings if mark.level == 1), headings[0] if headings else None)
    title = text[first.start : first.end] if first else _sensible(stated)
    return Reading(text, marks, title, detect(text)), tuple(_notes(sheets))


def _refuse_scan(sheets: Sequence[Sheet]) -> None:
    pictures = [sheet for sheet in sheets if sheet.has_image and not sheet.words]
    if pictures and len(pictures) > SCANNED_SHARE * len(sheets):
        raise UnreadableError(
            f"{len(pictures)} of {len(sheets)} pages are pictures without text",
            reason="scanned_pdf",
            remedy="Declare another source; characters are not read out of pictures.",
        )


def _notes(sheets: Sequence[Sheet]) -> Iterable[str]:
    if broken := [sheet.number for sheet in sheets if sheet.is_broken]:
        yield f"pages that cannot be opened: {_numbers(broken)}"
    if pictures := [sheet.number for sheet in sheets if sheet.has_image and not sheet.words]:
        yield f"pages that are pictures without text: {_numbers(pictures)}"
    if askew := sum(sheet.askew for sheet in sheets):
        yield f"{askew:,} characters stand at an angle and are left out"


def _numbers(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:20])) + (" …" if len(numbers) > 20 else "")


def _sensible(title: str) -> str:
    """The title in the metadata without the name of a program; "" for the name of a file or template."""
    return "" if _NO_TITLE.search(title) else _SITE.sub("", title)


def _folded(text: str) -> Iterable[str]:
    word = text.strip("\u00ad-.,;:!?()[]\"'“”‘’„«»").lower()
    return (word,) if word else ()


# writing


def _written(blocks: Sequence[Block], known: Counter[str]) -> tuple[str, tuple[Mark, ...]]:
    writer = LineWriter()
    page = depth = 0
    for block in blocks:
        while page < block.page:
            page += 1
            writer.anchor(f"page-{page}")
        while depth > (block.depth - 1 if block.marker else block.depth):
            writer.close_item()
            depth -= 1
        if block.grid is not None:
            _write_table(writer, block.grid, known)
            continue
        if block.marker:
            writer.open_item(block.marker)
            depth += 1
        if block.level:
            writer.open_block(MarkKind.HEADING, block.level)
        _write(writer, words_of(block.rows, known), plain=block.level > 0)
        writer.break_line()
        if block.level:
            writer.close_block()
    return assemble(writer.lines, writer.runs)


def _write(writer: LineWriter, words: Sequence[Word], *, plain: bool) -> None:
    """Write words with their spans; of a heading and a header cell, which are bold throughout, without that."""
    for (bold, italic, link), run in groupby(words, key=lambda w: (w.bold, w.italic, w.link)):
        kinds = [(MarkKind.LINK, link)] * bool(link)
        if not plain:
            kinds += [(MarkKind.STRONG, "")] * bold + [(MarkKind.EMPHASIS, "")] * italic
        for kind, value in kinds:
            writer.open_span(kind, value)
        writer.text("".join(("" if word.glued else " ") + word.text for word in run))
        for _ in kinds:
            writer.close_span()


def _write_table(writer: LineWriter, grid: Grid, known: Counter[str]) -> None:
    start = writer.position()
    for place, row in enumerate(grid.rows):
        header = place == 0 and grid.has_header
        writer.open_row()
        for column in sorted(row):
            writer.open_cell(column, header=header)
            _write(writer, words_of(row[column], known), plain=header)
            writer.close_span()
        writer.close_row(header=header)
    writer.run(start, MarkKind.TABLE)
