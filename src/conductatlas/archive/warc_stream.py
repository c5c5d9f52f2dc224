"""The bytes of a WARC file, as they come: unpacked by gzip member or plain, and where each record begins.

What is held of a file is a block or two, and of a head no more than HEAD bytes.
"""

from __future__ import annotations

import re
import zlib
from typing import BinaryIO

BLOCK = 1 << 16  # bytes read and unpacked at a time
HEAD = 1 << 18  # bytes of the head of a record, and of the HTTP head within
GZIP = b"\x1f\x8b\x08"
_HEAD_END = re.compile(rb"\r?\n\r?\n")


class BrokenFileError(Exception):
    """From `offset` on the file cannot be followed."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset, self.message = offset, message


class BadRecordError(Exception):
    """This record is of no use; the next one can be."""


class Stream:
    """A file's bytes from one place on, unpacked. `offset` is where the gzip member at hand begins, or the place in
    a plain file; `taken` counts the unpacked bytes read of the member."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self._file = file
        self._raw = b""
        self._ready = b""
        self._read_to = offset
        file.seek(offset)
        self._fill_raw()
        self._begin(offset)

    def _fill_raw(self) -> None:
        data = self._file.read(BLOCK)
        self._read_to += len(data)
        self._raw += data

    def _begin(self, offset: int) -> None:
        self.offset, self.taken = offset, 0
        self._member = zlib.decompressobj(31) if self._raw.startswith(GZIP) else None

    @property
    def is_gzip(self) -> bool:
        """Whether the record at hand lies in a gzip member."""
        return self._member is not None

    def _more(self) -> bool:
        """Unpack some more of the member; False at its end."""
        if self._member is None:
            if not self._raw:
                self._fill_raw()
            self._ready += self._raw
            has_more, self._raw = bool(self._raw), b""
            return has_more
        while not self._member.eof:
            if not self._raw:
                self._fill_raw()
                if not self._raw:
                    raise BrokenFileError(self.offset, "the file ends within a record")
            try:
                made = self._member.decompress(self._raw, BLOCK)
            except zlib.error as fault:
                raise BrokenFileError(self.offset, f"the gzip data is damaged: {fault}") from fault
            self._raw = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            if made:
                self._ready += made
                return True
        return False

    def next_record(self) -> bool:
        """Go to the next record, over blank lines and the ends of members; False at the end of the file."""
        while True:
            while True:
                if not self._ready and not self._more():
                    break
                stripped = self._ready.lstrip(b"\r\n")
                self._count(len(self._ready) - len(stripped))
                self._ready = stripped
                if stripped:
                    return True
            if self._member is None:
                return False
            if len(self._raw) < len(GZIP):
                self._fill_raw()
            if not self._raw:
                return False
            self._begin(self._read_to - len(self._raw))
            if self._member is None:
                raise BrokenFileError(self.offset, "what follows a gzip member is none")

    def _count(self, length: int) -> None:
        if self._member is None:
            self.offset += length
        else:
            self.taken += length

    def head(self) -> bytes:
        """Up to and without the blank line that ends a head; BadRecordError if there is none within HEAD bytes."""
        while (end := _HEAD_END.search(self._ready)) is None:
            if len(self._ready) > HEAD:
                raise BadRecordError(f"its head is longer than {HEAD} bytes")
            if not self._more():
                raise BrokenFileError(self.offset, "the file ends within the head of a record")
        found = self._ready[: end.start()]
        self._count(end.end())
        self._ready = self._ready[end.end() :]
        return found

    def read(self, length: int) -> bytes:
        """At most `length` bytes, at least one; BrokenFileError if there is no more."""
        if not self._ready and not self._more():
            raise BrokenFileError(self.offset, "the file ends within a record")
        block, self._ready = self._ready[:length], self._ready[length:]
        self._count(len(block))
        return block

    def skip(self, length: int) -> None:
        """Pass over so many bytes; BrokenFileError as of `read`."""
        while length:
            length -= len(self.read(min(length, BLOCK)))


def next_start(file: BinaryIO, offset: int) -> int | None:
    """Where the next record may begin; None if nowhere."""
    file.seek(offset)
    held = b""
    while data := file.read(BLOCK):
        held += data
        if match := re.search(re.escape(GZIP) + rb"|(?<=\n)WARC/1\.", held):
            return offset + match.start()
        offset += max(0, len(held) - 8)
        held = held[-8:]
    return None
