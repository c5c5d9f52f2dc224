"""What a leaf of the ledger says of a row, and how it is made of the row: the same on the day it is written and on
the day it is verified.

A leaf is canonical JSON (RFC 8785) of codes, numbers, moments, keys and digests: no free text, and nothing that may be
personal. Such fields stand in it as commitments, SHA-256 over a salt of their own and the value; the salts come
from one that lies in the row, and go with it when the row is erased (`Erasure` keeps the commitments). What a
later release says of a row has another `v`; what an earlier one said is made as that one made it.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import rfc8785
from django.db import models

from conductatlas.archive.ledger_models import LedgerKey
from conductatlas.archive.merkle import leaf_hash
from conductatlas.archive.models import Capture, Erasure, Provenance, Tombstone
from conductatlas.ids import public_id

Content = dict[str, Any]
_CODE = re.compile(r"[A-Za-z0-9._:/+-]{0,80}(?: [a-z]{1,20})?")  # "status_404", "sample world"
_VERSION = 1

PERSONAL = (
    "peer_address",
    "requested_url",
    "final_url",
    "hops",
    "request_headers",
    "headers",
    "detail",
    "claimed_by",
    "vantage",
    "robots_decision",
    "tls",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of leaf. content: what it says of a row. related: what of the row is read along."""

    name: str
    model: type[models.Model]
    content: Callable[[Any], Content]
    related: tuple[str, ...] = ()
    prefetched: tuple[str, ...] = ()

    def rows(self, keys: Iterable[int]) -> dict[int, Any]:
        """Rows by key, with what their leaves are made of."""
        found = self.model._default_manager.select_related(*self.related).prefetch_related(*self.prefetched)
        return found.in_bulk(list(keys))


KINDS: dict[str, Kind] = {}
_OF_MODEL: dict[type[models.Model], Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known: by the room that has the rows, when it starts."""
    KINDS[kind.name] = _OF_MODEL[kind.model] = kind


def kind_of(row: models.Model) -> Kind:
    return _OF_MODEL[type(row)]


def leaf_bytes(row: models.Model) -> bytes:
    """The leaf of a row, canonical. AssertionError where a room would put free text into it: a defect."""
    kind = kind_of(row)
    content = {"v": _VERSION, "kind": kind.name, "id": row.pk, **kind.content(row)}
    _check(content)
    return rfc8785.dumps(content)


def hash_of(row: models.Model) -> bytes:
    return leaf_hash(leaf_bytes(row))


def moment(at: datetime | None) -> str | None:
    """A moment as leaves have it: UTC, to the microsecond."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest_of(value: Any) -> str:
    """SHA-256 over a value's canonical JSON, for what is public and too long for a leaf."""
    return sha256(rfc8785.dumps(value)).hexdigest()


def field_salt(salt: str, name: str) -> bytes:
    """The salt of one field, made of its row's: to show one field is not to show the others."""
    return hmac.digest(bytes.fromhex(salt), name.encode(), "sha256")[:16]


def commitment(salt: bytes, value: Any) -> str:
    """SHA-256 over a field's salt and the canonical JSON of its value."""
    return sha256(salt + rfc8785.dumps(value)).hexdigest()


def commitments(kind: str, row: Any, fields: Iterable[str]) -> Mapping[str, str] | None:
    """Field → commitment. Of an erased row those that were kept; None of one that is older than the ledger."""
    if row.salt is None:
        return None
    if row.salt == "":
        kept: Mapping[str, str] | None = Erasure.objects.get(kind=kind, subject=row.pk).commitments
        return kept
    return {name: commitment(field_salt(row.salt, name), getattr(row, name)) for name in fields}


def _check(value: Any) -> None:
    if isinstance(value, Mapping):
        for part in value.values():
            _check(part)
    elif isinstance(value, list):
        for part in value:
            _check(part)
    else:
        assert not isinstance(value, str) or _CODE.fullmatch(value), f"free text in a leaf: {value[:80]!r}"
        assert isinstance(value, str | int | None), f"no value for a leaf: {type(value)}"


def _capture(row: Capture) -> Content:
    check = row.check_row
    rendering = getattr(row, "rendering", None)
    return {
        "check": {
            "id": check.pk,
            "document": public_id("D", check.document_id),
            "outcome": check.outcome,
            "reason": check.reason,
            "started_by": check.started_by,
            "started_at": moment(check.started_at),
            "finished_at": moment(check.finished_at),
            "clock_given": check.clock_given,
            "software": check.software,
        },
        "source": row.source_id,
        "outcome": row.outcome,
        "reason": row.reason,
        "provenance": row.provenance,
        "started_at": moment(row.started_at),
        "finished_at": moment(row.finished_at),
        "clock_given": row.clock_given,
        "software": row.software,
        "status": row.status,
        "http_version": row.http_version,
        "wire_digest": row.wire_digest,
        "wire_length": row.wire_length,
        "body_digest": row.body_digest,
        "body_length": row.body_length,
        "snapshot": row.snapshot.digest if row.snapshot else None,
        "rendered": rendering.snapshot.digest if rendering and rendering.snapshot else None,
        "robots": row.robots_id,
        "commitments": commitments("capture", row, PERSONAL),
    }


def _import(row: Provenance) -> Content:
    """What somebody else's archive stated of a capture: under the salt of the capture."""
    said = {name: getattr(row, name) for name in ("licence", "record_id", "file", "note")}
    salt = row.capture.salt
    return {
        "capture": row.capture_id,
        "taken_in_at": moment(row.taken_in_at),
        "by_hand": row.saved_by_id is not None,
        "claimed_at": moment(row.capture.started_at),
        "said": commitment(field_salt(salt, "provenance"), said) if salt else None,
    }


def _tombstone(row: Tombstone) -> Content:
    return {
        "document": public_id("D", row.document_id),
        "capture": row.capture_id,
        "whole_document": row.whole_document,
        "at": moment(row.at),
        "reason": digest_of([row.reason, row.ground]),
        "snapshots": sorted(part.snapshot.digest for part in row.snapshots.all()),
        "versions": sorted(public_id("V", part.version_id) for part in row.versions.all()),
        "erasures": sorted(f"{part.kind}:{part.subject}" for part in row.erasures.all()),
    }


def _key(row: LedgerKey) -> Content:
    return {
        "origin": digest_of(row.origin),
        "verifier": digest_of(row.verifier),
        "reason": row.reason,
        "since": moment(row.since),
    }


register(
    Kind(
        "capture",
        Capture,
        _capture,
        ("check_row", "snapshot", "rendering__snapshot"),
    )
)
register(Kind("import", Provenance, _import, ("capture",)))
register(Kind("tombstone", Tombstone, _tombstone, (), ("snapshots__snapshot", "versions", "erasures")))
register(Kind("key rotation", LedgerKey, _key))
