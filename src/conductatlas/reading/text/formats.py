"""What a file is by its first bytes, which say more than the type it was served with (MIME Sniffing standard)."""

from __future__ import annotations

from conductatlas.reading.text.charset import media_type

PDF = "pdf"
DOCX = "docx"
OFFICE = "office"  # other files of office programs, which nothing here reads

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_JUNK = 1024  # bytes that may stand before "%PDF-" (ISO 32000-1, annex H, note 13) where the type says PDF
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .doc, .xls, .ppt
_ZIP = b"PK\x03\x04"
_WORD = b"word/document.xml"
_OTHER = (b"xl/", b"ppt/", b"mimetypeapplication/vnd.oasis")


def sniff(body: bytes, content_type: str | None) -> str:
    """PDF, DOCX or OFFICE; "" for what is none of them: markup, text, or data of another kind."""
    start = body[:_JUNK]
    if start.lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"%PDF-"):
        return PDF
    if start.startswith((_OLE, b"{\\rtf")):
        return OFFICE
    if start.startswith(_ZIP):
        return _zipped(body, content_type)
    declared = media_type(content_type)
    if declared == "application/pdf" and b"%PDF-" in start:
        return PDF
    return ""


def _zipped(body: bytes, content_type: str | None) -> str:
    """A ZIP archive by the names of its members, which stand in its head and in its directory at the end."""
    if media_type(content_type) == DOCX_TYPE:
        return DOCX
    names = body[:4096] + body[-65_536:]
    if any(name in names for name in _OTHER):
        return OFFICE
    return DOCX if _WORD in names else ""
