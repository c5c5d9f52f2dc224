"""Witnesses: others who put their name to a checkpoint, once they have seen that the ledger had only grown since the
one they saw before (C2SP tlog-witness). One that is shown two ledgers under one name refuses the second.
"""

from __future__ import annotations

import base64
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from conductatlas.archive import merkle, tiles
from conductatlas.archive.address import WebAddress
from conductatlas.archive.checkpoint import LONGEST, Note, PublicKey
from conductatlas.archive.deadline import Deadline
from conductatlas.archive.exchange import Limits, exchange, tls_context
from conductatlas.archive.guard import Guard
from conductatlas.archive.ledger import tile
from conductatlas.archive.ledger_models import Checkpoint, Cosignature
from conductatlas.clock import Clock
from conductatlas.errors import CheckpointError, FetchError, RedirectError, WitnessError
from conductatlas.writing import writing

LONGEST_PROOF = 63


@dataclass(frozen=True, slots=True)
class Reply:
    """What a witness answers: status 200 with lines of signature, 409 with the size it has seen, or a refusal."""

    status: int
    body: str


class Post(Protocol):
    def __call__(self, url: str, body: bytes) -> Reply:
        """Send `body` and give what is answered, whatever its status. FetchError."""
        ...


@dataclass(frozen=True, slots=True)
class HttpPost:
    """Posts over HTTP, under the guard of captures. Redirects are not followed. Threads can share one."""

    guard: Guard
    user_agent: str
    clock: Clock
    limits: Limits
    context: ssl.SSLContext = field(default_factory=tls_context)

    def __call__(self, url: str, body: bytes) -> Reply:
        """See Post."""
        address = WebAddress.parse(url)
        answer = exchange(
            address,
            (
                ("Host", address.authority),
                ("User-Agent", self.user_agent),
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Length", str(len(body))),
            ),
            guard=self.guard,
            context=self.context,
            limits=replace(self.limits, max_body=min(self.limits.max_body, LONGEST)),
            deadline=Deadline(self.limits.total),
            clock=self.clock,
            posted=body,
        )
        if answer.location is not None:
            raise RedirectError(f"{url} redirects to {answer.location[:200]}, which is not followed")
        return Reply(answer.status, answer.body.decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Witness:
    """One of them: its verifier key, and where it is asked."""

    key: PublicKey
    url: str


def ask(witness: Witness, checkpoint: Checkpoint, seen: int, post: Post) -> Cosignature:
    """Have a checkpoint witnessed, and keep what the witness signs.

    seen: the size of the checkpoint of ours that it saw last, 0 for none. Where it answers that it is another one, it
    is asked once more from there. WitnessError: it refuses, or what it answers is no signature of its own.
    """
    note = Note.parse(checkpoint.note)
    reply = _send(witness, seen, note, post)
    if reply.status == 409 and (known := _size_in(reply)) != seen:
        if known > note.head.size:
            raise WitnessError(
                f"{witness.key.name} has seen a checkpoint over {known} leaves, and ours has {note.head.size}",
                is_refusal=True,
            )
        reply = _send(witness, known, note, post)
    if reply.status != 200:
        raise WitnessError(
            f"{witness.key.name} does not sign the checkpoint over {note.head.size} leaves ({reply.status})",
            is_refusal=reply.status in {403, 409, 422},
        )
    return _keep(witness, checkpoint, note, reply.body)


def request(seen: int, note: Note) -> bytes:
    """The body of an add-checkpoint request: old size, consistency proof, empty line, checkpoint."""
    proof = merkle.consistency(seen, note.head.size, tiles.nodes(tile))
    lines = [f"old {seen}", *(base64.b64encode(step).decode() for step in proof)]
    return ("\n".join(lines) + "\n\n" + str(note)).encode()


def parse_request(body: bytes) -> tuple[int, Sequence[bytes], Note]:
    """(old size, proof, checkpoint) of such a request, as a witness reads it. CheckpointError."""
    head, _, note = body.decode("utf-8", "replace").partition("\n\n")
    first, *proof = head.split("\n")
    word, _, size = first.partition(" ")
    if word != "old" or not size.isascii() or not size.isdigit() or len(proof) > LONGEST_PROOF:
        raise CheckpointError("no add-checkpoint request")
    try:
        steps = [base64.b64decode(line, validate=True) for line in proof]
    except ValueError:
        raise CheckpointError("a step of the proof is no base64") from None
    return int(size), steps, Note.parse(note)


def _send(witness: Witness, seen: int, note: Note, post: Post) -> Reply:
    try:
        return post(witness.url.rstrip("/") + "/add-checkpoint", request(seen, note))
    except FetchError as fault:
        raise WitnessError(f"{witness.key.name} cannot be asked: {fault.message}") from None


def _size_in(reply: Reply) -> int:
    text = reply.body.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise WitnessError("a witness that knows another size does not say which")
    return int(text)


def _keep(witness: Witness, checkpoint: Checkpoint, note: Note, body: str) -> Cosignature:
    try:
        signed = Note.parse(note.head.text + "\n" + body)
    except CheckpointError:
        signed = None
    at = signed.seen_by(witness.key) if signed else None
    if signed is None or at is None:
        raise WitnessError(f"{witness.key.name} answers with no signature of its own")
    line = next(line for line in signed.signatures if Note(note.head, (line,)).seen_by(witness.key))
    with writing():
        row, _ = Cosignature.objects.get_or_create(
            checkpoint=checkpoint, witness=str(witness.key), defaults={"line": line, "seen_at": at}
        )
    return row
