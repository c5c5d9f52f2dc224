"""What an address names, or 404: a private document is not there for those who may not see it."""

from __future__ import annotations

from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.models import Viewer
from conductatlas.catalogue.queries import DocumentRecord, PlatformRecord
from conductatlas.history import change_queries, version_queries
from conductatlas.history.records import ChangeRecord, VersionRecord, Withheld


def viewer_of(request: HttpRequest) -> Viewer:
    return cast(Viewer, request.user)


def require_operator(request: HttpRequest) -> None:
    """PermissionDenied for whoever is no signed-in operator."""
    viewer = viewer_of(request)
    if viewer is None or not (viewer.is_authenticated and viewer.is_active and viewer.is_staff):
        raise PermissionDenied


def status_of(hidden: Withheld | None) -> int:
    """The status of a page that shows a text: 451 where it is withheld (RFC 7725), 410 where it was removed
    (RFC 9110, 15.5.11)."""
    if hidden is None:
        return 200
    return 410 if hidden.is_removed else 451


def platform_or_404(request: HttpRequest, slug: str) -> PlatformRecord:
    found = catalogue.platform(viewer_of(request), slug)
    if found is None:
        raise Http404
    return found


def document_or_404(request: HttpRequest, platform_slug: str, slug: str) -> DocumentRecord:
    found = catalogue.document(viewer_of(request), platform_slug, slug)
    if found is None:
        raise Http404
    return found


def version_or_404(request: HttpRequest, document: DocumentRecord, key: int) -> VersionRecord:
    return versions_or_404(request, document, key)[0]


def versions_or_404(request: HttpRequest, document: DocumentRecord, *keys: int) -> list[VersionRecord]:
    """The versions with these keys, in their order; 404 if one of them is none of the document's."""
    found = version_queries.versions(viewer_of(request), document, keys)
    if not found.keys() >= set(keys):
        raise Http404
    return [found[key] for key in keys]


def change_or_404(request: HttpRequest, key: int) -> ChangeRecord:
    found = change_queries.change(viewer_of(request), key)
    if found is None:
        raise Http404
    return found


def first_address(viewer: Viewer, document: DocumentRecord) -> str:
    """Where the platform publishes the document, or the first of its pages; "" if none is declared."""
    sources = catalogue.sources(viewer, document)
    return sources[0].url if sources else ""
