"""From the words of a match to a normalised value: the readers that rules of facts name in `convert`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from conductatlas.reading.clauses import values
from conductatlas.reading.clauses.finding import Value
from conductatlas.reading.clauses.places import adjective_code, adjective_pattern, place_code

_EDGES = " ,;:.\"'“”‘’()[]"
_ADJECTIVE = re.compile(rf"\b{adjective_pattern()}(?!\w)")


def convert(name: str, words: str) -> Value:
    """The value of words as they stand in the text; None where they can't be read, and then there is no fact."""
    return CONVERTERS[name](words)


def _money(words: str) -> Value:
    found = values.money(words)
    return None if found is None else {"amount": found.value()["amount"], "currency": found.currency}


def _law(words: str) -> Value:
    """A code for "the laws of the State of California", "Irish law"; a state with a country is the state."""
    if code := place_code(words):
        return code
    match = _ADJECTIVE.search(words.lower())
    return adjective_code(match[0]) if match else None


def _verbatim(words: str) -> Value:
    return " ".join(words.split()).strip(_EDGES) or None


def _email(words: str) -> Value:
    match = re.search(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", words)
    return match[0].lower() if match else None


def _integer(words: str) -> Value:
    found = values.number(words)
    return found if isinstance(found, int) else None


CONVERTERS: Mapping[str, Callable[[str], Value]] = {
    "days": values.days,
    "email": _email,
    "hours": values.hours,
    "integer": _integer,
    "law": _law,
    "money": _money,
    "months": values.months,
    "period": values.period,
    "place": place_code,
    "share": values.share,
    "verbatim": _verbatim,
}
