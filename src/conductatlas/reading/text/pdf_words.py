"""The parts of a PDF page: words with their places, ruled lines, and the sheet that holds them.

Places are in points from the upper left corner of the page as it is read, x to the right and y downwards.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(slots=True)
class Word:
    """Characters with no space between. y: the base line. `glued`: no space stands before it.

    size: of its type, in points. link: the address it leads to, "" if none. order: its place in the file.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    italic: bool = False
    link: str = ""
    order: int = 0
    glued: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruled line, or the edge of a box: level if y0 equals y1, else upright."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def is_level(self) -> bool:
        return self.y0 == self.y1


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page. number: from 1. askew: how many characters run at another angle, and are left out."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    rules: tuple[Rule, ...]
    has_image: bool = False
    is_broken: bool = False
    askew: int = 0


@dataclass(slots=True)
class Row:
    """Words on one base line that read on: a line of a column, or of a cell."""

    words: list[Word]

    @property
    def x0(self) -> float:
        return min(word.x0 for word in self.words)

    @property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)

    @property
    def y(self) -> float:
        """The base line of its largest word: notes set high or low are smaller."""
        return max(self.words, key=lambda word: (word.size, len(word.text))).y

    @property
    def order(self) -> int:
        return min(word.order for word in self.words)

    @property
    def size(self) -> float:
        """The size of most of its characters, to half a point."""
        sizes: dict[float, int] = {}
        for word in self.words:
            size = round(word.size * 2) / 2
            sizes[size] = sizes.get(size, 0) + len(word.text)
        return max(sizes, key=lambda size: sizes[size])

    @property
    def bold(self) -> bool:
        """Whether all that is letters or digits is bold."""
        told = [word.bold for word in self.words if any(map(str.isalnum, word.text))]
        return bool(told) and all(told)

    @property
    def text(self) -> str:
        return joined(self.words)


def joined(words: Sequence[Word]) -> str:
    """The words as text, parted by spaces where they stand apart."""
    return "".join(
        ("" if word.glued or not place else " ") + word.text for place, word in enumerate(words)
    ).strip()


def is_leftward(text: str) -> bool:
    """Whether most letters are of a script that runs from right to left."""
    told = [unicodedata.bidirectional(c) in ("R", "AL") for c in text[:400] if c.isalpha()]
    return sum(told) * 2 > len(told)


def in_reading_order(words: Sequence[Word]) -> list[Word]:
    """The words of one line from its start. Where the script runs to the left, words of other scripts do not."""
    if not is_leftward("".join(word.text for word in words)):
        return sorted(words, key=lambda word: word.x0)
    ordered: list[Word] = []
    for runs_left, run in groupby(sorted(words, key=lambda word: -word.x1), key=_is_of_leftward_script):
        together = list(run)
        ordered += together if runs_left else together[::-1]
    for word in ordered:
        word.glued = False
    return ordered


def _is_of_leftward_script(word: Word) -> bool:
    return not any(unicodedata.bidirectional(c) in ("L", "EN") for c in word.text)


def base_lines(words: Sequence[Word]) -> list[list[Word]]:
    """The words by base line, from the top; small steps up and down (notes, uneven columns) count as one line."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.y, word.x0)):
        if lines and word.y - lines[-1][0].y <= max(0.4 * max(word.size, lines[-1][0].size), 1.0):
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines
