"""Checkpoints: whether they are the log's own, say what the tree says, follow each other, and what others say of
them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from cryptography import x509

from conductatlas.archive import beacon, ledger, stamping, timestamps
from conductatlas.archive.authority import Token
from conductatlas.archive.checkpoint import Note, PublicKey
from conductatlas.archive.ledger_models import Checkpoint, Leaf, LedgerKey
from conductatlas.clock import in_minutes
from conductatlas.errors import CheckpointError, StampChainError, StampError
from conductatlas.evidence.audit.findings import Area, Kind, Tally, Verdict

SKEW = timedelta(minutes=5)  # between the clocks of machines that write one archive, and of witnesses


@dataclass(frozen=True, slots=True)
class Known:
    """A key of the log, and the place of the leaf that tells of it; None if there is none."""

    row: LedgerKey
    public: PublicKey | None
    index: int | None


@dataclass(slots=True)
class Heads:
    """Looks at checkpoints in the order of their sizes. roots: those that time stamps must lead to. before: the
    checkpoint before the next."""

    tally: Tally
    roots: Sequence[x509.Certificate] = ()
    before: Checkpoint | None = None
    root_fails: int | None = None  # size of the first checkpoint whose root was another
    _keys: dict[int, Known] = field(default_factory=dict)

    def examine(self, row: Checkpoint, root: bytes) -> None:
        """One checkpoint, and the root that the leaves give. To be read with `key` and `cosignatures`."""
        name = f"checkpoint {row.size}"
        note = _parsed(row.note)
        if note is None:
            self._fails(Kind.CHECKPOINT_FORGED, name, "It is no signed note.")
        else:
            faults = [*self._own(row, note), *self._other_than_note(row, note), *self._order(row)]
            for kind, sentence in faults:
                self._fails(kind, name, sentence)
            if not faults:
                self.tally.count(Area.CHECKPOINTS)
            self._rotation(row, note, name)
            self._cosignatures(row, note, name)
            self._beacon(row, note, name)
        self._stamps(row, name)
        self._root(row, root, name)
        self.before = row

    def _own(self, row: Checkpoint, note: Note) -> list[tuple[Kind, str]]:
        known = self._known(row.key)
        if (
            known.public is None
            or known.public.name != note.head.origin
            or row.key.origin != note.head.origin
        ):
            return [
                (Kind.CHECKPOINT_FORGED, f"It is of the log {note.head.origin}, and its key is of another.")
            ]
        if not note.signed_by(known.public):
            return [(Kind.CHECKPOINT_FORGED, "The key that it names has not signed it.")]
        if known.index is None or known.index >= row.size or row.key.since > row.at + SKEW:
            return [(Kind.KEY_UNKNOWN, "It is signed by a key that the ledger did not know by then.")]
        return []

    def _other_than_note(self, row: Checkpoint, note: Note) -> list[tuple[Kind, str]]:
        if (row.size, row.root) == (note.head.size, note.head.root.hex()) and str(note) == row.note:
            return []
        return [(Kind.CHECKPOINT_DIFFERS, "The row says another size or root than the note that was signed.")]

    def _order(self, row: Checkpoint) -> list[tuple[Kind, str]]:
        if self.before is None or (row.pk > self.before.pk and row.at >= self.before.at - SKEW):
            return []
        sentence = f"It was made before the one over {self.before.size} leaves, and is over more."
        return [(Kind.CHECKPOINT_OUT_OF_ORDER, sentence)]

    def _rotation(self, row: Checkpoint, note: Note, name: str) -> None:
        """The first checkpoint of a key is signed by the key before it too, unless that one was lost."""
        if (
            self.before is None
            or self.before.key_id == row.key_id
            or self.before.key.origin != row.key.origin
        ):
            return
        old = self._known(self.before.key).public
        if old is None or not note.signed_by(old):
            sentence = (
                "It is the first of its key, and the key before it has not signed it: that one may be lost."
            )
            self.tally.note(Area.CHECKPOINTS, Kind.KEY_ALONE, name, sentence, Verdict.UNKNOWN)

    def _cosignatures(self, row: Checkpoint, note: Note, name: str) -> None:
        for one in row.cosignatures.all():
            try:
                seen_at = Note(note.head, (one.line,)).seen_by(PublicKey.parse(one.witness))
            except CheckpointError:
                seen_at = None
            witness = one.witness.partition("+")[0]
            if seen_at is None or seen_at != one.seen_at:
                sentence = f"The line of {witness} is no signature of that witness under it."
                self.tally.note(Area.COSIGNATURES, Kind.COSIGNATURE_FORGED, name, sentence)
            elif seen_at < row.at.replace(microsecond=0) - SKEW:
                sentence = f"{witness} saw it on {in_minutes(seen_at)}, before it is said to have been made."
                self.tally.note(Area.COSIGNATURES, Kind.SEEN_BEFORE_MADE, name, sentence)
            else:
                self.tally.count(Area.COSIGNATURES)

    def _beacon(self, row: Checkpoint, note: Note, name: str) -> None:
        stated = beacon.stated(note.head.extensions)
        if stated is None:
            return
        chain = beacon.CHAINS.get(stated[0])
        if chain is None:
            sentence = f"When round {stated[1]} of the beacon {stated[0][:8]} was made is not known here."
            self.tally.note(Area.BEACONS, Kind.BEACON_UNKNOWN, name, sentence, Verdict.UNKNOWN)
        elif chain.moment(stated[1]) > row.at + beacon.SKEW:
            sentence = (
                f"It holds the beacon's value of {in_minutes(chain.moment(stated[1]))}, and is dated before."
            )
            self.tally.note(Area.BEACONS, Kind.BEACON_AHEAD, name, sentence)
        else:
            self.tally.count(Area.BEACONS)

    def _stamps(self, row: Checkpoint, name: str) -> None:
        """Each stamp by what its reply says, as of the day it was received; what the columns say has to be that."""
        for one in row.stamps.all():
            token = Token(bytes(one.request), bytes(one.reply), one.asked_at, one.received_at)
            try:
                shown = timestamps.verify(token, stamping.digest_of(row), self.roots, one.received_at)
            except StampChainError as fault:
                sentence = f"The stamp of {one.authority}: {fault.message}."
                self.tally.note(Area.STAMPS, Kind.STAMP_ROOT_UNKNOWN, name, sentence, Verdict.UNKNOWN)
                continue
            except StampError as fault:
                self.tally.note(Area.STAMPS, Kind.STAMP_FAILS, name, f"{one.authority}: {fault.message}.")
                continue
            if (shown.moment, shown.serial) != (one.moment, one.serial):
                sentence = f"The row says another moment or number than the stamp of {one.authority} itself."
                self.tally.note(Area.STAMPS, Kind.STAMP_FAILS, name, sentence)
            elif shown.moment + (shown.accuracy or timedelta(0)) < row.at - SKEW:
                sentence = (
                    f"{one.authority} stamped it on {in_minutes(shown.moment)}, before it is said to be made."
                )
                self.tally.note(Area.STAMPS, Kind.STAMPED_BEFORE_MADE, name, sentence)
            else:
                self.tally.count(Area.STAMPS)

    def _root(self, row: Checkpoint, root: bytes, name: str) -> None:
        if root.hex() == row.root:
            self.tally.count(Area.TILES)
            return
        since = self.before.size if self.before else 0
        if self.root_fails is None:
            sentence = f"The leaves give another root: of those from {since} on, one is not what it was."
        else:
            sentence = f"The leaves give another root, as of the checkpoint over {self.root_fails}."
        self.root_fails = self.root_fails or row.size
        self.tally.note(Area.TILES, Kind.ROOT_DIFFERS, name, sentence)

    def _known(self, key: LedgerKey) -> Known:
        if key.pk not in self._keys:
            leaf = Leaf.objects.filter(kind="key rotation", subject=key.pk).first()
            try:
                public = PublicKey.parse(key.verifier)
            except CheckpointError:
                public = None
            self._keys[key.pk] = Known(key, public, leaf.index if leaf else None)
        return self._keys[key.pk]

    def _fails(self, kind: Kind, name: str, sentence: str) -> None:
        self.tally.note(Area.CHECKPOINTS, kind, name, sentence)


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint that lies elsewhere: beside the packs, in the hands of another."""

    name: str
    note: Note

    def examine(self, newest: Checkpoint | None, root_at: Callable[[int], bytes], tally: Tally) -> None:
        """Whether this ledger can have given it out, and has only grown since. root_at: the root over so many
        leaves."""
        head = self.note.head
        keys = [PublicKey.parse(row.verifier) for row in LedgerKey.objects.filter(origin=head.origin)]
        size = newest.size if newest else 0
        if not keys:
            kind, sentence = Kind.ANOTHER_LOG, f"It is of {head.origin}, which is another log."
        elif not any(self.note.signed_by(key) for key in keys):
            kind, sentence = Kind.CHECKPOINT_FORGED, f"No key of {head.origin} has signed it."
        elif head.size > size:
            kind = Kind.SET_BACK
            sentence = (
                f"It is over {head.size} leaves, and the newest checkpoint here is over {size}: "
                "the ledger was truncated or set back."
            )
        elif root_at(head.size) != head.root:
            kind = Kind.ANOTHER_LOG
            sentence = (
                f"It is signed, and the first {head.size} leaves here give another root: two logs were shown."
            )
        else:
            tally.count(Area.COPIES)
            return
        tally.note(Area.COPIES, kind, self.name, sentence)


def beside_packs(tally: Tally) -> list[Kept]:
    """The copy of the newest checkpoint that lies beside the packs, if there is one."""
    try:
        copy = ledger.stored_copy()
    except (CheckpointError, UnicodeDecodeError):
        tally.note(
            Area.COPIES, Kind.CHECKPOINT_FORGED, "copy beside the packs", "What lies there is no checkpoint."
        )
        return []
    return [] if copy is None else [Kept("copy beside the packs", copy)]


def told_by(text: str) -> Kept:
    """A checkpoint that someone else kept. CheckpointError."""
    return Kept("checkpoint given", Note.parse(text))


def seen_last(note: str) -> Kept:
    """The checkpoint that the last whole audit went to. CheckpointError."""
    return Kept("checkpoint of the last audit", Note.parse(note))


def _parsed(text: str) -> Note | None:
    try:
        return Note.parse(text)
    except CheckpointError:
        return None
