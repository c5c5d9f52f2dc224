"""What styles and numbering say of a paragraph of a DOCX file (ECMA-376, part 1, 17.7 and 17.9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from conductatlas.reading.text.markers import BULLET, marker

MAX_CHAIN = 20  # styles that a style is based on
LEVELS = 9
_OFF = ("0", "false", "off", "none")
_KINDS = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}


def value_of(parent: Element | None, name: str) -> str | None:
    """The value of the property `name`, None if it is not there."""
    found = parent.find(name) if parent is not None else None
    return None if found is None else found.get("{w}val", "")


def is_on(parent: Element | None, name: str) -> bool | None:
    """Whether a property that is on or off is on; None if it is not there."""
    value = value_of(parent, name)
    return None if value is None else value not in _OFF


@dataclass(frozen=True, slots=True)
class Numbered:
    """Which list a paragraph is of, and how deep in it, from 0."""

    key: str
    depth: int


class Styles:
    """The styles of a file by their ids."""

    def __init__(self, tree: Element | None) -> None:
        found = tree.findall("{w}style") if tree is not None else []
        self._styles = {style.get("{w}styleId", ""): style for style in found}
        self._default = next(
            (
                s.get("{w}styleId", "")
                for s in found
                if s.get("{w}type") == "paragraph" and s.get("{w}default") == "1"
            ),
            "",
        )

    def chain(self, key: str | None) -> Iterator[Element]:
        """The style and those it is based on, nearest first; a loop ends it."""
        wanted = key or self._default
        for _ in range(MAX_CHAIN):
            style = self._styles.get(wanted)
            if style is None:
                return
            yield style
            wanted = value_of(style, "{w}basedOn") or ""

    def name(self, key: str | None) -> str:
        """The name of a style in lower case: "heading 1", "title", "toc 2"."""
        style = self._styles.get(key or "")
        return (value_of(style, "{w}name") or "").lower()

    def level(self, properties: Element | None) -> int:
        """The level of a heading from 1, 0 for a paragraph that is none."""
        stated = value_of(properties, "{w}outlineLvl")
        if stated is not None:
            return _level(stated)
        for style in self.chain(value_of(properties, "{w}pStyle")):
            name = (value_of(style, "{w}name") or "").lower()
            if name == "title":
                return 1
            if match := re.fullmatch(r"heading ([1-9])", name):
                return int(match[1])
            stated = value_of(style.find("{w}pPr"), "{w}outlineLvl")
            if stated is not None:
                return _level(stated)
        return 0

    def numbered(self, properties: Element | None) -> Numbered | None:
        """The list that a paragraph is of, by its own properties or its style's."""
        key = depth = None
        sources = [properties, *(s.find("{w}pPr") for s in self.chain(value_of(properties, "{w}pStyle")))]
        for source in sources:
            stated = source.find("{w}numPr") if source is not None else None
            if stated is not None:
                key = key if key is not None else value_of(stated, "{w}numId")
                depth = depth if depth is not None else value_of(stated, "{w}ilvl")
        if not key or key == "0":
            return None
        return Numbered(
            key, min(int(depth), LEVELS - 1) if depth and depth.isdecimal() and len(depth) < 3 else 0
        )

    def has(self, name: str, run: Element | None, paragraph: Element | None) -> bool:
        """Whether a property of characters is on, by the run's own, its style's, or the paragraph's style's."""
        own = is_on(run, name)
        if own is not None:
            return own
        keys = (value_of(run, "{w}rStyle"), value_of(paragraph, "{w}pStyle"))
        for place, key in enumerate(keys):
            if place == 0 and key is None:
                continue
            for style in self.chain(key):
                stated = is_on(style.find("{w}rPr"), name)
                if stated is not None:
                    return stated
        return False


def _level(stated: str) -> int:
    return int(stated) + 1 if stated.isdecimal() and len(stated) == 1 and stated != "9" else 0


class Numbering:
    """Counts the items of a file's lists, in the order of its paragraphs."""

    def __init__(self, tree: Element | None) -> None:
        self._levels: dict[str, dict[int, Element]] = {}  # of each list
        self._family: dict[str, str] = {}  # lists that count on in one another
        self._counts: dict[str, list[int | None]] = {}
        self._restarts: dict[tuple[str, int], int] = {}
        if tree is None:
            return
        abstract = {found.get("{w}abstractNumId", ""): found for found in tree.findall("{w}abstractNum")}
        for number in tree.findall("{w}num"):
            key, family = number.get("{w}numId", ""), value_of(number, "{w}abstractNumId") or ""
            levels = {_depth(level): level for level in _all(abstract.get(family), "{w}lvl")}
            for override in number.findall("{w}lvlOverride"):
                depth = _depth(override)
                if (level := override.find("{w}lvl")) is not None:
                    levels[depth] = level
                if (start := value_of(override, "{w}startOverride")) is not None:
                    self._restarts[key, depth] = _number(start)
            self._levels[key], self._family[key] = levels, family

    def next(self, item: Numbered) -> str:
        """The marker of the next item, as it is printed; "" where the list prints none."""
        levels = self._levels.get(item.key, {})
        level = levels.get(item.depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(self._family[item.key], [None] * LEVELS)
        if (restart := self._restarts.pop((item.key, item.depth), None)) is not None:
            counts[item.depth] = restart
        else:
            before = counts[item.depth]
            counts[item.depth] = _start(level) if before is None else before + 1
        counts[item.depth + 1 :] = [None] * (LEVELS - item.depth - 1)
        kind = value_of(level, "{w}numFmt") or "decimal"
        if kind == "bullet":
            return BULLET
        is_legal = is_on(level, "{w}isLgl") is True

        def printed(match: re.Match[str]) -> str:
            depth = int(match[1]) - 1
            shown = levels.get(depth)
            count = counts[depth]
            if shown is None or depth > item.depth:
                return ""
            number = _start(shown) if count is None else count
            return _printed(number, "decimal" if is_legal else value_of(shown, "{w}numFmt") or "decimal")

        text = re.sub(r"%([1-9])", printed, (value_of(level, "{w}lvlText") or "")[:100])
        return (
            ""
            if kind == "none" and "%" not in (value_of(level, "{w}lvlText") or "")
            else " ".join(text.split())
        )


def _printed(number: int, kind: str) -> str:
    if kind == "none":
        return ""
    if kind == "decimalZero":
        return f"{number:02}"
    return marker(_KINDS.get(kind, "1"), number).removesuffix(".")


def _all(parent: Element | None, name: str) -> list[Element]:
    return parent.findall(name) if parent is not None else []


def _depth(level: Element) -> int:
    stated = level.get("{w}ilvl", "")
    return min(int(stated), LEVELS - 1) if stated.isdecimal() and len(stated) < 3 else 0


def _start(level: Element) -> int:
    return _number(value_of(level, "{w}start") or "1")


def _number(stated: str) -> int:
    return int(stated) if stated.isdecimal() and len(stated) < 7 else 1
