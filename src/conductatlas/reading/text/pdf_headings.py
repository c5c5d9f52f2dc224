"""Which blocks of a PDF file are headings, and of what level.

Told by the outline where the file has one, and by type: larger than the text, or bold on a line of its own. Levels
follow the size of type, then the depth of a number ("2" over "2.1").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from conductatlas.reading.text.pdf_blocks import Block, Usual
from conductatlas.reading.text.pdf_file import Outlined

LARGER = 1.12  # times the size of the text
LONGEST = 200  # characters of a heading set in larger type …
LONGEST_BOLD = 140  # … and of one that is only bold
MAX_ROWS = 4

_NUMBER = re.compile(
    r"(?:§+ ?|(?:article|section|artikel|abschnitt|clause)\s+)?(\d{1,3}(?:\.\d{1,3}){0,5})[.):]?\s", re.I
)
_ENDS_SENTENCE = re.compile(r"[;,]$|[.!?:][\"'”’]?$")
_ENDS_CLAUSE = re.compile(rf"{_ENDS_SENTENCE.pattern}|\b(?:and|or)$")


def tell_headings(blocks: Sequence[Block], usual: Usual, outline: Sequence[Outlined]) -> None:
    """Set the level of the blocks that are headings."""
    outlined = {_folded(entry.title): entry.level for entry in outline if entry.title}
    larger = [block for block in blocks if _is_larger(block, usual)]
    bold = [block for block in blocks if not _is_larger(block, usual) and _is_bold(block, usual)]
    sizes = sorted({block.size for block in larger}, reverse=True)
    for block in larger:
        block.level = min(1 + sizes.index(block.size), 6)
    beneath = min(1 + len(sizes), 5)
    for block in bold:
        match = _NUMBER.match(block.text + " ")
        block.level = min(beneath + (match[1].count(".") if match else 0), 6)
    if not outlined:
        return
    for block in blocks:
        if block.grid is not None or block.level or not _is_short(block, LONGEST_BOLD):
            continue
        level = outlined.get(_folded(block.text))
        if level is not None and _ENDS_CLAUSE.search(block.text) is None:  # some outlines name every clause
            block.level = min(level + bool(larger), 6)


def _is_larger(block: Block, usual: Usual) -> bool:
    if block.grid is not None or block.size < LARGER * usual.size:
        return False
    return _is_short(block, LONGEST)


def _is_bold(block: Block, usual: Usual) -> bool:
    if block.grid is not None or usual.is_bold or not block.is_bold or block.size < 0.9 * usual.size:
        return False
    return _is_short(block, LONGEST_BOLD) and _ENDS_SENTENCE.search(block.text) is None


def _is_short(block: Block, longest: int) -> bool:
    text = block.text
    return len(block.rows) <= MAX_ROWS and len(text) <= longest and any(map(str.isalpha, text))


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
