"""Tables: platform, document, source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from conductatlas.accounts.models import Organisation, User
from conductatlas.ids import public_id

Viewer = User | AnonymousUser | None


class PublishText(models.TextChoices):
    """How much of a platform's texts this site shows (see `catalogue.queries.may_read`)."""

    FULL = "full", "full: whole texts, to everyone"
    EXCERPTS = "excerpts", "excerpts: short quotations of what changed"
    SIGNED_IN = "signed-in", "signed-in: whole texts, to persons who signed in"
    PRIVATE = "private", "private: the documents are not public at all"


M = TypeVar("M", bound=models.Model)


class VisibleQuerySet(models.QuerySet[M]):
    """Rows that hang from a document, and are seen by whoever may see that document."""

    document_path: ClassVar[str] = "document__"

    def visible_to(self, viewer: Viewer) -> Self:
        """Rows of public documents, and of those owned by an organisation of the viewer.

        The documents of a platform whose texts are published to nobody (`private`) are seen by operators only.
        """
        unowned = Q(**{f"{self.document_path}owner__isnull": True})
        public = unowned & ~Q(**{f"{self.document_path}platform__publish_text": PublishText.PRIVATE})
        if viewer is None or not viewer.is_authenticated:
            return self.filter(public)
        if viewer.is_staff:
            public = unowned
        own = {f"{self.document_path}owner__in": viewer.organisations.values("pk")}
        return self.filter(public | Q(**own))


class DocumentQuerySet(VisibleQuerySet["Document"]):
    document_path = ""


class Platform(models.Model):
    """A company's service, as its users know it."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=40)
    website = models.URLField(max_length=500, blank=True)
    publish_text = models.CharField(max_length=12, choices=PublishText, default=PublishText.FULL)
    is_publish_text_declared = models.BooleanField(
        default=False
    )  # then the declaration says it, not the admin

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """One legal document of a platform, for one region, language and audience."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="documents")
    slug = models.SlugField(max_length=80)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    language = models.CharField(max_length=20, blank=True)
    region = models.CharField(max_length=40, blank=True)
    audience = models.CharField(max_length=80, blank=True)
    cadence = models.DurationField(default=timedelta(days=1))
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )
    verified = models.DateField(null=True, blank=True)  # when a person last saw that its sources are right
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ("platform__name", "title", "pk")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("platform", "slug"), name="document_slug_in_platform")
        ]

    def __str__(self) -> str:
        return f"{self.platform.name}: {self.title}"

    @property
    def public_id(self) -> str:
        return public_id("D", self.pk)

    @property
    def path(self) -> str:
        """`platform-slug/document-slug`: how commands and addresses name the document."""
        return f"{self.platform.slug}/{self.slug}"


class Source(models.Model):
    """A page that a document, or a part of it, is read from. Captures cite it, so a source whose address,
    selectors or filters change is retired and a new one takes its place.

    is_past: declared as history, from before this archive watched the page; never checked, and read only where
    older captures are brought in. declared_at, retired_at: when it took its place and when it left it; None for
    "as long as is known" and "still there".
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="sources")
    position = models.PositiveSmallIntegerField(default=0)
    url = models.URLField(max_length=2000)
    select = models.JSONField(default=list, blank=True)
    remove = models.JSONField(default=list, blank=True)
    filters = models.JSONField(default=list, blank=True)
    fetcher = models.CharField(max_length=20, default="http")
    is_past = models.BooleanField(default=False)
    declared_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = VisibleQuerySet["Source"].as_manager()

    class Meta:
        ordering = ("document", "position", "pk")

    def __str__(self) -> str:
        return self.url

    @property
    def declared(self) -> Mapping[str, object]:
        """What makes this source this source: two sources with equal values are the same."""
        return {
            "position": self.position,
            "url": self.url,
            "select": self.select,
            "remove": self.remove,
            "filters": self.filters,
            "fetcher": self.fetcher,
        }
