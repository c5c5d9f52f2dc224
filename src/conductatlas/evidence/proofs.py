"""What of an exhibit stands in the ledger, and what shows it: leaves, paths, checkpoints, co-signatures, stamps.

Each leaf is shown under the first checkpoint over it, which says most about its age; the checkpoints are linked, so
that a stamp on a later one tells of the leaves under an earlier one too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from conductatlas.archive import ledger_queries, merkle, stamp_queries, tiles
from conductatlas.archive.leaves import (
    KINDS,
    PERSONAL,
    Opening,
    canonical,
    leaf_bytes,
    opened_import,
    openings,
)
from conductatlas.archive.ledger import tile
from conductatlas.archive.ledger_queries import CheckpointRecord
from conductatlas.archive.models import Provenance
from conductatlas.archive.stamp_queries import StampRecord
from conductatlas.errors import BundleError
from conductatlas.evidence.exhibit import Exhibit
from conductatlas.history.leaves import hunk_rows
from conductatlas.history.models import ChangeEvent

_FIELDS: Mapping[str, tuple[str, ...]] = {
    # `detail` may quote a page that is no public record
    "capture": tuple(name for name in PERSONAL if name != "detail"),
    "change event": ("who", "why"),
}


@dataclass(frozen=True, slots=True)
class Entered:
    """A row in the ledger: its leaf (canonical JSON), place and path to the root of a checkpoint, which is named by its
    size. openings: what its commitments are on."""

    kind: str
    subject: int
    leaf: bytes
    index: int
    size: int
    path: tuple[str, ...]  # hexadecimal
    openings: tuple[Opening, ...]

    @property
    def name(self) -> str:
        """How its files are called."""
        return f"{self.kind.replace(' ', '-')}-{self.subject}"


@dataclass(frozen=True, slots=True)
class Growth:
    """What shows that the checkpoint of `new` leaves begins with the one of `old` (RFC 9162, 2.1.4)."""

    old: int
    new: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proofs:
    """All of it. missing: rows that no checkpoint covers yet, as (kind, key). hunks: the canonical JSON whose digest is
    in the leaf of the change, b"" if there is none. checkpoints: by size."""

    entered: tuple[Entered, ...]
    missing: tuple[tuple[str, int], ...]
    hunks: bytes
    checkpoints: tuple[CheckpointRecord, ...]
    growth: tuple[Growth, ...]
    stamps: Mapping[int, tuple[StampRecord, ...]]  # by size of the checkpoint

    @property
    def all_stamps(self) -> list[StampRecord]:
        return [stamp for size in sorted(self.stamps) for stamp in self.stamps[size]]


def prove(exhibit: Exhibit) -> Proofs:
    """The proofs of all rows in an exhibit. BundleError where a row is not what was entered; StoreUnavailableError."""
    entered, missing, heads = [], [], {}
    hunks, nodes = b"", tiles.nodes(tile)
    for kind, keys in _wanted(exhibit).items():
        rows = KINDS[kind].rows(keys)
        places = ledger_queries.positions(kind, keys)
        for key in keys:
            place = places.get(key)
            if place is None or place.checkpoint is None:
                missing.append((kind, key))
                continue
            row: Any = rows.get(key)
            leaf = leaf_bytes(row) if row is not None else b""
            proof = ledger_queries.proof_of(place, place.checkpoint, leaf, nodes)
            if merkle.leaf_hash(proof.leaf).hex() != proof.hash:
                raise BundleError(
                    f"{kind} {key} is not what was entered in the ledger",
                    remedy="Run `conductatlas verify --archive`; it says what else does not hold.",
                )
            head = proof.checkpoint
            heads[head.size] = head
            opened = _opened(kind, row)
            entered.append(Entered(kind, key, proof.leaf, proof.index, head.size, proof.path, opened))
            if kind == "change":
                hunks = canonical(hunk_rows(row))
    stamps = _stamps(heads, (one.index for one in entered))
    return Proofs(
        entered=tuple(entered),
        missing=tuple(missing),
        hunks=hunks,
        checkpoints=tuple(heads[size] for size in sorted(heads)),
        growth=_growth(sorted(heads), nodes),
        stamps=stamps,
    )


def _opened(kind: str, row: Any) -> tuple[Opening, ...]:
    if kind == "import":
        return opened_import(row)
    return openings(row, _FIELDS[kind]) if kind in _FIELDS else ()


def _wanted(exhibit: Exhibit) -> dict[str, list[int]]:
    """Kind of leaf → keys of the rows that are shown, in order."""
    captures = [one.record.pk for one in exhibit.captures]
    imports = Provenance.objects.filter(capture__in=captures).order_by("pk").values_list("pk", flat=True)
    wanted = {
        "capture": sorted(captures),
        "import": list(imports),
        "version": [one.record.pk for one in exhibit.versions],
        "reading": [one.reading for one in exhibit.versions],
    }
    if exhibit.change:
        key = exhibit.change.record.pk
        events = ChangeEvent.objects.filter(change=key).order_by("pk").values_list("pk", flat=True)
        wanted |= {"change": [key], "change event": list(events)}
    return wanted


def _stamps(heads: dict[int, CheckpointRecord], indexes: Iterable[int]) -> dict[int, tuple[StampRecord, ...]]:
    """By size, for each leaf the earliest stamp of each authority. The checkpoints that these are on are added to
    `heads`."""
    found: dict[int, dict[int, StampRecord]] = {}
    for index in sorted(set(indexes)):
        for stamp in stamp_queries.first_over(index):
            head = ledger_queries.checkpoint(stamp.checkpoint)
            if head is not None:
                heads[head.size] = head
                found.setdefault(head.size, {})[stamp.pk] = stamp
    return {size: tuple(stamps.values()) for size, stamps in found.items()}


def _growth(sizes: list[int], nodes: merkle.Node) -> tuple[Growth, ...]:
    return tuple(
        Growth(old, new, tuple(step.hex() for step in merkle.consistency(old, new, nodes)))
        for old, new in pairwise(sizes)
    )
