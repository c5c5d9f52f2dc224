"""Titles that run in with their paragraph: "Governing law. These terms …", set bold or not."""

from __future__ import annotations

import re

from conductatlas.reading.clauses.lines import Line

LONGEST = 90  # characters of a title
SHORTEST = 3
WORDS = 9
_NUMBERED = 8  # characters at the start of a line in which a stop may be that of a number
MANY = 30  # words from which a line that is set as a heading says something
SOME = 14  # the same, if it is more than one sentence
SAID = 12  # words that follow a title which is parted by a colon and not set bold

# What begins so is said, not named.
_SAYS = re.compile(
    r"(?:we|you|i|it|they|if|please|note|important|this|these|by|when|to|as|our|there|in|for|example|wir|sie|bitte|wenn)\b"
    r"(?!\s*:)|(?:note|please|example|important|short version|summary|effective|(?:last )?(?:updated|modified|revised)|"
    r"attn|attention|subject|address|e-?mail|phone|tel|date|question|answer|q|a)\b",
    re.IGNORECASE,
)
_TWO_SENTENCES = re.compile(r"[.!?]\s+[A-Z]")
_BOLD_END = re.compile(r"\s*[.:–—-]\s*$")
_AFTER = re.compile(r"\s*[.:–—-]?\s+\S|[.:]\S")
_NAME = r"(?:[A-Z][\w'’/&-]{0,24}|[a-z]{1,4}|&|\d{1,3})"
_PLAIN = re.compile(rf"([A-Z][\w'’/&-]{{1,24}}(?:,?\s{_NAME}){{0,7}})([.:])\s+(?=[A-Z\"“(])")
_LABEL = re.compile(r"([^\W\d_][^.:;!?\n\t]{1,60}):\s+(?=\S)")


def run_in(line: Line, skip: int) -> str:
    """The title that a paragraph begins with, after `skip` characters of a number; "" if it has none."""
    words = line.text[skip:]
    if line.strong:
        bold = line.text[skip : line.strong - line.start]
        rest = line.text[line.strong - line.start :]
        if rest.strip() and len(bold) <= LONGEST and (_BOLD_END.search(bold) or _AFTER.match(rest)):
            title = bold.strip().rstrip(".:–—- ")
            return title if _is_name(title) and not rest.lstrip()[:1].islower() else ""
    return title_of(words)


def title_of(words: str) -> str:
    """The title that words begin with, each of its own in capitals and with a stop ("Governing Law. These terms …"),
    "" if they begin with none."""
    match = _PLAIN.match(words[: LONGEST + 10])
    if match is None or not _is_name(match[1]) or not _is_in_capitals(match[1]):
        return ""
    is_said = match[2] == "." or words.count(" ", match.end()) >= SAID
    return match[1] if is_said else ""


def says_something(heading: str) -> bool:
    """Whether a line that is set as a heading is a paragraph for all that."""
    count = len(heading.split())
    return count >= MANY or (count >= SOME and _TWO_SENTENCES.search(heading[_NUMBERED:]) is not None)


def label(words: str) -> str:
    """The words before the colon that an entry of a list begins with ("Access: you may …"), "" if there are none."""
    match = _LABEL.match(words[: LONGEST + 10])
    return match[1] if match and len(match[1].split()) <= WORDS else ""


def _is_name(title: str) -> bool:
    if not title[:1].isalpha() or len(title) < SHORTEST or len(title.split()) > WORDS:
        return False
    return not _SAYS.match(title) or ("Our" in title[:4] and _is_in_capitals(title) and title.count(" ") > 0)


def _is_in_capitals(title: str) -> bool:
    """Whether all words of more than four letters begin with a capital."""
    words = re.findall(r"[^\W\d_]{2,}", title)
    return all(word[0].isupper() or len(word) <= 3 for word in words)
