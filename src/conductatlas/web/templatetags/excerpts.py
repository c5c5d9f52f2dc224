"""The words of a change in a list. `{% load excerpts %}`.

{% excerpts change %}    <p class="said"><q lang="de" dir="auto">… <del>30</del> <ins>14</ins> Tage …</q></p>, each;
                         the sentence of its counts where there are no words to show
{% quote excerpt %}      one of them, without its paragraph
"""

from __future__ import annotations

from collections.abc import Callable
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


@register.simple_tag
def quote(excerpt: Excerpt) -> SafeString:
    """One excerpt by itself."""
    return quotation(excerpt)


def quotation(excerpt: Excerpt) -> SafeString:
    """One excerpt as HTML: `ins` and `del`, with hidden words for those who hear the page."""
    return _quotation(excerpt, _marked)


def plain_quotation(excerpt: Excerpt) -> SafeString:
    """The same for feed readers, which may show neither strokes nor lines and hide nothing: what came in the place
    of something follows an arrow, what only came or only went is named in brackets."""
    roles = {piece.role for piece in excerpt.pieces}
    if {"removed", "added"} <= roles:
        return _quotation(excerpt, _bare, between=" → ")
    return _quotation(excerpt, _named)


def _quotation(excerpt: Excerpt, write: Callable[[Piece], SafeString], between: str = " ") -> SafeString:
    lang = format_html(' lang="{}"', excerpt.language) if excerpt.language else SafeString()
    words: list[SafeString | str] = []
    before = ""
    for piece in excerpt.pieces:
        if before == "removed" and piece.role == "added":
            words.append(between)
        words.append(write(piece))
        before = piece.role
    return format_html(
        '<q{} dir="{}">{}</q>',
        lang,
        direction(excerpt.language),
        format_html_join("", "{}", ((word,) for word in words)),
    )


def _marked(piece: Piece) -> SafeString:
    if piece.role == "same":
        return _bare(piece)
    tag, said = ("del", _("removed:")) if piece.role == "removed" else ("ins", _("added:"))
    return format_html('<{0}><span class="vh" dir="auto">{1} </span>{2}</{0}>', tag, said, piece.words)


def _named(piece: Piece) -> SafeString:
    if piece.role == "same":
        return _bare(piece)
    said = _("removed:") if piece.role == "removed" else _("added:")
    return format_html("[{} {}]", said, _bare(piece))


def _bare(piece: Piece) -> SafeString:
    tag = {"removed": "del", "added": "ins"}.get(piece.role)
    return format_html("<{0}>{1}</{0}>" if tag else "{1}", tag, piece.words)
