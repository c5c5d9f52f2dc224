"""Renderings: when a capture needs a browser, what comes of it, and its row beside the capture."""

from __future__ import annotations

from dataclasses import replace

from conductatlas.archive import packs
from conductatlas.archive.browser import DOM_TYPE, Browser
from conductatlas.archive.models import Capture, CaptureOutcome, Rendering, Snapshot
from conductatlas.archive.retry import next_try
from conductatlas.archive.services import Observation, reason_of
from conductatlas.errors import BrowserMissingError, FetchError
from conductatlas.reading.text.gate import SCRIPTED

SERIES = "dom"


def was_rendered(capture: Capture | None) -> bool:
    return of(capture) is not None


def of(capture: Capture | None) -> Rendering | None:
    """The rendering of a capture, None for one that was read as it came."""
    return getattr(capture, "rendering", None) if capture is not None else None


def text_snapshot(capture: Capture) -> Snapshot | None:
    """The bytes that a capture's text is read from: the rendered page where there is one, else the answer."""
    rendering = of(capture)
    return rendering.snapshot if rendering is not None else capture.snapshot


def is_due_at_once(seen: Observation, before: Capture | None) -> bool:
    """Whether it is rendered before anyone judges it: so it is declared, or the same bytes were rendered before."""
    if not seen.good or seen.answer is None or "html" not in (seen.answer.content_type or "html"):
        return False
    return seen.source.fetcher == "browser" or (seen.outcome == CaptureOutcome.SAME and was_rendered(before))


def may_help(seen: Observation) -> bool:
    """Whether a refused page has scripts that may yet put its text in."""
    return (
        seen.outcome == CaptureOutcome.REFUSED
        and seen.reason in SCRIPTED
        and seen.rendered is None
        and seen.answer is not None
        and b"<script" in seen.answer.body.lower()
    )


def render(seen: Observation, browser: Browser | None, before: Capture | None, failures: int) -> Observation:
    """The same observation with the page as its scripts leave it. Never raises.

    It is `same` only if answer and rendered page both are. Where there is no browser, a page refused for want of its
    text stays so, and says how to get one.
    """
    assert seen.answer is not None, "only what was fetched is rendered"
    try:
        if browser is None:
            raise BrowserMissingError("browser captures are switched off")
        rendered = browser.render(seen.answer, language=seen.vantage.get("language", ""))
    except FetchError as fault:
        if isinstance(fault, BrowserMissingError) and seen.outcome == CaptureOutcome.REFUSED:
            return replace(
                seen, detail=f"{seen.detail}; a browser is needed: {fault.message}. {fault.remedy}"[:500]
            )
        return replace(
            seen,
            outcome=CaptureOutcome.FAILED,
            reason=reason_of(fault),
            detail=fault.message[:500],
            retry_after=next_try(fault, failures + 1),
            snapshot=None,
        )
    earlier = of(before)
    is_same = (
        earlier is not None
        and earlier.snapshot is not None
        and before is not None
        and before.snapshot is not None
        and earlier.snapshot.digest == packs.digest(rendered.dom)
        and before.snapshot.digest == packs.digest(seen.answer.body)
    )
    return replace(
        seen,
        outcome=CaptureOutcome.SAME if is_same else CaptureOutcome.KEPT,
        reason="",
        detail="",
        rendered=rendered,
        snapshot=before.snapshot if is_same and before is not None else None,
        dom_snapshot=earlier.snapshot if is_same and earlier is not None else None,
        finished_at=max(seen.finished_at, rendered.finished_at),
        vantage={**seen.vantage, "client": "browser", "viewport": rendered.viewport, "javascript": "on"},
    )


def record(seen: Observation, capture: Capture) -> None:
    """Write down how the page was rendered, in the caller's transaction. Nothing for one that was not."""
    rendered = seen.rendered
    if rendered is None:
        return
    snapshot = seen.dom_snapshot
    if seen.prepared_dom is not None:
        snapshot = packs.store(seen.prepared_dom, seen.source, seen.finished_at, DOM_TYPE)
    Rendering.objects.create(
        capture=capture,
        snapshot=snapshot,
        browser=rendered.browser[:120],
        viewport=rendered.viewport,
        requests=[line.to_row() for line in rendered.lines],
        left_for=rendered.left_for.replace("\0", "").encode("utf-8", "replace").decode()[:2000],
        started_at=rendered.started_at,
        finished_at=rendered.finished_at,
    )
