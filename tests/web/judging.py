"""A change with everything that can be judged of one, written as rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from conductatlas.archive.models import CheckOutcome
from conductatlas.catalogue.models import Document
from conductatlas.history import services
from conductatlas.history.models import Change, ChangeEvent, Summary
from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import read

PRINTED = "Last updated: October 1, 2026"
OLD = (
    "You may end the keeping within 30 days of the first egg.",
    "Letters are read aloud in the evening.",
    "We keep the organisation of the loft as it is.",
)
NEW = (
    "If you live in California, you may end the keeping within 14 days of the first egg.",
    "You may object by writing to loft@sparrow.example.",
    "We keep the organization of the loft as it is.",
)
RANKS = {"14 days": 1, "You may object": 2, "Letters": 3}


def judged(
    shelf: Any,
    document: Document,
    at: Any,
    *states: str,
    old: tuple[str, ...] = OLD,
    new: tuple[str, ...] = NEW,
    policy: Any = None,
    summary: bool = True,
    hunks: dict[str, Any] | None = None,
    **fields: Any,
) -> Change:
    """The change from `old` to `new` of a document without versions, seen at `at`, and what became of it."""
    shelf.version(document, at - timedelta(days=2), policy(*old, dates=PRINTED))
    before = services.standing(document, at)
    body = policy(*new, dates=PRINTED)
    check, capture = shelf.check(document, at, CheckOutcome.CHANGED, body=body)
    version = services.record_version(document, check, [capture])
    text = read(Page(body, "text/html", url=capture.requested_url))
    reading = services.add_reading(version, services.draft_reading(text), at)
    assert before is not None
    comparison = compare(before.reading.value(), text)
    rows = services.draft_hunks(comparison)
    change = services.draft_change(
        before, version, reading, comparison, None, old_last_seen_at=at - timedelta(days=1), seen_at=at
    )
    change.drafted_summary = None
    unjudged = {"severity": None, "direction": None, "date_mismatch": None}
    for name, value in (unjudged | fields).items():
        setattr(change, name, value)
    for row in rows:
        row.severity = row.direction = row.audience = None
        row.rules = [rule for rule in row.rules if rule[0] in "SNU"]
        words = text.text[row.new_start : row.new_end] if row.new_start is not None else ""
        went = before.reading.text[row.old_start : row.old_end] if row.old_start is not None else ""
        row.rank = next((rank for mark, rank in RANKS.items() if mark in words + went), None)
        if row.rank == 1:
            row.severity, row.direction = "medium", "less_favourable"
            place = row.new_start + words.index("California")
            row.audience = [[place, place + len("California")]]
        for name, value in (hunks or {}).items():
            setattr(row, name, value)
    services.save_change(change, rows, check, "seen for the first time")
    if summary:
        Summary.objects.create(change=change, made_by=1, at=at, **places(rows, text.text))
    for state in states:
        ChangeEvent.objects.create(
            change=change, state=state, at=at + timedelta(hours=2), who="ConductAtlas/test", check_row=check
        )
    return change


def places(rows: list[Any], new: str) -> dict[str, Any]:
    """A summary of one sentence about what is ranked first, and an action."""
    first = next(row for row in rows if row.rank == 1)
    start = new.index("You may object")
    return {
        "sentences": [
            {
                "verb": "altered",
                "hunk": first.ordinal,
                "old": [first.old_start, first.old_end],
                "new": [first.new_start, first.new_end],
            }
        ],
        "actions": [
            {"route": "opt_out", "hunk": first.ordinal, "new": [start, start + len("You may object")]}
        ],
    }
