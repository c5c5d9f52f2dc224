"""Sentences of a legal text: sentencex (rules of the Wikimedia Foundation), and our list of legal abbreviations."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from sentencex import segment

FALLBACK = "en"
NEAR = 40  # characters on either side of a boundary that decide about it

_PIECE = re.compile(r"[^\n\t]+")
_NUMERAL = re.compile(r"\s*[(\[§]?\s*(?:\d|[IVXLC]+\b|[a-z]\))")
_NUMBERING = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxIVX]{1,5})[.)]")


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """Endings, with their stop, after which a sentence goes on: always, unless a capital follows, before a number."""

    always: tuple[str, ...]
    within: tuple[str, ...]
    before_number: tuple[str, ...]


def sentences(text: str, language: str = "") -> list[tuple[int, int]]:
    """Spans of the sentences as (start, end) code points, in order, without white space at their ends.

    A sentence never crosses a line or a table cell. Every character that is no white space is in one of them.
    language: BCP 47 primary tag; what is not known is treated as English.
    """
    return [
        span
        for piece in _PIECE.finditer(text)
        for span in _in_piece(piece[0], piece.start(), language or FALLBACK)
    ]


def _in_piece(piece: str, offset: int, language: str) -> Iterator[tuple[int, int]]:
    known = abbreviations(language)
    begin = position = 0
    for part in segment(language, piece):
        # Parts follow one another; a splitter that left characters out would be met here by looking for the part.
        found = piece.find(part, position)
        if found < 0:
            continue
        if position > begin and not _goes_on(piece, begin, position, known):
            yield from _trimmed(piece, begin, position, offset)
            begin = position
        position = found + len(part)
    yield from _trimmed(piece, begin, len(piece), offset)


def _goes_on(piece: str, begin: int, position: int, known: Abbreviations) -> bool:
    """Whether what stands from `begin` to `position`, taken for a whole sentence, is only its beginning."""
    ended = piece[max(begin, position - NEAR) : position].rstrip()
    rest = piece[position : position + NEAR]
    is_whole = position - begin <= NEAR
    if (is_whole and _NUMBERING.fullmatch(ended.lstrip())) or _ends_with(ended, known.always):
        return True
    if _ends_with(ended, known.within):  # these may also end a sentence: then a capital follows
        return not rest.lstrip()[:1].isupper()
    return _ends_with(ended, known.before_number) and _NUMERAL.match(rest) is not None


def _ends_with(text: str, endings: tuple[str, ...]) -> bool:
    if not text.endswith(endings):
        return False
    for ending in endings:
        if text.endswith(ending):
            before = text[: -len(ending)][-1:]
            if not before or not (before.isalnum() or before == "."):
                return True
    return False


def _trimmed(piece: str, start: int, end: int, offset: int) -> Iterator[tuple[int, int]]:
    inside = piece[start:end]
    if inside.strip():
        lead = len(inside) - len(inside.lstrip())
        yield offset + start + lead, offset + start + len(inside.rstrip())


@cache
def abbreviations(language: str) -> Abbreviations:
    """The abbreviations of a language together with those of any language (abbreviations.toml)."""
    source = resources.files("conductatlas.reading.text").joinpath("abbreviations.toml")
    data = tomllib.loads(source.read_text("utf-8"))
    groups = [data["any"], data.get(language, {})]

    def listed(key: str) -> tuple[str, ...]:
        return tuple(sorted({word for group in groups for word in group.get(key, ())}))

    return Abbreviations(listed("always"), listed("within"), listed("before_number"))
