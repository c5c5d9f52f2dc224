"""What is due, in the admin: to look at."""

from __future__ import annotations

from django.contrib import admin

from conductatlas.catalogue.admin import ReadOnlyAdmin
from conductatlas.work.models import Due


@admin.register(Due)
class DueAdmin(ReadOnlyAdmin):
    list_display = ("document", "due_at", "why", "failures", "holder", "lease_until")
    list_select_related = ("document__platform",)
    ordering = ("due_at",)
