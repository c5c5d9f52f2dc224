"""Printed numbers: "16.2", "(a)", "iv.", "§ 4", "第三条", as they stand before a clause."""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST = 40  # characters at the start of a line in which a number is looked for

_PRINTED = re.compile(
    r"""
    (?:(?P<decimal>\d{1,3}(?:\.\d{1,3}){1,5})(?:[.):]|(?=\s))\s*
      |§+\s?(?P<paragraph>\d{1,3}[a-z]?)(?:[.):]?\s+)
      |(?P<single>\d{1,3}|[ivxlc]{1,6}|[IVXLC]{1,6}|[a-zA-Z])(?:[.)]|(?<=\d):)(?:\s+|(?=[\u3400-\u9fff]))
      |[(\[](?P<enclosed>\d{1,3}|[ivxlcdm]{1,6}|[IVXLC]{1,6}|[a-zA-Z]{1,2})[)\]][.:]?\s*
      |(?P<chinese>第[一二三四五六七八九十百零\d]{1,5}[条章节款])[\s、.:：]*
      |[(（](?P<wide>[一二三四五六七八九十\d]{1,3})[)）]\s*
      |(?P<counted>[一二三四五六七八九十\d]{1,3})、\s*
      |(?P<bullet>[•·●▪‣◦*–—-])\s+
    )(?=\S)
    """,
    re.VERBOSE | re.IGNORECASE,
)
# "Section 3. Fees", "Section 3 Fees"; but "Section 3 of the law" is a sentence.
_NAMED = re.compile(
    r"(?i:article|section|clause|artikel|abschnitt|sección|artículo|sezione)\s+"
    r"(\d{1,3}(?:\.\d{1,3})*|[ivxlcIVXLC]{1,6})(?:[.):]?\s*[–—:-]\s*|[.):]\s+|\s+(?=[^\W\d_a-zäöü]))(?=\S)"
)
_KINDS = ("decimal", "paragraph", "single", "enclosed", "chinese", "wide", "counted", "bullet")


class Printed(NamedTuple):
    """number: without its brackets and stop, "" of a bullet. style: what its neighbours share ("decimal", "single:a",
    "enclosed:1", "bullet"). length: characters up to the words that follow it."""

    number: str
    style: str
    length: int


def printed(line: str) -> Printed | None:
    """The number or bullet that a line begins with; None if it begins with none, or is nothing else."""
    start = line[:LONGEST]
    named = _NAMED.match(start)
    if named:
        return Printed(named[1], "named", named.end())
    match = _PRINTED.match(start)
    if match is None:
        return None
    kind = next(name for name in _KINDS if match[name] is not None)
    if kind == "bullet":
        return Printed("", kind, match.end())
    number = match[kind]
    if (
        kind == "decimal"
        and number.count(".") == 1
        and match[0].strip() == number
        and line[match.end()].islower()
    ):
        return None  # "1.5 times the fee"
    return Printed(
        number, kind if kind in ("decimal", "paragraph") else f"{kind}:{_sort(number)}", match.end()
    )


def bare(marker: str) -> str:
    """The number of a list item's marker: "a" of "(a)", "" of a bullet."""
    number = marker.strip("()[].）（: \u00a0")
    return number if number[:1].isalnum() else ""


def _sort(number: str) -> str:
    if number.isdigit():
        return "1"
    return "a" if number.islower() else "A"
