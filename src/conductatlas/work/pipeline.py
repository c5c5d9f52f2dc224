"""One document's whole check, on one screen: fetch, judge, keep, read, compare, record, look for provisions.

A capture that another archive made goes the same way from where it would have been fetched (`take_in`).
Everything slow happens with no transaction open. What was found is then written in one short transaction
that also gives the lease back: killed at any instant, a check has left either nothing or all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from conductatlas.archive import ledger, packs, renderings
from conductatlas.archive import services as archive
from conductatlas.archive.browser import Browser
from conductatlas.archive.fetch import Fetcher
from conductatlas.archive.hosts import Hosts
from conductatlas.archive.machine import clock_state
from conductatlas.archive.models import IMPORTED, Capture, CaptureOutcome, Check, CheckOutcome
from conductatlas.archive.reasons import REMOVED, VANTAGES_DIFFER
from conductatlas.archive.services import Observation
from conductatlas.catalogue.models import Document
from conductatlas.clock import Clock
from conductatlas.errors import LeaseLostError, RecordError, StalePreparationError
from conductatlas.history import disappearing, telling
from conductatlas.history import services as history
from conductatlas.history.models import Change, Version
from conductatlas.history.telling import Heard, Told
from conductatlas.work import due, extracting, incidents
from conductatlas.work.finding import (
    EARLIER_TEXT,
    FIRST_OF_ITS_KIND,
    Finding,
    Place,
    conclude,
    drafted,
    failures_after,
    in_place,
    is_redeclared,
)
from conductatlas.work.judging import judge_all, render_declared
from conductatlas.work.known import Known
from conductatlas.work.vantages import is_for_second, weighed
from conductatlas.writing import storage_faults, writing

PACK_ATTEMPTS = 3
log = structlog.get_logger("conductatlas.work")


@dataclass(frozen=True, slots=True)
class Tools:
    """The outside things a check works with: each a seam with an in-memory twin."""

    fetcher: Fetcher
    hosts: Hosts
    clock: Clock
    vantage: Mapping[str, str]
    refused_days: int
    incident_after: int = 3
    browser: Browser | None = None  # None: switched off
    second: Tools | None = None  # the same from the second vantage; None: there is none


Observe = Callable[[Mapping[int, Capture]], list[Observation]]
"""Gives one observation a source, in the document's order, from each source's last good capture."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one check. `captures` holds (url, outcome, reason) a source, `capture_keys` their rows."""

    document: Document
    outcome: str
    reason: str
    at: datetime
    captures: tuple[tuple[str, str, str], ...]
    version: Version | None = None
    change: Change | None = None
    confirmed: Change | None = None
    check_key: int | None = None
    capture_keys: tuple[int, ...] = ()
    found: Version | None = None  # the version whose text the check found again
    text: str = ""  # what tells a new version's text from others (see `Life`)


def check(
    document: Document,
    tools: Tools,
    *,
    started_by: str,
    holder: str,
    known: Known | None = None,
    observe: Observe | None = None,
) -> Result:
    """Check one document whose lease `holder` has. LeaseLostError, StoreUnavailableError: nothing was written.

    known: what the rows say of it, read since the lease was taken; None: it is read now. While a change awaits
    confirmation, and from the second vantage (see `vantages`), the sources are asked for without conditions.
    observe: gives the observations instead of the network, as when a person saved the page by hand; all that
    follows is the same.
    """
    began = tools.clock.now()
    known = known or Known.of(document, began)
    from_second = observe is None and tools.second is not None and is_for_second(document, known)
    asking = tools.second if from_second and tools.second is not None else tools
    if observe is not None:
        seen = observe(known.earlier)
        began = min((part.started_at for part in seen), default=began)
    else:
        seen = fetch(document, known, asking, conditional=not (known.confirming or from_second))
        seen = render_declared(document, seen, known.earlier, asking.browser)
    redeclared = is_redeclared(seen, known.before, known.earlier)
    seen, texts = judge_all(document, seen, known.before, asking.browser, redeclared=redeclared)
    finding = conclude(document, seen, texts, known.before, redeclared=redeclared)
    finding = drafted(weighed(document, seen, finding, known) if from_second else finding)
    finding, heard = heard_of(document, finding, known, began)

    def write(kept: list[Observation]) -> Result:
        return record(
            document,
            kept,
            finding,
            tools,
            heard=heard,
            began=began,
            started_by=started_by,
            holder=holder,
            known=known,
        )

    result = kept_and_written(seen, finding, write)
    if result.version or result.change or result.reason == EARLIER_TEXT:
        extracting.look(document, tools.clock)
    return result


