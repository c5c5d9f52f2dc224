"""The bundle: an exhibit with its proofs, statement and forms, as the files of a bag in a zip file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from conductatlas import __version__
from conductatlas.archive import ledger_queries
from conductatlas.archive.checkpoint import PublicKey
from conductatlas.archive.stamp_queries import StampRecord
from conductatlas.errors import BundleError
from conductatlas.evidence import bag, citation
from conductatlas.evidence.certification import forms
from conductatlas.evidence.citation import Citation
from conductatlas.evidence.claims import claims
from conductatlas.evidence.columns import in_words
from conductatlas.evidence.exhibit import CaptureExhibit, Exhibit, snapshot
from conductatlas.evidence.proofs import Proofs
from conductatlas.evidence.statement import statement

FORMAT = 1  # of the files below; a later one is told by exhibit.json
PROOFS = "proofs/"


def make(target: Path, exhibit: Exhibit, proofs: Proofs) -> None:
    """Write the bundle to a new file: of the same record, by the same release, the same to the byte. BundleError,
    StatementUnavailableError, SnapshotDamagedError, StoreUnavailableError: then no file is left."""
    if not proofs.checkpoints:
        raise BundleError(
            f"nothing of {exhibit.id} is under a checkpoint yet",
            remedy="Run `conductatlas ledger seal`; it says what is in its way.",
        )
    info = {
        "Source-Organization": exhibit.operator or "not stated",
        "External-Identifier": exhibit.id,
        "External-Description": f"{exhibit.document.platform.name}: {exhibit.document.title}",
        "Internal-Sender-Identifier": exhibit.permalink,
        "Bagging-Date": f"{exhibit.at.astimezone(UTC):%Y-%m-%d}",
        "Bag-Software-Agent": f"conductatlas {__version__}",
    }
    bag.write(
        target, f"{exhibit.id}-evidence", _payload(exhibit, proofs), {"VERIFY.md": _commands(proofs)}, info
    )


def cited(exhibit: Exhibit) -> Citation:
    """How the version or change of an exhibit is cited."""
    newest = exhibit.versions[-1]
    how = {
        "archive": f"{exhibit.operator} ({citation.ARCHIVE})" if exhibit.operator else citation.ARCHIVE,
        "claimed_by": newest.claimed_by,
    }
    if exhibit.change:
        found = citation.of_change(exhibit.change.record, newest.record, exhibit.site, **how)
    else:
        found = citation.of_version(exhibit.document, newest.record, exhibit.site, **how)
    return replace(found, digest=newest.digest)  # of the reading that is shown, should there be a newer one


def _payload(exhibit: Exhibit, proofs: Proofs) -> Iterator[tuple[str, bytes]]:
    cite = cited(exhibit)
    yield "statement.pdf", statement(exhibit, proofs, cite)
    yield "exhibit.json", _json(_described(exhibit, proofs))
    for name, form in sorted(forms(exhibit, proofs).items()):
        yield name, form.encode()
    yield "citation/plain.txt", f"{cite.plain}\n".encode()
    yield "citation/bibtex.bib", cite.bibtex.encode()
    yield "citation/csl.json", cite.csl_json.encode()
    for one in exhibit.versions:
        yield f"texts/{one.record.public_id}.txt", one.text.text.encode()
    if exhibit.change:
        yield "redline.html", _redline(exhibit).encode()
    for capture in exhibit.captures:
        yield f"captures/capture-{capture.record.pk}.json", _json(_capture(capture))
    for digest in sorted(exhibit.files):
        yield f"snapshots/{digest}", snapshot(digest)
    yield from ((PROOFS + path, content) for path, content in _proofs(proofs))


def _proofs(proofs: Proofs) -> Iterator[tuple[str, bytes]]:
    for one in proofs.entered:
        yield f"leaves/{one.name}.json", one.leaf
        yield f"paths/{one.name}.json", _json({"index": one.index, "size": one.size, "path": one.path})
        if one.openings:
            yield f"openings/{one.name}.json", _json([asdict(opening) for opening in one.openings])
    if proofs.hunks:
        yield "hunks.json", proofs.hunks
    yield "growth.json", _json([asdict(growth) for growth in proofs.growth])
    for head in proofs.checkpoints:
        yield f"checkpoints/{head.size}.note", head.note.encode()
        if head.witnesses:
            lines = "".join(f"{one.line}\n" for one in head.witnesses)
            yield f"checkpoints/{head.size}.witnesses", lines.encode()
    own, others = _keys(proofs)
    yield "log-keys.txt", "".join(f"{key}\n" for key in own).encode()
    yield "witness-keys.txt", "".join(f"{key}\n" for key in others).encode()
    for key in {**dict.fromkeys(own), **dict.fromkeys(others)}:
        yield f"keys/{key.key_id.hex()}.pem", _pem(key)
    for number, stamp in enumerate(proofs.all_stamps, 1):
        yield from ((f"stamps/{number}/{path}", content) for path, content in _stamp(stamp, proofs))


def _keys(proofs: Proofs) -> tuple[list[PublicKey], list[PublicKey]]:
    """The log's own keys, oldest first, and those of witnesses."""
    own = (
        [PublicKey.parse(key.verifier) for key in ledger_queries.signing_keys()] if proofs.checkpoints else []
    )
    named = {one.verifier for head in proofs.checkpoints for one in head.witnesses}
    return own, [PublicKey.parse(verifier) for verifier in sorted(named)]


