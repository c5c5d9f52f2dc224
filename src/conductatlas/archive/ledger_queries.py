"""Reads of the ledger: where a row stands in it, and what proves that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import OuterRef, Q, QuerySet, Subquery

from conductatlas.archive import beacon, merkle, tiles
from conductatlas.archive.checkpoint import Note, PublicKey
from conductatlas.archive.leaves import KINDS, leaf_bytes
from conductatlas.archive.ledger import tile
from conductatlas.archive.ledger_models import Checkpoint, Leaf, LedgerKey, PendingLeaf
from conductatlas.archive.merkle import Node
from conductatlas.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class WitnessRecord:
    """Who else put a name to a checkpoint, and when they state that they saw it."""

    name: str
    verifier: str
    line: str
    seen_at: datetime


@dataclass(frozen=True)
class CheckpointRecord:
    """A signed head of the ledger. at: by the operator's clock. witnesses: None are no lack of proof, only of others'
    word."""

    pk: int
    size: int
    root: str
    note: str
    at: datetime
    origin: str
    verifier: str  # key that signed, as NAME+ID+KEY
    witnesses: tuple[WitnessRecord, ...]

    @classmethod
    def of(cls, row: Checkpoint) -> CheckpointRecord:
        witnesses = (
            WitnessRecord(PublicKey.parse(one.witness).name, one.witness, one.line, one.seen_at)
            for one in row.cosignatures.all()
        )
        return cls(
            row.pk, row.size, row.root, row.note, row.at, row.key.origin, row.key.verifier, tuple(witnesses)
        )

    @cached_property
    def beacon(self) -> tuple[str, int, str] | None:
        """(chain, round, randomness) of the public beacon in it: it is not older than that."""
        return beacon.stated(Note.parse(self.note).head.extensions)

    @property
    def cosigned(self) -> str:
        """The note with the lines of those who witnessed it."""
        return self.note + "".join(f"{one.line}\n" for one in self.witnesses)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a row stands in the ledger. index: None while it is pending. checkpoint: the first one over it."""

    kind: str
    subject: int
    hash: str  # of the leaf, hexadecimal; "" of a row whose leaf is yet to be made
    index: int | None
    checkpoint: CheckpointRecord | None

    @property
    def is_pending(self) -> bool:
        return self.checkpoint is None


@dataclass(frozen=True, slots=True)
class Proof:
    """A leaf, and what leads from its hash to the root of a checkpoint (RFC 9162, 2.1.3)."""

    index: int
    leaf: bytes  # canonical JSON
    hash: str
    path: tuple[str, ...]  # hexadecimal
    checkpoint: CheckpointRecord


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key of the log. reason: first, rotation, new log."""

    origin: str
    verifier: str
    reason: str
    since: datetime


def positions(kind: str, subjects: Iterable[int]) -> dict[int, Position]:
    """Key of a row → where it stands; rows that have no leaf are left out. At most four queries."""
    return {place.subject: place for place in positions_among({kind: subjects}).values()}


def positions_among(rows: Mapping[str, Iterable[int]]) -> dict[tuple[str, int], Position]:
    """Rows of several kinds, by kind → (kind, key of the row) → where it stands; rows that have no leaf are left out.
    At most four queries, however many kinds there are."""
    asked = Q(pk__in=[])
    for kind, subjects in rows.items():
        asked |= Q(kind=kind, subject__in=list(subjects))
    # What waits is asked for first: a leaf that is given its place meanwhile is met twice, and not missed.
    found = {
        (one.kind, one.subject): Position(one.kind, one.subject, bytes(one.hash or b"").hex(), None, None)
        for one in PendingLeaf.objects.filter(asked)
    }
    over = Checkpoint.objects.filter(size__gt=OuterRef("pk")).order_by("size").values("pk")
    leaves = list(Leaf.objects.filter(asked).annotate(head=Subquery(over[:1])))
    signed = _checkpoints().filter(pk__in={one.head for one in leaves if one.head})
    heads = {row.pk: CheckpointRecord.of(row) for row in signed}
    for one in leaves:
        found[one.kind, one.subject] = Position(
            one.kind, one.subject, bytes(one.hash).hex(), one.pk, heads.get(one.head)
        )
    return found


def position(kind: str, subject: int) -> Position | None:
    """Where one row stands; None if it has no leaf."""
    return positions(kind, [subject]).get(subject)


def at_index(index: int) -> Position | None:
    """What stands at a place of the ledger; None if nothing does yet."""
    leaf = Leaf.objects.filter(pk=index).first()
    return position(leaf.kind, leaf.subject) if leaf else None


def document_of(place: Position) -> int | None:
    """The key of the document whose row this is, by which it is told who may see it; None for a row of the archive
    itself. NotFoundError where the row is not there any more: then nobody can be told."""
    kind = KINDS[place.kind]
    row = kind.rows([place.subject]).get(place.subject)
    if row is None:
        raise NotFoundError(f"the row of leaf {place.index} is missing")
    return kind.document(row)


def leaf_of(place: Position) -> bytes:
    """What a leaf says, made of its row as it is now; b"" where the row is not there any more. Where that does not give
    the hash, the row is not what was entered, which `verify` says."""
    row = KINDS[place.kind].rows([place.subject]).get(place.subject)
    return leaf_bytes(row) if row is not None else b""


def prove(place: Position) -> Proof | None:
    """The proof that a row stands in the ledger under the first checkpoint over it; None while it is pending."""
    if place.checkpoint is None:
        return None
    return proof_of(place, place.checkpoint, leaf_of(place), tiles.nodes(tile))


def proof_of(place: Position, head: CheckpointRecord, leaf: bytes, nodes: Node) -> Proof:
    """The same from what was read before: the leaf, and the tree's hashes (`tiles.nodes`)."""
    assert place.index is not None, "what is under a checkpoint has a place"
    path = merkle.inclusion(place.index, head.size, nodes)
    return Proof(place.index, leaf, place.hash, tuple(step.hex() for step in path), head)


def newest() -> CheckpointRecord | None:
    """The newest checkpoint; None before the first."""
    row = _checkpoints().order_by("-size").first()
    return CheckpointRecord.of(row) if row else None


def checkpoints(*, before: int | None = None, limit: int = 50) -> list[CheckpointRecord]:
    """The newest checkpoints; `before`: those over fewer leaves than that."""
    rows = _checkpoints().order_by("-size")
    if before is not None:
        rows = rows.filter(size__lt=before)
    return [CheckpointRecord.of(row) for row in rows[:limit]]


def checkpoint(key: int) -> CheckpointRecord | None:
    """One checkpoint by its key."""
    row = _checkpoints().filter(pk=key).first()
    return CheckpointRecord.of(row) if row else None


def checkpoint_over(size: int) -> CheckpointRecord | None:
    """The checkpoint over exactly so many leaves."""
    row = _checkpoints().filter(size=size).first()
    return CheckpointRecord.of(row) if row else None


def signing_keys() -> list[KeyRecord]:
    """Every key that signs or signed, oldest first."""
    rows = LedgerKey.objects.order_by("pk")
    return [KeyRecord(row.origin, row.verifier, row.reason, row.since) for row in rows]


def _checkpoints() -> QuerySet[Checkpoint]:
    return Checkpoint.objects.select_related("key").prefetch_related("cosignatures")