def take_in(
    document: Document, seen: list[Observation], place: Place, tools: Tools, *, holder: str
) -> Result:
    """One check that another archive made, at its place in the document's life. Errors as of `check`.

    The text makes a version, or is found to be one that was found before; the changes around it are for
    `history.weave` to draw once all is in.
    """
    seen, texts = judge_all(document, seen, place.before, tools.browser)
    finding = drafted(in_place(conclude(document, seen, texts, place.before), place))
    began = max(part.started_at for part in seen)

    def write(kept: list[Observation]) -> Result:
        return record(
            document,
            kept,
            finding,
            tools,
            heard=None,
            began=began,
            started_by=IMPORTED,
            holder=holder,
        )

    return kept_and_written(seen, finding, write)


def kept_and_written(
    seen: list[Observation], finding: Finding, write: Callable[[list[Observation]], Result]
) -> Result:
    """What `write` makes of the observations, their bytes packed; what had to be removed once is not kept again."""
    if finding.is_removed:
        seen = [part.refused(REMOVED, "") if part.outcome == CaptureOutcome.KEPT else part for part in seen]
    for attempt in range(PACK_ATTEMPTS):
        try:
            return write([keep(part) for part in seen])
        except StalePreparationError:  # the same bytes came in from another document meanwhile
            if attempt == PACK_ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def heard_of(
    document: Document, finding: Finding, known: Known, began: datetime
) -> tuple[Finding, Heard | None]:
    """What the finding makes of the document's story, where it may make something; and the finding, since what is
    nearly an earlier text turns out to be that one found again."""
    is_first = finding.reason in FIRST_OF_ITS_KIND or finding.outcome == CheckOutcome.HELD
    is_news = finding.text is not None and not is_first
    is_plain = finding.found is not None and finding.reason != EARLIER_TEXT and not known.unsettled
    if is_plain or not (is_news or finding.found is not None) or finding.is_removed:
        return finding, None
    heard = telling.hear(
        document, finding.strand, began=began, found=finding.found, draft=finding.draft, text=finding.text
    )
    if is_news and heard.found is not None:
        finding = Finding(CheckOutcome.UNCHANGED, EARLIER_TEXT, strand=finding.strand, found=heard.found)
    return finding, heard


def fetch(document: Document, known: Known, tools: Tools, *, conditional: bool) -> list[Observation]:
    """One observation a source, in the document's order."""
    return [
        archive.observe(
            source,
            fetcher=tools.fetcher,
            hosts=tools.hosts,
            clock=tools.clock,
            before=known.earlier.get(source.pk),
            # A page to be rendered is asked for whole: its scripts may bring another text to the same bytes.
            conditional=conditional
            and source.fetcher != "browser"
            and not renderings.was_rendered(known.earlier.get(source.pk)),
            vantage={
                **tools.vantage,
                "language": document.language or tools.vantage.get("language", ""),
                "clock": clock_state(tools.clock),
            },
            failures=document.due.failures,
        )
        for source in known.sources
    ]


def keep(part: Observation) -> Observation:
    """Compress what is to be kept, before the transaction begins."""
    is_text = part.claim is not None and part.claim.is_text
    if part.outcome != CaptureOutcome.KEPT or part.answer is None or is_text:
        return part
    dom = part.rendered.dom if part.rendered is not None else None
    return replace(
        part,
        prepared=packs.prepare(part.source, part.answer.body),
        prepared_dom=None if dom is None else packs.prepare(part.source, dom, renderings.SERIES),
    )


