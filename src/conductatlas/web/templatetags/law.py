"""How law of the register is written on pages. `{% load law %}`.

{{ "eu"|region_in_words }}          European Union and its members
{{ "US-CA"|jurisdiction }}          California, US
{{ entry|stands:today }}            In effect since 25 May 2018
{{ instrument|checked:today }}      not compared with an official source; "" if it was, lately
{{ article|stands_otherwise:instrument }}  whether an article stands otherwise than its instrument
{{ article|anchor }}                art-6-2-
{{ rule|relation }}                 may govern the term
"""

from __future__ import annotations

import re
from datetime import date

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as later

from conductatlas.reading.clauses.places import place_name
from conductatlas.reading.law.entry import Article, Instrument
from conductatlas.reading.law.register import checked_words, status_words
from conductatlas.reading.law.rules import MappingRule
from conductatlas.reading.law.words import RELATIONS

register = template.Library()

REGIONS: dict[str, str | Promise] = {
    "eu": later("European Union and its members"),
    "gb": later("United Kingdom"),
    "us": later("United States"),
    "states": later("States of the United States"),
    "elsewhere": later("Elsewhere"),
}
MEMBERS = frozenset({"DE", "FR"})


def region(instrument: Instrument) -> str:
    """Of REGIONS, where an instrument is from."""
    code = instrument.jurisdiction
    if code == "EU" or code in MEMBERS:
        return "eu"
    if code.startswith("US-"):
        return "states"
    return {"GB": "gb", "US": "us"}.get(code, "elsewhere")


@register.filter
def region_in_words(name: str) -> str:
    return str(REGIONS[name])


@register.filter
def jurisdiction(code: str) -> str:
    return place_name(code)


@register.filter
def stands(entry: Instrument | Article, today: date) -> str:
    """How it stands, as the beginning of a sentence."""
    said = status_words(entry, today)
    return said[:1].upper() + said[1:]


@register.filter
def checked(instrument: Instrument, today: date) -> str:
    return checked_words(instrument, today)


@register.filter
def stands_otherwise(article: Article, instrument: Instrument) -> bool:
    """Whether an article stands otherwise than its instrument as a whole."""
    return (article.status, article.since, article.until) != (
        instrument.status,
        instrument.since,
        instrument.until,
    )


@register.filter
def anchor(article: Article) -> str:
    """The id of an article on the page of its instrument."""
    return "art-" + re.sub(r"[^A-Za-z0-9.-]", "-", article.id.partition("/")[2])


@register.filter
def relation(rule: MappingRule) -> str:
    return RELATIONS[rule.relation]
