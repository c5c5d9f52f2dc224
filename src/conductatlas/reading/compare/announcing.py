"""Notices of a coming change: "These terms will take effect on May 1, 2026", "Updating on Dec 16, 2025" (S14).

What announces a change in the words of announcing.toml counts with the date in its sentence, or alone where the
words leave no doubt. "Effective: May 1, 2026" is the stated date of a text, not a notice (S2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from conductatlas.reading.compare.knowledge import months, table
from conductatlas.reading.compare.lexicon import FALLBACK_LANGUAGE
from conductatlas.reading.compare.normal import normal
from conductatlas.reading.compare.phrasebook import Phrasebook
from conductatlas.reading.compare.printed import DayMonthOrder, printed_dates

_LONGEST = 20_000  # characters of a clause beyond which it is not looked into
_SENTENCE_END = re.compile(r"(?:(?<!\d)|(?<=\d{4}))[.!?]\s+(?=[^\W\d_a-z])")  # not "1. März"
_DATE_STOPS = re.compile(r"\d+\.?")  # a quick look needs no dates, whose stops end a sentence
_DIGIT = re.compile(r"\d")


def notices(text: str, language: str, order: DayMonthOrder | None) -> list[str]:
    """What each notice of a coming change in a clause says: its date, as a value where it can be read, else ""."""
    if len(text) > _LONGEST:
        return []
    language = language.casefold().split("-")[0] or FALLBACK_LANGUAGE
    if not _phrases("bare", language).find(text) and not (
        _DIGIT.search(text) and _phrases("dated", language).find(_DATE_STOPS.sub(" ", text))
    ):
        return []
    return [value for sentence in _sentences(text) for value in _notice(sentence, language, order)]


def _notice(sentence: str, language: str, order: DayMonthOrder | None) -> Iterator[str]:
    dates = _dates(sentence, order) if _DIGIT.search(sentence) else []
    words = sentence
    for start, end, _ in reversed(dates):
        words = f"{words[:start]} {words[end:]}"
    if (dates and _phrases("dated", language).find(words)) or _phrases("bare", language).find(words):
        yield dates[-1][2] if dates else ""


def _sentences(text: str) -> Iterator[str]:
    """Sentences, roughly: a stop behind "Dec" or "No" may part one too many, never a date from its month and day."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        yield text[start : match.end()]
        start = match.end()
    yield text[start:]


def _dates(sentence: str, order: DayMonthOrder | None) -> list[tuple[int, int, str]]:
    """The dates of a sentence with their places, also those without a year."""
    whole = [
        (date.start, date.end, str(date.value or normal(sentence[date.start : date.end])))
        for date in printed_dates(sentence, order)
    ]
    found = ((*match.span(), normal(match[0]).casefold()) for match in _day_and_month().finditer(sentence))
    return whole or list(found)


@cache
def _day_and_month() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, months()), key=len, reverse=True))
    return re.compile(
        rf"\b\d{{1,2}}(?:st|nd|rd|th|er|\.)?\s(?:de\s)?(?:{names})\b|\b(?:{names})\.?\s\d{{1,2}}\b",
        re.IGNORECASE,
    )


@cache
def _phrases(kind: str, language: str) -> Phrasebook[bool]:
    return Phrasebook((phrase, True) for phrase in table("announcing")[kind].get(language, ()))
