"""Whether a clause that came, or went, says something that the other text does not say where it differs.

A clause that was split, merged or rewritten often has no partner: it counts as removed here and added there. Three
words in a row that stand on both sides tell that the same thing is still said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")
_LENGTH = 3


class Wording:
    """The wording of one side of the differences: of all clauses that were edited, removed or added there."""

    def __init__(self, clauses: Iterable[str]) -> None:
        self._runs = {run for clause in clauses for run in _runs(clause)}

    def news(self, clause: str) -> float:
        """0..1: the share of a clause's wording that does not stand here; 1 for one too short to tell."""
        runs = set(_runs(clause))
        return len(runs - self._runs) / len(runs) if runs else 1.0


def words_of(text: str) -> list[str]:
    """The words of a text in lower case; in Chinese and Japanese, the characters."""
    return _WORD.findall(text.lower())


def _runs(clause: str) -> Iterable[tuple[str, ...]]:
    words = words_of(clause)
    return zip(*(words[n:] for n in range(_LENGTH)), strict=False)
