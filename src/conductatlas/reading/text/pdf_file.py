"""A PDF file, opened with PDFium: its pages as sheets, its title and its outline.

PDFium is C++ that reads hostile bytes, and is not thread-safe: bytes that were captured are read by way of
`archive.confined`, in a child process with limits.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2  # noqa: F401 (it wakes the library)
import pypdfium2.raw as pdfium

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.lines import clean
from conductatlas.reading.text.pdf_glyphs import sheet
from conductatlas.reading.text.pdf_words import Sheet

MAX_PAGES = 2_000
MAX_CHARACTERS = 1_000_000  # of all pages: some five hundred of them
MAX_OUTLINE = 5_000  # entries
MAX_DEPTH = 8  # of the outline
LONGEST_TITLE = 1_000  # bytes


@dataclass(frozen=True, slots=True)
class Outlined:
    """An entry of the outline ("bookmarks"): its title, and how deep it stands from 1."""

    title: str
    level: int


class PdfFile:
    """An open PDF file, as a context manager. UnreadableError if it cannot be opened, or is out of all proportion."""

    def __init__(self, body: bytes) -> None:
        self._body = body  # PDFium goes on reading from it
        self._file = pdfium.FPDF_LoadMemDocument64(body, len(body), None)
        if not self._file:
            raise _not_opened(body, pdfium.FPDF_GetLastError())
        self._count = int(pdfium.FPDF_GetPageCount(self._file))

    def __enter__(self) -> PdfFile:
        return self

    def __exit__(self, *fault: object) -> None:
        pdfium.FPDF_CloseDocument(self._file)

    def title(self) -> str:
        """The title that its metadata state, "" if none."""
        size = pdfium.FPDF_GetMetaText(self._file, b"Title", None, 0)
        if not 2 < size <= LONGEST_TITLE:
            return ""
        buffer = ctypes.create_string_buffer(size)
        pdfium.FPDF_GetMetaText(self._file, b"Title", buffer, size)
        return _decoded(buffer)

    def outline(self) -> list[Outlined]:
        """The entries of the outline in order. An entry met a second time ends its branch: it is a loop."""
        found: list[Outlined] = []
        met: set[int] = set()
        waiting = [(pdfium.FPDFBookmark_GetFirstChild(self._file, None), 1)]
        while waiting and len(found) < MAX_OUTLINE:
            entry, level = waiting.pop()
            identity = ctypes.cast(entry, ctypes.c_void_p).value if entry else None
            if identity is None or identity in met or level > MAX_DEPTH:
                continue
            met.add(identity)
            found.append(Outlined(_bookmark_title(entry), level))
            waiting.append((pdfium.FPDFBookmark_GetNextSibling(self._file, entry), level))
            waiting.append((pdfium.FPDFBookmark_GetFirstChild(self._file, entry), level + 1))
        return found

    def sheets(self) -> Iterator[Sheet]:
        """The pages in order. One that cannot be opened is a broken sheet without words."""
        if self._count > MAX_PAGES:
            raise _beyond(f"{self._count:,} pages, more than a document has ({MAX_PAGES:,})")
        left = MAX_CHARACTERS
        for place in range(self._count):
            page = pdfium.FPDF_LoadPage(self._file, place)
            text = pdfium.FPDFText_LoadPage(page) if page else None
            try:
                if not text:
                    yield Sheet(place + 1, 0.0, 0.0, (), (), is_broken=True)
                    continue
                left -= pdfium.FPDFText_CountChars(text)
                if left < 0:
                    raise _beyond(f"more characters than a document has ({MAX_CHARACTERS:,})")
                yield sheet(page, text, self._file, place + 1)
            finally:
                if text:
                    pdfium.FPDFText_ClosePage(text)
                if page:
                    pdfium.FPDF_ClosePage(page)


def _not_opened(body: bytes, code: int) -> UnreadableError:
    if code == pdfium.FPDF_ERR_PASSWORD:
        return UnreadableError(
            "the PDF file is locked with a password",
            reason="encrypted",
            remedy="Ask the platform for a file that opens without a password, or declare another source.",
        )
    if code == pdfium.FPDF_ERR_SECURITY:
        return UnreadableError(
            "the PDF file is locked in a way this reader does not know", reason="encrypted"
        )
    if b"%%EOF" not in body[-2048:]:
        return UnreadableError("the PDF file ends in the middle", reason="truncated")
    return UnreadableError("the PDF file is damaged: no page can be found in it")


def _beyond(what: str) -> UnreadableError:
    return UnreadableError(f"the PDF file has {what}", reason="beyond_limits")


def _bookmark_title(entry: Any) -> str:
    size = pdfium.FPDFBookmark_GetTitle(entry, None, 0)
    if not 2 < size <= LONGEST_TITLE:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFBookmark_GetTitle(entry, buffer, size)
    return _decoded(buffer)


def _decoded(buffer: Any) -> str:
    return " ".join(clean(buffer.raw.decode("utf-16le", "ignore").rstrip("\0")).split())
