"""From the words of a match to a normalised value: the readers that rules of facts name in `convert`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from conductatlas.reading.clauses import values
from conductatlas.reading.clauses.cap import cap
from conductatlas.reading.clauses.finding import Value
from conductatlas.reading.clauses.places import adjective_code, adjective_pattern, place_code, places

_EDGES = " ,;:.\"'“”‘’()[]"
_NAMES = re.compile(r"[A-Z][\w.'’-]{1,30}(?:(?:, | (?:of (?:the )?)?)[A-Z][\w.'’-]{1,30}){0,6}")
_STOPS = re.compile(
    r"[.;()]|\b(?:shall|will|have|for the purpose|and you|and each|and waive|without|except|unless)\b"
)
_ADJECTIVE = re.compile(rf"\b{adjective_pattern()}(?!\w)")


def convert(name: str, words: str) -> Value:
    """The value of words as they stand in the text; None where they can't be read, and then there is no fact."""
    return CONVERTERS[name](words)


def _money(words: str) -> Value:
    found = values.money(words)
    return None if found is None else found.value()


def _names(words: str) -> Value:
    """The names with which some words begin: "San Francisco, California or …" is "San Francisco, California"."""
    match = _NAMES.match(words.strip(_EDGES))
    return match[0].strip(_EDGES) if match else None


def _law(words: str) -> Value:
    """A code for "the laws of the State of California", "Irish law"; a state with a country is the state."""
    if code := place_code(words):
        return code
    match = _ADJECTIVE.search(words.lower())
    return adjective_code(match[0]) if match else None


def _court_place(words: str) -> Value:
    """The code of where courts are: the last place of "San Francisco County, California"; a city that bears the name
    of its state ("New York, New York") says the same twice."""
    named = _STOPS.split(words, maxsplit=1)[0]
    codes = list(dict.fromkeys(place.code for place in places(named)))
    if len(codes) == 2 and codes[0].startswith(f"{codes[1]}-"):
        codes = codes[:1]
    if not codes:
        match = _ADJECTIVE.search(named.lower())
        return adjective_code(match[0]) if match else None
    return codes[0] if len(codes) == 1 else None


def _verbatim(words: str) -> Value:
    return " ".join(words.split()).strip(_EDGES) or None


def _email(words: str) -> Value:
    match = re.search(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", words)
    return match[0].lower() if match else None


def _integer(words: str) -> Value:
    found = values.number(words)
    return found if isinstance(found, int) else None


CONVERTERS: Mapping[str, Callable[[str], Value]] = {
    "cap": cap,
    "court_place": _court_place,
    "days": values.days,
    "email": _email,
    "hours": values.hours,
    "integer": _integer,
    "law": _law,
    "money": _money,
    "months": values.months,
    "names": _names,
    "period": values.period,
    "place": place_code,
    "share": values.share,
    "verbatim": _verbatim,
}
