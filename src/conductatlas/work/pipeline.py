"""One document's whole check, on one screen: fetch, judge, keep, read, compare, record.

A capture that another archive made goes the same way from where it would have been fetched (`take_in`).
Everything slow happens with no transaction open. What was found is then written in one short transaction
that also gives the lease back: killed at any instant, a check has left either nothing or all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from conductatlas.archive import packs, renderings
from conductatlas.archive import services as archive
from conductatlas.archive.browser import Browser
from conductatlas.archive.confined import examine
from conductatlas.archive.fetch import Fetcher
from conductatlas.archive.hosts import Hosts
from conductatlas.archive.models import IMPORTED, Capture, CaptureOutcome, Check, CheckOutcome
from conductatlas.archive.reasons import REMOVED
from conductatlas.archive.services import Observation
from conductatlas.catalogue.models import Document
from conductatlas.clock import Clock
from conductatlas.errors import LeaseLostError, RecordError, StalePreparationError, UnreadableError
from conductatlas.history import removal
from conductatlas.history import services as history
from conductatlas.history.models import Change, Version
from conductatlas.history.services import Standing
from conductatlas.reading.compare.comparison import Comparison, compare
from conductatlas.reading.text import reservations
from conductatlas.reading.text.gate import Expectation, Reason, judge
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.reader import join
from conductatlas.work import due, incidents
from conductatlas.work.known import Known
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
    text: str = ""  # digest of a new version's text


@dataclass(frozen=True, slots=True)
class Finding:
    """What the observations of one check amount to, before anything is written."""

    outcome: CheckOutcome
    reason: str = ""
    text: Reading | None = None  # of a new version
    before: Standing | None = None
    comparison: Comparison | None = None
    found: Standing | None = None  # the version whose text was found again
    confirming: bool = True  # whether the change that led to the standing text may await confirmation
    other_language: str = ""
    is_removed: bool = False  # the text had to be removed once, and is not taken in again


@dataclass(frozen=True, slots=True)
class Place:
    """Where an imported check stands among those of its strand: the texts found before and after it."""

    before: Standing | None = None
    last_seen_at: datetime | None = None  # when the check that found the text before began
    after: Standing | None = None
    starts: bool = False  # nothing of the document is known from before, not even read from elsewhere
    lacks_part: bool = False  # the document has other pages too, and they were not captured with this one
    is_their_doing: bool = False  # whose extraction it is says that only its own rules differ


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
    confirmation the sources are asked for without conditions.
    observe: gives the observations instead of the network, as when a person saved the page by hand; all that
    follows is the same.
    """
    began = tools.clock.now()
    known = known or Known.of(document, began)
    if observe is not None:
        seen = observe(known.earlier)
        began = min((part.started_at for part in seen), default=began)
    else:
        seen = fetch(document, known, tools)
        seen = render_declared(document, seen, known.earlier, tools)
    redeclared = is_redeclared(seen, known.before, known.earlier)
    seen, texts = judge_all(document, seen, known.before, tools, redeclared=redeclared)
    finding = conclude(document, seen, texts, known.before, redeclared=redeclared)
    finding = compared(replace(finding, confirming=known.confirming))

    def write(kept: list[Observation]) -> Result:
        return record(document, kept, finding, tools, began=began, started_by=started_by, holder=holder)

    return kept_and_written(seen, finding, write)


