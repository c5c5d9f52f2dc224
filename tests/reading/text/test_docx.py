"""DOCX files into readings, and those that would do harm."""

from __future__ import annotations

import io
import zipfile

import pytest
from tests.sound import assert_sound

from conductatlas.errors import UnreadableError
from conductatlas.reading.text import docx_parts
from conductatlas.reading.text.docx import read_docx
from conductatlas.reading.text.marks import MarkKind, Reading
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import examine

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
STYLES = f"""<w:styles {W}><w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="x"/><w:basedOn w:val="Loop"/></w:style></w:styles>"""
NUMBERING = f"""<w:numbering {W}><w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%1)"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""
NOTES = f"""<w:footnotes {W}><w:footnote w:id="2"><w:p><w:r><w:t>Save on Sundays.</w:t></w:r></w:p></w:footnote>
</w:footnotes>"""
LINKS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" TargetMode="External" Target="https://ferry.example/fares"/></Relationships>"""


def docx(body: str, **parts: str) -> bytes:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {W} {R}><w:body>{body}</w:body></w:document>")
        named = {
            "styles": STYLES,
            "numbering": NUMBERING,
            "footnotes": NOTES,
            "_rels/document.xml.rels": LINKS,
        }
        for name, content in (named | parts).items():
            archive.writestr(f"word/{name}" + ("" if "." in name else ".xml"), content)
    return stored.getvalue()


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def item(text: str, depth: int) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="1"/></w:numPr>')


def read(body: bytes) -> Reading:
    reading, _ = read_docx(body)
    assert_sound(reading)
    return reading


def marked(reading: Reading, kind: MarkKind) -> list[tuple[str, int, str]]:
    return [(reading.text[m.start : m.end], m.level, m.value) for m in reading.marks if m.kind is kind]


def reason(body: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        read_docx(body)
    return caught.value.reason


def test_headings_and_items_come_from_styles_and_numbering() -> None:
    reading = read(
        docx(p("Terms", '<w:pStyle w:val="H1"/>') + item("one", 0) + item("deep", 1) + item("two", 0))
    )
    assert reading.text == "Terms\none\ndeep\ntwo"
    assert marked(reading, MarkKind.HEADING) == [("Terms", 1, "")]
    assert marked(reading, MarkKind.ITEM) == [("one", 1, "(a)"), ("deep", 2, "•"), ("two", 1, "(b)")]
    assert reading.title == "Terms"


def test_insertions_are_read_and_deletions_and_hidden_text_are_not_and_that_is_told() -> None:
    body = (
        "<w:p><w:r><w:t>You </w:t></w:r><w:del><w:r><w:delText>may</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>must</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t> not</w:t></w:r>"
        "<w:r><w:t> pay.</w:t></w:r></w:p>"
    )
    reading, notes = read_docx(docx(body))
    assert reading.text == "You must pay."
    assert notes == ("passages of hidden text left out: 1", "tracked deletions left out: 1")


def test_tables_links_and_notes() -> None:
    cells = "".join(f"<w:tc>{p(text)}</w:tc>" for text in ("Bicycle", "4 EUR"))
    link = '<w:p><w:hyperlink r:id="r1"><w:r><w:t>Fares</w:t></w:r></w:hyperlink>'
    note = '<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    reading = read(docx(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>{link}{note}"))
    assert reading.text == "Bicycle\t4 EUR\nFares1\nSave on Sundays."
    assert marked(reading, MarkKind.LINK) == [("Fares", 0, "https://ferry.example/fares")]
    assert marked(reading, MarkKind.ITEM) == [("Save on Sundays.", 1, "1")]


def test_missing_parts_and_styles_that_rest_on_themselves_are_borne() -> None:
    assert read(docx(p("text", '<w:pStyle w:val="Loop"/>'))).text == "text"
    assert reason(b"PK\x03\x04 nothing") == "truncated"
    assert reason(docx(p("text"))[:-40]) == "truncated"
    assert reason(docx("<w:p>")) == "wrong_type"


def test_bombs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    entities = '<!DOCTYPE x [<!ENTITY a "aaaa">]><w:styles/>'
    assert reason(docx(p("text"), styles=entities)) == "wrong_type"
    assert reason(docx(p("a" * 4_000_000))) == "beyond_limits"
    assert reason(docx("<w:ins>" * 300 + "</w:ins>" * 300)) == "beyond_limits"
    monkeypatch.setattr(docx_parts, "MAX_MEMBERS", 2)
    assert reason(docx(p("text"))) == "beyond_limits"


def test_it_is_known_by_its_first_bytes_and_older_office_files_are_not_taken() -> None:
    assert examine(Page(docx(p("text")), "application/octet-stream")).reading.text == "text"
    with pytest.raises(UnreadableError, match="office"):
        examine(Page(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "application/msword"))
