"""The reader: one page in, its reading out; several readings joined into one document's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.charset import Decoded, decode, media_type
from conductatlas.reading.text.filters import filtered
from conductatlas.reading.text.formats import DOCX, OFFICE, PDF, sniff
from conductatlas.reading.text.html import read_html
from conductatlas.reading.text.markdown import read_markdown
from conductatlas.reading.text.marks import Mark, MarkKind, Reading, order, sort_marks
from conductatlas.reading.text.nesting import unfold_empty
from conductatlas.reading.text.page import Page, Selector
from conductatlas.reading.text.plain import read_plain
from conductatlas.reading.text.selection import describe

READER_VERSION = 1
"""Goes up whenever the same bytes may give another text or other marks; CHANGELOG has a heading for each."""

MAX_BYTES = 32_000_000

HTML = frozenset(("text/html", "application/xhtml+xml", "application/xml", "text/xml"))
MARKDOWN = frozenset(("text/markdown", "text/x-markdown"))
PLAIN = frozenset(("text/plain",))

_TAG = re.compile(r"<(?:!doctype|!--|\?xml|/?[a-z][a-z0-9-]*[\s/>])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Examined:
    """A reading, and what an operator should know about how it came about, as sentences.

    unmatched: the selectors that named nothing on the page. encoding: how its bytes became characters.
    """

    reading: Reading
    encoding: Decoded
    notes: tuple[str, ...] = ()
    unmatched: tuple[Selector, ...] = ()


def read(page: Page) -> Reading:
    """The reading of `page`. Raises UnreadableError: see `examine`."""
    return examine(page).reading


def examine(page: Page) -> Examined:
    """The reading of `page` with notes: selectors and filters that matched nothing, filters that matched too much.

    A page without text gives a reading with empty text. Raises UnreadableError if the page is none of HTML, PDF,
    DOCX, Markdown and plain text, if a selector is not CSS or a filter no filter, or if the page is out of all
    proportion. Bytes of a PDF or DOCX file that strangers wrote are read by way of `archive.confined`.
    """
    return without_noise(_examined(page), page)


def without_noise(examined: Examined, page: Page) -> Examined:
    """What was read of `page`, its filters applied. UnreadableError for a filter that is none."""
    if not page.filters:
        return examined
    reading, notes = filtered(examined.reading, page.filters)
    return replace(examined, reading=reading, notes=(*examined.notes, *notes))


def _examined(page: Page) -> Examined:
    """The reading of `page` before its filters, other than attributes, are applied."""
    kind = _kind(page)
    if kind in (PDF, DOCX):
        return _examined_file(page, kind)
    decoded = decode(page.body, page.content_type)
    text = decoded.text
    if kind == "markdown":
        return Examined(read_markdown(text, page.url), decoded)
    if kind == "plain" or _TAG.search(text) is None:  # the second: a text that is served as HTML
        return Examined(read_plain(text), decoded)
    if media_type(page.content_type) == "application/xhtml+xml":
        text = unfold_empty(text)
    found = read_html(text, page.url, page.select, page.remove, page.filters)
    notes = tuple(f"the selector matched nothing: {describe(selector)}" for selector in found.unmatched)
    return Examined(found.reading, decoded, notes, found.unmatched)


def _examined_file(page: Page, kind: str) -> Examined:
    """The reading of a PDF or DOCX file. What reads them is loaded where there is one, which is seldom."""
    if kind == PDF:
        from conductatlas.reading.text.pdf import read_pdf

        reading, notes = read_pdf(page.body)
    else:
        from conductatlas.reading.text.docx import read_docx

        reading, notes = read_docx(page.body)
    if page.select or page.remove:
        notes = (*notes, "selectors do not apply to a file of this type: all of it is read")
    return Examined(reading, Decoded("", "", ""), notes)


def join(readings: Sequence[Reading], addresses: Sequence[str] = ()) -> Reading:
    """Several readings as one, in order, each under a SOURCE mark; `addresses` are their sources', in the same order.

    Readings without text are left out. Title and language are the first that are known.
    """
    texts: list[str] = []
    marks: list[Mark] = []
    offset = 0
    for position, reading in enumerate(readings):
        if not reading.text:
            continue
        address = addresses[position] if position < len(addresses) else ""
        source = Mark(offset, offset + len(reading.text), MarkKind.SOURCE, position, address)
        own = (
            [Mark(offset + m.start, offset + m.end, m.kind, m.level, m.value) for m in reading.marks]
            if offset
            else reading.marks
        )
        # The marks of a reading are in order, and its source is before all of them but those of the same stretch.
        is_first = not own or order(source) <= order(own[0])
        marks += (source, *own) if is_first else sort_marks((source, *own))
        texts.append(reading.text)
        offset += len(reading.text) + 1
    title = next((r.title for r in readings if r.title), "")
    language = next((r.language for r in readings if r.language), "")
    return Reading("\n".join(texts), tuple(marks), title, language)


def _kind(page: Page) -> str:
    """html, pdf, docx, markdown or plain. Raises UnreadableError for any other content."""
    if len(page.body) > MAX_BYTES:
        raise UnreadableError(
            f"the page has {len(page.body):,} bytes, more than a document has ({MAX_BYTES:,})",
            reason="beyond_limits",
        )
    kind = sniff(page.body, page.content_type)
    if kind in (PDF, DOCX):
        return kind
    if kind == OFFICE:
        raise UnreadableError(
            "the page is an office file of a type this reader does not take",
            remedy="Declare the document as the platform offers it in HTML, PDF or DOCX.",
        )
    declared = media_type(page.content_type)
    start = decode(page.body[:1024], page.content_type).text
    if declared in MARKDOWN:
        return "markdown"
    if declared in PLAIN:
        return "markdown" if re.search(r"\.(?:md|markdown)(?:[?#]|$)", page.url) else "plain"
    if declared in HTML or (declared in ("", "application/octet-stream") and _TAG.search(start)):
        return "html"
    if declared == "" and not _is_binary(start):
        return "plain"
    raise UnreadableError(f"the page is {declared or 'binary data'}, not text")


def _is_binary(start: str) -> bool:
    """Whether the text has bytes that text has not (MIME Sniffing standard, "binary data byte")."""
    return re.search("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]", start) is not None
