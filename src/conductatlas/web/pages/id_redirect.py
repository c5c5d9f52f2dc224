"""`/id/<CA-id>`: moves to the address of the document, version, change or provision with that id."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from conductatlas.catalogue import queries as catalogue
from conductatlas.history import version_queries
from conductatlas.ids import parse_id
from conductatlas.provisions import queries as provisions
from conductatlas.web.found import change_or_404, viewer_of


def show(request: HttpRequest, text: str) -> HttpResponse:
    letter, key = parse_id(text.rstrip("/")) or ("", 0)
    viewer = viewer_of(request)
    if letter == "C":
        return redirect("change", change_or_404(request, key).slug, permanent=True)
    if letter == "P":
        found = provisions.provision(viewer, key)
        if found is None:
            raise Http404
        row, document_of = found
        return redirect("provision", document_of.platform.slug, document_of.slug, row.slug, permanent=True)
    document = None
    if letter == "D":
        document = catalogue.document_by_key(viewer, key)
    elif letter == "V":
        document = version_queries.version_document(viewer, key)
    if document is None:
        raise Http404
    address = [document.platform.slug, document.slug]
    if letter == "V":
        return redirect("version", *address, key, permanent=True)
    return redirect("document", *address, permanent=True)
