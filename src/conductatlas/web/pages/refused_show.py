"""`/refused/<key>/`: what came instead of a document, for signed-in operators, as text and as source; never as a page.

Template `refused_show.html`:
    capture         CaptureRecord: .reason_words .detail .status .final_url .started_at .body_length .media_type
    document        DocumentRecord it was meant to be
    incident        IncidentRecord | None: the open incident of the document
    kept_until      datetime
    text, source    what a reader makes of the bytes, and the bytes as characters; each cut at LONGEST
    unreadable      a sentence where no reader takes them, else ""
    is_cut          whether one of the two was cut
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.archive import queries
from conductatlas.catalogue import queries as catalogue
from conductatlas.errors import UnreadableError
from conductatlas.reading.text.charset import decode
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import read
from conductatlas.web.found import require_operator, viewer_of
from conductatlas.work.incidents import open_incident

LONGEST = 100_000  # characters


def show(request: HttpRequest, key: int) -> HttpResponse:
    require_operator(request)
    body = queries.refused_bytes(key) if key < 2**63 else None
    captures = queries.captures_of([key]) if body is not None else []
    document = catalogue.document_of_source(captures[0].source) if captures else None
    if body is None or document is None:
        raise Http404
    capture, text, unreadable = captures[0], "", ""
    try:
        # For this look only: what was refused is read into no record.
        text = read(Page(body, capture.media_type or None, capture.final_url)).text
    except UnreadableError as fault:
        unreadable = fault.message
    source = decode(body[: 4 * LONGEST], capture.media_type or None).text
    response = render(
        request,
        "refused_show.html",
        {
            "capture": capture,
            "document": document,
            "incident": open_incident(viewer_of(request), document),
            "kept_until": queries.refused_until(key),
            "text": text[:LONGEST],
            "source": source[:LONGEST],
            "unreadable": unreadable,
            "is_cut": len(text) > LONGEST or len(source) > LONGEST,
        },
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
