"""For whom a text itself says that a clause holds: the places of the words that say so, never a guess."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.lexicon import FALLBACK_LANGUAGE


class Named(NamedTuple):
    """What one phrase tells: the audience that it names, as in the file."""

    audience: str


def phrases(language: str) -> Iterator[tuple[str, Named]]:
    """The phrases of a language, "" for English, and for whom each says that something holds."""
    for name, entry in table("audiences").items():
        for phrase in entry.get(language or FALLBACK_LANGUAGE, ()):
            yield phrase, Named(name)
