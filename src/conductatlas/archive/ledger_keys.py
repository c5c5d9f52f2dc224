"""The keys that sign checkpoints: the secret half in a file that only its owner reads, the public one as a row.

Each key has a file of its own, named by the key's id, which is written before the row. The first checkpoint after a
rotation is signed by both keys: who trusts the old one has its word for the new one. Public halves are kept for ever,
as what they signed is.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from conductatlas.archive import leaves
from conductatlas.archive.checkpoint import PublicKey, Signer, new_signer
from conductatlas.archive.ledger_models import Checkpoint, LedgerKey, PendingLeaf
from conductatlas.clock import Clock
from conductatlas.config import write_private
from conductatlas.errors import CheckpointError
from conductatlas.writing import writing

FIRST, ROTATION, NEW_LOG = "first", "rotation", "new log"


@dataclass(frozen=True, slots=True)
class Keys:
    """The key that signs, as a row and as a secret."""

    row: LedgerKey
    signer: Signer

    def signing(self, last: Checkpoint | None) -> list[Signer]:
        """Who signs the checkpoint after `last`: the old key too where it follows on that one's own."""
        if last is None or last.key_id == self.row.pk or last.key.origin != self.row.origin:
            return [self.signer]
        try:
            return [self.signer, _secret(last.key)]
        except CheckpointError:  # lost, which may be why it was replaced
            return [self.signer]


def ready(clock: Clock) -> Keys:
    """The key that signs now; made at the first call. CheckpointError if its file is missing or is another's."""
    row = LedgerKey.objects.order_by("-pk").first()
    if row is None:
        row = _make(_name(), FIRST, clock)
    return Keys(row, _secret(row))


def rotate(clock: Clock, *, new_log: bool = False) -> LedgerKey:
    """A new key, which signs from the next checkpoint on. new_log: under a new name, since the ledger cannot go on
    under the old one (it was set back behind a checkpoint that was given out)."""
    last = LedgerKey.objects.order_by("-pk").first()
    if last is None:
        return _make(_name(), FIRST, clock)
    if not new_log:
        return _make(last.origin, ROTATION, clock)
    base, _, number = last.origin.partition("#")
    return _make(f"{base}#{int(number or 1) + 1}", NEW_LOG, clock)


def public_keys() -> list[PublicKey]:
    """Every key that ever signed, oldest first."""
    return [PublicKey.parse(row.verifier) for row in LedgerKey.objects.order_by("pk")]


def _make(origin: str, reason: str, clock: Clock) -> LedgerKey:
    signer = new_signer(origin, secrets.token_bytes)
    file = _file(signer.public)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(file, f"{signer}\n")
    except OSError as fault:
        raise CheckpointError(
            f"the ledger's key {file} cannot be written: {fault.strerror}",
            remedy="Free some room, or mend the permissions of the data folder.",
        ) from None
    with writing():
        row = LedgerKey.objects.create(
            origin=origin, verifier=str(signer.public), reason=reason, since=clock.now()
        )
        PendingLeaf.objects.create(kind="key rotation", subject=row.pk, hash=leaves.hash_of(row))
    return row


def _secret(row: LedgerKey) -> Signer:
    public = PublicKey.parse(row.verifier)
    file = _file(public)
    try:
        signer = Signer.parse(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise CheckpointError(
            f"the ledger's key {file} cannot be read: {getattr(fault, 'strerror', None) or 'it is no text'}",
            remedy="Restore it from a backup, or go on with a new one: `conductatlas ledger rotate-key`.",
        ) from None
    if signer.public != public:
        raise CheckpointError(
            f"{file} holds another key than its name says",
            remedy="Restore it from a backup, or go on with a new one: `conductatlas ledger rotate-key`.",
        )
    return signer


def _file(key: PublicKey) -> Path:
    folder: Path = settings.CONFIG.secret_key_file.parent
    return folder / f"ledger-{key.key_id.hex()}.key"


def _name() -> str:
    """What the log is called for good: after the site, or by chance where it has no address yet."""
    host = urlsplit(settings.CONFIG.site_url).netloc
    return f"{host or 'archive-' + secrets.token_hex(4)}/ledger"
