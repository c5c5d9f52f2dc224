"""What speaks for and against a page being a policy: its lines shared out, its words and markup weighed.

Only the gate uses this. The lists are in gate.toml; all work is linear in the text, and bounded where a whole
page's markup is looked at.
"""

from __future__ import annotations

import html
import re
import tomllib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from conductatlas.reading.text import formats
from conductatlas.reading.text.charset import decode
from conductatlas.reading.text.kinds import UNSPACED, guess_kind
from conductatlas.reading.text.marks import MarkKind, Reading
from conductatlas.reading.text.page import Page

LINK_SHARE = 0.8  # of a line's characters inside links: from here on the line only navigates …
LINK_WORDS = 15  # … unless it is as long as a sentence
CODE_SHARE = 0.12  # of a line's characters that are braces, semicolons and the like: from here on it is code
WEIGHED = 15_000  # characters of a text that are weighed at most
LINE = 500  # characters of a line in which phrases are looked for
LOOKED_AT = 1_000_000  # characters of markup that are looked at most …
SEEN = 20_000  # … and of what a visitor sees of it

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_CODE_CHARACTERS = re.compile(r"[{}\[\]();=<>\"\\_$|]")
_CODE = re.compile(
    r"\bfunction ?\w*\(|=> ?[{(]|\b(?:window|document|self)\.\w|\b(?:var|let|const) \w+ ?=|\}\s*[,;)]|"
    r"\{\s*\"|\"\s*:\s*[\"{\[]|[.#@][\w-]{1,40}[^{}]{0,60}\{[^{}]{0,200}:|!important|<!\[CDATA\[|@media|@font-face"
)
_HEADING = re.compile(r"<h[1-3]\b[^>]*>(.{1,400}?)</h[1-3]", re.IGNORECASE | re.DOTALL)
_BEFORE_WORD = re.compile(r"^[^\w§]*(?:\w{1,2}['’](?=\w{3}))?")  # quotes, brackets, and d’ or l’
_TAG = re.compile(r"<[^>]*>")
_LABEL = re.compile(r"[^\W\d_]*(?:[ &/'’-]{1,3}[^\W\d_]+){0,3}")  # up to four words, nothing else
_TABULAR = frozenset({MarkKind.ROW, MarkKind.TERM, MarkKind.DEFINITION})
_SPANS = ((b"<", b">"), (b"<script", b"</script"), (b"<style", b"</style"), (b"<!--", b"-->"))
_ENDS = tuple(end.encode() for end in (">", ".", "!", "?", ":", ")", '"', "”", "。", "！", "？", "）"))
_HIDDEN = frozenset({"script", "style", "template", "svg", "textarea", "iframe"})
_INLINE = frozenset(
    {"a", "abbr", "b", "code", "em", "font", "i", "label", "mark", "small", "span", "strong", "u"}
)


def size(text: str) -> int:
    """How much text this is, in words; scripts without spaces count two characters a word."""
    spaced = len(text.split())
    return spaced if text.isascii() else spaced + len(_UNSPACED.findall(text)) // 2


@dataclass(frozen=True, slots=True)
class Shares:
    """The lines of a reading, shared out.

    own: what the document says. labels: names of menus and headings, which say nothing by themselves. links: lines
    that only link elsewhere. code: script, style, settings.
    """

    own: tuple[str, ...]
    labels: tuple[str, ...]
    links: tuple[str, ...]
    code: tuple[str, ...]


