"""The operator's desk in the admin: platforms and documents with their state, incidents, what is due.

Rows are shown and not edited, but for how much of a platform's texts is published. Actions are recorded with who and
when: Django's log of the admin, and the provenance of what was saved by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from conductatlas.accounts.models import User
from conductatlas.archive.models import Check, RefusedBody
from conductatlas.archive.queries import READ, why
from conductatlas.catalogue import counts as catalogue_counts
from conductatlas.catalogue import queries as catalogue_queries
from conductatlas.catalogue.admin import ReadOnlyAdmin, StatedValues
from conductatlas.catalogue.models import Document, Platform, Source
from conductatlas.clock import SystemClock, in_minutes
from conductatlas.errors import ConductAtlasError
from conductatlas.work import counts
from conductatlas.work.models import Due, Incident
from conductatlas.writing import writing

if TYPE_CHECKING:
    from conductatlas.work.pipeline import Result


class CategoryFilter(admin.SimpleListFilter):
    """Platforms of a category, by its title; also those that state none."""

    title = _("category")
    parameter_name = "category"

    def lookups(self, request: HttpRequest, _model: object) -> list[tuple[str, str]]:
        return [*catalogue_queries.categories(request.user), ("none", _("not stated"))]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.value()
        return rows if asked is None else rows.filter(category="" if asked == "none" else asked)


@admin.register(Platform)
class PlatformAdmin(ReadOnlyAdmin):
    list_filter = ("publish_text", CategoryFilter)
    search_fields = ("name", "slug")
    fields = ("name", "slug", "category", "website", "publish_text", "decided")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What a declaration says about publishing is changed there, else the next load would change it back."""
        is_declared = obj is not None and obj.is_publish_text_declared
        return bool(request.user.has_perm("catalogue.change_platform")) and not is_declared

    def get_readonly_fields(self, _request: HttpRequest, _obj: object = None) -> list[str]:
        return [name for name in self.fields if name != "publish_text"]

    def view_on_site(self, platform: Platform) -> str:
        return reverse("platform", args=[platform.slug])

    @admin.display(description=_("decided by"))
    def decided(self, platform: Platform) -> str:
        """Where `publish_text` can be changed."""
        if platform.is_publish_text_declared:
            return _("its declaration: change it there")
        return _("an operator, here; a declaration that says otherwise will count")

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        documents = catalogue_counts.documents_by_platform(request.user)
        incidents = counts.open_incidents_by_platform(request.user)

        @admin.display(description=_("documents"))
        def watched(platform: Platform) -> int:
            return documents.get(platform.pk, 0)

        @admin.display(description=_("open incidents"))
        def not_read(platform: Platform) -> int:
            return incidents.get(platform.pk, 0)

        return ("name", "slug", "category", "publish_text", watched, not_read)


class IncidentFilter(admin.SimpleListFilter):
    """Documents with an open incident."""

    title = _("incident")
    parameter_name = "incident"

    def lookups(self, *_args: object) -> list[tuple[str, str]]:
        return [("open", _("open")), ("none", _("none"))]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return rows
        return rows.filter(incident_since__isnull=self.value() != "open")


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "last_read", "failures", "incident", "next_due", "owner", "by_hand")
    list_filter = (IncidentFilter, "kind", ("language", StatedValues), "platform")
    list_select_related = ("platform", "owner", "due")
    search_fields = ("title", "slug", "platform__name")
    actions = ("check_now",)
    readonly_fields = ("last_read", "failures", "incident", "next_due", "by_hand")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        read = Check.objects.filter(document=OuterRef("pk"), outcome__in=READ).order_by("-started_at")
        trouble = Incident.objects.filter(document=OuterRef("pk"), resolved_at=None)
        rows = super().get_queryset(request)
        annotated: QuerySet[Any] = rows.annotate(
            read_at=Subquery(read.values("started_at")[:1]),
            incident_since=Subquery(trouble.values("since")[:1]),
            incident_reason=Subquery(trouble.values("reason")[:1]),
        )
        return annotated

    def get_urls(self) -> list[URLPattern]:
        save = path(
            "<int:key>/save/",
            self.admin_site.admin_view(self.save_by_hand),
            name="catalogue_document_save",
        )
        return [save, *super().get_urls()]

    def view_on_site(self, document: Document) -> str:
        return reverse("document", args=[document.platform.slug, document.slug])

    def has_check_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("catalogue.change_document"))

    @admin.display(description="last read", ordering="read_at")
    def last_read(self, document: Any) -> str:
        return _minute(document.read_at)

    @admin.display(description="not read in a row", ordering="due__failures")
    def failures(self, document: Document) -> int:
        return document.due.failures if hasattr(document, "due") else 0

    @admin.display(description="incident", ordering="incident_since")
    def incident(self, document: Any) -> str:
        if document.incident_since is None:
            return "—"
        return f"{_minute(document.incident_since)}, {document.incident_reason.replace('_', ' ')}"

    @admin.display(description="next due", ordering="due__due_at")
    def next_due(self, document: Document) -> str:
        return _minute(document.due.due_at) if hasattr(document, "due") else "—"

    @admin.display(description="by hand")
    def by_hand(self, document: Document) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:catalogue_document_save", args=[document.pk]),
            _("Save a page"),
        )

    @admin.action(description="Check now", permissions=["check"])
    def check_now(self, request: HttpRequest, chosen: QuerySet[Document]) -> None:
        """Make them due: whoever watches takes them next."""
        now = SystemClock().now()
        documents = list(chosen.filter(retired_at=None))
        with writing():
            Due.objects.filter(document__in=documents).update(due_at=now)
            for document in documents:
                self.log_change(request, document, _("Made due by hand."))
        self.message_user(request, _("%(n)d made due now.") % {"n": len(documents)}, messages.SUCCESS)

    def save_by_hand(self, request: HttpRequest, key: int) -> HttpResponse:
        """The form to hand in a page that was saved in a browser, one file for each source."""
        document = Document.objects.filter(pk=key).select_related("platform").first() if key < 2**63 else None
        if document is None:
            raise Http404
        if not self.has_check_permission(request):
            raise PermissionDenied
        sources = list(document.sources.filter(retired_at=None).order_by("position", "pk"))
        form = SaveForm(request.POST or None, request.FILES or None, sources=sources)
        if request.method == "POST" and form.is_valid():
            try:
                result = form.take(document, cast(User, request.user))
            except ConductAtlasError as fault:
                form.add_error(None, f"{fault.message}. {fault.remedy}")
            else:
                self.log_change(
                    request, document, _("Saved by hand: %(outcome)s.") % {"outcome": result.outcome}
                )
                if result.outcome in ("changed", "unchanged"):
                    said = _("Taken in: %(outcome)s.") % {"outcome": result.outcome}
                    self.message_user(request, said, messages.SUCCESS)
                else:
                    said = _("Refused, and recorded so: %(why)s") % {"why": why(result.reason, "")}
                    advice = _(
                        "It stays refused; if the address or the selectors are wrong, mend the declaration."
                    )
                    self.message_user(request, f"{said} {advice}", messages.WARNING)
                return redirect("captures", document.platform.slug, document.slug)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Save a page by hand"),
            "document": document,
            "form": form,
        }
        return TemplateResponse(request, "admin/save_by_hand.html", context)


