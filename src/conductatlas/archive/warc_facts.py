"""What is known of a capture beside its bytes: fields of a record's own head, and the facts of its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conductatlas.archive import renderings
from conductatlas.archive.answer import Fields
from conductatlas.archive.models import Capture
from conductatlas.archive.warc_writer import date, is_rewritten, peer_ip

ROLE = "ConductAtlas-Role"  # of a record that does not stand for its capture: one of the next three
REDIRECT = "redirect"
UNRENDERED = "unrendered"  # an answer whose text was read after a browser had rendered it
BODY = "body"  # bytes that another record refers to, of which no answer is known
ASKED = "ConductAtlas-Requested-URI"  # where redirects led elsewhere
CLAIMED = "ConductAtlas-Claimed-By"  # whoever states its date
PLATFORM, DOCUMENT = "ConductAtlas-Platform", "ConductAtlas-Document"  # slugs
REWRITTEN = "ConductAtlas-Rewritten"  # a head that was no text on the wire


def head_fields(capture: Capture) -> Fields:
    """What the head of the record itself says: peer, protocol, role, whose word its date is."""
    rendering = renderings.of(capture)
    is_unrendered = rendering is not None and rendering.snapshot is not None
    tls = capture.tls or {}
    protocols = {"HTTP/2": "h2", "HTTP/3": "h3"}.get(capture.http_version, capture.http_version.lower())
    return (
        *ip_field(capture.peer_address),
        *((("WARC-Protocol", protocols),) if protocols else ()),
        *(
            (("WARC-Protocol", str(tls["version"]).lower().replace("tlsv", "tls/")),)
            if tls.get("version")
            else ()
        ),
        *((("WARC-Cipher-Suite", str(tls["cipher"])),) if tls.get("cipher") else ()),
        *rewritten(capture),
        *(((ROLE, UNRENDERED),) if is_unrendered else ()),
        *asked(capture),
        *named(capture),
        *(((CLAIMED, capture.claimed_by),) if capture.claimed_by else ()),
    )


def asked(capture: Capture) -> Fields:
    """The address that was asked for, where another one answered."""
    is_other = capture.final_url not in {"", capture.requested_url}
    return ((ASKED, capture.requested_url),) if is_other else ()


def named(capture: Capture) -> Fields:
    """The document it is of, by which an import can map it where addresses do not tell documents apart."""
    document = capture.source.document
    return ((PLATFORM, document.platform.slug), (DOCUMENT, document.slug))


def rewritten(capture: Capture) -> Fields:
    """That a head was no text on the wire, and has been made one."""
    if not is_rewritten(capture.http_version):
        return ()
    return ((REWRITTEN, f"head, from {capture.http_version} to HTTP/1.1 text"),)


def ip_field(peer: str) -> Fields:
    """WARC-IP-Address for `ip:port`; nothing where there is none."""
    ip = peer_ip(peer)
    return (("WARC-IP-Address", ip),) if ip else ()


def facts(
    capture: Capture, removed: Sequence[Mapping[str, object]], hidden: Mapping[str, object] | None
) -> dict[str, object]:
    """The row of a capture as one JSON object. removed: tombstones in the place of its bytes; hidden: why they may not
    be shown. What a refused page printed (`detail`), who saved a page and what other operators were
    told of it are not part of it."""
    row = capture
    origin, rendering = getattr(row, "origin", None), renderings.of(row)
    is_taken_in = row.provenance != "observed"
    return {
        "capture": row.pk,
        "check": row.check_row_id,
        "started_by": row.check_row.started_by,
        "source": row.source.url,
        "outcome": row.outcome,
        "reason": row.reason,
        "requested_url": row.requested_url,
        "final_url": row.final_url,
        "status": row.status,
        "http_version": row.http_version,
        "head_rewritten": is_rewritten(row.http_version),
        "started_at": date(row.started_at),
        "finished_at": date(row.finished_at),
        "peer_address": row.peer_address,
        "tls": row.tls,
        "vantage": row.vantage,
        "clock_given": row.clock_given,
        "software": row.software,
        "robots_decision": row.robots_decision,
        "wire": {"sha256": row.wire_digest, "length": row.wire_length},
        "body": {"sha256": row.body_digest, "length": row.body_length},
        "snapshot": row.snapshot.digest if row.snapshot else None,
        "provenance": row.provenance,
        "claimed": {
            "by": row.claimed_by,
            "licence": origin.licence if origin else "",
            "record_id": origin.record_id if origin else "",
            "file": origin.file if origin else "",
            "taken_in_at": date(origin.taken_in_at) if origin else None,
        }
        if is_taken_in
        else None,
        "rendering": {
            "browser": rendering.browser,
            "viewport": rendering.viewport,
            "connections": len(rendering.requests),
            "snapshot": rendering.snapshot.digest if rendering.snapshot else None,
            "started_at": date(rendering.started_at),
            "finished_at": date(rendering.finished_at),
        }
        if rendering
        else None,
        "removed": list(removed),
        "erased": row.salt == "",
        "withheld": hidden,
    }
