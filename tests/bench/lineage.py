"""Provisions followed through the histories of well-known platforms and through the captures of the corpus."""

from __future__ import annotations

import json
import lzma
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.bench.clauses import readings

from conductatlas.reading.clauses.extractor import extract
from conductatlas.reading.clauses.findings import Found
from conductatlas.reading.clauses.likeness import Words
from conductatlas.reading.clauses.lineage import Known, Met, follow
from conductatlas.reading.text.kinds import kind_for_alias
from conductatlas.reading.text.markdown import read_markdown
from conductatlas.reading.text.marks import Reading

LEAST_WORDS = 6  # of a clause whose way is asked after: shorter ones are the same words by chance
LITTLE = 0.3  # share of words in common below which two texts are two things
MUCH = 0.8  # the share above which what was removed and what is new ought to have been one
SHOWN = 12
CORPUS_EVERY = 6  # each so many-th capture of a document


@dataclass
class Followed:
    """What was counted over all documents."""

    counts: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    two_things: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def document(self, name: str, versions: Sequence[tuple[Reading, str]]) -> None:
        """Follows the provisions of one document through its versions, in order of time."""
        known: list[Known] = []
        before: dict[str, str] = {}  # words of each clause that occurs once, to the key of its provision
        for number, (reading, kind) in enumerate(versions):
            found = extract(reading, kind)
            met = [Met(f.type, f.span.of(reading.text), f.path, f.number) for f in found.findings]
            matching = follow(known, met)
            keys = {n: f"{number}.{n}" for n in matching.new}
            for pair in matching.pairs:
                keys[pair.new] = known[pair.old].key
                self._pair(name, known[pair.old], met[pair.new])
                self.counts[str(pair.how)] += 1
            self._missed(name, [known[o] for o in matching.removed], [met[n] for n in matching.new])
            self.counts["new" if number else "first"] += len(matching.new)
            self.counts["removed"] += len(matching.removed)
            self.counts["versions"] += 1
            now = _clauses(reading, found, keys)
            for words, key in now.items():
                if words in before:
                    self.counts["clauses unchanged"] += 1
                    self.counts["clauses that kept their id"] += key == before[words]
                    if key != before[words]:
                        self.lost.append(f"{name}: {words[:60]}")
            before = now
            known = _known(known, met, keys)
        self.counts["documents"] += 1

    def _pair(self, name: str, old: Known, new: Met) -> None:
        """Counts a pair whose words differ, by a measure that is not the matching's own."""
        self.counts["pairs"] += 1
        if _in_common(old.text, new.text) < LITTLE:
            self.two_things.append(f"{name}: {new.type}, {old.text[:40]} … / {new.text[:40]} …")

    def _missed(self, name: str, removed: Sequence[Known], new: Sequence[Met]) -> None:
        for met in new:
            for known in removed:
                if known.type == met.type and _in_common(known.text, met.text) > MUCH:
                    self.missed.append(f"{name}: {met.type}")


def run(shared: Path, every: int = 1) -> dict[str, Any]:
    """Counts, and the cases to look at. every: only each so many-th document."""
    followed = Followed()
    for number, (name, versions) in enumerate(documents(shared)):
        if number % every == 0:
            followed.document(name, versions)
    counts = followed.counts
    return {
        "counts": dict(counts),
        "kept": round(100 * counts["clauses that kept their id"] / max(counts["clauses unchanged"], 1), 2),
        "two_things": len(followed.two_things),
        "missed": len(followed.missed),
        "lost": followed.lost[:: max(len(followed.lost) // SHOWN, 1)][:SHOWN],
        "two_things_cases": followed.two_things[:SHOWN],
        "missed_cases": followed.missed[:SHOWN],
    }


def documents(shared: Path) -> Iterator[tuple[str, list[tuple[Reading, str]]]]:
    """Each document's name, and its versions in order of time with their kind."""
    for file in sorted((shared / "histories").glob("*.jsonl.xz")):
        with lzma.open(file, "rt", encoding="utf-8") as lines:
            rows = map(json.loads, lines)
            for (service, document), versions in groupby(
                rows, key=lambda row: (row["service"], row["document"])
            ):
                kind = kind_for_alias(document)
                yield f"{service} {document}", [(read_markdown(row["text"]), kind) for row in versions]
    found = readings(shared / "corpus", CORPUS_EVERY)
    for name, captures in groupby(found, key=lambda row: row[0].split(" @")[0]):
        distinct: dict[str, tuple[Reading, str]] = {}
        for _, kind, _, reading in captures:
            distinct.setdefault(reading.text, (reading, kind))
        yield name, list(distinct.values())


def _clauses(reading: Reading, found: Found, keys: dict[int, str]) -> dict[str, str]:
    """Words of each clause that lies in a provision, to the provision's key; what occurs twice is left out."""
    counted: Counter[str] = Counter()
    key_of: dict[str, str] = {}
    for n, finding in enumerate(found.findings):
        for place in finding.clauses:
            clause = found.clauses[place]
            words = Words(reading.text[clause.start : clause.end])
            if len(words.all) >= LEAST_WORDS:
                counted[words.key] += 1
                key_of[words.key] = keys[n]
    return {words: key for words, key in key_of.items() if counted[words] == 1}


def _known(known: Sequence[Known], met: Sequence[Met], keys: dict[int, str]) -> list[Known]:
    """All provisions of the document after a version, those it has not as removed."""
    now = [Known(m.type, m.text, m.path, m.number, keys[n]) for n, m in enumerate(met)]
    there = set(keys.values())
    return now + [
        Known(k.type, k.text, k.path, k.number, k.key, is_removed=True) for k in known if k.key not in there
    ]


def _in_common(one: str, other: str) -> float:
    """Share of the different words of two texts that both have, twice, in all of both."""
    left, right = set(Words(one).all), set(Words(other).all)
    return 2 * len(left & right) / max(len(left) + len(right), 1)
