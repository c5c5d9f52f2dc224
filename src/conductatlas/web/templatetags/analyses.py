"""How the sentences of an analysis are written on pages. `{% load analyses %}`.

{% told sentences language %}   a list of sentences, each with what it rests on in a <details>
{% told … numbered=True %}      the same, by numbers
{% pieces parts language %}     stretches of a text, the quoted ones in <q>
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from conductatlas.provisions.analysis_records import GroundRecord, SentenceRecord
from conductatlas.reading.writing.grounding import Piece

register = template.Library()


@register.simple_tag
def told(sentences: Sequence[SentenceRecord], language: str = "", *, numbered: bool = False) -> SafeString:
    """Made in one go and not by a template a sentence: a page has some forty of them."""
    tag = "ol" if numbered else "ul"
    said = "".join(_sentence(one, escape(language or "und")) for one in sentences)
    return mark_safe(f'<{tag} class="told">{said}</{tag}>')  # noqa: S308  # each part is escaped below


@register.simple_tag(name="pieces")
def in_pieces(parts: Sequence[Piece], language: str = "") -> SafeString:
    """Words of ours and quoted ones, as they follow one another."""
    return mark_safe(_pieces(parts, escape(language or "und")))  # noqa: S308  # each part is escaped


def _sentence(one: SentenceRecord, language: str) -> str:
    kinds = [name for name, is_so in (("general", one.is_general), ("of-law", _is_of_law(one))) if is_so]
    kind = f' class="{" ".join(kinds)}"' if kinds else ""
    return f"\n  <li{kind}>{_pieces(one.pieces, language)}{_source(one, language)}</li>"


def _is_of_law(one: SentenceRecord) -> bool:
    """Whether a sentence has words of the register of law."""
    return any(ground.kind == "law" for ground in one.grounds)


def _pieces(pieces: Iterable[Piece], language: str) -> str:
    return "".join(
        _quote(piece.words, language) if piece.is_quote else escape(piece.words) for piece in pieces
    )


def _quote(words: str, language: str) -> str:
    return f'<q lang="{language}">{escape(words)}</q>'


def _source(one: SentenceRecord, language: str) -> str:
    if not one.grounds:
        return ""
    name = _("inferred") if one.is_inferred else _("in general") if one.is_general else _("source")
    grounds = "".join(f"<li>{_ground(ground, language)}</li>" for ground in one.grounds)
    return f' <details class="ground"><summary>{escape(name)}</summary><ul>{grounds}</ul></details>'


def _ground(ground: GroundRecord, language: str) -> str:
    quotes = "".join(f" {_quote(quote, language)}" for quote in ground.quotes)
    return f"{_named(ground)}{quotes}"


def _named(ground: GroundRecord) -> str:
    """What a ground is, in words."""
    match ground.kind:
        case "span" if ground.is_whole:
            return escape(_("The whole clause"))
        case "span":
            return escape(_("Words of the text:") if ground.quotes else _("The words quoted in it"))
        case "fact" if ground.is_whole:
            return escape(_("Looked for in the clause: %s") % ground.says)
        case "fact":
            return escape(_("Fact: %s") % ground.says)
        case "law" if ground.link:
            link = format_html('<a href="{}" rel="external nofollow">{}</a>', ground.link, ground.says)
            return f"{escape(_('Register of law:'))} {link}"
        case "law":
            return f"{escape(_('Register of law:'))} {escape(ground.says)}"
        case "rubric":
            return escape(_("Rubric of severity: %s") % ground.says)
        case "type":
            return escape(_("Said of every clause of the type: %s") % ground.says)
        case _:
            return escape(_("Figure: %s") % ground.says)
