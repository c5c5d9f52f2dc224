"""Markdown of a sample page as the HTML of its content area, plain or in a site's own manner."""

from __future__ import annotations

import re
from itertools import pairwise

from markdown_it import MarkdownIt

# Raw HTML is allowed because the texts are our own: Markdown has no form for a definition list.
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
_NOT_IN_IDS = re.compile(r"[^\w]+")
_SECTION_HEADING = re.compile(r'<h2 id="([^"]*)">(.*?)</h2>')


def to_content(markdown: str) -> str:
    """HTML with an id on each heading, as content management systems make them."""
    tokens = _MARKDOWN.parse(markdown)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _NOT_IN_IDS.sub("-", inline.content.lower()).strip("-"))
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def sections(content: str) -> list[tuple[str, str, str]]:
    """Content cut at its second-level headings: (id, heading, HTML below it). The first has only HTML."""
    first, *parts = _SECTION_HEADING.split(content)
    return [("", "", first), *zip(parts[0::3], parts[1::3], parts[2::3], strict=True)]


def fold(content: str) -> str:
    """Content as an accordion: below each second-level heading, now a button, a panel that is [hidden]."""
    (_, _, opening), *folded = sections(content)
    return opening + "".join(
        f'<div class="panel"><h2 id="{anchor}"><button type="button" aria-expanded="false" '
        f'aria-controls="panel-{anchor}">{heading}</button></h2>\n'
        f'<div id="panel-{anchor}" hidden>{below}</div></div>\n'
        for anchor, heading, below in folded
    )


def to_soup(content: str, session: str) -> str:
    """Content without paragraphs, only <div>s, and with a session id in each link of the site."""
    soup = content.replace("<p>", '<div class="p">').replace("</p>", "</div>")
    return re.sub(r'href="(/[^"]*)"', rf'href="\1?sid={session}"', soup)
