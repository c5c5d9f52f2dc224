"""One small edit of a reading for each rule of substance (S)."""

from __future__ import annotations

import re
from random import Random

from tests.bench.seeding import (
    BLOCKS,
    UNITS,
    Edit,
    Place,
    chosen,
    dates_of,
    elsewhere,
    later,
    lines,
    marked,
    with_line,
)

from conductatlas.reading.compare.furniture import is_furniture
from conductatlas.reading.compare.side import is_definition
from conductatlas.reading.text.marks import MarkKind, Reading
from conductatlas.reading.text.sentences import sentences

_WORDS: dict[str, dict[str, str]] = {
    "S3": {"may": "must", "will": "may", "shall": "may", "can": "must", "must": "may", "agree": "prefer"},
    "S4": {"not": "", "except": "including", "only": "", "unless": "if", "no": "some", "without": "with"},
    "S5": {
        "any": "some",
        "all": "some",
        "prior": "",
        "written": "",
        "reasonable": "small",
        "each": "any",
        "sole": "",
    },
    "S6": {
        "affiliates": "friends",
        "third parties": "friends",
        "law": "custom",
        "court": "office",
        "United States": "Ruritania",
        "Ireland": "Ruritania",
        "law enforcement": "our friends",
        "service providers": "our friends",
    },
    "S8": {
        "opt out": "decide",
        "refund": "coupon",
        "contact us": "telephone us",
        "delete": "hide",
        "notify": "remember",
        "withdraw": "repeat",
    },
    "S11": {
        "consumer": "person",
        "consumers": "people",
        "business": "group",
        "children": "people",
        "minors": "people",
        "residents": "people",
        "free": "good",
        "paid": "good",
    },
}
_NOTICES = (
    *("Updating on Dec 16, 2025", "These terms will take effect on March 1, 2026."),
    *("We’re updating our Terms of Service.", "The new Privacy Policy goes into effect on 1 May 2026."),
)


def words_of(rule: str) -> Edit:
    """One word of weight for another one."""
    swaps = _WORDS[rule]
    pattern = re.compile(rf"(?<=[a-z,] )(?:{'|'.join(sorted(swaps, key=len, reverse=True))})(?= [a-z])")

    def edit(reading: Reading, chance: Random) -> Reading | None:
        found = [
            (m.start(), m.end() + (not swaps[m[0]]), swaps[m[0]]) for m in pattern.finditer(reading.text)
        ]
        return chosen(reading, chance, found)

    return edit


_AMOUNT = re.compile(
    rf"\b(?:\d{{1,3}}|two|three|five|ten|thirty|fourteen)(?= (?:{UNITS})\b)|\b\d{{1,3}}(?=%)"
)


def amount(reading: Reading, chance: Random) -> Reading | None:
    found = [
        (m.start(), m.end(), str(int(m[0]) + 1) if m[0].isdigit() else "eleven")
        for m in _AMOUNT.finditer(reading.text)
    ]
    return chosen(reading, chance, found)


def date(reading: Reading, chance: Random) -> Reading | None:
    return chosen(reading, chance, [later(found) for found in dates_of(reading, updated=False)])


def item(reading: Reading, chance: Random) -> Reading | None:
    """One item less, of a list that a clause introduces: one that nothing introduces may be a menu."""
    items = marked(reading, MarkKind.ITEM)
    introduced: set[int] = set()
    leads = False
    for start, _, line in lines(reading):
        if start not in items:
            leads = line.endswith((":", "："))
        elif leads:
            introduced.add(start)
    found = [
        (start, end + 1, "")
        for start, end, line in lines(reading)
        if start in introduced
        and end < len(reading.text)
        and len(line.split()) > 1
        and line not in reading.text[:start] + reading.text[end:]
        and not is_furniture(line, reading.language, None, is_item=True)
    ]
    return chosen(reading, chance, found)


def clause(reading: Reading, chance: Random) -> Reading | None:
    """One paragraph less."""
    blocks = marked(reading, *BLOCKS)
    found = [
        (start, end + 1, "")
        for start, end, line in lines(reading)
        if start not in blocks
        and end < len(reading.text)
        and len(line.split()) > 7
        and line.endswith(".")
        and line not in reading.text[:start] + reading.text[end:]  # a second copy says nothing more
    ]
    return chosen(reading, chance, found)


def sentence(reading: Reading, chance: Random) -> Reading | None:
    """One sentence less of a clause that has several."""
    found: list[Place] = []
    for start, _, line in lines(reading):
        spans = sentences(line, reading.language) if 120 < len(line) < 2_000 else []
        if len(spans) > 1:
            first, last = spans[-1]
            if last - first > 30:
                found.append((start + first - 1, start + last, ""))
    return chosen(reading, chance, found)


def definition(reading: Reading, chance: Random) -> Reading | None:
    found = [
        (start + m.start(), start + m.end(), "bicycles")
        for start, _, line in lines(reading)
        if len(line) < 2_000 and is_definition(line)
        for m in list(re.finditer(r"(?<= )[a-z]{6,}(?= )", line))[-1:]
    ]
    return chosen(reading, chance, found)


def notice(reading: Reading, chance: Random) -> Reading | None:
    return with_line(reading, chance, chance.choice(_NOTICES))


def relinked(reading: Reading, chance: Random) -> Reading | None:
    return elsewhere(reading, chance, "-2", in_rule=True)
