"""One document's whole check, on one screen: fetch, judge, keep, read, compare, record.

Everything slow happens with no transaction open. What was found is then written in one short transaction
that also gives the lease back: killed at any instant, a check has left either nothing or all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from conductatlas.archive import packs, renderings
from conductatlas.archive import services as archive
from conductatlas.archive.browser import Browser
from conductatlas.archive.fetch import Fetcher
from conductatlas.archive.hosts import Hosts
from conductatlas.archive.models import Capture, CaptureOutcome, Check, CheckOutcome
from conductatlas.archive.services import Observation
from conductatlas.catalogue.models import Document
from conductatlas.clock import Clock
from conductatlas.errors import LeaseLostError, RecordError, StalePreparationError, UnreadableError
from conductatlas.history import services as history
from conductatlas.history.models import Change, Version
from conductatlas.history.services import Standing
from conductatlas.reading.compare.comparison import Comparison, compare
from conductatlas.reading.text.gate import Expectation, Reason, judge
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.reader import examine, join
from conductatlas.work import due
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
    browser: Browser | None = None  # None: switched off


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


@dataclass(frozen=True, slots=True)
class Finding:
    """What the observations of one check amount to, before anything is written."""

    outcome: CheckOutcome
    reason: str = ""
    text: Reading | None = None  # of a new version
    before: Standing | None = None
    comparison: Comparison | None = None
    other_language: str = ""


def check(document: Document, tools: Tools, *, started_by: str, holder: str) -> Result:
    """Check one document whose lease `holder` has. LeaseLostError, StoreUnavailableError: nothing was written.

    While a change awaits confirmation the sources are asked for without conditions.
    """
    began = tools.clock.now()
    before = history.standing(document, began)
    earlier = archive.last_good(document)
    confirming = before is not None and history.open_candidate(before.version) is not None
    seen = fetch(document, earlier, tools, conditional=not confirming)
    seen = render_declared(document, seen, earlier, tools)
    seen, texts = judge_all(document, seen, before, tools)
    finding = compare_with_standing(document, seen, texts, before)
    for attempt in range(PACK_ATTEMPTS):
        try:
            kept = [keep(part) for part in seen]
            return record(document, kept, finding, tools, began=began, started_by=started_by, holder=holder)
        except StalePreparationError:  # the same bytes came in from another document meanwhile
            if attempt == PACK_ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def fetch(
    document: Document, earlier: Mapping[int, Capture], tools: Tools, *, conditional: bool
) -> list[Observation]:
    """One observation a source, in the document's order."""
    return [
        archive.observe(
            source,
            fetcher=tools.fetcher,
            hosts=tools.hosts,
            clock=tools.clock,
            before=earlier.get(source.pk),
            # A page to be rendered is asked for whole: its scripts may bring another text to the same bytes.
            conditional=conditional
            and source.fetcher != "browser"
            and not renderings.was_rendered(earlier.get(source.pk)),
            vantage={**tools.vantage, "language": document.language or tools.vantage.get("language", "")},
            failures=document.due.failures,
        )
        for source in document.sources.filter(retired_at__isnull=True).order_by("position", "pk")
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
    document: Document, seen: list[Observation], before: Standing | None, tools: Tools
) -> tuple[list[Observation], list[Reading]]:
    """Judge and read what is new. Texts come back only if every source was seen and something is new: bytes, or
    the sources that the document is made of."""
    seen, texts = list(seen), []
    anything_new = any(part.outcome == CaptureOutcome.KEPT for part in seen) or is_redeclared(seen, before)
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
        if renderings.may_help(part):
            part = renderings.render(part, tools.browser, None, document.due.failures)
            if part.good:
                part, text = judge_one(part, expectation)
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
        return part.refused(Reason.WRONG_TYPE.value, fault.message), None
    verdict = judge(page, examined.reading, expectation)
    part = replace(part, encoding=examined.encoding.encoding, encoding_source=examined.encoding.source)
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


def is_redeclared(seen: list[Observation], before: Standing | None) -> bool:
    """Whether the text before was read from other sources than those that are declared now."""
    return before is not None and tuple(part.source.pk for part in seen) != before.source_keys


def compare_with_standing(
    document: Document, seen: list[Observation], texts: list[Reading], before: Standing | None
) -> Finding:
    """Whether the document is unchanged, changed, held or not seen at all; and if changed, how."""
    bad = [part for part in seen if not part.good]
    if not seen:
        return Finding(CheckOutcome.HELD, "no_source")
    if bad:
        all_failed = all(part.outcome == CaptureOutcome.FAILED for part in seen)
        return Finding(CheckOutcome.FAILED if all_failed else CheckOutcome.HELD, bad[0].reason)
    if not texts:
        return Finding(CheckOutcome.UNCHANGED, before=before)
    text = join(texts, [part.source.url for part in seen])
    if others := [t for t, part in zip(texts, seen, strict=True) if part.reason == Reason.OTHER_LANGUAGE]:
        language = others[0].language or "und"
        known = history.standing(document, seen[-1].finished_at, language)
        is_known = known is not None and known.reading.digest == text.digest
        return Finding(
            CheckOutcome.HELD,
            Reason.OTHER_LANGUAGE.value,
            text=None if is_known else text,
            other_language=language,
        )
    if before is None:
        return Finding(CheckOutcome.CHANGED, "first_version", text=text)
    if text.digest == before.reading.digest:
        return Finding(CheckOutcome.UNCHANGED, before=before)
    if is_redeclared(seen, before):
        # Read from other places than the text before: what differs is ours, so it is a version and no change.
        return Finding(CheckOutcome.CHANGED, "declaration_changed", text=text)
    comparison = compare(before.reading.value(), text)
    return Finding(CheckOutcome.CHANGED, text=text, before=before, comparison=comparison)


def keep(part: Observation) -> Observation:
    """Compress what is to be kept, before the transaction begins."""
    if part.outcome != CaptureOutcome.KEPT or part.answer is None:
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
) -> Result:
    """Write it all down in one transaction, and give the lease back in the same."""
    ended = max([began, *(part.finished_at for part in seen)])
    failures = (
        0 if finding.outcome in {CheckOutcome.CHANGED, CheckOutcome.UNCHANGED} else document.due.failures + 1
    )
    retry = max((part.retry_after for part in seen if part.retry_after is not None), default=None)
    due_at, why = due.next_moment(
        document, ended, outcome=finding.outcome.value, failures=failures - 1, retry_after=retry
    )
    version: Version | None = None
    change: Change | None = None
    confirmed: Change | None = None
    draft = history.draft_reading(finding.text) if finding.text is not None else None
    hunks = history.draft_hunks(finding.comparison) if finding.comparison is not None else []
    last_seen = archive.last_read_at(document) if finding.comparison is not None else None
    with writing():
        if not due.settle(document, holder, due_at=due_at, why=why, failures=failures):
            raise LeaseLostError(f"{document.path} is held by another worker")
        row = archive.record_check(
            document,
            outcome=finding.outcome,
            reason=finding.reason,
            started_at=began,
            finished_at=ended,
            started_by=started_by,
            clock_given=tools.clock.given,
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
        elif finding.outcome == CheckOutcome.UNCHANGED and finding.before is not None:
            confirmed = history.confirm(finding.before.version, row)
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
    )


def seal_full_packs(seen: list[Observation]) -> None:
    """Seal what is full. The check is recorded by now, so a store that does not answer costs it nothing."""
    for part in seen:
        if part.prepared is not None:
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