def share_out(reading: Reading, page: Page) -> Shares:
    """Every line goes to one share; links within the page (a list of contents) go to none.

    What an operator selected is the document's own, be it a list of nothing but names.
    """
    starts = [0]
    lines = reading.text.split("\n")
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    linked: defaultdict[int, int] = defaultdict(int)
    inward: set[int] = set()
    cells: set[int] = set()
    here = page.url.partition("#")[0].rstrip("/")
    for mark in reading.marks:
        if mark.kind is MarkKind.LINK:
            at = bisect_right(starts, mark.start) - 1
            linked[at] += mark.end - mark.start
            address, fragment, _ = mark.value.partition("#")
            if fragment and address.rstrip("/") in ("", here):
                inward.add(at)
        elif mark.kind in _TABULAR:
            cells.add(bisect_right(starts, mark.start) - 1)
    own, labels, links, code = [], [], [], []
    for at, line in enumerate(lines):
        if linked[at] >= LINK_SHARE * len(line) > 0 and size(line) < LINK_WORDS:
            if at not in inward:
                links.append(line)
        elif is_code(line):
            code.append(line)
        elif not page.select and at not in cells and _LABEL.fullmatch(line):
            labels.append(line)
        elif line:
            own.append(line)
    return Shares(tuple(own), tuple(labels), tuple(links), tuple(code))


def is_code(line: str) -> bool:
    """Whether a line is script, style or settings rather than prose that mentions some."""
    if len(line) < 12 or not ("{" in line or ";" in line or "(" in line):
        return False
    share = len(_CODE_CHARACTERS.findall(line, 0, 2000)) / min(len(line), 2000)
    return share >= CODE_SHARE or (share >= CODE_SHARE / 3 and len(_CODE.findall(line, 0, 2000)) >= 2)


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a text talks as policies do: `share` of its words (None where the language has no list)."""

    words: int
    hits: int
    share: float | None


def weigh(lines: Iterable[str], language: str) -> Weight:
    """The weight of these lines in a language of the vocabulary; of a long text, its two ends and middle."""
    text = "\n".join(lines)
    if len(text) > WEIGHED:
        part, middle = WEIGHED // 3, len(text) // 2
        text = text[:part] + text[middle : middle + part] + text[-part:]
    words = size(text)
    pattern = _vocabulary(language)
    if pattern is None:
        return Weight(words, 0, None)
    if language in UNSPACED:
        hits = len(pattern.findall(text))
    else:
        hits = sum(n for word, n in Counter(text.lower().split()).items() if _is_policy_word(word, language))
    return Weight(words, hits, hits / words if words else 0.0)


def claims(lines: Iterable[str], language: str = "") -> dict[str, list[str]]:
    """For each reason whose phrases occur, the lines in which they do. A line may be claimed by several.

    Phrases are looked for in `language` and in English, which walls and errors speak everywhere; "" is all.
    """
    folded = {line: fold(line[:LINE]) for line in lines}
    everything = "\n".join(folded.values())
    found = {}
    for reason, pattern in _phrases(language).items():
        if pattern.search(everything):
            found[reason] = [line for line, words in folded.items() if pattern.search(words)]
    return found


def opening(lines: Iterable[str]) -> tuple[str, str] | None:
    """The first line that by itself says there is no document here, as (reason, line)."""
    for line in lines:
        for reason, pattern in _openings().items():
            if pattern.fullmatch(fold(line[:LINE])):
                return reason, line
    return None


def markers(page: Page) -> dict[str, str]:
    """For each reason whose markers the page's own code holds, the first of them."""
    if not _is_markup(page):
        return {}
    code = page.body[:LOOKED_AT].lower()
    found = {}
    for reason, literals in lore()["markers"].items():
        for literal in literals:
            if literal.encode() in code:
                found[reason] = str(literal)
                break
    return found


def page_title(page: Page) -> str:
    """What stands in <title>, "" if nothing does."""
    if not _is_markup(page):
        return ""
    head = page.body[:200_000]
    start = head.lower().find(b"<title")
    if start < 0:
        return ""
    title = head[start : start + 2000].partition(b">")[2].partition(b"<")[0]
    return " ".join(
        html.unescape(decode(title, page.content_type or "text/html; charset=utf-8").text).split()
    )


