"""How a change was judged, in the words that the rule book allows. `{% load judged %}`.

{% severity change.severity %}      a shape and the word: high, medium, low, not determined
{{ change.direction|favour }}       less favourable to the user than the earlier wording
{% rule "S1" %}                     <a href="/methodology/#rule-S1">S1</a> a number, amount, …
{{ "opt_out"|route }}               opt-out
{{ count|of_each:"high" }}          a number out of a mapping
"""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from conductatlas.history.drift import NOT_DETERMINED
from conductatlas.reading.compare.direction import rules as direction_rules
from conductatlas.web.templatetags.atlas import shape, words

register = template.Library()

FAVOUR: dict[str, str | Promise] = {
    "less_favourable": later("less favourable to the user than the earlier wording"),
    "more_favourable": later("more favourable to the user than the earlier wording"),
    "both": later("less favourable to the user than the earlier wording in one place, more in another"),
    "neither": later("neither less nor more favourable to the user than the earlier wording"),
    NOT_DETERMINED: later("not determined"),
}

# The rule book, a line each: what differs where the rule says that it matters (S, U), or that it does not (N); how
# much is at stake (V); the fact whose sign gives a direction (F).
RULES: dict[str, str | Promise] = {
    "S1": later("a number, amount, period, age or threshold, in value"),
    "S2": later("a date of effect, or a date inside a clause"),
    "S3": later("whether something may, must or will be done; what is agreed or consented to"),
    "S4": later("a negation or an exception"),
    "S5": later("the scope of a duty or a right"),
    "S6": later("an actor, recipient, provider, law, court or place"),
    "S7": later("an item of a list"),
    "S8": later("a route to opt out, appeal, be refunded, be told"),
    "S9": later("a whole clause"),
    "S10": later("a definition"),
    "S11": later("the audience, plan, region or age"),
    "S12": later("a whole sentence"),
    "S13": later("where a link of a clause leads"),
    "S14": later("a notice of a coming change"),
    "S15": later("the whole document"),
    "N1": later("spaces, quotation marks, dashes, bullets"),
    "N2": later("spelling, or notation of equal value"),
    "N3": later("numbering, and references that follow it"),
    "N4": later("the place of a clause"),
    "N5": later("where a link leads, outside of such clauses"),
    "N6": later("layout, with the same cells"),
    "N7": later("the name of a product, everywhere alike"),
    "N8": later("what stands around the text"),
    "N9": later("the printed date of the last update"),
    "N10": later("emphasis"),
    "U": later("reworded; no difference of fact found: read it"),
    "V1": later(
        "high: a clause that takes a remedy or a basic control, or exposes without a bound, came or went"
    ),
    "V2": later("high: a fact moved that such a clause rests on"),
    "V3": later("medium: a clause of weight came or went"),
    "V4": later("medium: a rule of the kind S, or a fact that moved, in a clause of weight"),
    "V5": later("medium: the stated date of effect moved, or a change to come is announced"),
    "V6": later("low: anything else"),
    "F0": later("no direction: the difference is editorial"),
    **{name: fact.title for name, fact in direction_rules().items()},
}

ROUTES: dict[str, str | Promise] = {
    "opt_out": later("opt-out"),
    "opt_in": later("opt-in"),
    "appeal": later("appeal"),
    "refund": later("refund"),
    "contact": later("contact"),
    "notice": later("notice"),
    "delete": later("deletion"),
    "withdraw": later("withdrawal"),
    "export": later("export"),
}


@register.simple_tag
def severity(level: str | None) -> SafeString:
    """The severity of a change or a difference: a shape and its word."""
    name = level or NOT_DETERMINED
    return format_html('<span class="tag">{}<span>{}</span></span>', shape(name), words(name))


@register.filter
def favour(direction: str | None) -> str:
    """For whom the new wording is better, in words that name the reader and the comparison."""
    name = direction or NOT_DETERMINED
    return str(FAVOUR.get(name, name))


@register.simple_tag
def rule(name: str) -> SafeString:
    """A rule of the rule book: its id, which leads to it, and what it looks at."""
    return format_html(
        '<a href="{}#rule-{}">{}</a> {}',
        reverse("methodology"),
        name,
        name,
        RULES.get(name, _("not described")),
    )


@register.simple_tag
def rule_book() -> list[tuple[str, str]]:
    """(id, what it looks at) of every rule."""
    return [(name, str(about)) for name, about in RULES.items()]


@register.filter
def route(name: str) -> str:
    """What a text offers, in a word; a route that has none reads as it is named."""
    return str(ROUTES.get(name, name.replace("_", " ")))


@register.filter
def of_each(numbers: Mapping[str, int], name: str) -> int:
    """The number that belongs to a name, 0 where it has none."""
    return numbers.get(name, 0)