def _pem(key: PublicKey) -> bytes:
    public = Ed25519PublicKey.from_public_bytes(key.key)
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _stamp(stamp: StampRecord, proofs: Proofs) -> Iterator[tuple[str, bytes]]:
    yield "request.tsq", stamp.request
    yield "reply.tsr", stamp.reply
    yield "chain.pem", stamp.chain.encode()
    yield "root.pem", _root(stamp.chain).encode()
    for one in stamp.revocations:
        if one.data is not None:
            yield one.file, one.data
    about = {
        "authority": stamp.authority,
        "url": stamp.url,
        "checkpoint": _size_of(stamp, proofs),
        "moment": _moment(stamp.moment),
        "asked_at": _moment(stamp.asked_at),
        "received_at": _moment(stamp.received_at),
        "policy_oid": stamp.policy_oid,
        "serial": stamp.serial,
        "signer": stamp.signer,
        "standing": stamp.standing or "not determined",
        "standing_checked_on": stamp.standing_checked_on and str(stamp.standing_checked_on),
        "revocation": [
            {
                "file": one.file if one.data is not None else None,
                "subject": one.subject,
                "certificate": one.certificate,
                "kind": one.kind,
                "url": one.url,
                "asked_at": _moment(one.asked_at),
                "fault": one.fault,
            }
            for one in stamp.revocations
        ],
    }
    yield "about.json", _json(about)


def _root(chain: str) -> str:
    """The last certificate of a chain."""
    begin = "-----BEGIN CERTIFICATE-----"
    return begin + chain.rsplit(begin, 1)[-1]


def _size_of(stamp: StampRecord, proofs: Proofs) -> int:
    return next(size for size, stamps in proofs.stamps.items() if stamp.pk in {one.pk for one in stamps})


