"""Laws that a text names (citing.toml): by name, abbreviation, number, or by where a link leads.

[<instrument>] is one of the register. Keys:
  names     how texts call it, in small letters; whole words, the longest counts
  links     parts of addresses that lead to it
  also      names that count only where the document has one of `names` somewhere, too
  articles  article of the register -> names of that article alone ("section 1542")
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.law.context import Context
from conductatlas.reading.law.register import register

NEAR = 48  # characters between the name of a law and the number of an article
_NUMBER = re.compile(
    r"\b(?:articles?|arts?\.|artikel|sections?|sec\.|regulations?|schedule)\s*(\d+[a-z]?(?:-\d+)?(?:\.\d+)*(?:\([\da-z]{1,2}\))*)"
    r"|\u00a7+ ?(\d+[a-z]?(?:[-.]\d+)*(?:\([\da-z]{1,2}\))*)"
)
_BETWEEN = re.compile(r"[.;\n]\s")
_OF_COMPANY = re.compile(
    r" ?[^.,;\n]{0,16}\b(?:ltd|limited|inc|llc|gmbh)\b"
)  # the name is part of a company's


class Citation(NamedTuple):
    """That a text names a law. article: id in the register, the instrument's own if no article of it is named."""

    article: str
    span: Span


class _Name(NamedTuple):
    words: str
    article: str
    needs_other: bool


def citations(context: Context, start: int, end: int) -> Iterator[Citation]:
    """The laws named in text[start:end] of the document, each article once, in the order of the text."""
    told: set[str] = set()
    for citation in sorted((*_by_name(context, start, end), *_by_link(context, start, end)), key=_place):
        if citation.article not in told:
            told.add(citation.article)
            yield citation


def _place(citation: Citation) -> tuple[int, str]:
    return citation.span.start, citation.article


def _by_name(context: Context, start: int, end: int) -> Iterator[Citation]:
    folded = context.folded
    part = folded[start:end]
    taken: list[tuple[int, int]] = []
    for name in _names():
        at = part.find(name.words)
        while at >= 0:
            to = at + len(name.words)
            if (
                _is_word(part, at, to)
                and not any(left < to and at < right for left, right in taken)
                and not _OF_COMPANY.match(part, to)
            ):
                if name.needs_other and not _is_named(context, name.article.partition("/")[0]):
                    break
                taken.append((at, to))
                span = Span(start + at, start + to)
                found = (
                    [name.article]
                    if "/" in name.article
                    else _articles(name.article, folded, span, start, end)
                )
                yield from (Citation(article, span) for article in found)
            at = part.find(name.words, to)


def _by_link(context: Context, start: int, end: int) -> Iterator[Citation]:
    for span, address in context.links:
        if start <= span.start and span.end <= end:
            for id, parts in _links().items():
                if any(part in address for part in parts):
                    yield Citation(_only(id), span)


def _only(id: str) -> str:
    """The article, if the instrument has a single one in the register."""
    articles = register()[id].articles
    return articles[0].id if len(articles) == 1 else id


def _articles(id: str, folded: str, span: Span, start: int, end: int) -> list[str]:
    """The articles of an instrument that are named beside it, or the instrument."""
    left, right = max(start, span.start - NEAR), min(end, span.end + NEAR)
    for stop in _BETWEEN.finditer(folded, left, span.start):
        left = stop.end()
    stop_after = _BETWEEN.search(folded, span.end, right)
    right = stop_after.start() if stop_after else right
    known = {article.id for article in register()[id].articles}
    found = []
    for match in _NUMBER.finditer(folded, left, right):
        number = match[1] or match[2]
        while number:
            if (article := f"{id}/{number}") in known or (article := f"{id}/{number.upper()}") in known:
                found.append(article)
                break
            number = number[: number.rfind("(")] if "(" in number else ""
    return found or [_only(id)]


def _is_word(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (before.isalnum() and text[start].isalnum()) and not (
        after.isalnum() and text[end - 1].isalnum()
    )


def _is_named(context: Context, id: str) -> bool:
    return any(name in context.folded for name in _table()[id].get("names", ()))


@cache
def _names() -> tuple[_Name, ...]:
    """The longest first, for "uk gdpr" is not "gdpr"."""
    found = []
    for id, entry in _table().items():
        found += [_Name(words, id, False) for words in entry.get("names", ())]
        found += [_Name(words, id, True) for words in entry.get("also", ())]
        for number, names in entry.get("articles", {}).items():
            found += [_Name(words, f"{id}/{number}", False) for words in names]
    return tuple(sorted(found, key=lambda name: (-len(name.words), name.words)))


@cache
def _links() -> Mapping[str, tuple[str, ...]]:
    return {id: tuple(entry["links"]) for id, entry in _table().items() if "links" in entry}


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("citing.toml").read_text(encoding="utf-8"))
