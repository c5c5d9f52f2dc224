"""The archive in the admin: to look at, with ways to the bytes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from conductatlas.archive.models import Capture, Check, RefusedBody, RobotsAnswer, Snapshot, Tombstone
from conductatlas.catalogue.admin import ReadOnlyAdmin


@admin.register(Check)
class CheckAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "document", "outcome", "reason", "started_by", "clock_given")
    list_filter = ("outcome", "started_by")
    list_select_related = ("document__platform",)
    ordering = ("-started_at",)


@admin.register(Capture)
class CaptureAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "source", "outcome", "reason", "status", "body_length", "bytes_kept")
    list_filter = ("outcome", "reason")
    list_select_related = ("source", "snapshot")
    ordering = ("-started_at",)
    readonly_fields = ("bytes_kept",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        kept = RefusedBody.objects.filter(capture=OuterRef("pk"))
        rows: QuerySet[Any] = super().get_queryset(request).annotate(has_refused_body=Exists(kept))
        return rows

    @admin.display(description="bytes")
    def bytes_kept(self, capture: Any) -> str:
        if capture.snapshot is not None:
            return _download("snapshot", capture.snapshot.digest)
        return _download("refused", capture.pk) if capture.has_refused_body else "—"


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    list_display = ("digest", "length", "media_type", "first_kept_at", "bytes_kept")
    ordering = ("-pk",)
    readonly_fields = ("bytes_kept",)
    search_fields = ("=digest",)

    @admin.display(description="bytes")
    def bytes_kept(self, snapshot: Snapshot) -> str:
        return _download("snapshot", snapshot.digest)


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnlyAdmin):
    list_display = ("at", "document", "capture", "whole_document", "reason", "ground", "by")
    list_select_related = ("document__platform", "capture", "by")
    ordering = ("-pk",)


@admin.register(RobotsAnswer)
class RobotsAnswerAdmin(ReadOnlyAdmin):
    list_display = ("origin", "fetched_at", "status", "error")
    ordering = ("-fetched_at",)
    search_fields = ("origin",)


def _download(name: str, argument: str | int) -> str:
    return format_html('<a href="{}">{}</a>', reverse(name, args=[argument]), _("Download"))
