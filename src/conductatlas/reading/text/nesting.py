"""Keeping the tree that a page unfolds into in proportion to the page.

A parser that follows the HTML standard takes quadratic time on elements nested 100,000 deep, on tags with as many
attributes, and on unclosed formatting elements that each new paragraph must open again. No document needs any of
it, so beyond generous limits tags are dropped (their text stays) and attributes are cut, as browsers do.
"""

from __future__ import annotations

import re

from conductatlas.errors import UnreadableError

MAX_TAGS = 600_000
MAX_DEPTH = 400
MAX_OPEN_FORMATTING = 40
MAX_ATTRIBUTES = 300
FEW_TAGS = 1_500  # so few cannot do harm

# fmt: off
FORMATTING = frozenset((
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
))
VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
))
# Those that the parser closes by itself.
IMPLIED = frozenset((
    "html", "head", "body", "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot",
    "caption", "colgroup", "rp", "rt",
))
# fmt: on

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)[^>]*>?")
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{6000,}>?")
_ATTRIBUTE = re.compile(r"[\s\"'/][^\s\"'=<>/]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]*))?")
_SELF_CLOSED = re.compile(r"<([a-zA-Z][\w:-]*)((?:\s[^<>]*?)?)/>")


def tame(markup: str) -> str:
    """`markup`, without what would make its tree grow out of proportion.

    Raises UnreadableError if it has more tags than any document.
    """
    tags = markup.count("<")
    if tags > MAX_TAGS:
        raise UnreadableError(
            f"the page has about {tags:,} tags, more than a document has ({MAX_TAGS:,})",
            remedy="Declare another source for this document.",
        )
    markup = _LONG_TAG.sub(_fewer_attributes, markup)
    if tags < FEW_TAGS:
        return markup
    excess = _excess(markup)
    if not excess:
        return markup
    pieces, position = [], 0
    for start, end in excess:
        pieces.append(markup[position:start])
        position = end
    return "".join((*pieces, markup[position:]))


def unfold_empty(markup: str) -> str:
    """XHTML's `<a id="x"/>` as HTML's `<a id="x"></a>`, which an HTML parser does not take for an open tag."""

    def unfolded(match: re.Match[str]) -> str:
        name = match[1]
        return match[0] if name.lower() in VOID else f"<{name}{match[2]}></{name}>"

    return _SELF_CLOSED.sub(unfolded, markup)


def _fewer_attributes(match: re.Match[str]) -> str:
    tag = match[0]
    for count, attribute in enumerate(_ATTRIBUTE.finditer(tag)):
        if count == MAX_ATTRIBUTES:
            return tag[: attribute.start()] + ">"
    return tag


def _excess(markup: str) -> list[tuple[int, int]]:
    """Where the tags stand that open an element too deep, by a rough count that needs no tree."""
    excess: list[tuple[int, int]] = []
    depth = formatting = 0
    for match in _TAG.finditer(markup):
        closing, name = match[1], match[2].lower()
        if name in VOID or name in IMPLIED:
            continue
        step = -1 if closing else 1
        if name in FORMATTING:
            formatting = max(0, formatting + step)
            if formatting > MAX_OPEN_FORMATTING and not closing:
                excess.append(match.span())
            continue
        depth = max(0, depth + step)
        if depth > MAX_DEPTH and not closing:
            excess.append(match.span())
    return excess