def take_in(
    document: Document, seen: list[Observation], place: Place, tools: Tools, *, holder: str
) -> Result:
    """One check that another archive made, at its place in the document's life. Errors as of `check`.

    Between two versions the text makes a version, or is found to be that of a neighbour; the changes around it are
    for `history.weave` to draw once all is in. At the end of the life it is a check like any other.
    """
    seen, texts = judge_all(document, seen, place.before, tools)
    finding = in_place(conclude(document, seen, texts, place.before), place)
    began = max(part.started_at for part in seen)

    def write(kept: list[Observation]) -> Result:
        return record(
            document,
            kept,
            finding,
            tools,
            began=began,
            started_by=IMPORTED,
            holder=holder,
            last_seen=place.last_seen_at,
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


def fetch(document: Document, known: Known, tools: Tools) -> list[Observation]:
    """One observation a source, in the document's order."""
    return [
        archive.observe(
            source,
            fetcher=tools.fetcher,
            hosts=tools.hosts,
            clock=tools.clock,
            before=known.earlier.get(source.pk),
            # A page to be rendered is asked for whole: its scripts may bring another text to the same bytes.
            conditional=not known.confirming
            and source.fetcher != "browser"
            and not renderings.was_rendered(known.earlier.get(source.pk)),
            vantage={**tools.vantage, "language": document.language or tools.vantage.get("language", "")},
            failures=document.due.failures,
        )
        for source in known.sources
    ]


def render_declared(
    document: Document, seen: list[Observation], earlier: Mapping[int, Capture], tools: Tools
) -> list[Observation]:
    """Render what is declared so, and what the same bytes needed before."""
    return [
        renderings.render(part, tools.browser, before, document.due.failures)
        if renderings.is_due_at_once(part, before := earlier.get(part.source.pk))
        else part
        for part in seen
    ]


def judge_all(
    document: Document,
    seen: list[Observation],
    before: Standing | None,
    tools: Tools,
    *,
    redeclared: bool = False,
) -> tuple[list[Observation], list[Reading]]:
    """Judge and read what is new. Texts come back only if every source was seen and something is new: bytes, or
    the sources that the document is made of. A page that was fetched and lacks its text is rendered."""
    seen, texts = [announcing(part) for part in seen], []
    anything_new = any(part.outcome == CaptureOutcome.KEPT for part in seen) or redeclared
    expectation = Expectation(
        language=document.language,
        kind=document.kind,
        title=document.title,
        previous_words=before.reading.words if before and len(seen) == 1 else None,
    )
    for place, part in enumerate(seen):
        if not (part.good and anything_new):
            continue
        part, text = judge_one(part, expectation)
        if part.claim is None and renderings.may_help(part):
            part = renderings.render(part, tools.browser, None, document.due.failures)
            if part.good:
                part, text = judge_one(announcing(part), expectation)
        seen[place] = part
        if text is not None:
            texts.append(text)
    return seen, texts if anything_new and all(part.good for part in seen) else []


def judge_one(part: Observation, expectation: Expectation) -> tuple[Observation, Reading | None]:
    """One good part as the gate sees it, and its reading; None where the bytes cannot be read."""
    page = part.page()
    try:
        examined = examine(page)
    except UnreadableError as fault:
        return part.refused(fault.reason, fault.message), None
    verdict = judge(page, examined.reading, expectation)
    part = replace(
        part,
        encoding=examined.encoding.encoding,
        encoding_source=examined.encoding.source,
        reserved=(*part.reserved, *reservations.stated(examined.reading)),
    )
    if verdict.verdict == Reason.OTHER_LANGUAGE:
        part = replace(part, reason=verdict.verdict.value, detail=verdict.evidence[:500])
    elif part.outcome == CaptureOutcome.KEPT and not verdict.accepted:
        if part.rendered is not None and part.rendered.left_for:
            went = f"its script goes on to {part.rendered.left_for}"
            part = part.refused(Reason.REDIRECT_PAGE.value, went)
        else:
            part = part.refused(verdict.verdict.value, verdict.evidence)
    else:
        part = replace(part, detail="; ".join(examined.notes)[:500])
    return part, examined.reading


def announcing(part: Observation) -> Observation:
    """With what the answer announces to robots, in its headers and in its page, if it is the document."""
    if not part.good or part.answer is None:
        return part
    body = part.answer.body if part.outcome == CaptureOutcome.KEPT else b""
    return replace(part, reserved=reservations.announced(part.answer.headers, body))


def is_redeclared(seen: list[Observation], before: Standing | None, earlier: Mapping[int, Capture]) -> bool:
    """Whether the text before was read from other sources than those that are declared now: the text that the last
    check of ours found or, where there is none to go by, that of the standing version."""
    if before is None:
        return False
    sources = tuple(part.source.pk for part in seen)
    return set(sources) != set(earlier) if earlier else sources != before.strand


def conclude(
    document: Document,
    seen: list[Observation],
    texts: list[Reading],
    before: Standing | None,
    *,
    redeclared: bool = False,
) -> Finding:
    """Whether the document is unchanged, changed, held or not seen at all."""
    bad = [part for part in seen if not part.good]
    if not seen:
        return Finding(CheckOutcome.HELD, "no_source")
    if bad:
        all_failed = all(part.outcome == CaptureOutcome.FAILED for part in seen)
        return Finding(CheckOutcome.FAILED if all_failed else CheckOutcome.HELD, bad[0].reason)
    if not texts:
        return Finding(CheckOutcome.UNCHANGED, before=before, found=before)
    text = join(texts, [part.source.url for part in seen])
    if removal.is_removed(document, text, (part.body_digest for part in seen)):
        is_standing = before is not None and text.digest == before.reading.digest
        outcome = CheckOutcome.UNCHANGED if is_standing else CheckOutcome.HELD
        standing = before if is_standing else None
        return Finding(outcome, REMOVED, before=standing, found=standing, is_removed=True)
    if others := [t for t, part in zip(texts, seen, strict=True) if part.reason == Reason.OTHER_LANGUAGE]:
        language = others[0].language or "und"
        is_known = text.digest in known_texts(document, seen[-1], language)
        return Finding(
            CheckOutcome.HELD,
            Reason.OTHER_LANGUAGE.value,
            text=None if is_known else text,
            other_language=language,
        )
    if before is None:
        return Finding(CheckOutcome.CHANGED, "first_version", text=text)
    if text.digest == before.reading.digest:
        return Finding(CheckOutcome.UNCHANGED, before=before, found=before)
    if redeclared:
        # Read from other places than the text before: what differs is ours, so it is a version and no change.
        return Finding(CheckOutcome.CHANGED, "declaration_changed", text=text)
    if before.is_removed:
        return Finding(CheckOutcome.CHANGED, "after_removal", text=text)
    return Finding(CheckOutcome.CHANGED, text=text, before=before)


def known_texts(document: Document, seen: Observation, language: str) -> set[str]:
    """Digests of the texts in another language that this one is no news beside."""
    if seen.claim is not None:
        return history.variant_texts_around(document, language, seen.started_at)
    known = history.standing(document, seen.finished_at, language)
    return {known.reading.digest} if known else set()


def compared(finding: Finding) -> Finding:
    """How a text differs from the one before, if it does."""
    if finding.text is None or finding.before is None:
        return finding
    return replace(finding, comparison=compare(finding.before.reading.value(), finding.text))


def in_place(finding: Finding, place: Place) -> Finding:
    """The finding on a text that others may follow, or that is not whole."""
    if place.lacks_part and finding.outcome in {CheckOutcome.CHANGED, CheckOutcome.UNCHANGED}:
        return Finding(CheckOutcome.HELD, "part_missing")
    text = finding.text
    if finding.outcome != CheckOutcome.CHANGED or text is None:
        return finding
    if not place.starts and (place.before is None or place.is_their_doing):
        finding = replace(finding, reason="declaration_changed", before=None)
    if place.after is None:
        return compared(finding)
    if text.digest == place.after.reading.digest:
        return Finding(CheckOutcome.UNCHANGED, found=place.after)
    return replace(finding, before=None)


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
    began: datetime,
    started_by: str,
    holder: str,
    last_seen: datetime | None = None,
) -> Result:
    """Write it all down in one transaction, and give the lease back in the same."""
    ended = max([began, *(part.finished_at for part in seen)])
    is_imported = started_by == IMPORTED
    version: Version | None = None
    change: Change | None = None
    confirmed: Change | None = None
    draft = history.draft_reading(finding.text) if finding.text is not None else None
    hunks = history.draft_hunks(finding.comparison) if finding.comparison is not None else []
    if finding.before is not None and finding.comparison is not None and last_seen is None:
        last_seen = history.last_seen_at(document, finding.before)
    with writing():
        held = due.hold(document, holder) if is_imported else settle(document, seen, finding, ended, holder)
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
        if draft is not None:
            version = record_version(document, finding, row, captures)
            reading = history.add_reading(version, draft, ended)
            if finding.before is not None and finding.comparison is not None:
                change = history.record_change(
                    finding.before,
                    version,
                    reading,
                    finding.comparison,
                    hunks,
                    old_last_seen_at=last_seen or finding.before.version.at,
                )
        elif finding.found is not None:
            if finding.before is not None and finding.confirming:
                confirmed = history.confirm(finding.found.version, row)
            if is_imported:
                history.record_sighting(finding.found.version, row)
        became = None
        failures = failures_after(document, finding)
        if not is_imported and (failures or document.due.failures):
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
        change=change,
        confirmed=confirmed,
        check_key=row.pk,
        capture_keys=tuple(capture.pk for capture in captures),
        found=finding.found.version if finding.found else None,
        text=draft.digest if draft else "",
    )


def settle(
    document: Document, seen: list[Observation], finding: Finding, ended: datetime, holder: str
) -> bool:
    """Give the lease back with the next moment at which the document is due; whether it was still held."""
    failures = failures_after(document, finding)
    retry = max((part.retry_after for part in seen if part.retry_after is not None), default=None)
    due_at, why = due.next_moment(
        document, ended, outcome=finding.outcome.value, failures=failures - 1, retry_after=retry
    )
    return due.settle(document, holder, due_at=due_at, why=why, failures=failures)


def failures_after(document: Document, finding: Finding) -> int:
    """How many checks in a row, this one included, did not read the document."""
    was_read = finding.outcome in {CheckOutcome.CHANGED, CheckOutcome.UNCHANGED}
    return 0 if was_read else document.due.failures + 1


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
