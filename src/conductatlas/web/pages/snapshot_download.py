"""`/snapshot/<sha256>`, `/refused/<key>`: stored bytes, for signed-in operators only; 410 where they were removed.

Strangers wrote these bytes. They leave as an attachment of no particular type, under a policy that gives them no
origin and no script should something open them all the same.
"""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse

from conductatlas.archive import queries
from conductatlas.archive.models import Tombstone
from conductatlas.errors import NotFoundError
from conductatlas.web.found import require_operator
from conductatlas.web.headers import DOWNLOAD_POLICY
from conductatlas.web.pages.errors import problem

_DIGEST = re.compile(r"[0-9a-f]{64}")


def snapshot(request: HttpRequest, digest: str) -> HttpResponse:
    """The exact bytes that have this SHA-256."""
    require_operator(request)
    if not _DIGEST.fullmatch(digest):
        raise Http404
    if stone := queries.removed_snapshot(digest):
        return _gone(request, stone)
    # The pack store is only loaded by whoever downloads something.
    from conductatlas.archive.packs import read_snapshot

    try:
        body = read_snapshot(digest)
    except NotFoundError:
        raise Http404 from None
    return _attachment(body, f"{digest}.bin")


def refused(request: HttpRequest, key: int) -> HttpResponse:
    """The bytes of a refused or failed capture, as long as they are kept."""
    require_operator(request)
    body = queries.refused_bytes(key) if key < 2**63 else None
    if body is None:
        stone = queries.removed_capture(key) if key < 2**63 else None
        if stone is None:
            raise Http404
        return _gone(request, stone)
    return _attachment(body, f"capture-{key}.bin")


def _gone(request: HttpRequest, stone: Tombstone) -> HttpResponse:
    return problem(request, 410, stone.reason, stone.ground)


def _attachment(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = DOWNLOAD_POLICY
    response["Cache-Control"] = "private, no-store"
    return response
