"""Leads: what a page tells, beside its text, of the site it belongs to and of the documents it leads to.

Leads are hints for someone who declares a document. Nothing of them is ever a document's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.charset import decode, media_type
from conductatlas.reading.text.content import content
from conductatlas.reading.text.kinds import guess_kind
from conductatlas.reading.text.language import primary
from conductatlas.reading.text.lines import clean
from conductatlas.reading.text.marks import MarkKind, Reading
from conductatlas.reading.text.nesting import tame
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import HTML
from conductatlas.reading.text.signs import names_a_document

LINKS = 3000  # links of a page that are looked at
ADDRESS = 2000  # characters of an address, as many as a declaration may hold
WORDS = 200  # characters of a link's text, or of a site's name

_SITE_NAME = (
    'meta[property="og:site_name"]',
    'meta[name="og:site_name"]',
    'meta[name="application-name"]',
    'meta[name="apple-mobile-web-app-title"]',
)
_SEPARATOR = re.compile(r"\s+(?:[|·•»›:–—-]|::)\s+")


@dataclass(frozen=True, slots=True)
class Link:
    """A link that names a legal document. language: primary tag of its `hreflang`, "" if it has none."""

    url: str
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Leads:
    """site_name: as the page states it, "" if it does not. language: of `<html lang>`, verbatim.

    copies: address and primary tag of the page in other languages. canonical: the address that the page says it is
    at. links: to documents, each address once, in the page's order.
    """

    site_name: str = ""
    language: str = ""
    copies: tuple[tuple[str, str], ...] = ()
    canonical: str = ""
    links: tuple[Link, ...] = ()


def leads(page: Page, reading: Reading | None = None) -> Leads:
    """What `page` leads to. Of a page that is no HTML, the links of its reading are all there is.

    Every kind of page comes in here, hostile ones too: what cannot be understood gives no lead. Raises nothing.
    """
    tree = _tree(page)
    if tree is None:
        return Leads(links=_named(_marked(reading)) if reading else ())
    base = _base(tree, page.url)
    root = tree.css_first("html")
    return Leads(
        site_name=_site_name(tree),
        language=(root.attributes.get("lang") or "").strip()[:20] if root else "",
        copies=tuple(_copies(tree, base)),
        canonical=_canonical(tree, base),
        links=_named(_anchors(tree, base)),
    )


def _tree(page: Page) -> LexborHTMLParser | None:
    declared = media_type(page.content_type)
    if page.body.startswith(b"%PDF-") or (declared and declared not in HTML):
        return None
    try:
        return LexborHTMLParser(tame(decode(page.body, page.content_type).text).encode("utf-8", "replace"))
    except UnreadableError:
        return None


def _base(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    return _absolute(url, node.attributes.get("href") or "") or url if node else url


def _absolute(base: str, href: str) -> str:
    """The whole address without its fragment, "" if it is none that a page can be fetched from."""
    try:
        address = urldefrag(urljoin(base, href.strip())).url
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
    except ValueError:
        return ""
    return address if sound and len(address) <= ADDRESS and not re.search(r"\s", address) else ""


def _site_name(tree: LexborHTMLParser) -> str:
    """What the page's metadata calls the site, else what stands behind the last separator of its title."""
    for selector in _SITE_NAME:
        node = tree.css_first(selector)
        if node is not None and (name := _line(node.attributes.get("content") or "")):
            return name
    title = tree.css_first("head title")
    first, *rest = _SEPARATOR.split(_line(content(title))) if title is not None else [""]
    names = [part for part in ([*rest[-1:], first] if rest else []) if not names_a_document(part)]
    return names[0] if names else ""


def _canonical(tree: LexborHTMLParser, base: str) -> str:
    node = tree.css_first("link[rel~=canonical][href]")
    return _absolute(base, node.attributes.get("href") or "") if node is not None else ""


def _copies(tree: LexborHTMLParser, base: str) -> Iterable[tuple[str, str]]:
    for node in tree.css("link[rel~=alternate][hreflang][href]")[:LINKS]:
        language = primary(node.attributes.get("hreflang") or "")
        address = _absolute(base, node.attributes.get("href") or "")
        if language and address:
            yield address, language


def _anchors(tree: LexborHTMLParser, base: str) -> Iterable[Link]:
    for node in tree.css("a[href]")[:LINKS]:
        href = (node.attributes.get("href") or "").strip()
        if href.startswith("#"):
            continue
        text = _line(content(node)) or _spoken(node)
        yield Link(_absolute(base, href), text, primary(node.attributes.get("hreflang") or ""))


def _spoken(node: LexborNode) -> str:
    return _line(node.attributes.get("aria-label") or node.attributes.get("title") or "")


def _marked(reading: Reading) -> Iterable[Link]:
    for mark in reading.marks:
        if mark.kind is MarkKind.LINK:
            yield Link(_absolute("", mark.value), _line(reading.text[mark.start : mark.end]))


def _named(links: Iterable[Link]) -> tuple[Link, ...]:
    """Those that name a document, by their words or, where these are as short as a name, by their address."""
    found: dict[str, Link] = {}
    for link in links:
        is_named = names_a_document(link.text) or (
            len(link.text.split()) <= 8 and guess_kind("", urlsplit(link.url)._replace(netloc="").geturl())
        )
        if link.url and is_named:
            found.setdefault(link.url, link)
    return tuple(found.values())


def _line(text: str) -> str:
    return " ".join(clean(text[: 4 * WORDS]).split())[:WORDS]