_WIDE = forms.URLInput(attrs={"class": "vURLField"})


class SaveForm(forms.Form):
    """One file and address a source, when they were saved, and a note."""

    at = forms.DateTimeField(
        label=_("Saved at (UTC)"),
        help_text=_("When you saved the page, as 2026-11-22 06:10."),
        widget=forms.DateTimeInput(attrs={"placeholder": "2026-11-22 06:10"}),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        help_text=_("For other operators: from where, with which browser, why. Not published."),
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )

    def __init__(self, *args: Any, sources: list[Source], **more: Any) -> None:
        super().__init__(*args, **more)
        self.sources = sources
        own: dict[str, forms.Field] = {}
        for n, source in enumerate(sources):
            is_only = len(sources) == 1
            label = _("Saved page") if is_only else _("Saved page %(n)d") % {"n": n + 1}
            where = _("Saved from") if is_only else _("Page %(n)d saved from") % {"n": n + 1}
            own[f"file_{n}"] = forms.FileField(label=label, help_text=_("HTML only, PDF or text."))
            own[f"url_{n}"] = forms.URLField(
                label=where,
                initial=source.url,
                max_length=2000,
                assume_scheme="https",
                widget=_WIDE,
            )
        self.fields = own | self.fields

    def take(self, document: Document, by: User) -> Result:
        """What came of it. ConductAtlasError."""
        # Every command loads this file; only who saves a page needs all that a check needs.
        from conductatlas.work import saving
        from conductatlas.work.tools import make_tools

        config = settings.CONFIG
        pages = [
            saving.SavedPage(
                self.cleaned_data[f"file_{n}"].read(config.max_body + 1),
                self.cleaned_data[f"file_{n}"].name,
                self.cleaned_data[f"url_{n}"],
            )
            for n in range(len(self.sources))
        ]
        return saving.save(
            document,
            pages,
            at=self.cleaned_data["at"],
            by=by,
            tools=make_tools(config, SystemClock()),
            largest=config.max_body,
            note=self.cleaned_data["note"],
        )


class OpenFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, *_args: object) -> list[tuple[str, str]]:
        return [("open", _("open")), ("resolved", _("resolved"))]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return rows
        return rows.filter(resolved_at__isnull=self.value() == "open")


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin):
    list_display = ("about", "host", "since_day", "checks", "said", "ways", "resolved_day")
    list_filter = (OpenFilter, "reason", ("host", StatedValues))
    list_select_related = ("document__platform", "capture")
    ordering = (F("resolved_at").desc(nulls_first=True), "host", "since")
    search_fields = ("document__title", "document__platform__name", "host")
    readonly_fields = ("said", "ways")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        kept = RefusedBody.objects.filter(capture=OuterRef("capture"))
        rows: QuerySet[Any] = super().get_queryset(request).annotate(has_bytes=Exists(kept))
        return rows

    @admin.display(description="why")
    def said(self, incident: Incident) -> str:
        return why(incident.reason, incident.capture.robots_decision if incident.capture else "")

    @admin.display(description="document", ordering="document__title")
    def about(self, incident: Incident) -> str:
        return str(incident.document)

    @admin.display(description="resolved", ordering="resolved_at")
    def resolved_day(self, incident: Incident) -> str:
        return _minute(incident.resolved_at)

    @admin.display(description="since", ordering="since")
    def since_day(self, incident: Incident) -> str:
        return _minute(incident.since)

    @admin.display(description="ways")
    def ways(self, incident: Any) -> SafeString:
        """To what came instead, and to the form."""
        address = reverse("admin:catalogue_document_save", args=[incident.document_id])
        save = format_html('<a href="{}">{}</a>', address, _("Save a page"))
        if not incident.has_bytes:
            return save
        look = reverse("refused_show", args=[incident.capture_id])
        return format_html('<a href="{}">{}</a> · {}', look, _("Look"), save)


@admin.register(Due)
class DueAdmin(ReadOnlyAdmin):
    list_display = ("document", "due_at", "why", "failures", "holder", "lease_until")
    list_select_related = ("document__platform",)
    ordering = ("due_at",)


def _minute(at: Any) -> str:
    return in_minutes(at) if at else "—"