def page_headings(page: Page) -> list[str]:
    """The page's own <h1> to <h3>, wherever they stand: a selection may leave out the one over it."""
    if not _is_markup(page):
        return []
    markup = decode(page.body, page.content_type).text[: LOOKED_AT // 5]
    return [" ".join(html.unescape(_TAG.sub(" ", found[1])).split()) for found in _HEADING.finditer(markup)]


def visible_lines(page: Page) -> Iterator[str]:
    """The lines a visitor could see, with the dialogs, forms and <noscript> that readers leave out."""
    if not _is_markup(page):
        return
    line: list[str] = []
    hidden = ""
    seen = 0
    for piece in decode(page.body, page.content_type).text[:LOOKED_AT].split("<"):
        tag, closed, text = piece.partition(">")
        name = tag.split(maxsplit=1)[0].lower().rstrip("/") if tag.strip() else ""
        if hidden:
            if name != "/" + hidden:
                continue
            hidden = ""
        elif name in _HIDDEN:
            hidden = name
            continue
        if name.lstrip("/") not in _INLINE and not name.startswith("!") and line:
            yield from _folded_line(line)
            line = []
        line.append(text if closed else tag)
        seen += len(line[-1])
        if seen > SEEN:
            break
    yield from _folded_line(line)


def _folded_line(parts: list[str]) -> Iterator[str]:
    text = " ".join(html.unescape(" ".join(parts)).split())
    if text:
        yield text


def is_cut(page: Page) -> bool:
    """Whether markup that was opened ends in the middle: inside a tag, a script, a comment or a sentence.

    Many sound pages leave out the closing tags: one that ends behind a complete tag or sentence is not cut. A file
    is cut if the mark is missing that its format ends with.
    """
    if has_end(page):
        return False
    if not _is_markup(page):
        return True
    body = page.body.rstrip().lower()
    if any(body.rfind(opened) > body.rfind(closed) for opened, closed in _SPANS):
        return True
    return not body.endswith(_ENDS)


def _is_markup(page: Page) -> bool:
    """Whether the page's own bytes are text that may be markup."""
    return not formats.sniff(page.body, page.content_type)


def has_end(page: Page) -> bool:
    """Whether the page closes what it opened; a body that opens no <html> or <body> has nothing to close."""
    match formats.sniff(page.body, page.content_type):
        case formats.PDF:
            return b"%%EOF" in page.body[-2048:]  # ISO 32000-1, 7.5.5
        case formats.DOCX:
            return (
                b"PK\x05\x06" in page.body[-66_000:]
            )  # the end of central directory record of a ZIP archive
    start, end = page.body[:4000].lower(), page.body[-20_000:].lower()
    return (b"<html" not in start and b"<body" not in start) or b"</html" in end or b"</body" in end


def names_a_document(title: str) -> bool:
    """Whether a title or link text names a legal document ("Terms of use", not a sentence on terms)."""
    return size(title) <= 14 and guess_kind(title) != ""


def fold(text: str) -> str:
    """Lower case, white space and typographic apostrophes made plain: the form that phrases are in."""
    return " ".join(text.lower().replace("’", "'").split())


@cache
def lore() -> dict[str, Any]:
    """gate.toml, as it stands."""
    return tomllib.loads(files(__package__).joinpath("gate.toml").read_text("utf-8"))


@cache
def _phrases(language: str) -> dict[str, re.Pattern[str]]:
    return {
        reason: re.compile(
            # No phrase begins inside a word: looking only where words begin is five times faster.
            "(?<![a-z])(?:"
            + "|".join(
                f"(?:{phrase})"
                for tag, phrases in languages.items()
                if tag in ("en", language) or not language
                for phrase in phrases
            )
            + ")",
            re.MULTILINE,
        )
        for reason, languages in lore()["phrases"].items()
    }


@cache
def _openings() -> dict[str, re.Pattern[str]]:
    return {reason: re.compile("|".join(lines)) for reason, lines in lore()["openings"].items()}


@cache
def _vocabulary(language: str) -> re.Pattern[str] | None:
    """The beginnings of words of a language, longest first; None for a language without a list."""
    stems = lore()["vocabulary"].get(language)
    return re.compile("|".join(map(re.escape, sorted(stems, key=len, reverse=True)))) if stems else None


@lru_cache(maxsize=20_000)  # policies share most of their words: nearly every question has been asked before
def _is_policy_word(word: str, language: str) -> bool:
    pattern = _vocabulary(language)
    return pattern is not None and pattern.match(_BEFORE_WORD.sub("", word)) is not None
