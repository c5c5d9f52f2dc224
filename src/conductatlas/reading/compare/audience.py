"""For whom a text itself says that a clause holds: the places of the words that say so, never a guess."""

from __future__ import annotations

from functools import cache

from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.lexicon import FALLBACK_LANGUAGE
from conductatlas.reading.compare.normal import Span
from conductatlas.reading.compare.phrasebook import Phrasebook, outermost


def audience_of(text: str, span: Span, language: str) -> tuple[Span, ...]:
    """Where text[span] says for whom it holds, in order; spans count from the start of `text`."""
    found = _phrases(language.casefold().split("-")[0] or FALLBACK_LANGUAGE).find(text[slice(*span)])
    return tuple(Span(span.start + one.start, span.start + one.end) for one in outermost(found))


@cache
def _phrases(language: str) -> Phrasebook[str]:
    return Phrasebook(
        (phrase, name) for name, entry in table("audiences").items() for phrase in entry.get(language, ())
    )
