"""A reading: the plain text of a document, and stand-off marks that say what its parts are.

The text is NFC, holds no NUL and no lone surrogate, and puts one block (paragraph, heading, list item, table
row, term, definition, line of preformatted text) on one line, lines being parted by a single "\\n". Cells of a
row are parted by as many tabs as they stand columns apart. There are no empty lines, and no line starts or ends
with white space. Offsets count Unicode code points; `end` is exclusive.

Block marks cover exactly one line (or, for `table`, `quote` and `source`, a run of whole lines); a line with no
block mark is a paragraph. Marks are sorted by (start, -end, kind).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

PIECE = 1 << 16  # code points of a text whose words are counted at once


class MarkKind(StrEnum):
    HEADING = "heading"  # level 1..6
    ITEM = "item"  # level = depth of nesting from 1; value = the printed marker: "•", "(a)"; "" goes on with the last
    TERM = "term"  # <dt>
    DEFINITION = "definition"  # <dd>
    TABLE = "table"  # all rows of one table
    ROW = "row"  # one line; value "header" for a header row
    CELL = "cell"  # level = column from 0; value "th" or "td"
    QUOTE = "quote"  # block quotation, whole lines
    PREFORMATTED = "preformatted"
    LINK = "link"  # value = absolute address
    STRONG = "strong"
    EMPHASIS = "emphasis"
    CODE = "code"
    ANCHOR = "anchor"  # zero width, at the start of a line; value = id in the page
    LANGUAGE = "language"  # value = BCP 47 tag where it differs from the document's
    PROVISION = "provision"  # value = its id; in no reading: put in by who shows one
    SOURCE = "source"  # all lines of one source; level = its position from 0, value = its address


class Mark(NamedTuple):
    """One stand-off mark over text[start:end]. What `level` and `value` mean: see MarkKind.

    A tuple, for a page has a thousand of them, and a frozen dataclass takes four times as long to make.
    """

    start: int
    end: int
    kind: MarkKind
    level: int = 0
    value: str = ""

    def to_row(self) -> list[object]:
        """The mark as a JSON array: [kind, start, end, level, value]."""
        return [self.kind.value, self.start, self.end, self.level, self.value]

    @classmethod
    def from_row(cls, row: Sequence[object]) -> Mark:
        kind, start, end, level, value = row
        return cls(int(str(start)), int(str(end)), MarkKind(str(kind)), int(str(level)), str(value))


@dataclass(frozen=True, slots=True)
class Reading:
    """The text and marks of one document as one reader version saw it.

    title: the document's own title (its first heading, else <title>), "" if it has none.
    language: BCP 47 primary tag of the text ("en"), "" if not determined.
    """

    text: str
    marks: tuple[Mark, ...]
    title: str
    language: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text in UTF-8, hexadecimal. Marks do not count."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def words(self) -> int:
        """Number of runs of non-space characters."""
        return count_words(self.text)


def count_words(text: str) -> int:
    """Number of runs of non-space characters, counted piece by piece: a list of all words of a long text takes ten
    times the memory of the text."""
    count = sum(len(text[start : start + PIECE].split()) for start in range(0, len(text), PIECE))
    joints = range(PIECE, len(text), PIECE)
    return count - sum(not (text[joint - 1].isspace() or text[joint].isspace()) for joint in joints)


def sort_marks(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Marks in document order, outer before inner."""
    return tuple(sorted(marks, key=order))


def order(mark: Mark) -> tuple[int, int, MarkKind, int, str]:
    """Where a mark stands among others."""
    return mark.start, -mark.end, mark.kind, mark.level, mark.value
