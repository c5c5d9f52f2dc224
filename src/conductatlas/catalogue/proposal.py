"""A declaration proposed from pages that were looked at. A person may mend it; what is not known is left out."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from conductatlas.catalogue import values
from conductatlas.catalogue.declaration_file import DAILY, DeclaredDocument, DeclaredSource
from conductatlas.catalogue.faults import WrongValueError
from conductatlas.catalogue.regions import stated_region
from conductatlas.catalogue.sites import site_of
from conductatlas.reading.text.block import Block, main_block
from conductatlas.reading.text.kinds import guess_kind, kind_title
from conductatlas.reading.text.language import primary
from conductatlas.reading.text.leads import Leads
from conductatlas.reading.text.lines import clean
from conductatlas.reading.text.marks import MarkKind, Reading
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.signs import names_a_document, page_title

LONGEST_SLUG, LONGEST_TITLE, LONGEST_NAME = 80, 300, 200
HEADINGS = 4  # of the document may hold its name where its title does not
NAME_WORDS = 3  # of which a platform's name is made at most; what is longer is a slogan

_SEPARATOR = re.compile(r"\s+(?:[|·•»›:–—-]|::)\s+")
_SENTENCE = re.compile(r"[.!?](?:\s|$)")
_DESK = re.compile(
    r"(?:[\s,:|–—-]+|^)(?:docs|help cent(?:er|re)|support|legal|terms|polic(?:y|ies)|privacy|trust cent(?:er|re))$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A page that the gate takes for a document. hint: the words of the link that led to it, "" if none did."""

    page: Page
    reading: Reading
    leads: Leads
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A document, and what the proposal of its main block rests on."""

    document: DeclaredDocument
    block: Block


def propose(found: Found, taken: Collection[str], *, kind: str = "") -> Proposal | None:
    """The document to declare for a page; None if neither its title nor its address nor the link says its kind.

    taken: slugs of the platform's other documents. kind: where a person has said it.
    """
    title = title_of(found)
    kind = kind or guess_kind(title, found.page.url) or guess_kind(found.hint)
    if not kind:
        return None
    title = title or kind_title(kind)
    block = main_block(found.page, found.reading)
    region = stated_region(title, found.page.url)
    document = DeclaredDocument(
        slug=free_slug((kind, f"{kind} {region}" if region else "", title), taken),
        kind=kind,
        title=title,
        language=found.reading.language or primary(found.leads.language),
        region=region,
        audience="",
        cadence=DAILY,
        verified=None,
        sources=(DeclaredSource(found.page.url, (block.select,) if block.select else ()),),
    )
    return Proposal(document, block)


def title_of(found: Found) -> str:
    """The document's name: its reading's title, unless that names no document and what the page calls itself does.

    Where it is but the site's name, the first heading or line that names a document; "" where none does.
    """
    reading = found.reading
    title = _title(reading.title)
    if names_a_document(title):
        return title
    for part in map(_title, _SEPARATOR.split(page_title(found.page))):
        if names_a_document(part):
            return part
    site_names = {slug_of(found.leads.site_name), slug_of(site_of(found.page.url).partition(".")[0])} - {""}
    if not title or slug_of(title) in site_names:
        headings = [reading.text[m.start : m.end] for m in reading.marks if m.kind is MarkKind.HEADING]
        first = reading.text.split("\n", HEADINGS)[:HEADINGS]
        named = filter(names_a_document, map(_title, (*headings[:HEADINGS], *first)))
        return next(named, "")
    return title


def platform_name(site_names: Iterable[str], url: str) -> str:
    """What the pages call their site ("Brambleway" for "Help centre – Brambleway"), else the site's own name with a
    capital. The shortest of several: the others tend to add what a page is about."""
    parts = [part for name in site_names for part in _SEPARATOR.split(_line(name, LONGEST_NAME))]
    names = [name for name in (_DESK.sub("", part).strip() for part in parts) if name]
    names = [name for name in names if not names_a_document(name)]
    site = site_of(url)
    spelt = re.sub(r"[^a-z0-9]+", "", site)
    own = [name for name in names if slug_of(name) and slug_of(name).replace("-", "") in spelt]
    short = [name for name in names if len(name.split()) <= NAME_WORDS and not _SENTENCE.search(name)]
    label = site if ":" in site or site.replace(".", "").isdigit() else site.partition(".")[0]
    return min(own or short, key=len, default="") or label.capitalize() or "Unnamed"


def slug_of(name: str) -> str:
    """A name as a slug: accents dropped, what is no letter or digit a hyphen; "" if nothing is left of it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_SLUG].strip("-")


def platform_slug(name: str, url: str) -> str:
    """The platform's slug: from its name, else from its site; never empty."""
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
    return slug_of(name) or slug_of(site_of(url).partition(".")[0]) or f"platform-{digest}"


def free_slug(names: Iterable[str], taken: Collection[str]) -> str:
    """The first of these names, as a slug, that is not taken; else the last with a number behind it."""
    slugs = [slug for slug in map(slug_of, names) if slug] or ["document"]
    free = [slug for slug in slugs if slug not in taken]
    if free:
        return free[0]
    numbered = (f"{slugs[-1][: LONGEST_SLUG - 6].strip('-')}-{n}" for n in range(2, len(taken) + 3))
    return next(slug for slug in numbered if slug not in taken)


def _title(text: str) -> str:
    return re.sub(r"^[^\w(\[„“«「『]+", "", _line(text, LONGEST_TITLE))


def _line(text: str, longest: int) -> str:
    """One line that a declaration may hold; "" if what is left is none."""
    line = " ".join(clean(text[: 4 * longest]).split())[:longest].strip()
    try:
        return values.text(longest, may_be_empty=True)(line)
    except WrongValueError:
        return ""
