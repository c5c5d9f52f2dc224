"""The catalogue in the admin: to look at. It is changed by declarations."""

from __future__ import annotations

from django.contrib import admin

from conductatlas.catalogue.models import Document, Platform, Source


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that the admin shows and never writes."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, *_: object, **__: object) -> bool:
        return False

    def has_change_permission(self, *_: object, **__: object) -> bool:
        return False

    def has_delete_permission(self, *_: object, **__: object) -> bool:
        return False


@admin.register(Platform)
class PlatformAdmin(ReadOnlyAdmin):
    list_display = ("name", "slug", "category", "website")
    list_filter = ("category",)
    search_fields = ("name", "slug")


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ("title", "platform", "kind", "language", "region", "owner", "retired_at")
    list_filter = ("kind", "language")
    list_select_related = ("platform", "owner")
    search_fields = ("title", "slug", "platform__name")


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    list_display = ("url", "document", "position", "fetcher", "retired_at")
    list_select_related = ("document__platform",)
    search_fields = ("url",)
