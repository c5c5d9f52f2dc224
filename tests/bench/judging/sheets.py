"""A difference as a reader judges it: its hunks with their words on both sides, and a little of what stands around.

A sheet says nothing of what the archive made of the difference, but for the rules that each hunk met.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.judging.population import Difference
from tests.bench.memos import ranked

from conductatlas.reading.compare.comparison import Comparison, compare
from conductatlas.reading.compare.dates import StatedDates
from conductatlas.reading.compare.hunks import Hunk
from conductatlas.reading.compare.normal import Span

MOST_HUNKS = 60
CONTEXT = (
    160  # characters of equal words that are shown on each side of a difference, and of the lines around
)
LONGEST = 6_000  # characters that are shown of a hunk

QUESTION = """\
Is this a real change of meaning: would a person who answers for complying with this document want to be told?
real   someone's duty, right, risk, date, price, recipient, route or scope is another one, or is stated anew or no more
noise  the same said otherwise or laid out anew, parts of the page that are no document, another language, a slip of
       the extraction; or a text that was found once while the one before it came back, unless it announces a change
"""


def sheet(difference: Difference) -> str:
    comparison = compare(difference.old.load(), difference.new.load())
    dates = comparison.dates
    head = [
        f"platform and document   {difference.title} ({difference.id.rpartition('/')[0]})",
        f"old text                last seen {difference.old.at:%Y-%m-%d %H:%M}{_stated(dates.old)}",
        f"new text                first seen {difference.new.at:%Y-%m-%d %H:%M}{_stated(dates.new)}",
        f"checks, in order        {', '.join(f'{name} × {times}' for name, times in difference.course)}",
        f"words                   {comparison.old.words:,} to {comparison.new.words:,}, "
        f"{comparison.old.language or '?'} to {comparison.new.language or '?'}",
        f"differences             {len(comparison.hunks)}; links {comparison.links_changed}, "
        f"marks {comparison.marks_changed}",
    ]
    return "\n".join([*head, "", QUESTION, *_hunks(comparison)]) + "\n"


def _hunks(comparison: Comparison) -> Iterator[str]:
    hunks = ranked(comparison)
    for number, hunk in enumerate(hunks[:MOST_HUNKS], 1):
        yield f"── {number} · {hunk.kind.value} · {', '.join(hunk.rules)}"
        span, text = (hunk.new, comparison.new.text) if hunk.new else (hunk.old, comparison.old.text)
        assert span is not None, "a hunk stands on one side at least"
        before, after = _around(text, span)
        yield f"   … {before}"
        yield _redline(comparison, hunk)
        if target := _targets(hunk):
            yield f"   link: {target}"
        yield f"   … {after}\n"
    if len(hunks) > MOST_HUNKS:
        yield f"── and {len(hunks) - MOST_HUNKS} more"


def _targets(hunk: Hunk) -> str:
    """Where a link led and leads, where hunks tell it."""
    old, new = getattr(hunk, "old_target", None), getattr(hunk, "new_target", None)
    return f"{old or 'none'} → {new or 'none'}" if old or new else ""


def _redline(comparison: Comparison, hunk: Hunk) -> str:
    pieces: list[str] = []
    for op in hunk.ops:
        old = comparison.old.text[op.old_start : op.old_end]
        new = comparison.new.text[op.new_start : op.new_end]
        if op.op == "equal":
            pieces.append(_short(new or old))
        else:
            pieces.append((f"[-{old}-]" if old else "") + (f"{{+{new}+}}" if new else ""))
    words = "".join(pieces)
    return words if len(words) <= LONGEST else f"{words[:LONGEST]} … ({len(words):,} characters)"


def _short(words: str) -> str:
    return words if len(words) <= 2 * CONTEXT else f"{words[:CONTEXT]} … {words[-CONTEXT:]}"


def _around(text: str, span: Span) -> tuple[str, str]:
    """The lines before and after a span, cut."""
    before = text[: max(span.start - 1, 0)].rpartition("\n")[2]
    after = text[span.end + 1 :].partition("\n")[0]
    return before[-CONTEXT:], after[:CONTEXT]


def _stated(dates: StatedDates) -> str:
    return "".join(f"; states {name} {value}" for name, value in dates.to_dict().items() if value)
