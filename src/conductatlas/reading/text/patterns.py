"""Wording with gaps, as filters name it: "Page built on {date} at {time}".

A pattern is literal text with a few named tokens. What it compiles to never goes back over what a token took:
each token is atomic and bounded (a token takes all it can and gives nothing back), so a search costs a constant a
character, whatever the pattern and whatever the page.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from functools import lru_cache

LONGEST = 300  # characters of a pattern
# Letters of the wording around tokens, at least; one of a script that writes words in a few counts twice. More where a
# token can stand for what is agreed: a term, an amount, the day from which it applies.
FEW_LETTERS, FEW_LETTERS_WITH_VALUES = 3, 8
VALUES = frozenset({"number", "date", "time"})

TOKENS = {
    "number": r"[0-9](?:[0-9.,'’]{0,30}[0-9])?(?: [0-9]{3}(?![0-9])){0,6}",
    "date": (
        r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}"
        r"|[0-9]{4} ?[年/.] ?[0-9]{1,2} ?[月/.] ?[0-9]{1,2}日?"
        r"|[0-9]{1,2}[./][0-9]{1,2}[./](?:[0-9]{4}|[0-9]{2})"
        r"|[0-9]{1,2}(?:st|nd|rd|th|er|º|\.)? (?:de |of )?[^\W\d_]{3,12}\.?,? (?:de )?[0-9]{4}"
        r"|[^\W\d_]{3,12}\.? [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4})"
    ),
    "time": r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:UTC|GMT|Z|[+-][0-9]{2}:?[0-9]{2}))?",
    "hex": r"[0-9A-Fa-f](?:[0-9A-Fa-f-]{4,126}[0-9A-Fa-f])",
    "id": r"(?=[A-Za-z_-]{0,127}[0-9])[0-9A-Za-z_-]{6,128}",
}

_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class PatternError(ValueError):
    """Text that makes no pattern. `remedy` says what would."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """What finds `pattern` in a line. A token stands for no part of a longer word or number.

    PatternError: an unknown token, a brace by itself (write {{ or }}), too little wording around the tokens, or
    text that no line of a reading can hold.
    """
    if len(pattern) > LONGEST:
        raise PatternError(f"is {len(pattern)} characters long", f"At most {LONGEST} characters have room.")
    if pattern != " ".join(unicodedata.normalize("NFC", pattern).split()):
        raise PatternError(
            "is not written as readings are",
            "Single spaces, none at either end, and characters in Unicode's composed form (NFC).",
        )
    expression, literal, end = "", "", 0
    tokens: set[str] = set()
    for part in _PART.finditer(pattern):
        between = pattern[end : part.start()]
        if part[1] is not None:
            expression += re.escape(between) + _token(part[1])
            literal += between
            tokens.add(part[1])
        elif part[0] in ("{{", "}}"):
            expression += re.escape(between + part[0][0])
            literal += between + part[0][0]
        else:
            raise PatternError(f"has a single {part[0]}", "Write {{ and }} for braces of the text itself.")
        end = part.end()
    literal += pattern[end:]
    fewest = FEW_LETTERS_WITH_VALUES if tokens & VALUES else FEW_LETTERS
    if not literal.strip():
        raise PatternError("is empty but for its tokens", "Quote the words around what varies.")
    if tokens and _letters(literal) < fewest:
        raise PatternError(
            "has too little wording around its tokens",
            f"Quote the words around what varies, {fewest} letters or more: less would hide what is agreed as well.",
        )
    return re.compile(expression + re.escape(pattern[end:]))


def _token(name: str) -> str:
    if name not in TOKENS:
        near = get_close_matches(name, TOKENS, n=1)
        raise PatternError(
            f"has an unknown token {{{name}}}",
            (f"Did you mean {{{near[0]}}}? " if near else "")
            + "Known: "
            + ", ".join(f"{{{token}}}" for token in TOKENS)
            + ".",
        )
    return rf"(?<![^\W_])(?>{TOKENS[name]})(?![^\W_])"


def _letters(literal: str) -> int:
    return sum(
        1 + (unicodedata.east_asian_width(character) in "WF") for character in literal if character.isalpha()
    )
