"""Lines that only lead elsewhere: labels of links, and the table of contents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from conductatlas.reading.clauses.lines import Line
from conductatlas.reading.clauses.numbering import printed
from conductatlas.reading.text.sections import Section

RUN = 3  # lines in a row that name sections of the text, from which they are its table of contents
INTRODUCTION = 6  # words of a title such as "In this policy:"; more are a sentence
LONGEST = 200  # characters of a label

_ELSEWHERE = ("http://", "https://")
_SENTENCE = re.compile(r"[.!?。](?:\s|$)")


class Contents:
    """Which lines of a text are references; asked by a line's position."""

    def __init__(self, known: Sequence[Line], sections: Sequence[Section]) -> None:
        self._lines = known
        self._last = {_fold(section.title): section.start for section in sections if section.title}

    def target(self, position: int) -> str | None:
        """The address that a line only names, "" if a place in the text itself; None if the line says something."""
        if position in self._listed:
            return ""
        line = self._lines[position]
        if line.heading or line.row is not None or len(line.text) > LONGEST or not line.links:
            return None
        return _target(line)

    @cached_property
    def _listed(self) -> frozenset[int]:
        """Lines of a table of contents: each says the title of a section further down, and nothing else."""
        found: set[int] = set()
        run: list[int] = []
        for position, line in enumerate(self._lines):
            if self._names_another(line):
                run.append(position)
                continue
            found.update(self._whole(run))
            run = []
        return frozenset(found.union(self._whole(run)))

    def _whole(self, run: list[int]) -> list[int]:
        """A run of titles if it is a table of contents: not if a sentence introduces it ("The price includes:")."""
        before = self._lines[run[0] - 1].text if run and run[0] else ""
        is_told = before.endswith((":", "：")) and len(before.split()) > INTRODUCTION
        return [] if len(run) < RUN or is_told else run

    def _names_another(self, line: Line) -> bool:
        if not line.text or len(line.text) > LONGEST or line.row is not None:
            return False
        return self._last.get(_fold(line.text), -1) > line.start


def _target(line: Line) -> str | None:
    """Where a line leads that is the label of one link; None if it has words beside it."""
    address = ""
    rest = line.text
    for link in reversed(line.links):
        begin, end = link.start - line.start, link.end - line.start
        rest = rest[:begin] + rest[end:]
        address = link.value
    if any(character.isalnum() for character in rest) or not address.startswith(_ELSEWHERE):
        return None
    # A whole sentence that happens to be linked says something.
    return None if _SENTENCE.search(line.text) and len(line.text.split()) > 8 else address


def _fold(title: str) -> str:
    number = printed(title)
    words = title[number.length :] if number else title
    return " ".join(re.findall(r"\w+", words.casefold()))
