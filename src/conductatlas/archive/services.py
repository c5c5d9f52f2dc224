"""Verbs of the archive: observe a source, and write down what was observed.

Observing asks the network and touches no row; recording is rows only and runs inside the caller's short
transaction. Between the two stands an `Observation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import zstandard
from django.db import transaction

from conductatlas import __version__
from conductatlas.archive import packs
from conductatlas.archive.answer import Answer, Fields, Request, answer_of
from conductatlas.archive.browser import DOM_TYPE, Rendered
from conductatlas.archive.fetch import Fetcher
from conductatlas.archive.hosts import Hosts
from conductatlas.archive.models import (
    Capture,
    CaptureOutcome,
    Check,
    CheckOutcome,
    RefusedBody,
    RobotsAnswer,
    Snapshot,
)
from conductatlas.archive.retry import next_try
from conductatlas.catalogue.models import Document, Source
from conductatlas.clock import Clock
from conductatlas.errors import (
    AddressRefusedError,
    ConductAtlasError,
    FetchError,
    RobotsRefusedError,
    StatusError,
)
from conductatlas.reading.text.page import Page

SOFTWARE = f"ConductAtlas/{__version__}"


@dataclass(frozen=True, slots=True)
class Observation:
    """What came of one request for one source, before it is written down."""

    source: Source
    outcome: CaptureOutcome
    started_at: datetime
    finished_at: datetime
    reason: str = ""
    detail: str = ""
    retry_after: float | None = None
    answer: Answer | None = None
    snapshot: Snapshot | None = None  # of an earlier capture, where the bytes are the same
    robots: RobotsAnswer | None = None
    robots_decision: str = ""
    vantage: Mapping[str, str] = field(default_factory=dict)
    clock_given: bool = False
    prepared: packs.Prepared | None = None
    encoding: str = ""
    encoding_source: str = ""
    rendered: Rendered | None = None
    dom_snapshot: Snapshot | None = None  # of an earlier capture, where the rendered page is the same
    prepared_dom: packs.Prepared | None = None

    @property
    def good(self) -> bool:
        """Whether the source was seen, be it new or as before."""
        return self.outcome in {CaptureOutcome.KEPT, CaptureOutcome.SAME}

    def page(self) -> Page:
        """The observed bytes as the reader takes them: the rendered page where there is one; from the pack where they
        are as before."""
        if self.rendered is not None and self.answer is not None:
            return page_of(self.source, self.rendered.dom, DOM_TYPE, self.answer.final_url)
        if self.outcome == CaptureOutcome.SAME and self.snapshot is not None:
            body, media_type = packs.read_snapshot(self.snapshot.digest), self.snapshot.media_type
            return page_of(self.source, body, media_type)
        assert self.answer is not None, "only observed sources are read"
        return page_of(self.source, self.answer.body, self.answer.content_type, self.answer.final_url)

    def refused(self, reason: str, detail: str) -> Observation:
        """The same observation, judged not to be the policy."""
        return replace(
            self,
            outcome=CaptureOutcome.REFUSED,
            reason=reason,
            detail=detail[:500],
            snapshot=None,
            prepared=None,
            dom_snapshot=None,
            prepared_dom=None,
        )


def page_of(source: Source, body: bytes, content_type: str | None, url: str = "") -> Page:
    return Page(
        body=body,
        content_type=content_type or None,
        url=url or source.url,
        select=tuple(source.select),
        remove=tuple(source.remove),
    )


def last_read_at(document: Document) -> datetime | None:
    """When the last check that saw the whole document began; None before the first."""
    read = Check.objects.filter(document=document, outcome__in=(CheckOutcome.CHANGED, CheckOutcome.UNCHANGED))
    return read.order_by("-pk").values_list("started_at", flat=True).first()


def last_good(document: Document) -> dict[int, Capture]:
    """Source key → its capture in the last check that saw the whole document; empty if none did."""
    check = (
        Check.objects.filter(document=document, outcome__in=(CheckOutcome.CHANGED, CheckOutcome.UNCHANGED))
        .order_by("-pk")
        .first()
    )
    if check is None:
        return {}
    captures = Capture.objects.filter(check_row=check).select_related("snapshot", "rendering__snapshot")
    return {capture.source_id: capture for capture in captures}


def last_moment() -> datetime | None:
    """When the check recorded last was over, by the clock it had; None before the first."""
    return Check.objects.order_by("-pk").values_list("finished_at", flat=True).first()


def observe(
    source: Source,
    *,
    fetcher: Fetcher,
    hosts: Hosts,
    clock: Clock,
    before: Capture | None,
    conditional: bool,
    vantage: Mapping[str, str],
    failures: int = 0,
) -> Observation:
    """Ask for one source. Never raises: what goes wrong is an observation too.

    before: the source's capture in the last check that saw the whole document. With `conditional` its
    validators are sent; either way equal bytes are `same`, since hosts rotate their validators.
    """
    passage = hosts.passage()
    began = clock.now()

    def seen(outcome: CaptureOutcome, **more: object) -> Observation:
        return Observation(
            source=source,
            outcome=outcome,
            started_at=began,
            finished_at=max(began, clock.now()),
            robots=passage.answer,
            robots_decision=passage.decision,
            vantage=vantage,
            clock_given=clock.given,
            **more,  # type: ignore[arg-type]
        )

    try:
        answer = fetcher.fetch(_request(source, before if conditional else None), allow=passage)
    except FetchError as fault:
        refused = isinstance(fault, RobotsRefusedError | AddressRefusedError)
        return seen(
            CaptureOutcome.REFUSED if refused else CaptureOutcome.FAILED,
            reason=reason_of(fault),
            detail=fault.message[:500],
            retry_after=next_try(fault, failures + 1),
            answer=answer_of(fault),
        )
    known = before.snapshot if before else None
    if known is not None and (answer.status == 304 or packs.digest(answer.body) == known.digest):
        return seen(CaptureOutcome.SAME, answer=answer, snapshot=known)
    return seen(CaptureOutcome.KEPT, answer=answer)


def reason_of(fault: ConductAtlasError) -> str:
    """The stable word for a fault in rows and JSON: its code, with the status where there is one."""
    return f"status_{fault.status}" if isinstance(fault, StatusError) else fault.code


def record_check(
    document: Document,
    *,
    outcome: CheckOutcome,
    reason: str,
    started_at: datetime,
    finished_at: datetime,
    started_by: str,
    clock_given: bool,
) -> Check:
    return Check.objects.create(
        document=document,
        outcome=outcome,
        reason=reason[:60],
        started_at=started_at,
        finished_at=finished_at,
        started_by=started_by,
        clock_given=clock_given,
        software=SOFTWARE,
    )


def record_capture(seen: Observation, check: Check, *, refused_days: int) -> Capture:
    """Write one observation down: its row, its snapshot where it was kept, its bytes where it was not."""
    snapshot = seen.snapshot
    if seen.prepared is not None:
        snapshot = packs.store(
            seen.prepared,
            seen.source,
            seen.finished_at,
            (seen.answer.content_type if seen.answer else "") or "",
        )
    capture = Capture.objects.create(
        check_row=check,
        source=seen.source,
        outcome=seen.outcome,
        reason=seen.reason[:60],
        detail=_clean(seen.detail)[:500],
        retry_at=None if seen.retry_after is None else seen.finished_at + timedelta(seconds=seen.retry_after),
        requested_url=seen.source.url,
        started_at=seen.started_at,
        finished_at=seen.finished_at,
        vantage=dict(seen.vantage),
        clock_given=seen.clock_given,
        software=SOFTWARE,
        robots=seen.robots,
        robots_decision=seen.robots_decision,
        snapshot=snapshot,
        encoding=seen.encoding[:40],
        encoding_source=seen.encoding_source[:40],
        **({} if seen.answer is None else _answer_fields(seen.answer)),
    )
    if not seen.good and seen.answer is not None and seen.answer.body:
        RefusedBody.objects.create(
            capture=capture,
            data=zstandard.compress(seen.answer.body, 3),
            kept_until=seen.finished_at + timedelta(days=refused_days),
        )
    return capture


def forget_refused(now: datetime) -> int:
    """Delete the bytes of refused and failed captures whose time is over; digest, reason and size remain."""
    with transaction.atomic():
        return RefusedBody.objects.filter(kept_until__lt=now).delete()[0]


def _request(source: Source, before: Capture | None) -> Request:
    language = source.document.language
    if before is None or before.snapshot is None:
        return Request(source.url, accept_language=language)
    stated = {name.lower(): value for name, value in reversed(before.headers)}
    return Request(
        source.url,
        stated.get("etag"),
        stated.get("last-modified"),
        before.final_url,
        accept_language=language,
    )


def _answer_fields(answer: Answer) -> dict[str, object]:
    return {
        "final_url": _clean(answer.final_url)[:2000],
        "hops": [
            {
                "url": _clean(hop.url),
                "status": hop.status,
                "location": _clean(hop.location),
                "headers": _pairs(hop.headers),
                "peer": hop.peer,
            }
            for hop in answer.hops
        ],
        "request_headers": _pairs(answer.request_headers),
        "status": answer.status,
        "http_version": answer.http_version,
        "headers": _pairs(answer.headers),
        "peer_address": answer.peer_address[:60],
        "tls": None
        if answer.tls is None
        else {
            "version": answer.tls.version,
            "cipher": answer.tls.cipher,
            "certificate": answer.tls.certificate,
        },
        "media_type": _clean(answer.content_type or "")[:200],
        "wire_digest": answer.wire_digest,
        "wire_length": answer.wire_length,
        "body_digest": packs.digest(answer.body) if answer.status != 304 else "",
        "body_length": len(answer.body) if answer.status != 304 else None,
    }


def _pairs(fields: Fields) -> list[list[str]]:
    return [[_clean(name), _clean(value)] for name, value in fields]


def _clean(text: str) -> str:
    """Text that both databases take: no NUL, no lone surrogate."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
