"""Parts of a report on pages. `{% load reports %}`.

{% parts row %}     words, links, quotations, and what is no value, of a block
"""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from conductatlas.provisions.reports.blocks import Link, Part, Silence, Words

register = template.Library()


@register.simple_tag
def parts(row: Iterable[Part]) -> SafeString:
    """The parts of a paragraph, an item or a cell, one after the other."""
    return format_html_join("", "{}", ((_part(part),) for part in row))


def _part(part: Part) -> SafeString:
    match part:
        case Link():
            return format_html('<a href="{}">{}</a>', part.path, part.text)
        case Silence():
            return format_html('<span class="unknown">{}</span>', part.text)
        case Words():
            return format_html('<q lang="{}">{}</q>', part.language or "und", part.text)
        case _:
            return conditional_escape(part)