def _described(exhibit: Exhibit, proofs: Proofs) -> dict[str, Any]:
    document, change = exhibit.document, exhibit.change
    return {
        "format": FORMAT,
        "id": exhibit.id,
        "permalink": exhibit.permalink,
        "operator": exhibit.operator,
        "document": {
            "id": document.public_id,
            "platform": document.platform.name,
            "title": document.title,
            "kind": document.kind,
            "language": document.language,
            "region": document.region,
        },
        "versions": [
            {
                "id": one.record.public_id,
                "reading": one.reading,
                "reader_version": one.reader_version,
                "text": f"texts/{one.record.public_id}.txt",
                "text_digest": one.digest,
                "first_captured_at": _moment(one.record.first_seen_at),
                "last_captured_at": one.last_seen_at and _moment(one.last_seen_at),
                "claimed_by": one.claimed_by,
                "stated_updated": one.record.stated_updated and str(one.record.stated_updated),
                "stated_effective": one.record.stated_effective and str(one.record.stated_effective),
                "captures": [capture.record.pk for capture in one.captures],
            }
            for one in exhibit.versions
        ],
        "change": change
        and {
            "id": change.record.public_id,
            "kind": change.record.kind,
            "severity": change.record.severity,
            "direction": change.record.direction,
            "date_mismatch": change.record.date_mismatch,
            "old_last_captured_at": _moment(change.record.old_last_seen_at),
            "seen_at": _moment(change.record.seen_at),
            "events": [{"state": event.state, "at": _moment(event.at)} for event in change.events],
            "hunks": [
                {
                    "number": hunk.number,
                    "kind": hunk.kind,
                    "rules": hunk.rules,
                    "old": hunk.old,
                    "new": hunk.new,
                    "rank": hunk.rank,
                    "severity": hunk.severity,
                    "direction": hunk.direction,
                }
                for hunk in change.hunks
            ],
        },
        "claims": [{"column": claim.column, "sentence": claim.sentence} for claim in claims(exhibit, proofs)],
        "pending": [f"{kind} {key}" for kind, key in proofs.missing],
    }


def _capture(one: CaptureExhibit) -> dict[str, Any]:
    record = one.record
    return {
        "capture": record.pk,
        "source_url": record.source_url,
        "provenance": record.provenance,
        "claimed_by": record.claimed_by,
        "started_at": _moment(record.started_at),
        "finished_at": _moment(record.finished_at),
        "requested_url": record.requested_url,
        "final_url": record.final_url,
        "hops": record.hops,
        "status": record.status,
        "http_version": record.http_version,
        "request_headers": one.request_headers,
        "headers": record.headers,
        "peer_address": record.peer_address,
        "tls": record.tls,
        "vantage": record.vantage,
        "robots_decision": record.robots_decision,
        "conditions": [{"name": condition.name, "value": condition.value} for condition in one.conditions],
        "files": {digest: f"snapshots/{digest}" for digest in sorted(one.files)},
    }


def _redline(exhibit: Exhibit) -> str:
    old, new = exhibit.versions
    platform, title = exhibit.document.platform.name, f"{exhibit.document.title}, {exhibit.id}"
    note = (
        f"Text of {platform}, first captured {in_words(old.record.first_seen_at)} (struck out) and "
        f"{in_words(new.record.first_seen_at)} (underlined). As published, as captured. Not affiliated with {platform}."
    )
    body = exhibit.change.redline if exhibit.change else ""
    style = (files("conductatlas.evidence") / "redline.css").read_text("utf-8")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{style}</style></head>\n<body><main><h1>{escape(title)}</h1><p>{escape(note)}</p>\n{body}\n"
        "</main></body></html>\n"
    )


def _commands(proofs: Proofs) -> bytes:
    text = (files("conductatlas.evidence") / "verify.md").read_text("utf-8")
    stamps = [_command(number, stamp, proofs) for number, stamp in enumerate(proofs.all_stamps, 1)]
    block = "```sh\nset -e\n" + "\n".join(stamps) + "\n```" if stamps else "No stamp is in this bundle."
    return text.replace("@@STAMPS@@", block).encode()


def _command(number: int, stamp: StampRecord, proofs: Proofs) -> str:
    at, folder = int(stamp.moment.timestamp()), f"data/proofs/stamps/{number}"
    return (
        f"openssl ts -verify -attime {at} -data data/proofs/checkpoints/{_size_of(stamp, proofs)}.note \\\n"
        f"  -in {folder}/reply.tsr -CAfile {folder}/root.pem -untrusted {folder}/chain.pem"
    )


def _moment(at: Any) -> str:
    return str(at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
