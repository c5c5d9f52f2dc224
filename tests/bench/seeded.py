"""Each rule of significance applied as one small edit to real pages: how often it is missed, or told in vain.

An edit that a rule of substance (S) names must come out substantive; one that the rule book calls not substantive (N)
must not. The seed below decides pages and places, so that a run can be repeated.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from tests.bench import seeds_of_form as form
from tests.bench import seeds_of_substance as substance
from tests.bench.reader import captures
from tests.bench.seeding import Edit

from conductatlas.errors import ConductAtlasError
from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.text.markdown import read_markdown
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.reader import examine

SEED = 20_261_126
PAGES = 500
EDITS = 500  # of each rule
WORDS = (150, 12_000)  # of a page

EDITS_OF: Mapping[str, Edit] = {
    "S1 amount": substance.amount,
    "S2 date": substance.date,
    **{f"{rule} word": substance.words_of(rule) for rule in ("S3", "S4", "S5", "S6", "S8", "S11")},
    "S7 item": substance.item,
    "S9 clause": substance.clause,
    "S10 definition": substance.definition,
    "S12 sentence": substance.sentence,
    "S13 link": substance.relinked,
    "S14 notice": substance.notice,
    "N1 typography": form.typography,
    "N2 spelling": form.spelled,
    "N2 number": form.counted,
    "N2 serial comma": form.serial_comma,
    "N2 slip": form.slip,
    "N2 capital": form.capital,
    "N2 form of a date": form.reformatted,
    "N3 number of a heading": form.numbered,
    "N4 paragraphs swapped": form.swapped,
    "N5 link": form.relinked_elsewhere,
    "N5 tracking": form.tracked,
    "N6 rows swapped": form.resorted,
    "N6 row as item": form.row_as_item,
    "N7 brand": form.renamed,
    "N8 furniture": form.furniture,
    "N9 updated": form.updated,
    "N10 capitals": form.shouted,
    "N10 bold": form.bold,
}
_ANY_LANGUAGE = ("S7", "S9", "S12", "N1", "N4", "N5", "N6", "N9", "N10 bold")


def run(shared: Path, quick: bool = False) -> dict[str, Any]:
    """Per edit: how many were made, how many came out wrong, how many named the rule; and the first wrong ones."""
    pages = list(_pages(shared, PAGES // 10 if quick else PAGES))
    return {name: _measure(name, edit, pages) for name, edit in EDITS_OF.items()} | {
        "S15 another text": _replaced(pages)
    }


def _measure(name: str, edit: Edit, pages: list[tuple[str, Reading]]) -> dict[str, Any]:
    chance = Random(f"{SEED} {name}")
    rule = name.split()[0]
    made = wrong = named = 0
    cases: list[str] = []
    for _ in range(4):  # a page without a place is made up for by others with several
        for title, reading in pages:
            if made == EDITS or (reading.language != "en" and not name.startswith(_ANY_LANGUAGE)):
                continue
            other = edit(reading, chance)
            if other is None or (other.text == reading.text and other.marks == reading.marks):
                continue
            comparison = compare(reading, other)
            made += 1
            named += any(rule in hunk.rules for hunk in comparison.hunks)
            if (comparison.kind == "substantive") is not rule.startswith("S"):
                wrong += 1
                cases.append(f"{title}: {_told(comparison.to_dict()['hunks'])}")
    return {"n": made, "wrong": wrong, "named": named, "cases": cases}


def _replaced(pages: list[tuple[str, Reading]]) -> dict[str, Any]:
    """Each page beside the next one of another document, and beside nothing."""
    wrong = 0
    cases: list[str] = []
    for n, (title, reading) in enumerate(pages):
        empty = replace(reading, text="", marks=())
        other = next(
            (r for t, r in pages[n + 1 :] + pages[:n] if t.split(" / ")[0] != title.split(" / ")[0]), empty
        )
        for new in (other if n % 2 else empty,):
            if compare(reading, new).kind != "substantive":
                wrong += 1
                cases.append(title)
    return {"n": len(pages), "wrong": wrong, "named": len(pages) - wrong, "cases": cases}


def _told(hunks: list[dict[str, Any]]) -> str:
    """The first hunk, short: fragments for whoever mends a rule, never whole clauses."""
    if not hunks:
        return "no hunk"
    hunk = next((h for h in hunks if h["significance"] == "substantive"), hunks[0])
    words = [
        f"{(hunk['old'] or '')[max(0, op[1] - (hunk['old_span'] or [0])[0]) :][:40]!r} → "
        f"{(hunk['new'] or '')[max(0, op[3] - (hunk['new_span'] or [0])[0]) :][:40]!r}"
        for op in hunk["ops"]
        if op[0] != "equal"
    ][:1]
    return f"{', '.join(hunk['rules'])} {''.join(words)}"


def _pages(shared: Path, wanted: int) -> Iterator[tuple[str, Reading]]:
    """Half of the pages from the histories, half from the corpus, in an order that the seed decides."""
    chance = Random(SEED)
    found = [*_of_histories(shared / "histories", wanted // 2, chance)]
    for capture in captures(shared / "corpus", 10**6 if wanted < PAGES else 40):
        try:
            reading = examine(capture.page).reading
        except ConductAtlasError:
            continue
        if WORDS[0] <= reading.words <= WORDS[1]:
            found.append((capture.name.replace(" / ", " ", 1), reading))
    chance.shuffle(found)
    yield from found[:wanted]


def _of_histories(folder: Path, wanted: int, chance: Random) -> Iterator[tuple[str, Reading]]:
    with lzma.open(folder / "contrib.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows = chance.sample([line for line in lines if len(line) < 100_000], wanted * 2)
    for line in rows:
        row = json.loads(line)
        reading = read_markdown(row["text"])
        if WORDS[0] <= reading.words <= WORDS[1] and wanted > 0:
            wanted -= 1
            yield f"{row['service']} {row['document']} {row['date'][:10]}", reading
