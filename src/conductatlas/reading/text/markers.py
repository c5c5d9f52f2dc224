"""The markers that a browser prints before list items (CSS Counter Styles 3, the styles `<ol type>` can name)."""

from __future__ import annotations

import re

BULLET = "•"

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_MARKER = re.compile(r"(-?\d{1,9}|[a-z]{1,15}|[A-Z]{1,15})\.")
_NUMERAL = re.compile(r"m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")


def marker(kind: str, number: int) -> str:
    """The printed marker of item `number` in a list of `<ol type=kind>`; out of a style's range, decimal."""
    match kind:
        case "a" | "A" if number > 0:
            text = _alphabetic(number)
        case "i" | "I" if 0 < number < 4000:
            text = _roman(number)
        case _:
            text = str(number)
    return f"{text.upper() if kind in 'AI' else text}."


def ordinal(text: str, *, roman: bool = False) -> tuple[str, int] | None:
    """The list type and number of a printed marker, None if it is no ordinal. `roman` settles "c." and the like.

    Without it a lone "i." is roman, as no list starts with its ninth letter, and other letters are alphabetic.
    """
    match = _MARKER.fullmatch(text)
    if match is None:
        return None
    value = match[1]
    if value.lstrip("-").isdigit():
        return "1", int(value)
    low, upper = value.lower(), value.isupper()
    if _NUMERAL.fullmatch(low) and (roman or low == "i" or len(low) > 1):
        return ("I" if upper else "i"), _from_roman(low)
    number = 0
    for letter in low:
        number = number * 26 + ord(letter) - 96
    return ("A" if upper else "a"), number


def _alphabetic(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(97 + rest) + letters
    return letters


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text


def _from_roman(text: str) -> int:
    total = 0
    for value, letters in _ROMAN:
        while text.startswith(letters):
            total, text = total + value, text[len(letters) :]
    return total
