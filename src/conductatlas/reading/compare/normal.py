"""The normal form in which clauses and words are compared, and the units that are compared.

Normal form undoes what the rule book calls N1 (spaces, Unicode forms, quotes, dashes, bullets) and sets the
printed number of a clause apart (N3). It keeps case, punctuation and every word. It is a key only: nothing is
ever shown in it, and each clause and token carries its offsets in the text as it was read.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from conductatlas.reading.compare.knowledge import months

_QUOTES = {ord(c): "'" for c in "‘’‚‛′`´ʼ＇"} | {ord(c): '"' for c in "“”„‟″«»＂「」『』"}
_DASHES = {ord(c): "-" for c in "‐‑‒–—―−﹣－"}
_BULLETS = "•◦▪▫●○■□‣⁃∙·*➢➤►✓✔-"
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
# Letters stand for themselves: `translate` is slow for a character that it does not find.
_TRANSLATION = {n: chr(n) for n in range(0x600)} | _QUOTES | _DASHES | _INVISIBLE

_LEADING_BULLETS = re.compile(rf"\s*(?:[{re.escape(_BULLETS)}]\s+)*")
# "1.", "2)", "(3)", "12.3", "12.3.", "A.1.", "(iv)", "b)", "IV.", "§ 5", "Section 7:", "Article 12 -", "第三条"
_NUMBERING = re.compile(
    r"""(?: (?: \( (?: \d{1,3} | [a-z] | aa | bb | cc | [ivxlc]{1,6} | [IVXLC]{1,6} | [A-Z] ) \)
              | (?: [A-Z] \.? )? \d{1,3} (?: \.\d{1,3} )* [.)]
              | \d{1,3} (?: \.\d{1,3} )+ (?= \s+ [^\W\da-z_] )
              | (?: [a-zA-Z] | [ivx]{1,5} | [IVXLC]{1,6} ) [.)]
              ) (?= \s+ \S )
          | (?: § \s? | (?:Section|SECTION|Article|ARTICLE|Clause|Part|Abschnitt|Artikel|Artículo|Articolo|Artigo)\s )
            (?: \d{1,3} (?: \.\d{1,3} )* | [IVXLC]{1,6} ) [a-z]? [.:)]? (?: \s*- )? (?= \s+ \S )
          | 第 [〇零一二三四五六七八九十百\d]{1,5} [章节節条條項项] [、.:：]?
          | [一二三四五六七八九十]{1,3} 、
        ) \s*""",
    re.VERBOSE,
)
_MONTH_NEXT = re.compile(
    rf"(?:{'|'.join(sorted(map(re.escape, months()), key=len, reverse=True))})\b", re.IGNORECASE
)

# One character is one token where words are not parted by spaces: kana, Han, Thai, Lao, Burmese, Khmer.
_SINGLE = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_SYLLABIC = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_PUNCTUATION = (
    "!-/:-@\\[-`{-~\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u2010-\u2027\u2030-\u205e"
    "\u3001-\u3003\u3008-\u3020\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_LETTER = f"[^\\s{_PUNCTUATION}{_SINGLE}{_SYLLABIC}]"
EMAIL = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
TOKEN = re.compile(
    rf"""(?=\S)(?:                                              # none begins with a space: fail fast there
        [A-Za-z]+(?=[\s,;)]|\.\s|\Z)                       # most words are plain: look no further
      | (?:https?|HTTPS?)://[^\s<>"”»)\]]*[^\s<>"”»)\].,;:]           # an address is one word
      | {EMAIL}
      | \d+(?:[.,:]\d+)*(?:\s?%)?(?!{_LETTER})              # a number is never split
      | (?:[^\W\d_]\.){{2,}}                                  # U.S., e.g.
      | {_LETTER}+(?:['’‘\-‐‑]{_LETTER}+)*
      | [{_SINGLE}]
      | [{_SYLLABIC}]
      | \S)""",
    re.VERBOSE,
)
_WORDLIKE = re.compile(r"\w")


# Characters of a clause beyond which it is not looked into: some 40,000 words in one line.
LONGEST = 250_000


SHORT = 2_000  # characters of a line that is worth remembering


class Span(NamedTuple):
    """text[start:end], in Unicode code points."""

    start: int
    end: int


class Token(NamedTuple):
    """A word, number, address or punctuation mark: its place in the text and its key in normal form."""

    start: int
    end: int
    key: str


@dataclass(frozen=True)
class Passage:
    """A stretch of a reading that is read word by word. `start` is its offset there; tokens count from 0."""

    text: str
    start: int

    @classmethod
    def of(cls, text: str, span: Span) -> Passage:
        return cls(text[span.start : span.end], span.start)

    @cached_property
    def tokens(self) -> list[Token]:
        return tokens(self.text)

    @cached_property
    def keys(self) -> list[str]:
        return [key for _, _, key in self.tokens]


@dataclass(frozen=True, slots=True)
class Clause:
    """One line of a reading: text[start:end].

    key: normal form of its words, behind bullet and printed number. number: the printed number, bare ("12.3").
    """

    start: int
    end: int
    key: str
    number: str


def normal(text: str) -> str:
    """`text` in normal form: NFKC, plain quotes and dashes, single spaces, nothing invisible."""
    if not text.isascii():
        plain = text.translate(_TRANSLATION)
        text = unicodedata.normalize("NFKC", plain)
        if text != plain:
            text = text.translate(_TRANSLATION)
    return " ".join(text.split())


def clauses(*texts: str) -> list[list[Clause]]:
    """The lines of each text as clauses; an empty text has none."""
    found: list[list[Clause]] = []
    for text in texts:
        lines: list[Clause] = []
        start = 0
        for line in text.split("\n") if text else ():
            known = _known(line) if len(line) < SHORT else _key_and_number(line)
            lines.append(Clause(start, start + len(line), *known))
            start += len(line) + 1
        found.append(lines)
    return found


def _key_and_number(line: str) -> tuple[str, str]:
    bullet, body = prefixes(line)
    return normal(line[body:]), line[bullet:body].strip(" .:()-、")


# Most lines of one version are lines of the other, and both are asked for several times in one comparison.
_known = lru_cache(maxsize=4096)(_key_and_number)


def prefixes(line: str) -> tuple[int, int]:
    """Where the bullets that a line begins with end, and where the printed number behind them ends.

    "30. Juni 2024" begins with a date and "1.5 million" with an amount: neither is a printed number.
    """
    matched = _LEADING_BULLETS.match(line)
    bullet = matched.end() if matched else 0
    number = _NUMBERING.match(line, bullet)
    end = number.end() if number and not _MONTH_NEXT.match(line, number.end()) else bullet
    return (bullet, end) if end < len(line) else (0, 0)


def tokens(text: str) -> list[Token]:
    """The tokens of a text, in order."""
    new = tuple.__new__  # a comparison makes tens of thousands, and the constructor of a named tuple is slow
    if text.isascii():
        return [new(Token, (*match.span(), match[0])) for match in TOKEN.finditer(text)]
    return [
        new(Token, (*match.span(), key)) for match in TOKEN.finditer(text) if (key := token_key(match[0]))
    ]


@lru_cache(maxsize=65_536)
def token_key(word: str) -> str:
    """The normal form of one token; a token that is only invisible characters has the key ""."""
    return word if word.isascii() else normal(word)


@lru_cache(maxsize=65_536)
def is_word(key: str) -> bool:
    """Whether a token holds a letter or digit, rather than being punctuation."""
    return _WORDLIKE.search(key) is not None


def count_words(text: str) -> int:
    """Number of tokens that hold a letter or digit; in Chinese and Japanese, of characters."""
    return sum(map(is_word, TOKEN.findall(text)))


def normal_digest(text: str) -> str:
    """SHA-256, in hexadecimal, of the normal form of a whole text: equal where two texts differ in spaces, Unicode
    forms, quotes, dashes and bullets only (N1)."""
    lines = (f"{clause.number}\t{clause.key}" for clause in clauses(text)[0] if clause.key)
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()
