"""From bytes to text: which encoding a page is in (HTML standard, "determining the character encoding").

In order: a byte order mark; the charset of Content-Type; a `<meta>` in the first 1,024 bytes; a guess. There is one
departure from the standard: a body that holds bytes beyond ASCII and is UTF-8 from end to end is UTF-8, whatever
single-byte encoding is declared. Text in another encoding does not happen to be valid UTF-8, whereas servers do
declare encodings that their pages are not in.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import webencodings

PRESCAN = 1024

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16le"), (codecs.BOM_UTF16_BE, "utf-16be"))

# HTML standard, "suggested default encodings": what pages in these languages were written in before UTF-8.
DEFAULTS_BY_LANGUAGE = {
    "ar": "windows-1256",
    "be": "windows-1251",
    "bg": "windows-1251",
    "cs": "windows-1250",
    "el": "iso-8859-7",
    "et": "windows-1257",
    "fa": "windows-1256",
    "he": "windows-1255",
    "hr": "windows-1250",
    "hu": "iso-8859-2",
    "ja": "shift_jis",
    "ko": "euc-kr",
    "ku": "windows-1254",
    "lt": "windows-1257",
    "lv": "windows-1257",
    "mk": "windows-1251",
    "pl": "iso-8859-2",
    "ru": "windows-1251",
    "sk": "windows-1250",
    "sl": "iso-8859-2",
    "sr": "windows-1251",
    "th": "windows-874",
    "tr": "windows-1254",
    "uk": "windows-1251",
    "vi": "windows-1258",
    "zh": "gb18030",
    "zh-hk": "big5",
    "zh-tw": "big5",
}

_META = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([^\s\"'/>;]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]*?\bencoding\s*=\s*[\"']([^\"']+)", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|$)", re.DOTALL)
_LANGUAGE = re.compile(rb"<html\b[^>]*?\blang\s*=\s*[\"']?([a-z]{2,3}(?:-[a-z]{2})?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and how it was had. `encoding` is a WHATWG name; `source` one of bom, header, bytes, meta, guess."""

    text: str
    encoding: str
    source: str


def decode(body: bytes, content_type: str | None) -> Decoded:
    """The text of `body`. Never fails: what cannot be decoded becomes U+FFFD."""
    for bom, name in BOMS:
        if body.startswith(bom):
            return Decoded(_decoded(body[len(bom) :], name), name, "bom")
    header = _known(parameter(content_type, "charset"))
    if header is not None and header.startswith("utf-16"):
        return Decoded(_decoded(body, header), header, "header")
    if header != "utf-8" and _is_utf8(body):
        return Decoded(_decoded(body, "utf-8"), "utf-8", "bytes")
    if header is not None:
        return Decoded(_decoded(body, header), header, "header")
    meta = _declared_inside(body)
    if meta is not None:
        return Decoded(_decoded(body, meta), meta, "meta")
    guess = _guess(body)
    return Decoded(_decoded(body, guess), guess, "guess")


def media_type(content_type: str | None) -> str:
    """The media type of a Content-Type value in lower case, without parameters; "" if there is none."""
    return (content_type or "").split(";", 1)[0].strip().lower()


def parameter(content_type: str | None, name: str) -> str:
    """One parameter of a Content-Type value (RFC 9110, 8.3.1), "" if absent."""
    match = re.search(rf";\s*{re.escape(name)}\s*=\s*\"?([^\";\s]+)", content_type or "", re.IGNORECASE)
    return match[1] if match else ""


def _known(label: str) -> str | None:
    encoding = webencodings.lookup(label.strip()) if label else None
    if encoding is None or encoding.name == "replacement":
        return None
    return str(encoding.name)


def _decoded(body: bytes, name: str) -> str:
    if name == "gbk":
        name = "gb18030"  # the standard's gbk decoder is its gb18030 decoder
    text, _ = webencodings.lookup(name).codec_info.decode(body, "replace")
    return str(text)


def _is_utf8(body: bytes) -> bool:
    """Whether the body has multi-byte sequences and is UTF-8 but for a cut last character."""
    if body.isascii():
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(body) - 3 and not body[: error.start].isascii()
    return True


def _declared_inside(body: bytes) -> str | None:
    start = body[:PRESCAN]
    match = _XML.search(start) or _META.search(_COMMENT.sub(b"", start))
    name = _known(match[1].decode("ascii", "ignore")) if match else None
    if name is None:
        return None
    if name.startswith("utf-16"):
        return "utf-8"  # the declaration could be read, so the bytes are not UTF-16
    return "windows-1252" if name == "x-user-defined" else name


def _guess(body: bytes) -> str:
    """An encoding for a body that declares none and is not wholly UTF-8."""
    start = body[:PRESCAN]
    if len(start) >= 4:
        even, odd = start[0::2].count(0), start[1::2].count(0)
        if odd > len(start) // 4 > even:
            return "utf-16le"
        if even > len(start) // 4 > odd:
            return "utf-16be"
    text = body.decode("utf-8", "replace")
    broken = text.count("�")
    if broken * 10 <= len(text) - len(text.encode("ascii", "ignore")) - broken:
        return "utf-8"  # a page in UTF-8 with some foreign bytes in it
    match = _LANGUAGE.search(start)
    tag = match[1].decode("ascii").lower() if match else ""
    return DEFAULTS_BY_LANGUAGE.get(tag) or DEFAULTS_BY_LANGUAGE.get(tag.split("-")[0], "windows-1252")
