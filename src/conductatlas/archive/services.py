"""Verbs of the archive: observe a source, and write down what was observed.

Observing asks the network and touches no row; recording is rows only and runs inside the caller's short
transaction. Between the two stands an `Observation`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import zstandard
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from conductatlas import __version__
from conductatlas.accounts.models import User
from conductatlas.archive import ledger, packs
from conductatlas.archive.answer import Answer, Fields, Request, answer_of
from conductatlas.archive.browser import DOM_TYPE, Rendered
from conductatlas.archive.fetch import Fetcher
from conductatlas.archive.hosts import Hosts
from conductatlas.archive.models import (
    IMPORTED,
    Capture,
    CaptureOutcome,
    Check,
    CheckOutcome,
    Provenance,
    RefusedBody,
    Reservation,
    RobotsAnswer,
    Snapshot,
    new_salt,
)
from conductatlas.archive.reasons import REMOVED
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
from conductatlas.reading.text.filters import from_row
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reservations import Reserved

SOFTWARE = f"ConductAtlas/{__version__}"
SECOND = {"which": "second"}  # in the vantage of a capture that was made through the proxy


@dataclass(frozen=True, slots=True)
class Claim:
    """What whoever gave us a capture states of it: who, under which licence, its own id over there.

    is_text: only the text was given, as its giver extracted it; there is no page to keep. saved_by: the person who
    saved the page by hand.
    """

    source: str
    taken_in_at: datetime
    licence: str = ""
    record_id: str = ""
    file: str = ""
    note: str = ""
    provenance: str = "imported"
    is_text: bool = False
    saved_by: User | None = None


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
    claim: Claim | None = None  # of a capture that was not made here
    reserved: tuple[Reserved, ...] = ()  # what the page states about robots, mining and archiving
    rendered: Rendered | None = None
    dom_snapshot: Snapshot | None = None  # of an earlier capture, where the rendered page is the same
    prepared_dom: packs.Prepared | None = None

    @property
    def good(self) -> bool:
        """Whether the source was seen, be it new or as before."""
        return self.outcome in {CaptureOutcome.KEPT, CaptureOutcome.SAME}

    @property
    def body_digest(self) -> str:
        """SHA-256 of the bytes that were seen; of the earlier ones where the answer says they are the same."""
        if self.snapshot is not None:
            return self.snapshot.digest
        return packs.digest(self.answer.body) if self.answer is not None else ""

    def page(self) -> Page:
        """The observed bytes as the reader takes them: the rendered page where there is one; from the pack where the
        answer says they are as before."""
        if self.rendered is not None and self.answer is not None:
            return page_of(self.source, self.rendered.dom, DOM_TYPE, self.answer.final_url)
        if self.outcome == CaptureOutcome.SAME and self.snapshot is not None:
            sent = self.answer.body if self.answer is not None else b""
            return page_of(
                self.source, sent or packs.read_snapshot(self.snapshot.digest), self.snapshot.media_type
            )
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
            reserved=(),
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
        filters=tuple(map(from_row, source.filters)),
    )


def unread_since(document: Document) -> tuple[datetime | None, datetime | None]:
    """(start of our last check that read the document, start of the first after it that did not); None for none."""
    own = Check.objects.filter(document=document).exclude(started_by=IMPORTED)
    last = own.filter(outcome__in=(CheckOutcome.CHANGED, CheckOutcome.UNCHANGED)).order_by("-pk").first()
    unread = own.filter(pk__gt=last.pk) if last else own
    first = unread.order_by("pk").values_list("started_at", flat=True).first()
    return (last.started_at if last else None), first


def last_good(document: Document) -> dict[int, Capture]:
    """Source key → its capture in the last check that saw the whole document; empty if none did.

    Also empty where another archive's captures were taken in since: what a host is asked, and what counts as the
    same bytes, rests on our own captures, and the text may be another one by now. So the next check reads anew.
    """
    return last_good_of([document.pk])[document.pk]


def last_good_of(documents: Collection[int]) -> dict[int, dict[int, Capture]]:
    """The same for many, by the keys of the documents: two queries. Captures with what the next request rests on:
    snapshot, validators, final address; the rest of them is read when it is asked for."""
    good = Check.objects.filter(
        document=OuterRef("pk"), outcome__in=(CheckOutcome.CHANGED, CheckOutcome.UNCHANGED)
    )
    newest = Subquery(good.order_by("-pk").values("pk")[:1])
    checks = dict(Document.objects.filter(pk__in=documents).order_by().values_list(newest, "pk"))
    found: dict[int, dict[int, Capture]] = {document: {} for document in documents}
    captures = Capture.objects.filter(check_row__in=[check for check in checks if check is not None])
    for capture in (
        captures.exclude(check_row__started_by=IMPORTED)
        .select_related("snapshot__removed", "rendering__snapshot__removed")
        .only("check_row_id", "source_id", "final_url", "headers", "snapshot", "rendering")
    ):
        found[checks[capture.check_row_id]][capture.source_id] = capture
    return found


def last_moment() -> datetime | None:
    """When the check made here last was over, by the clock it had; None before the first."""
    return (
        Check.objects.exclude(started_by=IMPORTED)
        .order_by("-pk")
        .values_list("finished_at", flat=True)
        .first()
    )


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


def take(
    source: Source, read: Callable[[], Answer], at: datetime, claim: Claim, before: Capture | None
) -> Observation:
    """An observation that was not made here: `read` answers as a fetcher would. Never raises, as `observe`.

    at: when it was made, as whoever gave it states. before: the source's capture that stands before it in time.
    """

    def seen(outcome: CaptureOutcome, **more: object) -> Observation:
        moments = {"started_at": at, "finished_at": at, "claim": claim}
        return Observation(source=source, outcome=outcome, **moments, **more)  # type: ignore[arg-type]

    try:
        answer = read()
    except FetchError as fault:
        return seen(
            CaptureOutcome.FAILED,
            reason=reason_of(fault),
            detail=fault.message[:500],
            answer=answer_of(fault),
        )
    known = before.snapshot if before else None
    if known is not None and not claim.is_text and packs.digest(answer.body) == known.digest:
        return seen(CaptureOutcome.SAME, answer=answer, snapshot=known)
    return seen(CaptureOutcome.KEPT, answer=answer)


def taken_in(document: Document, source: str) -> set[tuple[datetime, str]]:
    """(date, digest of the body as stored there) of each capture of a document that `source` has given already."""
    rows = Capture.objects.filter(check_row__document=document, claimed_by=source[:300])
    return set(rows.values_list("started_at", "wire_digest"))


def is_from_second(vantage: Mapping[str, object]) -> bool:
    """Whether a capture with this vantage was made from the second one."""
    return SECOND.items() <= vantage.items()


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
            seen.claim.taken_in_at if seen.claim else seen.finished_at,
            (seen.answer.content_type if seen.answer else "") or "",
        )
    capture = Capture.objects.create(
        check_row=check,
        source=seen.source,
        outcome=seen.outcome,
        reason=seen.reason[:60],
        detail=_clean(seen.detail)[:500],
        retry_at=None if seen.retry_after is None else seen.finished_at + timedelta(seconds=seen.retry_after),
        requested_url=(seen.claim and seen.answer and _clean(seen.answer.url)[:2000]) or seen.source.url,
        provenance=seen.claim.provenance[:20] if seen.claim else "observed",
        claimed_by=_clean(seen.claim.source)[:300] if seen.claim else "",
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
        salt=new_salt(),
        **({} if seen.answer is None else _answer_fields(seen.answer)),
    )
    if seen.claim is not None:
        _record_provenance(capture, seen.claim)
    is_kept_apart = not seen.good and seen.reason != REMOVED
    if is_kept_apart and seen.answer is not None and seen.answer.body:
        RefusedBody.objects.create(
            capture=capture,
            data=zstandard.compress(seen.answer.body, 3),
            kept_until=(seen.claim.taken_in_at if seen.claim else seen.finished_at)
            + timedelta(days=refused_days),
        )
    if seen.reserved:
        record_reservations(capture, seen.reserved)
    return capture


def _record_provenance(capture: Capture, claim: Claim) -> None:
    row = Provenance.objects.create(
        capture=capture,
        licence=_clean(claim.licence)[:300],
        record_id=_clean(claim.record_id)[:200],
        file=_clean(claim.file)[:300],
        saved_by=claim.saved_by,
        note=_clean(claim.note)[:500],
        taken_in_at=claim.taken_in_at,
    )
    ledger.enter(row)


def record_reservations(capture: Capture, reserved: Iterable[Reserved]) -> int:
    """Write down what the page states, as far as it was not seen to state it before; how many rows were new."""
    known = set(Reservation.objects.filter(source=capture.source_id).values_list("place", "kind", "evidence"))
    stated = dict.fromkeys(
        (one.place, one.kind, _clean(one.evidence)[: Reserved.LONGEST]) for one in reserved
    )
    rows = [
        Reservation(
            source_id=capture.source_id,
            capture=capture,
            place=place,
            kind=kind,
            evidence=evidence,
            at=capture.started_at,
        )
        for place, kind, evidence in stated
        if (place, kind, evidence) not in known
    ]
    Reservation.objects.bulk_create(rows)
    return len(rows)


def forget_refused(now: datetime, keep: QuerySet[Any, Any] | None = None) -> int:
    """Delete the bytes of refused and failed captures whose time is over; digest, reason and size remain.

    keep: captures whose bytes stay although their time is over.
    """
    over = RefusedBody.objects.filter(kept_until__lt=now)
    with transaction.atomic():
        return (over if keep is None else over.exclude(capture__in=keep)).delete()[0]


def _request(source: Source, before: Capture | None) -> Request:
    language = source.document.language
    if before is None or before.snapshot is None or getattr(before.snapshot, "removed", None):
        return Request(source.url, accept_language=language)  # "as before" would say nothing of bytes we have
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
        "status": answer.status or None,
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
        "wire_length": answer.wire_length if answer.wire_digest else None,
        "body_digest": packs.digest(answer.body) if answer.status != 304 else "",
        "body_length": len(answer.body) if answer.status != 304 else None,
    }


def _pairs(fields: Fields) -> list[list[str]]:
    return [[_clean(name), _clean(value)] for name, value in fields]


def _clean(text: str) -> str:
    """Text that both databases take: no NUL, no lone surrogate."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
