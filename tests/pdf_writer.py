"""A small writer of PDF files for tests: raw syntax (ISO 32000-1, 7), the standard fonts, every fault on purpose.

Text is set in Courier, whose characters are all as wide: 0.6 of the size.
"""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

FONTS = {"F1": "Courier", "F2": "Courier-Bold", "F3": "Courier-Oblique"}
PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


@dataclass
class Page:
    """What is drawn on one page. Places are in points from its lower left corner."""

    width: float = 595
    height: float = 842
    drawn: list[bytes] = field(default_factory=list)
    links: list[tuple[tuple[float, float, float, float], str]] = field(default_factory=list)
    image: bool = False
    rotate: int = 0

    def text(self, x: float, y: float, words: str, *, font: str = "F1", size: float = 10) -> Page:
        shown = words.encode("cp1252").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
        self.drawn.append(b"BT /%s %g Tf %g %g Td (%s) Tj ET" % (font.encode(), size, x, y, shown))
        return self

    def lines(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        *,
        font: str = "F1",
        size: float = 10,
        leading: float = 13,
    ) -> float:
        """Write lines from `y` downwards. Returns where the next would stand."""
        for line in lines:
            self.text(x, y, line, font=font, size=size)
            y -= leading
        return y

    def paragraph(self, x: float, y: float, words: str, *, width: int = 75, size: float = 10) -> float:
        """Write a paragraph, wrapped. Returns where the next would stand, a space below."""
        return self.lines(x, y, textwrap.wrap(words, width, break_on_hyphens=False), size=size) - 10

    def line(self, x0: float, y0: float, x1: float, y1: float) -> Page:
        self.drawn.append(b"0.5 w %g %g m %g %g l S" % (x0, y0, x1, y1))
        return self

    def grid(self, xs: Sequence[float], ys: Sequence[float]) -> Page:
        for x in xs:
            self.line(x, min(ys), x, max(ys))
        for y in ys:
            self.line(min(xs), y, max(xs), y)
        return self

    def picture(self) -> Page:
        self.image = True
        self.drawn.append(b"q 400 0 0 600 50 100 cm /Im1 Do Q")
        return self


@dataclass
class File:
    """A file under construction: numbered objects, of which the first is the catalogue and the second the page tree."""

    objects: list[bytes] = field(default_factory=list)

    def add(self, content: bytes) -> int:
        self.objects.append(content)
        return len(self.objects)

    def stream(self, data: bytes, entries: bytes = b"") -> int:
        return self.add(b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data))

    def finish(self, *, trailer: bytes = b"") -> bytes:
        out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
        places = []
        for number, content in enumerate(self.objects, 1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        size = len(places) + 1
        return out + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
            size,
            trailer,
            start,
        )


def pdf(
    *pages: Page, title: str = "", outline: Sequence[str] = (), user_password: str | None = None
) -> bytes:
    """A whole file. user_password: locks it with the standard handler, RC4 of 40 bits; "" opens by itself."""
    file = File([b"", b""])
    fonts = b" ".join(
        b"/%s %d 0 R" % (name.encode(), file.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /%s "
        b"/Encoding /WinAnsiEncoding >>" % font.encode()))
        for name, font in FONTS.items()
    )  # fmt: skip
    image = file.stream(
        b"\x80",
        b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8",
    )
    kids = []
    for page in pages:
        content = file.stream(b"\n".join(page.drawn))
        links = b" ".join(
            b"<< /Type /Annot /Subtype /Link /Rect [%g %g %g %g] /A << /S /URI /URI (%s) >> >>"
            % (*box, url.encode())
            for box, url in page.links
        )
        kids.append(
            file.add(
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Rotate %d /Contents %d 0 R /Annots [%s] "
                b"/Resources << /Font << %s >> /XObject << /Im1 %d 0 R >> >> >>"
                % (page.width, page.height, page.rotate, content, links, fonts, image)
            )
        )
    entries = b"".join(b"%d 0 R " % kid for kid in kids)
    file.objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (entries, len(kids))
    file.objects[0] = b"<< /Type /Catalog /Pages 2 0 R %s >>" % _outline(file, outline)
    trailer = b"/Info %d 0 R" % file.add(b"<< /Title (%s) >>" % title.encode("cp1252")) if title else b""
    if user_password is None:
        return file.finish(trailer=trailer)
    return _locked(file, user_password)


def _outline(file: File, titles: Sequence[str]) -> bytes:
    if not titles:
        return b""
    root, first = len(file.objects) + 1, len(file.objects) + 2
    file.add(b"<< /First %d 0 R /Last %d 0 R /Count %d >>" % (first, first + len(titles) - 1, len(titles)))
    for place, title in enumerate(titles):
        following = b"/Next %d 0 R" % (first + place + 1) if place + 1 < len(titles) else b""
        file.add(b"<< /Title (%s) /Parent %d 0 R %s >>" % (title.encode("cp1252"), root, following))
    return b"/Outlines %d 0 R" % root


def _locked(file: File, password: str) -> bytes:
    """The file encrypted (ISO 32000-1, 7.6.3, algorithms 1 to 4)."""
    identity = b"\x11" * 16
    owner = _rc4(hashlib.md5(PADDING).digest()[:5], (password.encode() + PADDING)[:32])
    rights = (-4).to_bytes(4, "little", signed=True)
    key = hashlib.md5((password.encode() + PADDING)[:32] + owner + rights + identity).digest()[:5]
    user = _rc4(key, PADDING)
    for place, content in enumerate(file.objects):
        head, mark, rest = content.partition(b"\nstream\n")
        if mark:
            number = (place + 1).to_bytes(3, "little") + b"\0\0"
            data = _rc4(hashlib.md5(key + number).digest()[:10], rest.removesuffix(b"\nendstream"))
            file.objects[place] = head + mark + data + b"\nendstream"
    lock = file.add(
        b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>"
        % (owner.hex().encode(), user.hex().encode())
    )
    identities = identity.hex().encode()
    return file.finish(trailer=b"/Encrypt %d 0 R /ID [<%s> <%s>]" % (lock, identities, identities))


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
