"""The history in the admin: to look at."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from conductatlas.catalogue.admin import ReadOnlyAdmin
from conductatlas.history.models import (
    Change,
    ChangeEvent,
    Disappearance,
    Hunk,
    ReaderLog,
    Reading,
    Variant,
    Version,
    VersionSource,
    Withholding,
)


class _ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]
    extra = 0
    can_delete = False

    def has_add_permission(self, *_: object, **__: object) -> bool:
        return False

    def has_change_permission(self, *_: object, **__: object) -> bool:
        return False


class PartInline(_ReadOnlyInline):
    model = VersionSource
    fields = ("position", "source", "capture", "snapshot")


class EventInline(_ReadOnlyInline):
    model = ChangeEvent
    fk_name = "change"
    fields = ("at", "state", "who", "why", "check_row")


class HunkInline(_ReadOnlyInline):
    model = Hunk
    fields = ("ordinal", "kind", "significance", "rules", "old_start", "old_end", "new_start", "new_end")


@admin.register(Version)
class VersionAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "document", "variant", "at", "on_site")
    list_select_related = ("document__platform", "variant")
    ordering = ("-at",)
    inlines = (PartInline,)

    @admin.display(description="page")
    def on_site(self, version: Version) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("by_id", args=[version.public_id]), version.public_id
        )


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "document", "kind", "seen_at", "sentences_modified", "on_site")
    list_filter = ("kind",)
    list_select_related = ("document__platform",)
    ordering = ("-seen_at",)
    inlines = (EventInline, HunkInline)

    @admin.display(description="page")
    def on_site(self, change: Change) -> str:
        return format_html('<a href="{}">{}</a>', reverse("by_id", args=[change.public_id]), change.public_id)


@admin.register(Reading)
class ReadingAdmin(ReadOnlyAdmin):
    list_display = ("version", "reader_version", "title", "language", "words", "read_at")
    list_select_related = ("version",)
    ordering = ("-pk",)
    exclude = ("text", "marks")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reading]:
        return super().get_queryset(request).defer("text", "marks")


@admin.register(Disappearance)
class DisappearanceAdmin(ReadOnlyAdmin):
    list_display = ("since", "document", "returned", "last_read_at", "checks", "vantages")
    list_select_related = ("document__platform",)
    ordering = ("-pk",)


@admin.register(Withholding)
class WithholdingAdmin(ReadOnlyAdmin):
    list_display = ("at", "document", "version", "lifted", "reason", "by")
    list_select_related = ("document__platform", "version", "by")
    ordering = ("-pk",)


@admin.register(Variant)
class VariantAdmin(ReadOnlyAdmin):
    list_display = ("document", "language", "first_seen_at")
    list_select_related = ("document__platform",)


@admin.register(ReaderLog)
class ReaderLogAdmin(ReadOnlyAdmin):
    list_display = ("reader_version", "first_used_at", "software")
