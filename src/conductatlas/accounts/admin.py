"""The admin: its sign-in, and who may do what. Everything that people cite is only read there."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from conductatlas.accounts.models import Organisation, User

TRIES = 5
WINDOW = 60  # seconds


class LimitedSignIn(AdminAuthenticationForm):
    """Sign-in that takes five tries a minute for one e-mail address from one network address."""

    def clean(self) -> dict[str, Any]:
        tries = self._key()
        cache.add(tries, 0, WINDOW)
        # Counted before the password is looked at: checking one costs time by design.
        if cache.incr(tries) > TRIES:
            raise ValidationError(_("Too many tries. Wait a minute and try again."), code="limited")
        cleaned = super().clean()
        cache.delete(tries)
        return cleaned

    def _key(self) -> str:
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        email = str(self.cleaned_data.get("username", "")).strip().lower()
        return "sign-in-" + hashlib.sha256(f"{address} {email}".encode()).hexdigest()


class NewUserForm(AdminUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email",)


class KnownUserForm(UserChangeForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = "__all__"
        field_classes: ClassVar[dict[str, Any]] = {}


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    form = KnownUserForm
    add_form = NewUserForm
    ordering = ("email",)
    list_display = ("email", "name", "is_staff", "is_active", "created_at")
    list_filter = ("is_staff", "is_superuser", "is_active")
    search_fields = ("email", "name")
    filter_horizontal = ("organisations", "user_permissions")
    readonly_fields = ("last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (_("Organisations"), {"fields": ("organisations",)}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")}),
        (_("Dates"), {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),
    )


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")
    prepopulated_fields: ClassVar[dict[str, Any]] = {"slug": ("name",)}


admin.site.unregister(Group)  # rights are given to persons
admin.site.site_header = admin.site.site_title = "ConductAtlas"
admin.site.index_title = _("The archive, for operators")
admin.site.login_form = LimitedSignIn
