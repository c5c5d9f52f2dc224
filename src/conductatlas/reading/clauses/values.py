"""What words of a text come to: numbers, periods, money, shares. None where they can be read in more than one way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from conductatlas.reading.clauses.finding import Value
from conductatlas.reading.compare.lexicon import lexicon

_UNITS: Mapping[str, tuple[str, bool]] = {  # the letter of ISO 8601, and whether it counts hours of the day
    "minute": ("M", True),
    "hour": ("H", True),
    "day": ("D", False),
    "week": ("W", False),
    "month": ("M", False),
    "year": ("Y", False),
}
_UNIT = "(?:minute|hour|day|week|month|year)"
_KIND_OF_DAY = r"(?:calendar|business|working|full|consecutive|additional|more)"
_DAYS: Mapping[str, int] = {"D": 1, "W": 7}

_FIGURE = r"\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,2})?|\d{1,12}(?:\.\d{1,2})?"
_SYMBOLS: Mapping[str, str] = {"$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "¥": ""}
_PREFIXES: Mapping[str, str] = {
    "us": "USD", "u.s.": "USD", "usd": "USD", "ca": "CAD", "c": "CAD", "cad": "CAD", "au": "AUD", "a": "AUD",
    "aud": "AUD", "nz": "NZD", "nzd": "NZD", "sg": "SGD", "s": "SGD", "sgd": "SGD", "hk": "HKD", "hkd": "HKD",
    "eur": "EUR", "gbp": "GBP", "chf": "CHF", "cny": "CNY", "rmb": "CNY", "jpy": "JPY", "inr": "INR", "sek": "SEK",
}  # fmt: skip
_CODES = "|".join(code for code in _PREFIXES if len(code) == 3 and code.isalpha())  # "a 100" is no money
_NAMES: Mapping[str, str] = {
    "us dollar": "USD", "u.s. dollar": "USD", "united states dollar": "USD", "canadian dollar": "CAD",
    "australian dollar": "AUD", "singapore dollar": "SGD", "dollar": "USD", "euro": "EUR", "pound": "GBP",
    "british pound": "GBP", "pounds sterling": "GBP", "usd": "USD", "eur": "EUR", "gbp": "GBP", "chf": "CHF",
    "cad": "CAD", "aud": "AUD", "sgd": "SGD", "sek": "SEK", "cny": "CNY", "rmb": "CNY", "inr": "INR", "jpy": "JPY",
    "€": "EUR", "£": "GBP",
}  # fmt: skip
_SCALES: Mapping[str, int] = {
    "thousand": 1_000,
    "k": 1_000,
    "million": 1_000_000,
    "m": 1_000_000,
    "billion": 10**9,
}


class Money(NamedTuple):
    """An amount and its currency (ISO 4217); a bare "$" is read as US dollars."""

    amount: float
    currency: str

    def value(self) -> dict[str, Value]:
        """{"amount": 100, "currency": "USD"}; whole amounts are integers."""
        return {"amount": _plain(self.amount), "currency": self.currency}


@cache
def number_pattern() -> str:
    """A regular expression, without groups, for "30", "thirty", "thirty (30)", "twenty-eight (28)", "30 (thirty)"."""
    word = "|".join(sorted(map(re.escape, _numbers()), key=len, reverse=True))
    words = rf"(?:{word})(?:[ -](?:and )?(?:{word})){{0,3}}"
    return rf"(?:(?<![\w.,-])(?:{_FIGURE})|\b{words})(?: ?\( ?(?:\d{{1,9}}|{words}) ?\))?"


@cache
def period_pattern() -> str:
    """A regular expression, without groups, for "30 days", "one (1) year and twenty-eight (28) days", "30-day"."""
    one = rf"{number_pattern()}[ -]{{1,2}}(?:{_KIND_OF_DAY} )?{_UNIT}s?\b"
    return rf"{one}(?: and {one})?"


@cache
def money_pattern() -> str:
    """A regular expression, without groups, for "$100", "US$ 1,000,000", "100 USD", "fifty dollars ($50)"."""
    prefix = "|".join(sorted(map(re.escape, _PREFIXES), key=len, reverse=True))
    name = "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True))
    scale = r"(?: ?(?:thousand|million|billion)\b|[km]\b)?"
    behind = rf"{number_pattern()}{scale} ?(?:{name})s?(?!\w)"
    coded = rf"\b(?:{_CODES}) ?(?:{_FIGURE}){scale}(?![\w.,]{{0,20}}\d)"
    before = rf"(?:\b(?:{prefix}) ?)?[$€£₹] ?(?:{_FIGURE}){scale}|{coded}"
    return rf"(?:(?:{behind}|{before})(?: ?\( ?(?:{before}) ?\))?)"


def number(words: str) -> int | float | None:
    """What "thirty (30)", "1,000" or "twenty-eight" comes to; None if word and figure differ."""
    found = [value for value in _readings(words.casefold()) if value is not None]
    return found[0] if found and len(set(found)) == 1 else None


def period(words: str) -> str | None:
    """ISO 8601 duration of a period: "thirty (30) days" is P30D, "a year" P1Y, "24 hours" PT24H, two joined with
    "and" are one: P1Y28D. Business days are counted as days: the quotation says which they are."""
    parts: list[tuple[int, str, bool]] = []
    for match in _period_parts().finditer(words.casefold()):
        count = 1 if match["n"] in ("a", "an", "per", "each", "every") else number(match["n"])
        if not isinstance(count, int):
            return None
        letter, is_clock = _UNITS[match["u"]]
        parts.append((count, letter, is_clock))
    letters = [letter for _, letter, _ in parts]
    if not parts or len(parts) > 2 or len(set(letters)) != len(letters):
        return None
    days = "".join(f"{n}{letter}" for n, letter, is_clock in parts if not is_clock)
    clock = "".join(f"{n}{letter}" for n, letter, is_clock in parts if is_clock)
    return f"P{days}" + (f"T{clock}" if clock else "")


def days(words: str) -> int | None:
    """Days of a period that is stated in days or weeks, or in whole days of hours; months have no number of days."""
    stated = re.fullmatch(r"P(?:(\d+)([DW])|T(\d+)H)", period(words) or "")
    if stated is None:
        return None
    if stated[3]:
        return int(stated[3]) // 24 if int(stated[3]) % 24 == 0 else None
    return int(stated[1]) * _DAYS[stated[2]]


def months(words: str) -> int | None:
    """Months of a period that is stated in months or years."""
    stated = re.fullmatch(r"P(\d+)([MY])", period(words) or "")
    return None if stated is None else int(stated[1]) * (12 if stated[2] == "Y" else 1)


def hours(words: str) -> int | None:
    """Hours of a period that is stated in hours or days."""
    stated = re.fullmatch(r"P(?:T(\d+)H|(\d+)D)", period(words) or "")
    if stated is None:
        return None
    return int(stated[1]) if stated[1] else int(stated[2]) * 24


def money(words: str) -> Money | None:
    """The amount and currency of "$100", "one hundred U.S. dollars (US$100)"; None if amounts in it differ."""
    found = set(_monies(words.casefold()))
    return found.pop() if len(found) == 1 else None


def share(words: str) -> int | float | None:
    """The number of "50%", "fifty percent (50%)"."""
    match = re.search(rf"({number_pattern()}) ?(?:%|percent|per cent)", words.casefold())
    return None if match is None else number(match[1])


def _monies(words: str) -> Iterator[Money]:
    prefix = "|".join(sorted(map(re.escape, _PREFIXES), key=len, reverse=True))
    name = "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True))
    scale = r"(?: ?(?P<k>thousand|million|billion|k|m)\b)?"
    rest = words
    for match in re.finditer(
        rf"(?:\b(?P<p>{prefix}) ?)?(?P<s>[$€£₹¥]) ?(?P<n>{_FIGURE}){scale}|\b(?P<c>{_CODES}) ?(?P<o>{_FIGURE})",
        words,
    ):
        figure = number(match["n"] or match["o"])
        currency = _PREFIXES.get(match["p"] or match["c"] or "", "") or _SYMBOLS.get(match["s"] or "", "")
        if figure is not None and currency:
            yield Money(float(figure) * _SCALES.get(match["k"] or "", 1), currency)
        rest = rest.replace(match[0], " ", 1)
    for match in re.finditer(rf"(?P<n>{number_pattern()}){scale} ?(?P<c>{name})s?(?!\w)", rest):
        figure = number(match["n"])
        if figure is not None:
            yield Money(float(figure) * _SCALES.get(match["k"] or "", 1), _NAMES[match["c"]])


def _readings(words: str) -> Iterator[int | float | None]:
    for figure in re.findall(_FIGURE, words):
        value = float(figure.replace(",", ""))
        yield _plain(value)
    spelled = [word for word in re.findall(r"[a-z]+(?:-[a-z]+)?", words) if word not in ("and", "a")]
    if spelled:
        yield _spelled(spelled)


def _spelled(words: list[str]) -> int | None:
    """ "one hundred twenty-eight": tens and ones are added, hundreds and thousands multiplied."""
    total = current = 0
    for word in words:
        if word in _numbers():
            parts = [_numbers()[word]]
        else:
            parts = [_numbers().get(part, -1) for part in word.split("-")]
        for value in parts:
            if value < 0:
                return None
            if value >= 1000:
                total, current = total + max(current, 1) * value, 0
            elif value == 100:
                current = max(current, 1) * 100
            else:
                current += value
    return total + current


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else value


@cache
def _numbers() -> Mapping[str, int]:
    return lexicon("en").numbers


@cache
def _period_parts() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<n>{number_pattern()}|\b(?:an?|per|each|every)\b)[ -]{{1,2}}(?:{_KIND_OF_DAY} )?(?P<u>{_UNIT})s?\b"
    )
