"""What stands on a page of a PDF file, as PDFium finds it: its characters made words, its ruled lines, its links.

With `pdf_file` the only code that knows PDFium.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pypdfium2.raw as pdfium

from conductatlas.reading.text.markers import BULLET
from conductatlas.reading.text.pdf_words import Rule, Sheet, Word

MAX_OBJECTS = 20_000  # of a page: on a page with more, no ruled lines are looked for
MAX_POINTS = 200  # of a path
MAX_LINKS = 2_000  # of a page
THIN = 2.5  # points: a box no thicker is a ruled line …
SHORT = 8.0  # … if it is longer than this
DOT = (1.5, 7.0)  # points: a shape as wide and high as this may be a bullet
MAX_DOTS = 300  # of a page
APART = 0.22  # of the size of type: characters that stand further apart are two words
SHIFTED = 0.35  # of the size of type: characters on base lines further apart are two words

_LINE_END_HYPHENS = str.maketrans({"\x02": "-", "\ufffe": "-"})  # what PDFium makes of any at a line's end
_BOLD = re.compile(r"bold|black|heavy|semib|demi", re.IGNORECASE)
_ITALIC = re.compile(r"italic|oblique", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)[^\s\x00-\x1f<>\"\ud800-\udfff]{1,4000}", re.IGNORECASE)
_EMBEDDED_STYLE = {"bold": 1 << 18, "italic": 1 << 6}  # ISO 32000-1, table 123


@dataclass(slots=True)
class _Glyph:
    """One character. quarter: which way its line runs, in quarter turns; -1 for any other angle."""

    character: str
    left: float
    bottom: float
    right: float
    top: float
    x: float  # of its origin, which is on the base line
    y: float
    size: float
    bold: bool
    italic: bool
    quarter: int


class _Frame:
    """The page turned so that text of a quarter turn runs from left to right, from its upper left corner."""

    def __init__(self, box: tuple[float, float, float, float], quarter: int) -> None:
        self._left, self._bottom, self._right, self._top = box
        self._quarter = quarter
        across, up = self._right - self._left, self._top - self._bottom
        self.width, self.height = (across, up) if quarter % 2 == 0 else (up, across)

    def point(self, x: float, y: float) -> tuple[float, float]:
        match self._quarter:
            case 1:
                return y - self._bottom, x - self._left
            case 2:
                return self._right - x, y - self._bottom
            case 3:
                return self._top - y, self._right - x
            case _:
                return x - self._left, self._top - y

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) in the frame."""
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    def holds(self, x: float, y: float) -> bool:
        return -1 <= x <= self.width + 1 and -1 <= y <= self.height + 1


def sheet(page: Any, text: Any, file: Any, number: int) -> Sheet:
    """The sheet of an open page and its open text page, of that number."""
    bounds = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, bounds)
    glyphs = list(_glyphs(text))
    turns = Counter(glyph.quarter for glyph in glyphs if glyph is not None and glyph.quarter >= 0)
    quarter = turns.most_common(1)[0][0] if turns else 0
    frame = _Frame((bounds.left, bounds.bottom, bounds.right, bounds.top), quarter)
    words = _words([g for g in glyphs if g is None or g.quarter == quarter], frame, _links(page, file, frame))
    rules, dots, has_image = _drawn(page, frame)
    words += list(_bullets(dots, words))
    askew = sum(1 for glyph in glyphs if glyph is not None and glyph.quarter != quarter)
    return Sheet(
        number, frame.width, frame.height, tuple(words), tuple(rules), has_image=has_image, askew=askew
    )


def _glyphs(text: Any) -> Iterator[_Glyph | None]:
    """The characters in PDFium's order; None where words are parted."""
    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    x, y, flags = ctypes.c_double(), ctypes.c_double(), ctypes.c_int()
    name = ctypes.create_string_buffer(128)
    for place in range(pdfium.FPDFText_CountChars(text)):
        code = pdfium.FPDFText_GetUnicode(text, place)
        character = chr(code) if 0 < code < 0x110000 else " "
        if character.isspace():
            yield None
            continue
        pdfium.FPDFText_GetLooseCharBox(text, place, box)
        pdfium.FPDFText_GetCharOrigin(text, place, x, y)
        pdfium.FPDFText_GetMatrix(text, place, matrix)
        pdfium.FPDFText_GetFontInfo(text, place, name, 128, flags)
        bold, italic = _style(name.value, flags.value)
        size = pdfium.FPDFText_GetFontSize(text, place) * math.hypot(matrix.c, matrix.d)
        places = (box.left, box.bottom, box.right, box.top, x.value, y.value, size)
        if all(map(math.isfinite, places)):
            yield _Glyph(character, *places, bold, italic, _quarter(matrix.a, matrix.b))


