"""Running headers, footers and page numbers of a PDF file: what stands at the edge of its pages again and again.

What repeats word for word is read once, where it first stands (a header often has the title and the date); what
only counts the pages is not read at all.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from conductatlas.reading.text.pdf_words import Row, Sheet, Word, base_lines, in_reading_order

EDGE_LINES = 4  # at the top and at the bottom of a page
TOP, BOTTOM = 0.16, 0.86  # of its height: the edges lie beyond
SHARE = 0.4  # of the pages (left and right ones may differ) …
LEAST = 2  # … and so many of them
STEP = 8.0  # points: what repeats stands as high

_NUMBER = re.compile(r"\d+|\b[ivxlc]{1,7}\b")
_PAGE_NUMBER = re.compile(
    r"[–—\-|\s]*(?:(?:page|pg\.?|p\.?|seite|s\.|sida|side|pagina|página|strona|стр\.?)\s?)?"
    r"(\d{1,4})(?:\s?(?:/|of|von|av|af|de|di|z|из|van|sur)\s?\d{1,4})?[–—\-|\s]*",
    re.IGNORECASE,
)
_LEADER = re.compile(r"(?:[.·…_]\s?){4,}\s*(?:\d{1,4}|[ivxlc]{1,7})$")
CONTENTS = 3  # lines with leaders to a page number make a list of contents, which is left out as in HTML


def without_furniture(sheets: Sequence[Sheet]) -> list[list[Word]]:
    """For each sheet the words that are its text, in the order of the file."""
    edges = [_edges(sheet) for sheet in sheets]
    seen: defaultdict[tuple[str, int, int], Counter[str]] = defaultdict(Counter)
    for lines in edges:
        for key, line in lines:
            seen[key][line.text] += 1
    wanted = max(LEAST, round(SHARE * len(sheets)))
    printed: set[tuple[str, int, int]] = set()
    kept: list[list[Word]] = []
    for sheet, lines in zip(sheets, edges, strict=True):
        left_out: set[int] = set()
        inward = {0: True, 1: True}  # whether all that stands nearer to the edge is furniture
        for key, line in lines:
            side = key[2]
            texts = seen[key]
            repeats = texts.total() >= wanted and len(sheets) > 1
            is_number = _is_page_number(line.text, sheet.number)
            inward[side] = inward[side] and (repeats or is_number)
            if not inward[side]:
                continue
            if repeats and not is_number and texts.most_common(1)[0][1] * 2 > texts.total():  # word for word
                if key in printed:
                    left_out |= set(map(id, line.words))
                printed.add(key)
            elif is_number or str(sheet.number) in re.findall(r"\d+", line.text):
                left_out |= set(map(id, line.words))
        kept.append([word for word in sheet.words if id(word) not in left_out])
    return kept


def _edges(sheet: Sheet) -> list[tuple[tuple[str, int, int], Row]]:
    """The lines at the edges of a page, from the edge inwards, each with what it shares with its like elsewhere."""
    lines = [Row(in_reading_order(line)) for line in base_lines(sheet.words)]
    top = [line for line in lines[:EDGE_LINES] if line.y < TOP * sheet.height]
    bottom = [line for line in lines[-EDGE_LINES:] if line.y > BOTTOM * sheet.height and line not in top]
    return [
        ((_NUMBER.sub("#", line.text), round(line.y / STEP), side), line)
        for side, found in enumerate((top, bottom[::-1]))
        for line in found
    ]


def _is_page_number(text: str, page: int) -> bool:
    match = _PAGE_NUMBER.fullmatch(text)
    return match is not None and abs(int(match[1]) - page) <= 20


def without_contents(pages: Sequence[list[Word]]) -> list[list[Word]]:
    """The words of each page without those of a list of contents: lines that lead to page numbers by dots."""
    found = [
        [line for line in base_lines(words) if _LEADER.search(Row(in_reading_order(line)).text)]
        for words in pages
    ]
    if sum(map(len, found)) < CONTENTS:
        return list(pages)
    left_out = {id(word) for lines in found for line in lines for word in line}
    return [[word for word in words if id(word) not in left_out] for words in pages]
