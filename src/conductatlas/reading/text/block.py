"""The main block: whether a declaration should say where on its page a document stands, or leave it to the reader.

The reader is mostly right, and a selector is one more thing that breaks when a site is rebuilt. So one is proposed only
where it takes away what is no text of the document, at its beginning or end, and nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.charset import decode
from conductatlas.reading.text.content import content
from conductatlas.reading.text.html import UNREAD, read_html
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.nesting import tame
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.signs import names_a_document, size

HELD = 0.97  # of the words that the reader takes must stand in the block
ADDED = 0.01  # of them at most may come with it that the reader leaves out
SENTENCE = 8  # words: a line that is as long may be a sentence of the document
TRIED = 8  # blocks that are read at most
LANDMARKS = ("main", "article", "[role=main]", "[role=article]")

# Names as people write them: words of small letters. What tools make up has digits, capitals or two underscores.
_WRITTEN = re.compile(r"[a-z]{3,20}(?:[-_][a-z]{2,20}){0,4}")
_TELLING = re.compile(
    r"(?:^|[-_])(?:content|article|policy|policies|legal|terms|privacy|document|text|richtext|rte|post|entry|markdown|prose|main)"
    r"(?:$|[-_])"
)
_DATED = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """select: a selector, "" where the reader's own choice stands. why: one sentence. held: the share of the
    reader's words that the selector holds, 0 to 1."""

    select: str
    why: str
    held: float = 1.0


OWN_CHOICE = Block("", "The reader finds the main block by itself.")


def main_block(page: Page, reading: Reading) -> Block:
    """The block to declare for a page without selectors, whose reading is `reading`. Raises nothing."""
    best, best_words = OWN_CHOICE, reading.words
    for selector in _candidates(page, len(reading.text)):
        try:
            chosen = read_html(decode(page.body, page.content_type).text, page.url, (selector,)).reading
        except UnreadableError:
            continue
        if chosen.words < best_words and (block := _compared(selector, reading, chosen)) is not None:
            best, best_words = block, chosen.words
    return best


def _compared(selector: str, reading: Reading, chosen: Reading) -> Block | None:
    """The block of `selector` if it takes away nothing but what surrounds the document, else None."""
    all_words, words = Counter(reading.text.split()), Counter(chosen.text.split())
    held = (all_words & words).total() / max(1, all_words.total())
    if held < HELD or (words - all_words).total() > ADDED * all_words.total():
        return None
    around = _around(reading.text.split("\n"), chosen.text.split("\n"))
    if not around or any(_belongs(line, reading) for line in around):
        return None
    shown = " | ".join(around[:3])
    more = f" and {len(around) - 3} more lines" if len(around) > 3 else ""
    return Block(
        selector,
        f"`{selector}` holds {held:.1%} of the words and leaves out: {shown[:120]}{more}.",
        held,
    )


def _around(lines: list[str], kept: list[str]) -> list[str]:
    """The lines before and after the kept ones; none if the kept ones are no unbroken part of all."""
    for first in range(len(lines) - len(kept) + 1):
        if lines[first : first + len(kept)] == kept:
            return lines[:first] + lines[first + len(kept) :]
    return []


def _belongs(line: str, reading: Reading) -> bool:
    """Whether a line may be the document's own: its title, a date, a sentence."""
    if line == reading.title or (names_a_document(line) and not names_a_document(reading.title)):
        return True
    return not _COPYRIGHT.search(line) and (size(line) >= SENTENCE or _DATED.search(line) is not None)


def _candidates(page: Page, length: int) -> Iterator[str]:
    """Selectors of one element each, whose text is about as long as the reading: landmarks, then written names."""
    tree = LexborHTMLParser(tame(decode(page.body, page.content_type).text).encode("utf-8", "replace"))
    if tree.body is None:
        return
    tree.strip_tags(UNREAD)
    tried = 0
    for selector in (*LANDMARKS, *_names(tree.body)):
        nodes = tree.css(selector)
        if len(nodes) == 1 and len(content(nodes[0])) >= length * 0.9:
            yield selector
            tried += 1
            if tried == TRIED:
                return


def _names(body: LexborNode) -> Iterator[str]:
    """#id and .class of the page's outer elements, as far as they are written by people and tell of content."""
    seen: set[str] = set()
    for node in body.css("div[id],section[id],div[class],section[class]")[:300]:
        for sign, written in (("#", node.attributes.get("id")), (".", node.attributes.get("class"))):
            for name in (written or "").split():
                if sign + name not in seen and _WRITTEN.fullmatch(name) and _TELLING.search(name):
                    seen.add(sign + name)
                    yield sign + name
