"""What the tests of comparison share: readings made of lines, and a text put together again from its hunks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conductatlas.reading.compare.comparison import Comparison, compare
from conductatlas.reading.compare.hunks import rows
from conductatlas.reading.text.marks import Mark, MarkKind, Reading, sort_marks

_BLOCKS = {"#": MarkKind.HEADING, "*": MarkKind.ITEM}


def reading_of(*lines: str, language: str = "en") -> Reading:
    """A reading of these lines; "# " begins a heading, "## " a lower one, "* " an item, "** " an inner one."""
    texts: list[str] = []
    marks: list[Mark] = []
    start = 0
    for line in lines:
        sign, _, rest = line.partition(" ")
        if sign and set(sign) in ({"#"}, {"*"}):
            value = "•" if sign[0] == "*" else ""
            marks.append(Mark(start, start + len(rest), _BLOCKS[sign[0]], len(sign), value))
            line = rest
        texts.append(line)
        start += len(line) + 1
    return Reading("\n".join(texts), sort_marks(marks), "", language)


def rebuilt(comparison: Comparison) -> str:
    """The new text, put together from the old one, the hunks and the words that they insert."""
    old, new = comparison.old.text, comparison.new.text
    lines: list[str] = []
    for row in rows(old, new, comparison.hunks):
        if row.kind == "same" and row.old:
            lines.append(old[slice(*row.old)])
        elif row.kind == "hunk" and row.hunk and row.new:
            lines.append(
                "".join(
                    old[op.old_start : op.old_end] if op.op == "equal" else new[op.new_start : op.new_end]
                    for op in row.hunk.ops
                )
            )
    return "\n".join(lines)


@pytest.fixture(scope="session")
def make() -> Callable[..., Reading]:
    return reading_of


@pytest.fixture(scope="session")
def rebuild() -> Callable[[Comparison], str]:
    return rebuilt


@pytest.fixture(scope="session", autouse=True)
def _tables_read() -> None:
    """The tables of words are read once, before tests that watch the time that a comparison takes."""
    compare(reading_of("You may opt out."), reading_of("You may not opt out."))
