"""The parts of a DOCX file as XML trees, with bounds on everything a hostile file could swell.

A DOCX file is a ZIP archive of XML parts (ECMA-376, part 2). Sizes that the archive states are not believed; document
type declarations, which could declare entities without end, are refused.
"""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from conductatlas.errors import UnreadableError

MAX_MEMBERS = 5_000
MAX_PART = 30_000_000  # bytes of one part, unpacked …
MAX_ALL = 60_000_000  # … and of all parts that are read
MAX_RATIO = 250  # a part may unpack to so many times its size, if it is larger than
SMALL = 1_000_000  # bytes
MAX_DEPTH = 250  # elements in one another
MAX_ELEMENTS = 600_000  # of a part

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"  # ISO/IEC 29500 strict: the same names


class Parts:
    """The parts of a file by name. UnreadableError if it is no archive, is locked, or is out of all proportion."""

    def __init__(self, body: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(BytesIO(body))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError):
            if b"PK\x05\x06" not in body[-66_000:]:
                raise UnreadableError("the DOCX file ends in the middle", reason="truncated") from None
            raise UnreadableError("the DOCX file is damaged: its parts cannot be told apart") from None
        if len(self._archive.infolist()) > MAX_MEMBERS:
            raise _beyond(f"more than {MAX_MEMBERS:,} parts")
        self._left = MAX_ALL

    def tree(self, name: str) -> Element | None:
        """The tree of a part, None if the file has no such part. Names are of the form "{w}p"."""
        data = self._read(name)
        return None if data is None else parse(data)

    def _read(self, name: str) -> bytes | None:
        try:
            member = self._archive.getinfo(name)
        except KeyError:
            return None
        if member.flag_bits & 1:
            raise UnreadableError("the DOCX file is locked with a password", reason="encrypted")
        most = min(MAX_PART, self._left)
        try:
            with self._archive.open(member) as part:
                data = part.read(most + 1)
        except (
            zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError,
        ):  # fmt: skip
            raise UnreadableError(f"the DOCX file is damaged: {name} cannot be unpacked") from None
        if len(data) > most or (len(data) > SMALL and len(data) > MAX_RATIO * max(member.compress_size, 1)):
            raise _beyond(f"a part that unpacks to more than a document has ({name})")
        self._left -= len(data)
        return data


def parse(data: bytes) -> Element:
    """The tree of an XML part. Names in the namespace of WordprocessingML begin with "{w}"."""
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    depth = elements = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > MAX_DEPTH or elements > MAX_ELEMENTS:
            raise _beyond("more elements than a document has")
        builder.start(_named(name), {_named(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_named(name))

    def doctype(*_: object) -> None:
        raise UnreadableError("the DOCX file declares a document type, which no such file does")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, ValueError, AssertionError, LookupError):
        raise UnreadableError("the DOCX file is damaged: a part of it is no XML") from None


def _named(name: str) -> str:
    space, brace, local = name.rpartition("}")
    if not brace:
        return name
    return f"{{w}}{local}" if space in (_W, _STRICT) else f"{{{space}}}{local}"


def _beyond(what: str) -> UnreadableError:
    return UnreadableError(f"the DOCX file has {what}", reason="beyond_limits")
