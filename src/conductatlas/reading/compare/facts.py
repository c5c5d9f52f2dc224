"""What a passage states in figures: periods, amounts, limits; and the names of companies in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple

from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.lexicon import Lexicon, lexicon
from conductatlas.reading.compare.signals import number_value

FigureKind = Literal["period", "amount", "limit"]

_AMOUNT = re.compile(
    r"(?:(?:US|CA|AU)?[$€£¥₹])\s?(?P<a>\d[\d.,]*\d|\d)(?P<ak>\s?(?:million|billion|k\b))?"
    r"|(?P<b>\d[\d.,]*\d|\d)\s?(?:USD|EUR|GBP|CHF|dollars|euros|pounds|%|percent|per cent|Prozent|元)"
)
_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*(?![\w])|(?<![\w.,])\d+(?=\s?(?:GB|TB|MB|周岁))")
_COMPANY = re.compile(
    r"(?:[A-Z][\w&.'-]*[ ,]{1,2}){1,4}(?:Inc|LLC|Ltd|Limited|GmbH|S\.A\.S|SAS|S\.A|S\.à r\.l|Corp|Corporation|"
    r"B\.V|AG|AB|PBC|Unlimited Company|Pte|LP|Company)\b"
)
_ENDING = re.compile(r"(?:Inc|LLC|Ltd|Limited|GmbH|S\.A|S\.à|SAS|Corp|B\.V|AG|AB|PBC|Company|Pte|LP)")
_SCALES = {"million": 1e6, "billion": 1e9, "k": 1e3}


class Figure(NamedTuple):
    """A number that a passage states at text[start:end]: days of a period, money or per cent, or a bare count."""

    kind: FigureKind
    value: float
    start: int
    end: int


def figures(text: str, language: str) -> list[Figure]:
    """The figures of a passage, in order. Dates are among the limits: who asks has set them apart."""
    known = lexicon(language)
    found: list[Figure] = []
    for match in _periods(language.casefold().split("-")[0] or "en").finditer(text):
        value = _value(match["n"], known)
        unit = _unit_days().get(match["u"].casefold())
        if value is not None and unit is not None:
            found.append(Figure("period", value * unit, *match.span()))
    for match in _AMOUNT.finditer(text):
        value = _value(match["a"] or match["b"], known)
        if value is not None and _is_free(match, found):
            scale = _SCALES.get((match["ak"] or "").strip().casefold(), 1.0)
            found.append(Figure("amount", value * scale, *match.span()))
    for match in _NUMBER.finditer(text):
        value = _value(match[0].rstrip(".,"), known)
        if value is not None and _is_free(match, found):
            found.append(Figure("limit", value, *match.span()))
    return sorted(found, key=lambda figure: figure.start)


def companies(text: str) -> set[str]:
    """Names that end as a company's does: "Inc", "GmbH"."""
    if not _ENDING.search(text):  # far faster than the pattern
        return set()
    return {" ".join(match[0].replace(",", " ").split()) for match in _COMPANY.finditer(text)}


def _is_free(match: re.Match[str], found: list[Figure]) -> bool:
    return all(match.end() <= figure.start or match.start() >= figure.end for figure in found)


def _value(printed: str, known: Lexicon) -> float | None:
    value = number_value(printed.casefold(), known)
    try:
        return None if value is None else float(value.replace(",", "."))
    except ValueError:
        return None


@cache
def _periods(language: str) -> re.Pattern[str]:
    """ "30 days", "thirty (30) business days", "30-day", "30日"."""
    words = "|".join(sorted(map(re.escape, lexicon(language).numbers), key=len, reverse=True))
    units = "|".join(sorted(map(re.escape, _unit_days()), key=len, reverse=True))
    number = rf"\d+(?:[.,]\d+)?|\b(?:{words})\b" if words else r"\d+(?:[.,]\d+)?"
    between = r"\)?[\s-]{0,2}(?:(?:calendar|business|working|full|consecutive|jours? ouvr\w+)\s)?"
    return re.compile(rf"(?<![\d.,A-Za-z])(?P<n>{number}){between}(?P<u>{units})(?![a-z])", re.IGNORECASE)


@cache
def _unit_days() -> Mapping[str, float]:
    return {
        name: float(unit["days"])
        for unit in table("directions")["units"].values()
        for names in unit["names"]
        for name in names.split("|")
    }