@lru_cache(maxsize=500)
def _style(name: bytes, flags: int) -> tuple[bool, bool]:
    """Bold and italic, by the font's name and its descriptor."""
    printed = name.decode("latin-1").rpartition("+")[2]
    return (
        _BOLD.search(printed) is not None or bool(flags & _EMBEDDED_STYLE["bold"]),
        _ITALIC.search(printed) is not None or bool(flags & _EMBEDDED_STYLE["italic"]),
    )


def _quarter(a: float, b: float) -> int:
    turns = math.atan2(b, a) / (math.pi / 2)
    return round(turns) % 4 if abs(turns - round(turns)) < 0.06 else -1


def _words(glyphs: Sequence[_Glyph | None], frame: _Frame, links: Sequence[_Link]) -> list[Word]:
    """Words in the order of the file. A character outside of the page is not shown, and none."""
    words: list[Word] = []
    spots: list[list[tuple[str, float]]] = []  # of each word its characters, and where they stand
    last: Word | None = None
    spaced = True
    for glyph in glyphs:
        if glyph is None:
            spaced = True
            continue
        left, _, right, _ = frame.box(glyph.left, glyph.bottom, glyph.right, glyph.top)
        _x, y = frame.point(glyph.x, glyph.y)
        if not frame.holds((left + right) / 2, y) or glyph.size <= 0:
            continue
        character = glyph.character.translate(_LINE_END_HYPHENS)
        middle = (left + right) / 2
        address = next((link.address for link in links if link.holds(middle, y - glyph.size / 4)), "")
        if last is not None and not spaced and address == last.link and _goes_on(last, glyph, left, y):
            last.text += character
            spots[-1].append((character, middle))
            last.x0, last.x1 = min(last.x0, left), max(last.x1, right)
            continue
        touches = last is not None and not spaced and abs(left - last.x1) < APART * glyph.size
        last = Word(character, left, right, y, glyph.size, glyph.bold, glyph.italic, address, len(words))
        last.glued = touches and abs(y - words[-1].y) < glyph.size
        words.append(last)
        spots.append([(character, middle)])
        spaced = False
    for word, found in zip(words, spots, strict=True):
        if not word.text.isascii() and any(map(_runs_leftward, word.text)):
            word.text = _from_right(found)
    return words


