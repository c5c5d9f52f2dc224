"""Lines of a PDF file made paragraphs, headings, list items and tables.

A line goes on in the next one if nothing says that it ends: no space between them, no marker, no other type, no
room left where the next word would have stood. So a paragraph is one whatever page or column its lines stand on.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from conductatlas.reading.text.pdf_layout import Flow
from conductatlas.reading.text.pdf_tables import Grid
from conductatlas.reading.text.pdf_words import Row, Word, is_leftward

LOOSE = 1.28  # of the usual step between lines: what stands further apart is another paragraph
WIDE = 2.1  # of the size of type: no paragraph is set wider than that
INDENT = 0.8  # of the size of type

BULLETS = re.compile(r"[•◦▪■□●○‣⁃·➢➤❖✓\uf0a7\uf0b7\uf0d8]|[–—*\-]")
ORDINAL = re.compile(r"(\()?(\d{1,3}|[a-zA-Z]|[ivxlc]{1,7}|[IVXLC]{1,7})([.)])")
_CLAUSE = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){1,5}[.)]?|\d{1,3}|§+ ?\d{1,3}[a-z]?)")
_SENTENCE_END = re.compile(r"[.!?:;。！？：；][\"'”’»)\]]*$")
_CLAUSE_END = re.compile(r"(?:[.!?:;]|\b(?:and|or|und|oder|et|ou|och|eller))[\"'”’»)\]]*$")


@dataclass(slots=True)
class Block:
    """One paragraph, heading, list item or table. page: where it begins. marker: as printed, "" if none.

    depth: of an item, from 1; of a paragraph inside an item, the item's. level: of a heading, 0 for none.
    """

    page: int
    rows: list[Row] = field(default_factory=list)
    grid: Grid | None = None
    marker: str = ""
    depth: int = 0
    level: int = 0
    last_page: int = 0

    def __post_init__(self) -> None:
        self.last_page = self.last_page or self.page

    @property
    def size(self) -> float:
        return self.rows[0].size

    @property
    def is_bold(self) -> bool:
        return all(row.bold for row in self.rows)

    @property
    def text(self) -> str:
        return " ".join(row.text for row in self.rows)


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual in a file: the size of its text, the step between lines of a size, whether its text is bold."""

    size: float
    steps: dict[float, float]
    is_bold: bool

    @classmethod
    def of(cls, flows: Sequence[Flow]) -> Usual:
        sizes: Counter[float] = Counter()
        bold: Counter[bool] = Counter()
        steps: defaultdict[float, list[float]] = defaultdict(list)
        for flow in flows:
            rows = [part for part in flow.parts if isinstance(part, Row)]
            for row in rows:
                sizes[row.size] += len(row.text)
                bold[row.bold] += len(row.text)
            for above, row in pairwise(rows):
                step = row.y - above.y
                if above.size == row.size and 0.5 * row.size < step < WIDE * row.size:
                    steps[row.size].append(step)
        usual = {size: sorted(found)[len(found) // 2] for size, found in steps.items()}
        return cls(sizes.most_common(1)[0][0] if sizes else 0.0, usual, bold[True] > bold[False])

    def step(self, size: float) -> float:
        return self.steps.get(size, 1.2 * size)


def blocks_of(flows: Sequence[Flow], usual: Usual) -> list[Block]:
    """The blocks of the flows in order, not yet told apart (see `tell_items`)."""
    found: list[Block] = []
    before: tuple[Row, Flow] | None = None
    for flow in flows:
        for place, part in enumerate(flow.parts):
            if isinstance(part, Grid):
                if not (found and place == 0 and _goes_on_with(found[-1], part, flow)):
                    found.append(Block(flow.page, grid=part))
                before = None
                continue
            if before is not None and found and _goes_on(found[-1], *before, part, flow, usual):
                found[-1].rows.append(part)
            else:
                found.append(Block(flow.page, [part]))
            before = part, flow
    return found


def _goes_on_with(block: Block, grid: Grid, flow: Flow) -> bool:
    """Whether a table at the top of a page is the rest of the one at the foot of the page before; then joined."""
    above = block.grid
    if above is None or not (above.is_ruled and grid.is_ruled) or flow.page != block.last_page + 1:
        return False
    if len(above.edges) != len(grid.edges):
        return False
    if any(abs(a - b) > 4 for a, b in zip(above.edges[1:-1], grid.edges[1:-1], strict=True)):
        return False
    rows = list(grid.rows)
    if rows[0] and above.rows and above.has_header and _same(rows[0], above.rows[0]):
        rows = rows[1:]  # a header that is printed again on each page
    elif rows and 0 not in rows[0] and 0 in above.rows[-1]:  # a row that was parted by the end of the page
        for column, lines in rows[0].items():
            above.rows[-1].setdefault(column, []).extend(lines)
        rows = rows[1:]
    above.rows += rows
    block.last_page = flow.page
    return True


def _same(one: dict[int, list[Row]], other: dict[int, list[Row]]) -> bool:
    return [[line.text for line in one[c]] for c in sorted(one)] == [
        [line.text for line in other[c]] for c in sorted(other)
    ]


def _goes_on(block: Block, above: Row, its_flow: Flow, row: Row, flow: Flow, usual: Usual) -> bool:
    """Whether `row` belongs to the paragraph that `above` is the last line of."""
    if block.grid is not None or abs(above.size - row.size) > 0.6:
        return False
    is_full = _is_full(above, row, its_flow)
    is_ended = _SENTENCE_END.search(above.text) is not None
    is_small = row.text[:1].islower()
    if row.bold != above.bold and not is_full:
        return False
    if _has_marker(row) and (not is_full or _CLAUSE_END.search(above.text) or _stands_off(row)):
        return False
    if flow is not its_flow:
        return not is_ended and (is_small or is_full) and row.bold == above.bold
    step = row.y - above.y
    if step > WIDE * row.size or step < -0.2 * row.size:
        return False
    if step > LOOSE * usual.step(row.size) and (is_ended or not (is_full or is_small)):
        return False
    if not is_full and (is_ended or not is_small):
        return False
    moved = row.x0 - above.x0
    if is_leftward(row.text):
        moved = above.x1 - row.x1
    if moved > INDENT * row.size and not (len(block.rows) == 1 and _has_marker(above)):
        return not is_ended
    if moved < -INDENT * row.size and len(block.rows) > 1:
        return not is_ended
    return True


def _is_full(above: Row, row: Row, flow: Flow) -> bool:
    """Whether the next line's first word would not have stood at the end of the line above."""
    word = row.words[0]
    need = (word.x1 - word.x0) + 0.25 * above.size
    if is_leftward(above.text):
        return above.x0 - need < flow.left + 0.3 * above.size
    return above.x1 + need > flow.right - 0.3 * above.size


def _has_marker(row: Row) -> bool:
    word = row.words[0].text
    return len(row.words) > 1 and any(p.fullmatch(word) for p in (BULLETS, ORDINAL, _CLAUSE))


def _stands_off(row: Row) -> bool:
    """Whether the space after a line's first word is wider than a space between words."""
    return row.words[1].x0 - row.words[0].x1 > 0.6 * row.size


def words_of(rows: Sequence[Row], known: Counter[str]) -> list[Word]:
    """The words of several lines as one run, with words that were parted at a line's end made whole."""
    run: list[Word] = []
    for place, row in enumerate(rows):
        words = list(row.words)
        if place and run and words:
            words[0] = _copy(words[0], glued=False)
            _mend(run, words, known)
        run += words
    return run


def _mend(run: list[Word], words: list[Word], known: Counter[str]) -> None:
    """Join the last word of a line with the first of the next where a hyphen parts them.

    A soft hyphen goes. A printed one goes only if the file has the word without it elsewhere, and not with it; else
    it stays, without a space: "sub-" and "processor" are "sub-processor".
    """
    last, first = run[-1], words[0]
    stem, hyphen = last.text[:-1], last.text[-1:]
    if hyphen not in ("-", "\u00ad", "\u2010") or not stem[-1:].isalpha() or not first.text[:1].islower():
        return
    tail = re.match(r"\w*", first.text)
    rest = tail[0] if tail else ""
    begin = re.search(r"\w*$", stem)
    whole = ((begin[0] if begin else "") + rest).lower()
    kept = f"{(begin[0] if begin else '')}-{rest}".lower()
    if known[whole] and not known[kept]:
        run[-1] = _copy(last, glued=last.glued, text=stem)
    elif hyphen != "-":
        run[-1] = _copy(last, glued=last.glued, text=f"{stem}-" if known[kept] else stem)
    words[0] = _copy(first, glued=True)


def _copy(word: Word, *, glued: bool, text: str | None = None) -> Word:
    return Word(
        word.text if text is None else text,
        *(word.x0, word.x1, word.y, word.size, word.bold, word.italic, word.link, word.order),
        glued=glued,
    )