def record(
    document: Document,
    seen: list[Observation],
    finding: Finding,
    tools: Tools,
    *,
    heard: Heard | None,
    began: datetime,
    started_by: str,
    holder: str,
    known: Known | None = None,
) -> Result:
    """Write it all down in one transaction, and give the lease back in the same."""
    ended = max([began, *(part.finished_at for part in seen)])
    is_imported = started_by == IMPORTED
    before = known.before.version if known and known.before else None
    version: Version | None = None
    reading = finding.draft
    told = Told()
    with writing():
        held = (
            due.hold(document, holder)
            if is_imported
            else settle(document, seen, finding, ended, holder, confirming=bool(known and known.confirming))
        )
        if not held:
            raise LeaseLostError(f"{document.path} is held by another worker")
        row = archive.record_check(
            document,
            outcome=finding.outcome,
            reason=finding.reason,
            started_at=began,
            finished_at=ended,
            started_by=started_by,
            clock_given=tools.clock.given and not is_imported,
        )
        captures = [archive.record_capture(part, row, refused_days=tools.refused_days) for part in seen]
        for part, capture in zip(seen, captures, strict=True):
            renderings.record(part, capture)
        ledger.enter(*captures)
        if reading is not None:
            version = record_version(document, finding, row, captures)
            history.add_reading(version, reading, ended)
        elif finding.found is not None and (is_imported or finding.reason == EARLIER_TEXT):
            history.record_sighting(finding.found.version, row)
        if heard is not None:
            told = telling.tell(heard, row, version, reading)
        if (
            finding.reason == VANTAGES_DIFFER
            and before is not None
            and (open_ := telling.open_change(before))
        ):
            telling.differ(open_, row)
        became = None
        failures = failures_after(document, finding)
        if not is_imported and (failures or document.due.failures):
            found = version or (finding.found.version if finding.found else before)
            disappearing.follow(document, row, found, vantages=2 if tools.second else 1)
            became = incidents.follow(
                document,
                row,
                captures,
                failures=failures,
                after=tools.incident_after,
                refused_days=tools.refused_days,
                now=max(ended, tools.clock.now()),
            )
    if became is not None and not tools.clock.given:  # a replay of the past is no news to anyone
        became.log()
    seal_full_packs(seen)
    return Result(
        document=document,
        outcome=finding.outcome.value,
        reason=finding.reason,
        at=began,
        captures=tuple((part.source.url, part.outcome.value, part.reason) for part in seen),
        version=version,
        change=told.change,
        confirmed=told.confirmed,
        check_key=row.pk,
        capture_keys=tuple(capture.pk for capture in captures),
        found=finding.found.version if finding.found else None,
        text=(reading.normal_digest or reading.digest) if reading else "",
    )


def settle(
    document: Document,
    seen: list[Observation],
    finding: Finding,
    ended: datetime,
    holder: str,
    *,
    confirming: bool,
) -> bool:
    """Give the lease back with the next moment at which the document is due; whether it was still held.

    confirming: whether a change awaited confirmation before this check.
    """
    failures = failures_after(document, finding)
    retry = max((part.retry_after for part in seen if part.retry_after is not None), default=None)
    due_at, why = due.next_moment(
        document,
        ended,
        outcome=finding.outcome.value,
        failures=failures - 1,
        retry_after=retry,
        reason=finding.reason,
        confirming=confirming,
    )
    return due.settle(document, holder, due_at=due_at, why=why, failures=failures)


def seal_full_packs(seen: list[Observation]) -> None:
    """Seal what is full. The check is recorded by now, so a store that does not answer costs it nothing."""
    for part in seen:
        if part.prepared is not None and part.prepared.fills_pack:
            try:
                with storage_faults():
                    packs.seal_if_full(part.source)
                    if part.prepared_dom is not None:
                        packs.seal_if_full(part.source, renderings.SERIES)
            except RecordError as fault:
                log.warning("pack not sealed", source=part.source.pk, **fault.diagnostics())


def record_version(document: Document, finding: Finding, row: Check, captures: list[Capture]) -> Version:
    """The version a new text makes; of a variant, where it is in another language than the declared one."""
    language = finding.other_language
    variant = history.variant_of(document, language, row.started_at) if language else None
    return history.record_version(document, row, captures, variant)
