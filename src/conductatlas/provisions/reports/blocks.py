"""What a report consists of, before it is a page, Markdown or a PDF file: blocks of words, links, tables and charts.

Links are paths of the site; whoever renders them puts its address before them. Nothing here holds markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to a path of the site."""

    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Silence:
    """What is no value: "not stated", "not read", "conflicting". Drawn otherwise than any value."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """Exact words of a text, in their language."""

    text: str
    language: str


Part = str | Link | Silence | Words


@dataclass(frozen=True, slots=True)
class Heading:
    """level: 2 or 3. anchor: its id on a page."""

    text: str
    anchor: str
    level: int = 2
    kind: ClassVar[str] = "heading"


@dataclass(frozen=True, slots=True)
class Paragraph:
    parts: tuple[Part, ...]
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True, slots=True)
class Items:
    rows: tuple[tuple[Part, ...], ...]
    kind: ClassVar[str] = "items"


@dataclass(frozen=True, slots=True)
class Table:
    """rows: of each cell its parts; the first names the row. is_of_chart: the chart before it says the same.
    notes: below the heads, "" or a few words each, () for none."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[tuple[Part, ...], ...], ...]
    is_of_chart: bool = False
    notes: tuple[str, ...] = ()
    kind: ClassVar[str] = "table"

    @property
    def headed(self) -> list[tuple[str, str]]:
        """The heads, each with its note."""
        return list(zip(self.heads, self.notes or ("",) * len(self.heads), strict=True))

    @property
    def is_wide(self) -> bool:
        """Whether it needs a sheet's whole width."""
        return len(self.heads) > 4

    @property
    def labelled(self) -> list[list[tuple[str, tuple[Part, ...]]]]:
        """The rows, each cell with the head of its column."""
        return [list(zip(self.heads, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of what the table that follows it says: (value, number). silence: what is no value, drawn otherwise."""

    title: str
    values: tuple[tuple[str, int], ...]
    silence: tuple[tuple[str, int], ...]
    kind: ClassVar[str] = "chart"


@dataclass(frozen=True, slots=True)
class Quotation:
    """Exact words, with who wrote them and where they stand."""

    words: Words
    source: tuple[Part, ...]
    kind: ClassVar[str] = "quotation"

    @property
    def as_row(self) -> tuple[Part, ...]:
        return (self.words,)


Block = Heading | Paragraph | Items | Table | Chart | Quotation


def said(*parts: Part) -> Paragraph:
    return Paragraph(parts)


def plain(parts: Sequence[Part]) -> str:
    """Parts as text alone."""
    return "".join(part if isinstance(part, str) else part.text for part in parts)
