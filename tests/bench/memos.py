"""Pairs of texts on which a person wrote a memo: whether a comparison finds what the memo means, and how early.

Which words a memo means was marked by hand in `tests/corpus/memos.toml`; the texts lie beside the checkout.

    python -m tests.bench.memos SHARED     after a change of the reader: moves the marks to where the same words are now
"""

from __future__ import annotations

import hashlib
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conductatlas.reading.compare.comparison import Comparison, compare
from conductatlas.reading.compare.hunks import Hunk
from conductatlas.reading.compare.significance import ChangeKind
from conductatlas.reading.text.markdown import read_markdown
from conductatlas.reading.text.marks import Reading

FILE = Path(__file__).resolve().parents[1] / "corpus" / "memos.toml"
FIRST = 3  # places in which the marked hunk should be
DIGITS = 16  # of a digest of marked words
SIDES = {"old": "before.md", "new": "after.md"}


@dataclass(frozen=True, slots=True)
class Marked:
    """Words that a memo means: text[start:end] of the reading of one side."""

    side: str
    start: int
    end: int
    digest: str

    def fits(self, text: str) -> bool:
        return digest_of(text[self.start : self.end]) == self.digest

    def moved(self, text: str) -> Marked | None:
        """The same words in another text, the nearest to where they were; None where they are no more."""
        length, last = self.end - self.start, len(text) - (self.end - self.start)
        for distance in range(max(self.start, last) + 1):
            for start in (self.start - distance, self.start + distance):
                if 0 <= start <= last and digest_of(text[start : start + length]) == self.digest:
                    return Marked(self.side, start, start + length, self.digest)
        return None

    def __str__(self) -> str:
        """As it stands in the file."""
        return f'{{ side = "{self.side}", start = {self.start}, end = {self.end}, digest = "{self.digest}" }}'

    def touches(self, hunk: Hunk) -> bool:
        span = hunk.old if self.side == "old" else hunk.new
        return span is not None and span.start < self.end and self.start < span.end


@dataclass(frozen=True, slots=True)
class Label:
    """What was found by reading one memo and its two texts. `declared`: the language that the document should have."""

    id: str
    expected: str
    note: str
    spans: tuple[Marked, ...]
    declared: str = ""
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """One pair compared. `place`: of the first hunk that touches marked words, from 1; None where no hunk does."""

    label: Label
    outcome: str
    place: int | None
    hunks: int
    before: tuple[str, ...]  # what the first hunks are that stand before it, or that stand there instead

    @property
    def as_expected(self) -> bool:
        return self.outcome == self.label.expected

    @property
    def is_early(self) -> bool:
        return self.place is not None and self.place <= FIRST


def labels(file: Path = FILE) -> list[Label]:
    """Every pair as it was marked."""
    rows: list[dict[str, Any]] = tomllib.loads(file.read_text("utf-8"))["pairs"]
    return [Label(**row | {"spans": tuple(Marked(**span) for span in row["spans"])}) for row in rows]


def digest_of(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:DIGITS]


def readings(folder: Path, pair: str) -> dict[str, Reading]:
    """Both sides of a pair, as `conductatlas diff` reads the two files."""
    return {side: read_markdown((folder / pair / name).read_text("utf-8")) for side, name in SIDES.items()}


def found(folder: Path, label: Label) -> Found:
    sides = readings(folder, label.id)
    comparison = compare(sides["old"], sides["new"])
    in_order = ranked(comparison)
    touched = (n for n, hunk in enumerate(in_order, 1) if any(span.touches(hunk) for span in label.spans))
    place = next(touched, None)
    ahead = in_order[: min(FIRST, place - 1 if place else FIRST)]
    return Found(label, outcome(comparison, label), place, len(in_order), tuple(map(_named, ahead)))


def ranked(comparison: Comparison) -> list[Hunk]:
    """The hunks, most important first; in reading order as long as they have no rank."""
    ranks = [getattr(hunk, "rank", None) for hunk in comparison.hunks]
    places = sorted(range(len(ranks)), key=lambda n: (ranks[n] is None, ranks[n] or 0, n))
    return [comparison.hunks[n] for n in places]


def outcome(comparison: Comparison, label: Label) -> str:
    """What an archive would tell of the pair, in the words that labels use."""
    if comparison.kind is None:
        return "equal"
    spoken = {comparison.old.language.partition("-")[0], comparison.new.language.partition("-")[0]}
    if label.declared and spoken != {label.declared}:
        return "S15"
    if comparison.kind is ChangeKind.EDITORIAL and _only_the_date_went_back(comparison):
        return "date_mismatch"
    return comparison.kind.value


def run(shared: Path) -> dict[str, Any]:
    """Every pair: those that come out otherwise than expected, the places of the marked hunks, and the late ones."""
    pairs = list(_all(shared / "memos"))
    places = Counter(pair.place for pair in pairs)
    return {
        "pairs": len(pairs),
        "as_expected": sum(pair.as_expected for pair in pairs),
        "early": sum(pair.is_early for pair in pairs),
        "early_of_the_certain": sum(pair.is_early for pair in pairs if pair.label.certain),
        "certain": sum(pair.label.certain for pair in pairs),
        "first": places[1],
        "median_hunks": sorted(pair.hunks for pair in pairs)[len(pairs) // 2],
        "places": [f"{_place(place)}: {places[place]}" for place in sorted(places, key=lambda p: p or 10**6)],
        "otherwise": [
            f"{pair.label.id}: {pair.outcome}, expected {pair.label.expected}"
            for pair in pairs
            if not pair.as_expected
        ],
        "late": [_late(pair) for pair in pairs if not pair.is_early],
    }


def _all(folder: Path) -> Iterator[Found]:
    for label in labels():
        yield found(folder, label)


def _only_the_date_went_back(comparison: Comparison) -> bool:
    dates = [(sides.updated or sides.effective) for sides in comparison.dates]
    rules = {rule for hunk in comparison.hunks for rule in hunk.rules}
    return (
        rules <= {"N9"} and dates[0] is not None and dates[1] is not None and dates[1].value < dates[0].value
    )


def _late(pair: Found) -> str:
    doubt = "" if pair.label.certain else "; the memo names no passage"
    where = f"place {pair.place}" if pair.place else "in no hunk"
    return f"{pair.label.id}: {where} of {pair.hunks}; first: {' · '.join(pair.before)}{doubt}. {pair.label.note}"


def _place(place: int | None) -> str:
    return f"place {place}" if place else "in no hunk"


def _named(hunk: Hunk) -> str:
    severity = getattr(hunk, "severity", None)
    return " ".join([hunk.kind.value, *([str(severity)] if severity else []), ",".join(hunk.rules)])


def move_marks(folder: Path, file: Path) -> list[str]:
    """Writes the marks anew whose words stand elsewhere now. Returns those whose words are gone: they need a person."""
    gone = []
    head, *blocks = file.read_text("utf-8").split("[[pairs]]")
    for n, label in enumerate(labels(file)):
        sides = readings(folder, label.id)
        for span in label.spans:
            there = span if span.fits(sides[span.side].text) else span.moved(sides[span.side].text)
            if there is None:
                gone.append(f"{label.id}: {span}")
            else:
                blocks[n] = blocks[n].replace(str(span), str(there), 1)
    file.write_text("[[pairs]]".join([head, *blocks]), "utf-8")
    return gone


if __name__ == "__main__":
    print("\n".join(move_marks(Path(sys.argv[1]) / "memos", FILE)) or "every mark stands where its words are")
