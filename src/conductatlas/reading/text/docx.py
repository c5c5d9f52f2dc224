"""DOCX into a reading: what a person reads who opens the file, with the changes in it accepted.

Tracked insertions are read and tracked deletions left out; hidden text, comments, headers, footers and lists of
contents are left out; notes come at the end. Numbers and bullets are those the file's lists print.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.docx_parts import Parts
from conductatlas.reading.text.docx_styles import Numbering, Styles, is_on, value_of
from conductatlas.reading.text.language import detect
from conductatlas.reading.text.lines import LineWriter, assemble
from conductatlas.reading.text.marks import MarkKind, Reading

MAX_TEXT = 5_000_000  # characters
MAX_COLUMNS = 60
MAX_FIELDS = 50  # in one another

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_THROUGH = frozenset(
    ("{w}ins", "{w}moveTo", "{w}smartTag", "{w}customXml", "{w}fldSimple", "{w}sdtContent", "{w}dir")
)
_GONE = frozenset(("{w}del", "{w}moveFrom"))
_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)\S{1,4000}", re.IGNORECASE)
_HYPERLINK = re.compile(r'\s*HYPERLINK\s+"([^"]+)"')
_CLAUSE = re.compile(
    r"\D*\d+(?:\.\d+)+\.?|[^\W\d_]{2,}.*"
)  # "1.1", "Article 1": numbers of clauses, not of items


def read_docx(body: bytes) -> tuple[Reading, tuple[str, ...]]:
    """The reading of a DOCX file, and what of the file is not in it, as sentences.

    UnreadableError for a file that is locked, damaged, or out of all proportion.
    """
    parts = Parts(body)
    tree = parts.tree("word/document.xml")
    content = tree.find("{w}body") if tree is not None else None
    if content is None:
        raise UnreadableError("the file is an archive without a document in it")
    walk = _Walk(parts)
    walk.blocks(content)
    walk.write_notes(parts)
    text, marks = assemble(walk.writer.lines, walk.writer.runs)
    headings = [mark for mark in marks if mark.kind is MarkKind.HEADING]
    first = next((mark for mark in headings if mark.level == 1), headings[0] if headings else None)
    title = text[first.start : first.end] if first else _stated_title(parts)
    return Reading(text, marks, title, detect(text)), tuple(walk.notes())


def _stated_title(parts: Parts) -> str:
    tree = parts.tree("docProps/core.xml")
    found = tree.find("{http://purl.org/dc/elements/1.1/}title") if tree is not None else None
    writer = LineWriter()
    writer.text((found.text or "") if found is not None else "")
    writer.break_line()
    return writer.lines[0].text[:300] if writer.lines else ""


@dataclass(slots=True)
class _Field:
    """A field: its instruction, and whether what comes now is what it shows."""

    instruction: str = ""
    is_shown: bool = False


class _Walk:
    """Writes blocks in order into `writer`."""

    def __init__(self, parts: Parts) -> None:
        self.writer = LineWriter()
        self._styles = Styles(parts.tree("word/styles.xml"))
        self._numbering = Numbering(parts.tree("word/numbering.xml"))
        self._targets = _targets(parts.tree("word/_rels/document.xml.rels"))
        self._open: list[int] = []  # depths of the items that are open
        self._in_cell = False
        self._length = 0
        self._left_out: Counter[str] = Counter()
        self._referred: list[tuple[str, str]] = []  # kinds and ids of notes, in the order of the text
        self._boxes: list[Element] = []
        self._fields: list[_Field] = []  # that are open

    def notes(self) -> Iterator[str]:
        for what, count in sorted(self._left_out.items()):
            yield f"{what} left out: {count:,}"

    # blocks

    def blocks(self, parent: Element) -> None:
        for element in parent:
            match element.tag:
                case "{w}p":
                    self._paragraph(element)
                case "{w}tbl":
                    self._table(element)
                case "{w}sdt":
                    if not _is_contents(element):
                        for content in element.findall("{w}sdtContent"):
                            self.blocks(content)
                case tag if tag in _THROUGH:
                    self.blocks(element)
                case tag if tag == f"{_MC}AlternateContent":
                    self.blocks(_chosen(element))
                case _:
                    pass

    def _paragraph(self, paragraph: Element) -> None:
        properties = paragraph.find("{w}pPr")
        name = self._styles.name(value_of(properties, "{w}pStyle"))
        if name.startswith("toc "):
            return
        item = self._styles.numbered(properties)
        level = 0 if self._in_cell else self._styles.level(properties)
        has_text = any(_own_texts(paragraph))
        marker = self._numbering.next(item) if item is not None and has_text else ""
        is_item = bool(marker) and not level and not self._in_cell and _CLAUSE.fullmatch(marker) is None
        self._enter(
            item.depth if item is not None else 0, marker if is_item else "", is_inside=item is not None
        )
        if level:
            self.writer.open_block(MarkKind.HEADING, min(level, 6))
            self.writer.open_line()
        if marker and not is_item:
            self.writer.text(f"{marker} ")
        self._inline(paragraph, properties, plain=level > 0)
        if level:
            self.writer.close_line()
        self.writer.break_line()
        if level:
            self.writer.close_block()
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self.blocks(box)

    def _enter(self, depth: int, marker: str, *, is_inside: bool) -> None:
        """Open an item of this depth, or leave the items that a paragraph is not in."""
        least = depth if is_inside else 0
        while self._open and (self._open[-1] >= least or not marker):
            self._open.pop()
            self.writer.close_item()
        if marker:
            self._open.append(depth)
            self.writer.open_item(marker)

    def _table(self, table: Element) -> None:
        rows = (
            [row for row in table.iter("{w}tr") if not _is_deleted_row(row)]
            if self._in_cell
            else _rows(table)
        )
        if self._in_cell or max((len(row.findall("{w}tc")) for row in rows), default=0) < 2:
            for row in rows:  # a box around text, or a table in a cell
                for cell in row.findall("{w}tc"):
                    self.blocks(cell)
            return
        self._enter(0, "", is_inside=False)
        self.writer.break_line()
        start = self.writer.position()
        for row in rows:
            self._row(row)
        self.writer.run(start, MarkKind.TABLE)

    def _row(self, row: Element) -> None:
        header = is_on(row.find("{w}trPr"), "{w}tblHeader") is True
        self.writer.open_row()
        self._in_cell, column = True, 0
        for cell in row.findall("{w}tc"):
            properties = cell.find("{w}tcPr")
            merged = properties.find("{w}vMerge") if properties is not None else None
            if (merged is None or merged.get("{w}val") == "restart") and column < MAX_COLUMNS:
                self.writer.open_cell(column, header=header)
                self.blocks(cell)
                self.writer.close_span()
            span = value_of(properties, "{w}gridSpan") or "1"
            column += int(span) if span.isdecimal() and len(span) < 3 else 1
        self._in_cell = False
        self.writer.close_row(header=header)

    # what is in a paragraph

    def _inline(self, parent: Element, paragraph: Element | None, *, plain: bool) -> None:
        for element in parent:
            match element.tag:
                case "{w}r":
                    self._run(element, paragraph, plain=plain)
                case "{w}hyperlink":
                    address = self._targets.get(element.get(f"{_R}id", ""), "")
                    self._linked(element, paragraph, address, plain=plain)
                case "{w}sdt":
                    for content in element.findall("{w}sdtContent"):
                        self._inline(content, paragraph, plain=plain)
                case tag if tag in _GONE:
                    self._left_out["tracked deletions"] += 1
                case tag if tag in _THROUGH:
                    self._inline(element, paragraph, plain=plain)
                case tag if tag == f"{_MC}AlternateContent":
                    self._inline(_chosen(element), paragraph, plain=plain)
                case _:
                    pass

    def _linked(self, element: Element, paragraph: Element | None, address: str, *, plain: bool) -> None:
        if address:
            self.writer.open_span(MarkKind.LINK, address)
        self._inline(element, paragraph, plain=plain)
        if address:
            self.writer.close_span()

    def _run(self, run: Element, paragraph: Element | None, *, plain: bool) -> None:
        properties = run.find("{w}rPr")
        if self._styles.has("{w}vanish", properties, paragraph):
            self._left_out["passages of hidden text"] += any(_own_texts(run))
            return
        kinds = [] if plain else [
            (kind, "")
            for kind, name in ((MarkKind.STRONG, "{w}b"), (MarkKind.EMPHASIS, "{w}i"))
            if self._styles.has(name, properties, paragraph)
        ]  # fmt: skip
        if address := self._field_address():
            kinds.insert(0, (MarkKind.LINK, address))
        for kind, value in kinds:
            self.writer.open_span(kind, value)
        for element in run:
            self._piece(element)
        for _ in kinds:
            self.writer.close_span()

    def _piece(self, element: Element) -> None:
        match element.tag:
            case "{w}t" if all(field.is_shown for field in self._fields):
                self._text(element.text or "")
            case "{w}tab" | "{w}ptab":
                self.writer.space()
            case "{w}br" | "{w}cr":
                self.writer.break_line()
            case "{w}noBreakHyphen":
                self._text("-")
            case "{w}footnoteReference" | "{w}endnoteReference":
                kind = element.tag[3:-9]
                self._referred.append((kind, element.get("{w}id", "")))
                self._text(str(len(self._referred)))
            case "{w}fldChar":
                self._field_part(element.get("{w}fldCharType", ""))
            case "{w}instrText" if self._fields and not self._fields[-1].is_shown:
                self._fields[-1].instruction += (element.text or "")[:5000]
            case "{w}drawing" | "{w}pict" | "{w}object":
                self._boxes += _boxes(element)
            case tag if tag == f"{_MC}AlternateContent":
                for inner in _chosen(element):
                    self._piece(inner)
            case _:
                pass

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_TEXT:
            raise UnreadableError(
                f"the DOCX file has more than {MAX_TEXT:,} characters, more than a document has",
                reason="beyond_limits",
            )
        self.writer.text(text)

    def _field_part(self, kind: str) -> None:
        """A field begins, shows what follows, or ends (17.16.18)."""
        if kind == "begin" and len(self._fields) < MAX_FIELDS:
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].is_shown = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _field_address(self) -> str:
        """The address that the open fields link to."""
        found = (_HYPERLINK.match(field.instruction) for field in self._fields if field.is_shown)
        return next((match[1] for match in found if match and _ADDRESS.fullmatch(match[1])), "")

    # notes

    def write_notes(self, parts: Parts) -> None:
        """Write the notes that the text refers to, each under its number."""
        self._enter(0, "", is_inside=False)
        trees = {kind: parts.tree(f"word/{kind}s.xml") for kind in {kind for kind, _ in self._referred}}
        for number, (kind, key) in enumerate(list(self._referred), 1):
            tree = trees[kind]
            found = tree.findall(f"{{w}}{kind}") if tree is not None else []
            for note in found:
                if note.get("{w}id") == key:
                    self.writer.open_item(str(number))
                    for paragraph in note.findall("{w}p"):
                        self._inline(paragraph, paragraph.find("{w}pPr"), plain=False)
                        self.writer.break_line()
                    self.writer.close_item()
                    break


def _targets(tree: Element | None) -> dict[str, str]:
    """Addresses on the web by the ids of their relations."""
    found = {}
    for relation in tree if tree is not None else ():
        target = relation.get("Target", "")
        if relation.get("TargetMode") == "External" and _ADDRESS.fullmatch(target):
            found[relation.get("Id", "")] = target
    return found


def _rows(table: Element) -> list[Element]:
    """The rows of a table, those in content controls and insertions with them."""
    rows: list[Element] = []
    waiting = list(table)[::-1]
    while waiting:
        element = waiting.pop()
        if element.tag == "{w}tr" and not _is_deleted_row(element):
            rows.append(element)
        elif element.tag == "{w}sdt" or element.tag in _THROUGH:
            waiting += list(element)[::-1]
    return rows


def _is_deleted_row(row: Element) -> bool:
    properties = row.find("{w}trPr")
    return properties is not None and properties.find("{w}del") is not None


def _is_contents(element: Element) -> bool:
    gallery = element.find("{w}sdtPr/{w}docPartObj/{w}docPartGallery")
    return gallery is not None and gallery.get("{w}val") == "Table of Contents"


def _chosen(element: Element) -> Element:
    """What is read of alternatives: the first choice, which newer programs show."""
    choice = element.find(f"{_MC}Choice")
    return element if choice is None and (choice := element.find(f"{_MC}Fallback")) is None else choice


def _boxes(drawing: Element) -> list[Element]:
    """The text boxes in a drawing, outermost only."""
    found: list[Element] = []
    waiting = [drawing]
    while waiting:
        element = waiting.pop(0)
        if element.tag == "{w}txbxContent":
            found.append(element)
        elif element.tag == f"{_MC}AlternateContent":
            waiting.append(_chosen(element))
        else:
            waiting += list(element)
    return found


def _own_texts(element: Element) -> Iterator[bool]:
    """For each text below, whether it says anything."""
    return (bool((text.text or "").strip()) for text in element.iter("{w}t"))
