"""What an audit finds: of each thing looked at whether it holds, and of what does not hold which and how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self


class Verdict(StrEnum):
    HOLDS = "holds"
    FAILS = "does not hold"
    UNKNOWN = "cannot be told"


class Area(StrEnum):
    """What is looked at; in the order of the summary."""

    LEAVES = "leaves"
    TILES = "tiles"
    CHECKPOINTS = "checkpoints"
    COSIGNATURES = "cosignatures"
    BEACONS = "beacons"
    STAMPS = "time stamps"
    COPIES = "copies of checkpoints"
    ROWS = "rows"
    TEXTS = "texts"
    QUOTES = "quotes"
    ANALYSES = "analyses"
    MOMENTS = "moments"
    IMPORTS = "imports"
    SNAPSHOTS = "snapshots"


class Kind(StrEnum):
    """What was found; each stands for one way in which an archive may be other than it was."""

    LEAF_MISSING = "leaf_missing"
    LEAF_DIFFERS = "leaf_differs"
    LEAF_MOVED = "leaf_moved"
    TILE_DIFFERS = "tile_differs"
    TILE_MISSING = "tile_missing"
    ROOT_DIFFERS = "root_differs"
    CHECKPOINT_FORGED = "checkpoint_forged"
    CHECKPOINT_DIFFERS = "checkpoint_differs"
    CHECKPOINT_OUT_OF_ORDER = "checkpoint_out_of_order"
    KEY_UNKNOWN = "key_unknown"
    KEY_ALONE = "key_alone"
    COSIGNATURE_FORGED = "cosignature_forged"
    SEEN_BEFORE_MADE = "seen_before_made"
    STAMP_FAILS = "stamp_fails"
    STAMP_ROOT_UNKNOWN = "stamp_root_unknown"
    STAMPED_BEFORE_MADE = "stamped_before_made"
    BEACON_AHEAD = "beacon_ahead"
    BEACON_UNKNOWN = "beacon_unknown"
    SET_BACK = "set_back"
    ANOTHER_LOG = "another_log"
    ROW_EDITED = "row_edited"
    ROW_GONE = "row_gone"
    ROW_WITHOUT_LEAF = "row_without_leaf"
    LEAF_UNKNOWN = "leaf_unknown"
    TEXT_SWAPPED = "text_swapped"
    QUOTE_DIFFERS = "quote_differs"
    UNGROUNDED = "ungrounded"
    DATED_AHEAD = "dated_ahead"
    DATED_BACK = "dated_back"
    CLOCK_GIVEN = "clock_given"
    IMPORT_HIDDEN = "import_hidden"
    IMPORT_UNSAID = "import_unsaid"
    SNAPSHOT_DAMAGED = "snapshot_damaged"
    SNAPSHOT_LOST = "snapshot_lost"
    STORE_SILENT = "store_silent"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold, or of which it cannot be told. subject: a leaf, row, checkpoint, snapshot or pack
    by its key; sentence: for people."""

    area: Area
    kind: Kind
    verdict: Verdict
    subject: str
    sentence: str

    def to_dict(self) -> dict[str, str]:
        return {
            "area": self.area.value,
            "kind": self.kind.value,
            "verdict": self.verdict.value,
            "subject": self.subject,
            "sentence": self.sentence,
        }

    @classmethod
    def of(cls, value: Mapping[str, str]) -> Self:
        return cls(
            Area(value["area"]),
            Kind(value["kind"]),
            Verdict(value["verdict"]),
            value["subject"],
            value["sentence"],
        )


@dataclass(slots=True)
class Tally:
    """How many things hold, do not, or cannot be told, by area; the first findings of each kind, and how many more."""

    TOLD = 50  # findings of a kind that are named one by one: an archive of another key has one a row

    counts: dict[Area, Counter[Verdict]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    found: Counter[Kind] = field(default_factory=Counter)

    def count(self, area: Area, verdict: Verdict = Verdict.HOLDS, number: int = 1) -> None:
        self.counts.setdefault(area, Counter())[verdict] += number

    def note(
        self, area: Area, kind: Kind, subject: str, sentence: str, verdict: Verdict = Verdict.FAILS
    ) -> None:
        """Count it, and name it."""
        self.count(area, verdict)
        self.found[kind] += 1
        if self.found[kind] <= self.TOLD:
            self.findings.append(Finding(area, kind, verdict, subject, sentence))

    def of(self, verdict: Verdict) -> int:
        return sum(counted[verdict] for counted in self.counts.values())

    @property
    def unnamed(self) -> dict[Kind, int]:
        """Kind → how many findings of it are counted and not named."""
        return {kind: number - self.TOLD for kind, number in self.found.items() if number > self.TOLD}

    @property
    def columns(self) -> list[tuple[Area, int, int, int]]:
        """Area, how many hold, do not hold, cannot be told."""
        rows = ((area, self.counts[area]) for area in Area if area in self.counts)
        return [(area, *(counted[verdict] for verdict in Verdict)) for area, counted in rows]  # type: ignore[misc]

    def to_dict(self) -> dict[str, Any]:
        return {
            "counts": {area.value: dict(counted) for area, counted in self.counts.items()},
            "findings": [finding.to_dict() for finding in self.findings],
            "found": dict(self.found),
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        return cls(
            {
                Area(area): Counter({Verdict(name): int(number) for name, number in counted.items()})
                for area, counted in value["counts"].items()
            },
            [Finding.of(one) for one in value["findings"]],
            Counter({Kind(kind): int(number) for kind, number in value["found"].items()}),
        )
