"""What the ledger says of versions, readings, changes and what became of those, and of documents that are gone."""

from __future__ import annotations

from conductatlas.archive.leaves import Content, Kind, commitments, digest_of, moment, register
from conductatlas.history.models import Change, ChangeEvent, Disappearance, Reading, Version
from conductatlas.ids import public_id


def _version(row: Version) -> Content:
    return {
        "document": public_id("D", row.document_id),
        "check": row.check_row_id,
        "variant": row.variant_id,
        "at": moment(row.at),
        "parts": [
            {"source": part.source_id, "capture": part.capture_id, "snapshot": part.snapshot.digest}
            for part in row.parts.all()
        ],
    }


def _reading(row: Reading) -> Content:
    """The marks are not in it, but for where links lead: they follow from the snapshots, and go with a removal."""
    return {
        "version": public_id("V", row.version_id),
        "reader_version": row.reader_version,
        "digest": row.digest,
        "normal_digest": row.normal_digest,
        "links_digest": row.links_digest,
        "words": row.words,
        "stated_updated": row.stated_updated and row.stated_updated.isoformat(),
        "stated_effective": row.stated_effective and row.stated_effective.isoformat(),
        "read_at": moment(row.read_at),
    }


def _change(row: Change) -> Content:
    hunks = [
        [
            hunk.ordinal,
            hunk.kind,
            hunk.significance,
            hunk.rules,
            [hunk.old_start, hunk.old_end, hunk.new_start, hunk.new_end],
            hunk.rank,
            hunk.severity,
            hunk.direction,
            hunk.place,
            [hunk.old_target, hunk.new_target],
        ]
        for hunk in row.hunks.all()
    ]
    return {
        "document": public_id("D", row.document_id),
        "old": public_id("V", row.old_version_id),
        "new": public_id("V", row.new_version_id),
        "old_reading": row.old_reading_id,
        "new_reading": row.new_reading_id,
        "revises": row.revises_id,
        "returns_to": row.returns_to_id,
        "change": row.kind,
        "severity": row.severity,
        "direction": row.direction,
        "date_mismatch": row.date_mismatch,
        "old_last_seen_at": moment(row.old_last_seen_at),
        "seen_at": moment(row.seen_at),
        "hunks": digest_of(hunks),
    }


def _event(row: ChangeEvent) -> Content:
    return {
        "change": public_id("C", row.change_id),
        "state": row.state,
        "at": moment(row.at),
        "check": row.check_row_id,
        "told_by": row.told_by_id and public_id("C", row.told_by_id),
        "commitments": commitments("change event", row, ("who", "why")),
    }


def _disappearance(row: Disappearance) -> Content:
    return {
        "document": public_id("D", row.document_id),
        "returned": row.returned,
        "version": public_id("V", row.version_id),
        "last_read_at": moment(row.last_read_at),
        "since": moment(row.since),
        "at": moment(row.at),
        "check": row.check_row_id,
        "checks": row.checks,
        "vantages": row.vantages,
    }


register(Kind("version", Version, _version, (), ("parts__snapshot",)))
register(Kind("reading", Reading, _reading))
register(Kind("change", Change, _change, (), ("hunks",)))
register(Kind("change event", ChangeEvent, _event))
register(Kind("disappearance", Disappearance, _disappearance))
