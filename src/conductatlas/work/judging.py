"""Whether what came is the document: each observation judged and read, rendered first where it lacks its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conductatlas.archive import renderings
from conductatlas.archive.browser import Browser
from conductatlas.archive.confined import examine
from conductatlas.archive.models import Capture, CaptureOutcome
from conductatlas.archive.services import Observation
from conductatlas.catalogue.models import Document
from conductatlas.errors import UnreadableError
from conductatlas.history.services import Standing
from conductatlas.reading.text import reservations
from conductatlas.reading.text.gate import Expectation, Reason, Verdict, judge
from conductatlas.reading.text.language import primary
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.signs import has_end

STANDS = Verdict(Reason.POLICY, "the text that stands")


def render_declared(
    document: Document, seen: list[Observation], earlier: Mapping[int, Capture], browser: Browser | None
) -> list[Observation]:
    """Render what is declared so, and what the same bytes needed before."""
    return [
        renderings.render(part, browser, before, document.due.failures)
        if renderings.is_due_at_once(part, before := earlier.get(part.source.pk))
        else part
        for part in seen
    ]


def judge_all(
    document: Document,
    seen: list[Observation],
    before: Standing | None,
    browser: Browser | None,
    *,
    redeclared: bool = False,
) -> tuple[list[Observation], list[Reading]]:
    """Judge and read what is new. Texts come back only if every source was seen and something is new: bytes, or
    the sources that the document is made of. A page that was fetched and lacks its text is rendered."""
    seen, texts = [announcing(part) for part in seen], []
    anything_new = any(part.outcome == CaptureOutcome.KEPT for part in seen) or redeclared
    standing = before if len(seen) == 1 else None
    expectation = Expectation(
        language=document.language,
        kind=document.kind,
        title=document.title,
        previous_words=standing.reading.words if standing else None,
    )
    for place, part in enumerate(seen):
        if not (part.good and anything_new):
            continue
        part, text = judge_one(part, expectation, standing)
        if part.claim is None and renderings.may_help(part):
            part = renderings.render(part, browser, None, document.due.failures)
            if part.good:
                part, text = judge_one(announcing(part), expectation, standing)
        seen[place] = part
        if text is not None:
            texts.append(text)
    return seen, texts if anything_new and all(part.good for part in seen) else []


def judge_one(
    part: Observation, expectation: Expectation, standing: Standing | None
) -> tuple[Observation, Reading | None]:
    """One good part as the gate sees it, and its reading; None where the bytes cannot be read.

    A whole page whose text is letter by letter the standing one was let in before: it is not judged again.
    """
    page = part.page()
    try:
        examined = examine(page)
    except UnreadableError as fault:
        return part.refused(fault.reason, fault.message), None
    if standing is not None and stands(page, examined.reading, standing, expectation):
        verdict = STANDS
    else:
        verdict = judge(page, examined.reading, expectation)
    part = replace(
        part,
        encoding=examined.encoding.encoding,
        encoding_source=examined.encoding.source,
        reserved=part.reserved
        if verdict is STANDS
        else (*part.reserved, *reservations.stated(examined.reading)),
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


def stands(page: Page, reading: Reading, standing: Standing, expectation: Expectation) -> bool:
    """Whether a page that is not cut has the standing text, in the language that is declared now."""
    is_expected = primary(expectation.language) in {"", primary(standing.reading.language)}
    return is_expected and reading.digest == standing.reading.digest and has_end(page)


def announcing(part: Observation) -> Observation:
    """With what the answer announces to robots, in its headers and in its page, if it is the document."""
    if not part.good or part.answer is None:
        return part
    body = part.answer.body if part.outcome == CaptureOutcome.KEPT else b""
    return replace(part, reserved=reservations.announced(part.answer.headers, body))
