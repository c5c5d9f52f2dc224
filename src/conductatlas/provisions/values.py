"""Values of facts in words: periods, money, countries, yes and no."""

from __future__ import annotations

import re
from typing import Any

_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_UNITS = ("year", "month", "week", "day", "hour", "minute")


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
        case {"amount": amount, "currency": currency}:
            return f"{amount:,} {currency}" if isinstance(amount, int) else f"{amount} {currency}"
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
