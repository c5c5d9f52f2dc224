"""Reads of the catalogue: what is watched, as plain values for pages, feeds and commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from conductatlas.catalogue.categories import CATEGORIES
from conductatlas.catalogue.models import Document, Platform, PublishText, Source, Viewer
from conductatlas.catalogue.values import FILTER_KEYS
from conductatlas.ids import public_id
from conductatlas.reading.text.filters import describe as describe_filter
from conductatlas.reading.text.filters import from_row
from conductatlas.reading.text.kinds import KINDS
from conductatlas.reading.text.page import Selector
from conductatlas.reading.text.selection import describe


@dataclass(frozen=True, slots=True)
class PlatformRecord:
    """A platform. `category` is its slug ("ai"); it and `website` are "" if none is declared.

    publish_text: how much of its texts this site shows: full, excerpts, signed-in, private.
    """

    pk: int
    slug: str
    name: str
    category: str
    website: str
    publish_text: str = PublishText.FULL

    @classmethod
    def of(cls, row: Platform) -> PlatformRecord:
        return cls(row.pk, row.slug, row.name, row.category, row.website, row.publish_text)

    @property
    def category_title(self) -> str:
        """The category as its file words it: "AI"; one outside our list reads as its slug does, "" if none is
        declared."""
        return category_title(self.category)


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document and its platform. `language` is a BCP 47 tag, "" where none is declared.

    texts: how much of its texts the viewer it was asked for may read: see `may_read`.
    """

    pk: int
    slug: str
    title: str
    kind: str
    language: str
    region: str
    audience: str
    cadence: timedelta
    verified: date | None  # when a person last saw that its sources are right
    retired_at: datetime | None
    is_private: bool
    platform: PlatformRecord
    texts: str = "none"

    @classmethod
    def of(cls, row: Document, viewer: Viewer = None) -> DocumentRecord:
        """`row.platform` should have been selected along. viewer: who may see the document, as was asked before."""
        return cls(
            pk=row.pk,
            slug=row.slug,
            title=row.title,
            kind=row.kind,
            language=row.language,
            region=row.region,
            audience=row.audience,
            cadence=row.cadence,
            verified=row.verified,
            retired_at=row.retired_at,
            is_private=row.owner_id is not None,
            platform=PlatformRecord.of(row.platform),
            texts=may_read(viewer, row),
        )

    @property
    def public_id(self) -> str:
        return public_id("D", self.pk)

    @property
    def kind_title(self) -> str:
        """The kind in words: "Privacy policy"; a kind outside our list reads as its slug does."""
        return KINDS[self.kind].title if self.kind in KINDS else words_of_slug(self.kind)

    @property
    def path(self) -> str:
        return f"{self.platform.slug}/{self.slug}"


def may_read(viewer: Viewer, document: Document) -> str:
    """How much of the texts of a document someone may read who may see it: `full`, `excerpts` (short quotations of
    what changed, no text) or `none`.

    The platform's `publish_text` decides, for texts of its public documents; operators, and the members of an
    organisation that owns the document, read all of it.
    """
    if document.owner_id is not None or (viewer is not None and viewer.is_authenticated and viewer.is_staff):
        return "full"
    publish = PublishText(document.platform.publish_text)
    if publish == PublishText.SIGNED_IN:
        return "full" if viewer is not None and viewer.is_authenticated else "none"
    return {PublishText.FULL: "full", PublishText.EXCERPTS: "excerpts"}.get(publish, "none")


