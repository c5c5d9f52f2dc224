"""Changes per month, drawn: a bar a month, full where substantive, open where not. `{% load months %}`.

    {% months_chart drift.months %}    an SVG, labelled directly; its table stands beside it

Positions across are percentages, so that the same drawing serves every sheet; heights are pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django import template
from django.utils.dateformat import format as write_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from conductatlas.history.drift import Month
from conductatlas.history.models import ChangeKind

register = template.Library()

TALLEST, TOP = 96, 20  # pixels: the highest bar, and the room above it for its number
BASE = TOP + TALLEST
WIDEST = 8.0  # percent of the width that a month takes at most
FEW = 18  # months of which each says its number; of more, only the highest does
ROOM = 14.0  # percent: what a label below the line needs, so that it does not run into the next

DRAWING = (
    '<svg role="img" aria-label="{label}" height="{height}">{bars}'
    '<line class="axis" x1="0" x2="100%" y1="{base}" y2="{base}"/>{ticks}</svg>'
)
BAR = '<rect class="{}" x="{}%" width="{}%" y="{}" height="{}"/>'
NUMBER = '<text x="{}%" y="{}" text-anchor="middle">{}</text>'
TICK = (
    '<line class="tick" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>'
    '<text x="{0}%" y="{3}" text-anchor="{4}">{5}</text>'
)


@register.simple_tag
def months_chart(months: Sequence[Month]) -> SafeString:
    """The bars of some months, oldest first; "" where none of them has a change."""
    most = max((month.total for month in months), default=0)
    if not most:
        return SafeString()
    step = min(WIDEST, 100 / len(months))
    return format_html(
        DRAWING,
        label=_summary(months, most),
        height=BASE + 22,
        bars=format_html_join("", "{}", ((bar,) for bar in _bars(months, step, most))),
        base=BASE,
        ticks=format_html_join("", TICK, _ticks(months, step)),
    )


def _bars(months: Sequence[Month], step: float, most: int) -> Iterator[SafeString]:
    is_told = False
    for place, month in enumerate(months):
        if not month.total:
            continue
        left, width = place * step + step * 0.15, step * 0.7
        substantive = month.kinds.get(ChangeKind.SUBSTANTIVE.value, 0)
        top = BASE - max(2.0, TALLEST * month.total / most)
        split = BASE - (BASE - top) * substantive / month.total
        for name, upper, lower in (("full", split, BASE), ("open", top, split)):
            if lower > upper:
                height = f"{lower - upper:.1f}"
                yield format_html(BAR, name, f"{left:.2f}", f"{width:.2f}", f"{upper:.1f}", height)
        if len(months) <= FEW or (month.total == most and not is_told):
            is_told = True
            yield format_html(NUMBER, f"{left + width / 2:.2f}", f"{top - 5:.1f}", month.total)


def _ticks(months: Sequence[Month], step: float) -> Iterator[tuple[object, ...]]:
    """Below the line: the first month, the last, and each January between them that has room for its year."""
    last = len(months) - 1
    end = (last + 1) * step
    taken = 0.0  # up to where labels stand
    for place, month in enumerate(months):
        at = place * step + step / 2
        if place == 0:
            yield "0", BASE, BASE + 5, BASE + 18, "start", write_date(month.start, "M Y")
            taken = ROOM
        elif place == last and end - taken >= ROOM:
            yield f"{end:.2f}", BASE, BASE + 5, BASE + 18, "end", write_date(month.start, "M Y")
        elif month.start.month == 1 and at - ROOM / 2 >= taken and end - at >= ROOM * 1.5:
            yield f"{at:.2f}", BASE, BASE + 5, BASE + 18, "middle", str(month.start.year)
            taken = at + ROOM / 2


def _summary(months: Sequence[Month], most: int) -> str:
    first, last = (write_date(month.start, "F Y") for month in (months[0], months[-1]))
    peak = next(month for month in months if month.total == most)
    said = ngettext(
        "Changes per month, %(first)s to %(last)s; the most in %(peak)s: %(n)d change.",
        "Changes per month, %(first)s to %(last)s; the most in %(peak)s: %(n)d changes.",
        most,
    )
    return said % {"first": first, "last": last, "peak": write_date(peak.start, "F Y"), "n": most}
