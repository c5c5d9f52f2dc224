"""Checkpoints as signed notes: what the ledger states of itself, and who signed it. Values only.

A checkpoint (C2SP tlog-checkpoint) is the log's name, its size and its root, each a line, then lines of extension. A
note (C2SP signed-note) is such a text, an empty line, and signatures. Two kinds are known here: the log's own,
Ed25519 over the text (type 0x01), and a witness's (C2SP tlog-cosignature, type 0x04), Ed25519 over the text and
the moment at which the witness saw that the log had only grown.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from conductatlas.archive.merkle import HASH_SIZE
from conductatlas.errors import CheckpointError

ED25519, COSIGNATURE = 0x01, 0x04
LONGEST = 64_000  # bytes of a note that comes from elsewhere
_NAME = re.compile(r"[^\s+]{1,200}")
_SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Whose signatures can be checked: name, Ed25519 key (32 bytes), and of which type its signatures are."""

    name: str
    key: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        """Four bytes that a signature names its key by (C2SP signed-note)."""
        return sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.key).digest()[:4]

    def __str__(self) -> str:
        """NAME+ID+KEY, as verifiers take it (C2SP signed-note)."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(bytes([self.kind]) + self.key)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key that such a line names. CheckpointError."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = _bytes(encoded)
        if not _NAME.fullmatch(name) or len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
            raise CheckpointError("a verifier key is NAME+ID+KEY of an Ed25519 key")
        key = cls(name, raw[1:], raw[0])
        if key.key_id.hex() != key_id:
            raise CheckpointError(f"the verifier key of {name} does not have the id it states")
        return key

    def signed(self, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs. It is written as `PRIVATE+KEY+NAME+ID+KEY`, in one line."""

    name: str
    seed: bytes

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.name, self._key().public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The line of signature under a checkpoint's text."""
        return _line(self.public, self._key().sign(text.encode()))

    def cosign(self, text: str, at: datetime) -> str:
        """The line by which a witness says that it saw this text at a moment."""
        key = PublicKey(self.name, self.public.key, COSIGNATURE)
        seconds = int(at.timestamp())
        return _line(key, seconds.to_bytes(8, "big") + self._key().sign(_witnessed(text, seconds)))

    def __str__(self) -> str:
        secret = _base64(bytes([ED25519]) + self.seed)
        return f"PRIVATE+KEY+{self.name}+{self.public.key_id.hex()}+{secret}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key in such a line. CheckpointError, which never quotes it."""
        parts = text.strip().split("+", 4)
        raw = _bytes(parts[4]) if len(parts) == 5 and parts[:2] == ["PRIVATE", "KEY"] else b""
        if len(raw) != 33 or raw[0] != ED25519 or not _NAME.fullmatch(parts[2]):
            raise CheckpointError("the signing key is no line PRIVATE+KEY+NAME+ID+KEY")
        signer = cls(parts[2], raw[1:])
        if signer.public.key_id.hex() != parts[3]:
            raise CheckpointError("the signing key does not have the id it states")
        return signer

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a log: its name, how many leaves, their root (32 bytes), further lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is signed: every line ends, the last one too."""
        return "\n".join([self.origin, str(self.size), _base64(self.root), *self.extensions]) + "\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A head with the lines of signature that stand under it, whoever made them: a checkpoint."""

    head: Head
    signatures: tuple[str, ...]

    def __str__(self) -> str:
        return self.head.text + "\n" + "".join(f"{line}\n" for line in self.signatures)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The note in a text. CheckpointError says what is wrong with it; signatures are not checked here."""
        if len(text.encode("utf-8", "replace")) > LONGEST:
            raise CheckpointError(f"a checkpoint has at most {LONGEST} bytes")
        body, gap, signed = text.partition("\n\n")
        lines = body.split("\n")
        if not gap or len(lines) < 3 or not signed.endswith("\n") or not all(lines):
            raise CheckpointError("no signed note: a text, an empty line, and lines of signature")
        origin, size, encoded, *extensions = lines
        if not re.fullmatch(r"0|[1-9]\d{0,17}", size):
            raise CheckpointError("the second line of a checkpoint is the number of leaves")
        root = _bytes(encoded)
        if len(root) != HASH_SIZE:
            raise CheckpointError("the third line of a checkpoint is the root, 32 bytes in base64")
        signatures = tuple(signed.removesuffix("\n").split("\n"))
        if not all(_SIGNATURE.fullmatch(line) for line in signatures):
            raise CheckpointError("a line of signature is a dash, a name and base64")
        return cls(Head(origin, int(size), root, tuple(extensions)), signatures)

    def signed_by(self, key: PublicKey) -> bool:
        """Whether a good signature of this key stands under the checkpoint."""
        return any(True for _ in self._good(key))

    def seen_by(self, witness: PublicKey) -> datetime | None:
        """When a witness stated that it saw this checkpoint, the earliest where it said so twice; None if it did
        not."""
        return min((moment for moment in self._good(witness) if moment), default=None)

    def _good(self, key: PublicKey) -> Iterable[datetime | None]:
        for line in self.signatures:
            match = _SIGNATURE.fullmatch(line)
            raw = _bytes(match[2]) if match and match[1] == key.name else b""
            if raw[:4] != key.key_id:
                continue
            text, signature = self.head.text, raw[4:]
            if key.kind == ED25519 and key.signed(text.encode(), signature):
                yield None
            if key.kind == COSIGNATURE and len(signature) == 72:
                seconds = int.from_bytes(signature[:8], "big")
                if seconds < 1 << 36 and key.signed(_witnessed(text, seconds), signature[8:]):
                    yield datetime.fromtimestamp(seconds, UTC)


def new_signer(name: str, random: Callable[[int], bytes]) -> Signer:
    """A fresh key under a name. CheckpointError for a name that no note can carry."""
    if not _NAME.fullmatch(name):
        raise CheckpointError(f"a log cannot be called {name!r}: no spaces, no +")
    return Signer(name, random(32))


def _witnessed(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _line(key: PublicKey, signature: bytes) -> str:
    return f"— {key.name} {_base64(key.key_id + signature)}"


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    """The bytes of strict base64, or none of a text that is not."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
