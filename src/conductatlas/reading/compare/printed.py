"""Whole dates as they are printed: day, month and year, in figures or with the name of the month.

Where 03/04/2024 could be read in two ways and nothing decides, the date has no value: we abstain.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from conductatlas.reading.compare.knowledge import months, table
from conductatlas.reading.compare.normal import Span, Token

DayMonthOrder = Literal["dmy", "mdy"]

_AROUND = 32  # characters around a year in which the rest of the date is looked for
_FIRST_YEAR, _LAST_YEAR = 1990, 2100

_MONTH = (
    r"[^\W\d_]{3,13}"  # any word; whether it names a month is looked up, which is faster than a long pattern
)
# Both begin with a bare \d, which the engine looks for far faster than for a look-behind.
_YEAR = re.compile(r"\d(?:[09]\d\d(?!\d)|\d?(?P<sep>[./-])\d\d?(?P=sep)\d\d(?!\d))")
_NUMERIC = re.compile(r"\d\d?(?P<sep>[./-])\d\d?(?P=sep)\d\d(?:\d\d)?(?![\d./-]\d)")
_DATE = re.compile(
    rf"""(?<![\d./]) (?:
          (?P<y1>\d{{4}}) (?P<s1>[-/.]) (?P<m1>\d{{1,2}}) (?P=s1) (?P<d1>\d{{1,2}}) (?!\d)
        | (?P<y2>\d{{4}}) \s*[年년.]\s* (?P<m2>\d{{1,2}}) \s*[月월.]\s* (?P<d2>\d{{1,2}}) (?!\d) (?:\s*[日일号號])?
        | (?P<d3>\d{{1,2}}) (?:st|nd|rd|th|er|º|ª|\.)? [\s-]* (?:de\s|day\sof\s|of\s|d')?\s* (?P<n3>{_MONTH})\b \.?,?
          [\s-]* (?:de\s|del\s)? (?P<y3>\d{{4}}) (?!\d)
        | (?<![^\W_]) (?P<n4>{_MONTH})\b \.? [\s-]* (?P<d4>\d{{1,2}}) (?:st|nd|rd|th)? [\s,.-]* (?P<y4>\d{{4}}) (?!\d)
        | (?P<f5>\d{{1,2}}) (?P<s5>[./-]) (?P<g5>\d{{1,2}}) (?P=s5) (?P<y5>\d{{4}}|\d\d) (?![\d./-]?\d)
        )""",
    re.VERBOSE | re.IGNORECASE,
)


class PrintedDate(NamedTuple):
    """A date expression at text[start:end]; value is None where it is impossible or can be read in two ways."""

    value: datetime.date | None
    start: int
    end: int


def printed_dates(text: str, order: DayMonthOrder | None) -> list[PrintedDate]:
    """All whole dates (day, month and year) of a text, in order, with or without a label."""
    found: list[PrintedDate] = []
    end = 0
    for year in _YEAR.finditer(text):
        start = max(end, year.start() - _AROUND)
        for match in _DATE.finditer(text, start, min(len(text), year.end() + _AROUND)):
            if match.start() <= year.start() and match.end() >= year.end() and _names_a_month(match):
                found.append(PrintedDate(_value(match, order), match.start(), match.end()))
                end = match.end()
                break
    return found


def outside(words: Sequence[Token], dates: Sequence[PrintedDate | Span]) -> list[Token]:
    """Words that are in none of the dates, or of other stretches; both in order."""
    if not dates:
        return list(words)
    kept: list[Token] = []
    n = 0
    for word in words:
        while n < len(dates) and dates[n].end <= word.start:
            n += 1
        if n == len(dates) or word.start < dates[n].start:
            kept.append(word)
    return kept


def with_dates_by_value(words: Sequence[Token], dates: Sequence[PrintedDate]) -> list[Token]:
    """Words with each date that can be read as one word, its value, however it is printed; both in order."""
    read = [date for date in dates if date.value is not None]
    if not read:
        return list(words)
    kept = outside(words, read)
    first, last = (words[0].start, words[-1].end) if words else (0, 0)
    whole = (Token(d.start, d.end, str(d.value)) for d in read if first <= d.start and d.end <= last)
    return sorted([*kept, *whole])


@lru_cache(maxsize=4)  # both texts of a comparison are asked, for their clauses and for their own dates
def day_month_order(text: str, language: str) -> DayMonthOrder | None:
    """How 03/04/2024 is read here: as the document's other numeric dates show, else as its language prints dates.

    None where neither says it, as in English, or where the document prints both ways.
    """
    shown: set[DayMonthOrder] = set()
    for match in _NUMERIC.finditer(text):
        if match.start() and text[match.start() - 1] in "0123456789./-":
            continue
        first, second, _ = map(int, match[0].split(match["sep"]))
        if 12 < first <= 31 and second <= 12:
            shown.add("dmy")
        elif 12 < second <= 31 and first <= 12:
            shown.add("mdy")
    if shown:
        return shown.pop() if len(shown) == 1 else None
    return "dmy" if language in table("dates")["day_first"] else None


def _names_a_month(match: re.Match[str]) -> bool:
    name = match["n3"] or match["n4"]
    return name is None or name.lower() in months()


def _value(match: re.Match[str], order: DayMonthOrder | None) -> datetime.date | None:
    part = match.groupdict()
    for n in "12":
        if part[f"y{n}"]:
            return _date(part[f"y{n}"], int(part[f"m{n}"]), part[f"d{n}"])
    for n in "34":
        if part[f"y{n}"]:
            return _date(part[f"y{n}"], months()[part[f"n{n}"].lower()], part[f"d{n}"])
    first, second = int(part["f5"]), int(part["g5"])
    if part["s5"] == "." or first > 12 or first == second:
        return _date(part["y5"], second, part["f5"])
    if second > 12 or order == "mdy":
        return _date(part["y5"], first, part["g5"])
    return _date(part["y5"], second, part["f5"]) if order == "dmy" else None


def _date(year: str, month: int, day: str) -> datetime.date | None:
    whole = int(year) if len(year) == 4 else 2000 + int(year)
    try:
        return datetime.date(whole, month, int(day)) if _FIRST_YEAR <= whole <= _LAST_YEAR else None
    except ValueError:
        return None
