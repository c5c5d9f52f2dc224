"""Values of facts in words: periods, money, countries, yes and no."""

from __future__ import annotations

import re
from typing import Any

from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.places import place_name

_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_UNITS = ("year", "month", "week", "day", "hour", "minute")


_COMBINED = {
    "greater": "the greater of {}",
    "lesser": "the lesser of {}",
    "if_no_fees": "{}, the amount only where no fees were paid",
}
_FEES = {"all paid": "all fees paid", "term": "the fees of the term", "service": "the fees of the service"}


def fact_in_words(type_: str, name: str, value: Any) -> str:
    """The value of an attribute as a reader would say it: "30 days" of one that counts days, "Ireland" of a place."""
    known = attributes().get((type_, name))
    match known.kind if known else "", value:
        case "days", int() if not isinstance(value, bool):
            return f"{value} day" if value == 1 else f"{value} days"
        case "place", str():
            return place_name(value)
        case "words", str():
            return value
        case _:
            return in_words(value)


def _cap_in_words(value: Any) -> str:
    """A cap as the questionnaire has it: "the greater of 100 USD and the fees of 12 months"."""
    parts = []
    if "amount" in value:
        parts.append(in_words({"amount": value["amount"], "currency": value["currency"]}))
    if "fees_months" in value:
        parts.append(in_words({"fees": "months", "months": value["fees_months"]}))
    if "fees" in value:
        parts.append(in_words({"fees": value["fees"]}))
    how = "greater" if value["greater_of"] else value.get("combine", "single")
    return _COMBINED.get(how, "{}").format(" and ".join(parts))


def in_words(value: Any) -> str:
    """A value as a reader would say it: "30 days", "100 USD", "yes"; "not stated" for None."""
    match value:
        case None:
            return "not stated"
        case bool():
            return "yes" if value else "no"
        case str():
            return period_in_words(value) or value.replace("_", " ")
        case list():
            return ", ".join(in_words(one) for one in value)
        case {"greater_of": bool()}:
            return _cap_in_words(value)
        case {"amount": amount, "currency": currency}:
            return f"{amount:,} {currency}" if isinstance(amount, int) else f"{amount} {currency}"
        case {"terms": [*terms], "combine": how}:
            return _COMBINED.get(how, "{}").format(" and ".join(map(in_words, terms)))
        case {"fees": "months", "months": months}:
            return f"the fees of {months} months"
        case {"fees": basis} if basis in _FEES and len(value) == 1:
            return _FEES[basis]
        case dict():
            return "; ".join(
                f"{name.replace('_', ' ')}: {in_words(one)}"
                for name, one in value.items()
                if one not in (None, [])
            )
        case _:
            return str(value)


def period_in_words(text: str) -> str:
    """ "30 days" for "P30D"; "" for what is no ISO 8601 period."""
    match = _PERIOD.fullmatch(text)
    if match is None or not any(match.groups()):
        return ""
    parts = [
        f"{number} {unit}{'' if number == '1' else 's'}"
        for number, unit in zip(match.groups(), _UNITS, strict=True)
        if number
    ]
    return " ".join(parts)
