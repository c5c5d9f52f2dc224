"""The catalogue in the admin: to look at. It is changed by declarations.

Platforms and documents, which operators act on, stand in `work.admin`: their lists tell what is due and what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin

from conductatlas.catalogue.models import Source


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that the admin shows and never writes."""

    show_full_result_count = False
    list_per_page = 50

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("desk.css",)}

    def has_add_permission(self, *_: object, **__: object) -> bool:
        return False

    def has_change_permission(self, *_: Any, **__: Any) -> bool:
        return False

    def has_delete_permission(self, *_: object, **__: object) -> bool:
        return False


class StatedValues(admin.AllValuesFieldListFilter):
    """A filter by each value that rows state. That of the empty one would be a link without words."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            if choice["display"] != "":
                yield choice


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    list_display = ("url", "document", "position", "fetcher", "retired_at")
    list_select_related = ("document__platform",)
    search_fields = ("url",)