def _runs_leftward(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("R", "AL")


def _from_right(spots: list[tuple[str, float]]) -> str:
    """The characters of a word as they stand from right to left, whichever way the file has them.

    Characters on one spot are a ligature; PDFium turns it round where it turns the word.
    """
    groups: list[tuple[str, float]] = []
    is_turned = spots[0][1] > spots[-1][1]
    for character, at in spots:
        if groups and abs(groups[-1][1] - at) < 0.01:
            text = groups[-1][0]
            groups[-1] = (character + text if is_turned else text + character, at)
        else:
            groups.append((character, at))
    return "".join(text for text, _ in sorted(groups, key=lambda group: -group[1]))


def _goes_on(word: Word, glyph: _Glyph, left: float, y: float) -> bool:
    if (word.bold, word.italic) != (glyph.bold, glyph.italic) or abs(word.size - glyph.size) > 0.5:
        return False
    if abs(y - word.y) > SHIFTED * word.size:
        return False
    if _runs_leftward(glyph.character) or _runs_leftward(word.text[-1]):
        return word.x0 - 1.5 * glyph.size < left < word.x1 + 0.5 * glyph.size
    return -glyph.size < left - word.x1 < APART * glyph.size


# links and ruled lines


@dataclass(frozen=True, slots=True)
class _Link:
    address: str
    box: tuple[float, float, float, float]

    def holds(self, x: float, y: float) -> bool:
        left, top, right, bottom = self.box
        return left <= x <= right and top - 1 <= y <= bottom + 1


def _links(page: Any, file: Any, frame: _Frame) -> list[_Link]:
    """The page's links to addresses on the web. Links within the file are not followed."""
    found: list[_Link] = []
    place, link, box = ctypes.c_int(0), pdfium.FPDF_LINK(), pdfium.FS_RECTF()
    for _ in range(MAX_LINKS):
        if not pdfium.FPDFLink_Enumerate(page, place, link):
            break
        action = pdfium.FPDFLink_GetAction(link)
        if not action or pdfium.FPDFAction_GetType(action) != pdfium.PDFACTION_URI:
            continue
        size = pdfium.FPDFAction_GetURIPath(file, action, None, 0)
        if not 1 < size <= 4000 or not pdfium.FPDFLink_GetAnnotRect(link, box):
            continue
        buffer = ctypes.create_string_buffer(size)
        pdfium.FPDFAction_GetURIPath(file, action, buffer, size)
        address = buffer.value.decode("utf-8", "ignore").strip()
        if _ADDRESS.fullmatch(address):
            found.append(_Link(address, frame.box(box.left, box.bottom, box.right, box.top)))
    return found


def _drawn(page: Any, frame: _Frame) -> tuple[list[Rule], list[tuple[float, float]], bool]:
    """The ruled lines and edges of boxes on a page, the middles of dots, and whether there is an image on it."""
    rules: list[Rule] = []
    dots: list[tuple[float, float]] = []
    has_image = False
    edges = [ctypes.c_float() for _ in range(4)]
    for place in range(min(pdfium.FPDFPage_CountObjects(page), MAX_OBJECTS)):
        drawn = pdfium.FPDFPage_GetObject(page, place)
        kind = pdfium.FPDFPageObj_GetType(drawn)
        has_image = has_image or kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM)
        if kind != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        if not pdfium.FPDFPageObj_GetBounds(drawn, *edges):
            continue
        left, top, right, bottom = box = frame.box(*(edge.value for edge in edges))
        if DOT[0] <= right - left <= DOT[1] and DOT[0] <= bottom - top <= DOT[1]:
            dots.append(((left + right) / 2, (top + bottom) / 2))
        elif 5 < pdfium.FPDFPath_CountSegments(drawn) <= MAX_POINTS:
            rules += _sides(drawn, frame)
        else:
            rules += _edges(box)
    return rules, dots, has_image


def _bullets(dots: Sequence[tuple[float, float]], words: Sequence[Word]) -> Iterator[Word]:
    """Bullets that are drawn rather than written: a dot before the first word of a line, as high as its letters."""
    for x, y in dots[:MAX_DOTS]:
        beside = [word for word in words if abs(word.y - 0.3 * word.size - y) < 0.3 * word.size]
        after = min((word for word in beside if word.x0 > x), key=lambda word: word.x0, default=None)
        if after is None or after.x0 - x > 3 * after.size:
            continue
        if not any(word.x0 <= x and word.x1 > x - 3 * after.size for word in beside):
            yield Word(BULLET, x - 1, x + 1, after.y, after.size, order=after.order)


def _edges(box: tuple[float, float, float, float]) -> Iterator[Rule]:
    """A thin box is one line, any other has four."""
    left, top, right, bottom = box
    if not all(map(math.isfinite, box)):
        return
    across, down = right - left, bottom - top
    if across > SHORT:
        for y in {(top + bottom) / 2} if down <= THIN else {top, bottom}:
            yield Rule(left, y, right, y)
    if down > SHORT:
        for x in {(left + right) / 2} if across <= THIN else {left, right}:
            yield Rule(x, top, x, bottom)


def _sides(path: Any, frame: _Frame) -> Iterator[Rule]:
    """The level and upright lines of a path with many points: a grid drawn at one go."""
    matrix, x, y = pdfium.FS_MATRIX(), ctypes.c_float(), ctypes.c_float()
    pdfium.FPDFPageObj_GetMatrix(path, matrix)
    last: tuple[float, float] | None = None
    for place in range(pdfium.FPDFPath_CountSegments(path)):
        segment = pdfium.FPDFPath_GetPathSegment(path, place)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        here = frame.point(
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        if last is not None and pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_LINETO:
            (x0, y0), (x1, y1) = sorted((last, here))
            if min(abs(x1 - x0), abs(y1 - y0)) <= THIN:
                yield from _edges((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
        last = here
