"""How what was found in clauses is written on pages. `{% load provisions %}`.

{% share_in_words share %}      23 of 38 platforms whose documents of this kind could be read
{{ fact|fact_name }}            Days to opt out of arbitration
{{ fact|fact_value }}           30 days
{{ finding|reason }}            Court is given up
{{ cell.said|opening }}         30 days; an address keeps its small letter
{{ fact|scope_in_words }}       for consumers; in US
{{ "way_out"|factor_in_words }} way out
{{ step.how|step_in_words }}    reworded
{{ "ai"|group_in_words }}       AI
{{ "arbitration"|type_title }}  Arbitration
{% bars values %}               a bar a value, with its number
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.utils.translation import ngettext

from conductatlas.provisions.values import fact_in_words
from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.taxonomy import taxonomy

register = template.Library()

GROUPS: dict[str, str | Promise] = {
    "disputes": later("Disputes"),
    "liability": later("Liability"),
    "contract": later("The contract"),
    "control": later("Control"),
    "content": later("Content"),
    "ai": later("AI"),
    "data": later("Personal data"),
    "commerce": later("Commerce"),
    "people": later("People and accounts"),
    "conduct": later("Conduct"),
    "redress": later("Redress"),
}
FACTORS: dict[str, str | Promise] = {
    "rights": later("Rights given up"),
    "exposure": later("Exposure"),
    "discretion": later("Discretion of the platform"),
    "way_out": later("No way out"),
    "breadth": later("Breadth"),
}
IMPACT = frozenset({"rights", "exposure", "discretion"})
STEPS: dict[str, str | Promise] = {
    "first": later("First tracked"),
    "reworded": later("Reworded"),
    "moved": later("Moved within the text, the same words"),
    "renumbered": later("Renumbered, the same words"),
    "removed": later("No longer in the text"),
    "returned": later("In the text again"),
}
MOST_BARS = 12


@register.simple_tag
def share_in_words(share: Any) -> str:
    """On how many platforms, of how many, and which these are."""
    if not share.of:
        return _("no platform could be read yet")
    said = (
        ngettext(
            "%(n)s of %(of)s platform whose documents of this kind could be read",
            "%(n)s of %(of)s platforms whose documents of this kind could be read",
            share.of,
        )
        if share.kinds
        else ngettext(
            "%(n)s of %(of)s platform of which a document could be read",
            "%(n)s of %(of)s platforms of which a document could be read",
            share.of,
        )
    )
    return said % {"n": share.number, "of": share.of}


@register.filter
def name_in_words(name: str) -> str:
    return name.replace("_", " ").capitalize()


@register.filter
def fact_name(fact: Any) -> str:
    """What a fact is called: FactRecord, Distribution or anything else with .type and .name."""
    known = attributes().get((fact.type, fact.name))
    return known.title if known else name_in_words(fact.name)


@register.filter
def fact_value(fact: Any) -> str:
    """The value of a fact in words."""
    return fact_in_words(fact.type, fact.name, fact.value)


@register.filter
def opening(said: str) -> str:
    """Words with a capital at their start, but for an address or an identifier."""
    return said if "@" in said or "://" in said else said[:1].upper() + said[1:]


@register.filter
def reason(finding: Any) -> str:
    """What weighs most in a clause's severity: the row of the rubric with the most points for its impact; "" where
    none has any."""
    impact = [factor for factor in finding.factors if factor.name in IMPACT and factor.points]
    most = max(impact, key=lambda factor: factor.points, default=None)
    return most.says if most else ""


@register.filter
def scope_in_words(fact: Any) -> str:
    """For whom, where, on which plan and for what product a fact is stated; "" for everyone."""
    parts = (
        (_("for: %s"), fact.audience),
        (_("in: %s"), fact.region),
        (_("plan: %s"), fact.plan),
        (_("product: %s"), fact.product),
    )
    return "; ".join(said % value for said, value in parts if value)


@register.filter
def factor_in_words(name: str) -> str:
    return str(FACTORS[name])


@register.filter
def step_in_words(how: str) -> str:
    return str(STEPS[how])


@register.filter
def group_in_words(name: str) -> str:
    return str(GROUPS.get(name, name))


@register.filter
def type_title(name: str) -> str:
    """What a type is called."""
    return taxonomy()[name].title


@register.simple_tag
def bars(values: Sequence[tuple[str, int]], silence: Sequence[tuple[str, int]] = ()) -> SafeString:
    """An SVG with one bar a value, the longest for the most frequent; the rest together in the last one. silence: what
    is no value, as open bars below."""
    shown, rest = list(values[:MOST_BARS]), values[MOST_BARS:]
    if rest:
        shown.append((_("other values"), sum(number for _value, number in rest)))
    full = len(shown)
    shown += silence
    most = max((number for _value, number in shown), default=1)
    bar = (
        '<text x="0" y="{}">{}</text><rect{} x="0" y="{}" width="{}%" height="8"/>'
        '<text x="{}%" dx="6" y="{}">{}</text>'
    )
    drawn = []
    for n, (value, number) in enumerate(shown):
        top, width = 40 * n, round(88 * number / most, 2)
        kind = SafeString(' class="open"') if n >= full else ""
        drawn.append((top + 14, _short(value), kind, top + 20, width, width, top + 29, number))
    rows = format_html_join("", bar, drawn)
    return format_html(
        '<svg class="spread" role="img" aria-label="{}" width="100%" height="{}">{}</svg>',
        "; ".join(f"{value}: {number}" for value, number in shown),
        40 * len(shown),
        rows,
    )


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:59] + "…"
