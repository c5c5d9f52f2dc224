"""`/ledger/stamps/<key>/<file>`: a time stamp as files, for whoever wants to check it with tools of their own.

`request.tsq` and `reply.tsr` are as they went over the wire, `chain.pem` the certificates up to the root that the
operator trusts, `revocation-1.crl` (or `.ors`, by OCSP) and so on what was to be had about them, in their order.
Authorities wrote these bytes: they leave as attachments, under a policy that gives them no origin.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from conductatlas.archive import stamp_queries
from conductatlas.archive.stamp_queries import StampRecord
from conductatlas.web.headers import DOWNLOAD_POLICY


def show(_request: HttpRequest, key: int, name: str) -> HttpResponse:
    stamp = stamp_queries.stamp(key) if key < 2**63 else None
    found = _files(stamp).get(name) if stamp else None
    if found is None:
        raise Http404
    kind, data = found
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="stamp-{key}-{name}"'
    response["Content-Security-Policy"] = DOWNLOAD_POLICY
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _files(stamp: StampRecord) -> dict[str, tuple[str, bytes]]:
    """Name → media type (RFC 3161, 8555, 2585, 6960) and content."""
    files = {
        "request.tsq": ("application/timestamp-query", stamp.request),
        "reply.tsr": ("application/timestamp-reply", stamp.reply),
        "chain.pem": ("application/pem-certificate-chain", stamp.chain.encode("ascii")),
    }
    for one in stamp.revocations:
        if one.data is not None:
            kind = "application/ocsp-response" if one.kind == "ocsp" else "application/pkix-crl"
            files[one.file] = (kind, one.data)
    return files
