"""The words of a change in a list. `{% load excerpts %}`.

{% excerpts change %}    <p class="said"><q lang="de" dir="auto">… <del>30</del> <ins>14</ins> Tage …</q></p>, each;
                         the sentence of its counts where there are no words to show
"""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from conductatlas.history.excerpts import Excerpt, Piece
from conductatlas.web.templatetags.atlas import direction

register = template.Library()


@register.simple_tag
def excerpts(change: Any) -> SafeString:
    """The excerpts of a ChangeRecord, a paragraph each."""
    if not change.excerpts:
        return format_html('<p class="said">{}</p>', change.summary)
    return format_html_join("", '<p class="said">{}</p>', ((quotation(one),) for one in change.excerpts))


def quotation(excerpt: Excerpt, between: str = " ") -> SafeString:
    """One excerpt as HTML. `between` stands between words that went and words that came in their place."""
    lang = format_html(' lang="{}"', excerpt.language) if excerpt.language else SafeString()
    words = SafeString()
    before: Piece | None = None
    for piece in excerpt.pieces:
        if before and before.role == "removed" and piece.role == "added":
            words += format_html("{}", between)
        words += _piece(piece)
        before = piece
    return format_html('<q{} dir="{}">{}</q>', lang, direction(excerpt.language), words)


def _piece(piece: Piece) -> SafeString:
    if piece.role == "removed":
        return format_html('<del><span class="vh" dir="auto">{} </span>{}</del>', _("removed:"), piece.words)
    if piece.role == "added":
        return format_html('<ins><span class="vh" dir="auto">{} </span>{}</ins>', _("added:"), piece.words)
    return format_html("{}", piece.words)
