"""What two readers found, summed up: shares, and the bound that a sample of this size allows to state."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[2] / "corpus" / "verdicts.jsonl"
VERDICTS = ("real", "noise")
RIGHT = {"published": "real", "suppressed": "noise"}
CONFIDENCE = 0.95
BOUND = "Clopper-Pearson, one-sided, 95 %"


@dataclass(frozen=True, slots=True)
class Judged:
    """One difference, which sample it was drawn for and why it was there; reader → verdict."""

    id: str
    sample: str
    reason: str
    verdicts: Mapping[str, str]

    @property
    def is_right(self) -> bool:
        """Disagreement counts as wrong."""
        return set(self.verdicts.values()) == {RIGHT[self.sample]}

    @property
    def is_disputed(self) -> bool:
        return len(set(self.verdicts.values())) > 1

    def to_row(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "sample": self.sample,
            "reason": self.reason,
            "verdicts": dict(sorted(self.verdicts.items())),
        }


@dataclass(frozen=True, slots=True)
class Sum:
    """One sample: how many were judged, rightly told or rightly not, and disputed."""

    sample: str
    judged: int
    right: int
    disputed: int

    @property
    def wrong_at_most(self) -> float:
        """The share of wrong ones that the population is not above, with 95 % confidence."""
        return upper_bound(self.judged - self.right, self.judged) if self.judged else 1.0

    @property
    def right_at_least(self) -> float:
        return 1 - self.wrong_at_most


def sums(judged: Iterable[Judged]) -> list[Sum]:
    found = list(judged)
    return [
        Sum(
            sample,
            len(own := [row for row in found if row.sample == sample]),
            sum(row.is_right for row in own),
            sum(row.is_disputed for row in own),
        )
        for sample in RIGHT
    ]


def upper_bound(wrong: int, judged: int) -> float:
    """Clopper and Pearson's: the share at which so few wrong ones, or fewer, come in 5 % of samples of this size."""
    if wrong >= judged:
        return 1.0
    low, high = wrong / judged, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _at_most(wrong, judged, middle) > 1 - CONFIDENCE:
            low = middle
        else:
            high = middle
    return high


def _at_most(wrong: int, judged: int, share: float) -> float:
    return sum(comb(judged, k) * share**k * (1 - share) ** (judged - k) for k in range(wrong + 1))


def merged(drawn: Mapping[str, tuple[str, str]], files: Sequence[Path]) -> list[Judged]:
    """The drawn differences (id → sample and reason) with each reader's verdict. ValueError says what is missing."""
    found: dict[str, dict[str, str]] = {key: {} for key in drawn}
    for file in files:
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            if not line.strip():
                continue
            row = json.loads(line)
            where = f"{file.name}, line {number}"
            if row.get("verdict") not in VERDICTS or not row.get("reader"):
                raise ValueError(f"{where}: a verdict is {' or '.join(VERDICTS)}, and has a reader")
            if row.get("id") not in found:
                raise ValueError(f"{where}: {row.get('id')} was not drawn")
            if row["reader"] in found[row["id"]]:
                raise ValueError(f"{where}: {row['reader']} judged {row['id']} before")
            found[row["id"]][row["reader"]] = row["verdict"]
    readers = {reader for verdicts in found.values() for reader in verdicts}
    if len(readers) != 2:
        raise ValueError(f"two readers judge, not {len(readers)}: {', '.join(sorted(readers))}")
    missing = [f"{reader}: {key}" for key in found for reader in sorted(readers - found[key].keys())]
    if missing:
        raise ValueError(f"{len(missing)} without a verdict, the first: {missing[0]}")
    return [Judged(key, *drawn[key], verdicts) for key, verdicts in found.items()]


def kept(file: Path = FILE) -> list[Judged]:
    """What was judged before, as it lies in the repository."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [Judged(**json.loads(line)) for line in lines]


def keep(judged: Iterable[Judged], file: Path = FILE) -> None:
    """These in place of what was kept of the same ids, beside the others."""
    rows = {row.id: row for row in [*kept(file), *judged]}
    lines = [json.dumps(rows[key].to_row(), ensure_ascii=False) for key in sorted(rows)]
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
