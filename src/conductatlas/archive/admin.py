"""The archive in the admin: to look at, with ways to the bytes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from conductatlas.archive.models import (
    Capture,
    CaptureOutcome,
    Check,
    Provenance,
    RefusedBody,
    Reservation,
    RobotsAnswer,
    Snapshot,
    Tombstone,
)
from conductatlas.archive.queries import why
from conductatlas.catalogue.admin import ReadOnlyAdmin, StatedValues


@admin.register(Check)
class CheckAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "document", "outcome", "reason", "started_by", "clock_given")
    list_filter = ("outcome", "started_by")
    list_select_related = ("document__platform",)
    ordering = ("-started_at",)


class RefusalFilter(admin.SimpleListFilter):
    """Captures that were not the document, or not to be had."""

    title = _("refusals")
    parameter_name = "refusals"

    def lookups(self, *_args: object) -> list[tuple[str, str]]:
        return [("yes", _("refused or failed")), ("kept", _("refused or failed, bytes kept"))]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "kept"):
            return rows
        rows = rows.filter(outcome__in=(CaptureOutcome.REFUSED, CaptureOutcome.FAILED))
        return rows.filter(has_refused_body=True) if self.value() == "kept" else rows


@admin.register(Capture)
class CaptureAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "document", "outcome", "said", "size", "bytes_kept")
    list_filter = (
        RefusalFilter,
        "outcome",
        ("reason", StatedValues),
        "provenance",
        "source__document__platform",
    )
    list_select_related = ("source__document__platform", "snapshot", "refused_body")
    ordering = ("-started_at",)
    readonly_fields = ("said", "bytes_kept")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        kept = RefusedBody.objects.filter(capture=OuterRef("pk"))
        rows: QuerySet[Any] = super().get_queryset(request).annotate(has_refused_body=Exists(kept))
        return rows.defer("refused_body__data", "request_headers", "headers", "hops")

    @admin.display(description="document")
    def document(self, capture: Capture) -> str:
        return str(capture.source.document)

    @admin.display(description="why", ordering="reason")
    def said(self, capture: Capture) -> str:
        return f"{capture.reason}: {why(capture.reason, capture.robots_decision)}" if capture.reason else "—"

    @admin.display(description="size", ordering="body_length")
    def size(self, capture: Capture) -> str:
        return filesizeformat(capture.body_length) if capture.body_length else "—"

    @admin.display(description="bytes")
    def bytes_kept(self, capture: Any) -> str:
        if capture.snapshot is not None:
            return _download("snapshot", capture.snapshot.digest)
        if not capture.has_refused_body:
            return "—"
        return format_html(
            '<a href="{}">{}</a> · {} · {}',
            reverse("refused_show", args=[capture.pk]),
            _("Look"),
            _download("refused", capture.pk),
            _("until %(day)s") % {"day": date_format(capture.refused_body.kept_until, "DATE_FORMAT")},
        )


@admin.register(Provenance)
class ProvenanceAdmin(ReadOnlyAdmin):
    list_display = ("taken_in_at", "capture", "saved_by", "file", "note", "licence")
    list_select_related = ("capture", "saved_by")
    ordering = ("-pk",)


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ("document", "kind", "place", "evidence", "at")
    list_filter = ("kind", "place", "source__document__platform")
    list_select_related = ("source__document__platform",)
    ordering = ("-pk",)

    @admin.display(description="document")
    def document(self, reservation: Reservation) -> str:
        return str(reservation.source.document)


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