@dataclass(frozen=True, slots=True)
class NoiseFilter:
    """What is declared to be noise on a page. kind: drop (wording), replace, strip or query_parameters; `text` as it
    was declared."""

    kind: str
    text: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> NoiseFilter:
        kind = next(iter(FILTER_KEYS.keys() & row.keys()))
        is_dropped = kind == "replace" and "with" not in row
        return cls("drop" if is_dropped else kind, describe_filter(from_row(row)))


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A page a document is read from. Selectors and filters are shown as they were declared, one text each."""

    pk: int
    position: int
    url: str
    select: tuple[str, ...]
    remove: tuple[str, ...]
    filters: tuple[NoiseFilter, ...]
    fetcher: str
    retired_at: datetime | None

    @classmethod
    def of(cls, row: Source) -> SourceRecord:
        return cls(
            pk=row.pk,
            position=row.position,
            url=row.url,
            select=tuple(map(describe, _as_list(row.select))),
            remove=tuple(map(describe, _as_list(row.remove))),
            filters=tuple(NoiseFilter.of(noise) for noise in row.filters),
            fetcher=row.fetcher,
            retired_at=row.retired_at,
        )


def visible_platforms(viewer: Viewer) -> QuerySet[Platform]:
    """Platforms of which the viewer may see at least one document: others are not known to exist."""
    documents = Document.objects.filter(platform=OuterRef("pk")).visible_to(viewer)
    return Platform.objects.filter(Exists(documents))


def platforms(viewer: Viewer, search: str = "", category: str = "") -> list[PlatformRecord]:
    """Platforms by name. `search` is looked for in the names of platforms and the titles of their documents."""
    found = visible_platforms(viewer)
    if category:
        found = found.filter(category=category)
    for word in search.split():
        titled = Document.objects.filter(platform=OuterRef("pk"), title__icontains=word).visible_to(viewer)
        found = found.filter(Q(name__icontains=word) | Q(slug__icontains=word) | Exists(titled))
    return [PlatformRecord.of(row) for row in found]


def categories(viewer: Viewer) -> list[tuple[str, str]]:
    """(slug, title) of each category that has a visible platform, by title."""
    named = visible_platforms(viewer).exclude(category="")
    slugs = named.order_by().values_list("category", flat=True).distinct()
    return sorted(((slug, category_title(slug)) for slug in slugs), key=lambda found: found[1].casefold())


def platform(viewer: Viewer, slug: str) -> PlatformRecord | None:
    row = visible_platforms(viewer).filter(slug=slug).first()
    return PlatformRecord.of(row) if row else None


def document(viewer: Viewer, platform_slug: str, slug: str) -> DocumentRecord | None:
    return _first(viewer, Q(platform__slug=platform_slug, slug=slug))


def document_by_key(viewer: Viewer, key: int) -> DocumentRecord | None:
    return _first(viewer, Q(pk=key))


def document_of_source(source: int) -> DocumentRecord | None:
    """The document that a source (key) is of, whoever owns it: for operators."""
    row = Document.objects.filter(sources=source).select_related("platform").first()
    return DocumentRecord.of(row) if row else None


def documents(viewer: Viewer, platform: PlatformRecord | None = None) -> list[DocumentRecord]:
    """Documents of one platform or of all, by platform and title."""
    found = Document.objects.visible_to(viewer).select_related("platform")
    if platform:
        found = found.filter(platform=platform.pk)
    return [DocumentRecord.of(row, viewer) for row in found]


def documents_of(viewer: Viewer, platforms: Iterable[int]) -> list[DocumentRecord]:
    """Documents of some platforms (keys), by platform and title."""
    found = Document.objects.visible_to(viewer).select_related("platform")
    return [DocumentRecord.of(row, viewer) for row in found.filter(platform__in=list(platforms))]


def platforms_named(viewer: Viewer, slugs: Iterable[str]) -> list[PlatformRecord]:
    """Platforms by their slugs, in the order in which they are named, each once; those that are not known left out."""
    asked = list(dict.fromkeys(slugs))
    found = {row.slug: PlatformRecord.of(row) for row in visible_platforms(viewer).filter(slug__in=asked)}
    return [found[slug] for slug in asked if slug in found]


def kinds(viewer: Viewer) -> list[tuple[str, str]]:
    """(slug, words) of each kind of which a visible document exists."""
    slugs = Document.objects.visible_to(viewer).order_by("kind").values_list("kind", flat=True).distinct()
    return [(slug, KINDS[slug].title if slug in KINDS else words_of_slug(slug)) for slug in slugs]


def regions(viewer: Viewer) -> list[str]:
    """Each region that a visible document is declared for."""
    rows = Document.objects.visible_to(viewer).exclude(region="").order_by("region")
    return list(rows.values_list("region", flat=True).distinct())


def sources(viewer: Viewer, document: DocumentRecord) -> list[SourceRecord]:
    """The sources a document is read from now, in the order in which they are joined."""
    rows = Source.objects.filter(document=document.pk, retired_at=None).visible_to(viewer)
    return [SourceRecord.of(row) for row in rows.order_by("position", "pk")]


def watched_at(viewer: Viewer, platform: PlatformRecord) -> dict[str, DocumentRecord]:
    """Plain address (see `plain_address`) → the document of a platform that is read from there now."""
    rows = (
        Source.objects.filter(document__platform=platform.pk, retired_at=None)
        .visible_to(viewer)
        .select_related("document__platform")
        .order_by("pk")
    )
    return {plain_address(row.url): DocumentRecord.of(row.document, viewer) for row in rows}


def plain_address(url: str) -> str:
    """An address without what differs between links to one page: scheme, "www.", fragment, closing slash."""
    return url.partition("#")[0].partition("://")[2].removeprefix("www.").rstrip("/")


def sources_at(document: Document, moment: datetime) -> list[Source]:
    """The sources that a document was read from at a moment, in the order in which they are joined.

    What is declared as history counts first, then what this archive watched itself; before the earliest that is
    known, that. Rows, since captures that are brought in cite them: for the back-fill, not for readers.
    """
    stood = Q(declared_at=None) | Q(declared_at__lte=moment)
    left = Q(retired_at=None) | Q(retired_at__gt=moment)
    found = list(Source.objects.filter(stood, left, document=document).order_by("position", "pk"))
    return [source for source in found if source.is_past] or found


def category_title(slug: str) -> str:
    return CATEGORIES[slug].title if slug in CATEGORIES else words_of_slug(slug)


def words_of_slug(slug: str) -> str:
    """`"chat-assistant"` reads "Chat assistant"."""
    return slug.replace("-", " ").replace("_", " ").capitalize()


def _first(viewer: Viewer, condition: Q) -> DocumentRecord | None:
    row = Document.objects.visible_to(viewer).filter(condition).select_related("platform").first()
    return DocumentRecord.of(row, viewer) if row else None


def _as_list(declared: list[Selector] | Selector) -> Iterable[Selector]:
    """`select` and `remove` may be declared as one selector or as a list."""
    return declared if isinstance(declared, list) else [declared] if declared else []
