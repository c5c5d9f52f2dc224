"""Which clauses a changed definition touches: those that use its term (S10)."""

from __future__ import annotations

import re
from typing import Protocol

from conductatlas.reading.compare.normal import Span, clauses
from conductatlas.reading.compare.side import terms_defined

REDEFINED = "S10"


class Hunk(Protocol):
    """A difference, computed or on record."""

    @property
    def old(self) -> Span | None: ...
    @property
    def new(self) -> Span | None: ...
    @property
    def rules(self) -> tuple[str, ...]: ...


def terms(hunk: Hunk, old: str, new: str) -> tuple[str, ...]:
    """The terms that a hunk defines otherwise, as they are written; none unless the rule S10 names it."""
    if REDEFINED not in hunk.rules:
        return ()
    sides = [text[slice(*span)] for span, text in ((hunk.new, new), (hunk.old, old)) if span is not None]
    return tuple(dict.fromkeys(term for side in sides for term in terms_defined(side)))


def touched(hunk: Hunk, old: str, new: str) -> tuple[Span, ...]:
    """The lines of the new text, or of the old one if the definition is gone, that use a term which a hunk defines
    otherwise; its own left out. In capitals and number as the definition has it."""
    known = terms(hunk, old, new)
    own = hunk.new or hunk.old
    if not known or own is None:
        return ()
    text = old if hunk.new is None else new
    used = re.compile("|".join(rf"(?<!\w){re.escape(term)}(?!\w)" for term in known))
    return tuple(
        Span(line.start, line.end)
        for line in clauses(text)[0]
        if (line.end <= own.start or line.start >= own.end) and used.search(text, line.start, line.end)
    )
