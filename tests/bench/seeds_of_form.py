"""One small edit of a reading for each rule of what is not substantive (N)."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from random import Random

from tests.bench.seeding import (
    BLOCKS,
    MONTHS,
    UNITS,
    chosen,
    dates_of,
    elsewhere,
    later,
    lines,
    marked,
    put,
    with_line,
)

from conductatlas.reading.compare.lexicon import spellings
from conductatlas.reading.compare.naming import entities
from conductatlas.reading.compare.normal import prefixes
from conductatlas.reading.compare.side import Side
from conductatlas.reading.compare.slips import is_known
from conductatlas.reading.text.marks import Mark, MarkKind, Reading, sort_marks

_FURNITURE = (
    *("Accept all cookies", "Related articles", "English (UK)", "12 min read", "Was this article helpful?"),
    *(
        "Thursday, 26 November 2026",
        "1,204 views",
        "English | Deutsch | Français",
        "Back to top",
        "On this page",
    ),
    "“The best service we ever had.” — Ada Heron, fisher",
)


def updated(reading: Reading, chance: Random) -> Reading | None:
    return chosen(reading, chance, [later(found) for found in dates_of(reading, updated=True)])


def reformatted(reading: Reading, chance: Random) -> Reading | None:
    found = []
    for d in dates_of(reading, updated=False):
        if d.value and not reading.text[d.start].isdigit():
            found.append((d.start, d.end, f"{d.value.day} {MONTHS[d.value.month - 1]} {d.value.year}"))
    return chosen(reading, chance, found)


def furniture(reading: Reading, chance: Random) -> Reading | None:
    return with_line(reading, chance, chance.choice(_FURNITURE))


def relinked_elsewhere(reading: Reading, chance: Random) -> Reading | None:
    return elsewhere(reading, chance, "-2", in_rule=False)


def tracked(reading: Reading, chance: Random) -> Reading | None:
    return elsewhere(reading, chance, chance.choice(("?utm_source=x", "#top", "/")), in_rule=None)


def typography(reading: Reading, chance: Random) -> Reading | None:
    swaps = {'"': "“", "'": "’", "“": '"', "”": '"', "’": "'", "–": "-", "—": "-"}
    found = [(m.start(), m.end(), swaps[m[0]]) for m in re.finditer("[\"'“”’–—]", reading.text)]
    found += [(m.start(), m.end(), "\u00a0") for m in re.finditer("(?<=[a-z]) (?=[a-z])", reading.text)][:50]
    return chosen(reading, chance, found)


def spelled(reading: Reading, chance: Random) -> Reading | None:
    both = dict(spellings()) | {american: british for british, american in spellings().items()}
    words = re.finditer(r"(?<= )[a-z]{4,}(?=[ ,;])", reading.text)
    return chosen(reading, chance, [(m.start(), m.end(), both[m[0]]) for m in words if m[0] in both])


def counted(reading: Reading, chance: Random) -> Reading | None:
    written = {
        "30": "thirty (30)",
        "two": "2",
        "14": "fourteen",
        "thirty (30)": "30",
        "three": "3",
        "10": "ten",
        "60": "sixty (60)",
        "one": "1",
    }
    found = re.finditer(
        rf"(?<=[a-z] )(?:thirty \(30\)|30|two|14|three|10|60|one)(?= (?:{UNITS})\b)", reading.text
    )
    return chosen(reading, chance, [(m.start(), m.end(), written[m[0]]) for m in found])


def serial_comma(reading: Reading, chance: Random) -> Reading | None:
    found = [(m.start(), m.end(), "") for m in re.finditer(r"(?<=[a-z]),(?= (?:and|or) [a-z])", reading.text)]
    return chosen(reading, chance, found)


def slip(reading: Reading, chance: Random) -> Reading | None:
    """A letter less inside a word."""
    words = list(re.finditer(r"(?<= )[a-z]{7,}(?= [a-z])", reading.text))
    chance.shuffle(words)
    for m in words[:20]:
        slipped = m[0][:3] + m[0][4:]
        if is_known(m[0]) and not is_known(slipped):
            return put(reading, m.start(), m.end(), slipped)
    return None


def capital(reading: Reading, chance: Random) -> Reading | None:
    """A capital where no defined term has one."""
    defined = Side(reading.text, reading.language).defined_words
    words = re.finditer(r"(?<=[a-z] )[a-z]{5,}(?= [a-z])", reading.text)
    return chosen(reading, chance, [(m.start(), m.end(), m[0].title()) for m in words if m[0] not in defined])


def numbered(reading: Reading, chance: Random) -> Reading | None:
    heads = marked(reading, MarkKind.HEADING)
    found = []
    for start, _, line in lines(reading):
        bullet, body = prefixes(line)
        if start in heads and body < len(line):
            found.append((start, start + body, "" if body > bullet else "A.1. "))
    return chosen(reading, chance, found)


def swapped(reading: Reading, chance: Random) -> Reading | None:
    """Two neighbouring paragraphs under one heading change places."""
    blocks = marked(reading, *BLOCKS)
    rows = list(lines(reading))
    found = [
        (a[0], b[1], f"{b[2]}\n{a[2]}")
        for a, b in pairwise(rows)
        if a[0] not in blocks and b[0] not in blocks and min(len(a[2]), len(b[2])) > 60
    ]
    return chosen(reading, chance, found)


def resorted(reading: Reading, chance: Random) -> Reading | None:
    rows = marked(reading, MarkKind.ROW)
    placed = [
        (start, end, line)
        for start, end, line in lines(reading)
        if start in rows and rows[start].value != "header"
    ]
    found = [
        (a[0], b[1], f"{b[2]}\n{a[2]}") for a, b in pairwise(placed) if b[0] == a[1] + 1 and a[2] != b[2]
    ]
    if not found:
        return None
    start, end, words = chance.choice(found)
    text = reading.text[:start] + words + reading.text[end:]
    inside = {
        m
        for m in reading.marks
        if start <= m.start and m.end <= end and m.kind in (MarkKind.ROW, MarkKind.CELL)
    }
    first = words.index("\n")
    marks = [
        m
        for m in reading.marks
        if m.start >= end or m.end <= start or (m.start <= start and m.end >= end and m not in inside)
    ]
    marks += [Mark(start, start + first, MarkKind.ROW), Mark(start + first + 1, end, MarkKind.ROW)]
    return replace(reading, text=text, marks=sort_marks(marks))


def row_as_item(reading: Reading, chance: Random) -> Reading | None:
    """A row of two cells is an item."""
    rows = marked(reading, MarkKind.ROW)
    found = [
        (s, e, line)
        for s, e, line in lines(reading)
        if s in rows and line.count("\t") == 1 and len(line) > 20
    ]
    if not found:
        return None
    start, end, line = chance.choice(found)
    other = put(reading, start, end, line.replace("\t", ": "))
    marks = [
        m
        for m in other.marks
        if not (m.start >= start and m.end <= end + 1 and m.kind in (MarkKind.ROW, MarkKind.CELL))
    ]
    return replace(other, marks=sort_marks([*marks, Mark(start, end + 1, MarkKind.ITEM, 1, "•")]))


# Words of the titles of documents: no brand has them alone.
_OF_TITLES = frozenset(
    [
        "Acceptable", "Agreement", "Conditions", "Cookie", "Cookies", "Guidelines", "Notice", "Policy", "Privacy",
        "Service", "Services", "Statement", "Terms", "Website",
    ]
)  # fmt: skip


def renamed(reading: Reading, chance: Random) -> Reading | None:
    """The brand in the head of the text has another name wherever it is not part of an entity or an address."""
    head = "\n".join(reading.text.split("\n", 3)[:3])[:1_000]
    names = sorted(set(re.findall(r"\b[A-Z][a-z]{4,}\b", head)) - _OF_TITLES)
    kept = entities(reading.text)
    for name in names:
        found = [
            m
            for m in re.finditer(rf"(?<![\w@./-]){name}(?![\w/-]|\.\w)", reading.text)
            if not any(e.start <= m.start() < e.end for e in kept)
        ]
        own = name.casefold() in (reading.marks[0].value if reading.marks else "").casefold()
        ordinary = is_known(name.casefold()) or name.casefold() in {m.casefold() for m in MONTHS}
        if len(found) >= 3 and (own or not ordinary):
            text = list(reading.text)
            for m in found:  # of the same length, so that marks stay where they are
                text[m.start() : m.end()] = ("Zephyriamontanaland" * 2)[: len(name)]
            return replace(reading, text="".join(text))
    return None


def shouted(reading: Reading, chance: Random) -> Reading | None:
    found = [
        (s, e, line.upper())
        for s, e, line in lines(reading)
        if 40 < len(line) < 600 and line.isascii() and not line.isupper()
    ]
    return chosen(reading, chance, found)


def bold(reading: Reading, chance: Random) -> Reading | None:
    found = [(s, e) for s, e, line in lines(reading) if len(line) > 10]
    if not found:
        return None
    start, end = chance.choice(found)
    marks = [m for m in reading.marks if m.kind is not MarkKind.HEADING or m.start != start]
    return replace(reading, marks=sort_marks([*marks, Mark(start, end, MarkKind.STRONG)]))
