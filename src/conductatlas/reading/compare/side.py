"""What the words of one side of a comparison are read against."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from conductatlas.reading.compare.lexicon import Lexicon, definition_words, lexicon
from conductatlas.reading.compare.printed import DayMonthOrder, day_month_order

_DEFINING = "|".join(map(re.escape, definition_words()))
_TERM = '["“„«]([A-Z][^"”“»\\n]{0,60})["”“»]'
# A term is defined where it stands in quotes, in parentheses or before "means".
_DEFINED = re.compile(rf"\([^()\"“„«\n]{{0,40}}{_TERM}|{_TERM}\)?\s+(?i:{_DEFINING})\b")
_BARE_NUMBER = re.compile(r"^(\d{1,2})\s+(?=[^\W\d_])[^\n]{1,90}(?<![.;,])$", re.MULTILINE)
_RUN = 3  # headings in a row whose bare numbers go up by one are numbered; fewer may be amounts
_DEFINITION = re.compile(rf"{_TERM}\)?\s+(?i:{_DEFINING})\b")


@dataclass(frozen=True)
class Side:
    """The text and language of a document.

    numbers: printed number of a clause -> a name for that clause which both sides share.
    """

    text: str
    language: str
    numbers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def order(self) -> DayMonthOrder | None:
        """How its numeric dates are read."""
        return day_month_order(self.text, self.language)

    @cached_property
    def lexicon(self) -> Lexicon:
        return lexicon(self.language)

    @cached_property
    def bare_numbers(self) -> Mapping[str, int]:
        """Lines that begin with a printed number and no stop ("7 Ratings"), to where their words begin.

        "30 Days to return" is not among them: its number follows no other.
        """
        found = list(_BARE_NUMBER.finditer(self.text))
        numbered: dict[str, int] = {}
        run: list[re.Match[str]] = []
        for match in found:
            if run and int(match[1]) != int(run[-1][1]) + 1:
                run = []
            run.append(match)
            if len(run) >= _RUN:
                numbered.update((line[0], len(line[1]) + 1) for line in run)
        return numbered

    @cached_property
    def defined_words(self) -> frozenset[str]:
        """Words of the terms that the text defines, case-folded."""
        return frozenset(
            word.casefold()
            for match in _DEFINED.finditer(self.text)
            for word in (match[1] or match[2]).split()
        )


def terms_defined(clause: str) -> list[str]:
    """The terms in quotes whose meaning a clause says."""
    return [match[1] for match in _DEFINITION.finditer(clause)]


def is_definition(clause: str) -> bool:
    """Whether a clause says what a term in quotes means."""
    return _DEFINITION.search(clause) is not None
