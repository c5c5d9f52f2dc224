"""Whether certificates had been revoked when a stamp was made: the lists that they name (RFC 5280, section 5), or what
their issuer answers about them (OCSP).

A signature can only be judged years later if it is known what was said of its certificate at the time, so that is
fetched with each stamp and kept as it came. What cannot be had is recorded as that; it is no fault of the stamp.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPCertStatus

from conductatlas.archive import ocsp
from conductatlas.archive.answer import Request
from conductatlas.archive.certificates import UNREADABLE, name_of
from conductatlas.archive.fetch import Fetcher
from conductatlas.clock import Clock, in_minutes
from conductatlas.errors import FetchError, StampRevokedError

MAX_SIZE = 2 * 2**20  # bytes; a longer list is not kept
NAMES_NONE, CANNOT_BE_READ, NOT_ITS_ISSUERS, OUT_OF_DATE, UNKNOWN, TOO_LARGE = (
    "names_none",
    "cannot_be_read",
    "not_its_issuers",
    "out_of_date",
    "unknown",
    "too_large",
)


@dataclass(frozen=True, slots=True)
class Revocation:
    """What could be had about one certificate.

    certificate: SHA-256 of it (DER), hex. subject: RFC 4514. kind: "crl" or "ocsp". url: what was asked; both "" if
    the certificate names neither. data: what came, None if nothing did. fault: why it says nothing, "" if it does: one
    of the words of this file, or the code of a FetchError. revoked_at: when the certificate was, None if it is not
    said to be.
    """

    certificate: str
    subject: str
    kind: str
    url: str
    asked_at: datetime
    data: bytes | None
    fault: str
    revoked_at: datetime | None = None


def ask_revocation(
    chain: Sequence[x509.Certificate], fetcher: Fetcher, clock: Clock
) -> tuple[Revocation, ...]:
    """One for each certificate of a chain (signer first) but its root, which nobody can revoke."""
    return tuple(_ask(chain[i], chain[i + 1], fetcher, clock) for i in range(len(chain) - 1))


def require_not_revoked(revocations: Sequence[Revocation]) -> None:
    """StampRevokedError if one of the certificates is said to be revoked, by what stands without fault."""
    for one in revocations:
        if one.revoked_at is not None:
            raise StampRevokedError(
                f"{one.subject} was revoked at {in_minutes(one.revoked_at)} (UTC), says {one.url}"
            )


def _ask(
    certificate: x509.Certificate, issuer: x509.Certificate, fetcher: Fetcher, clock: Clock
) -> Revocation:
    """The list; the responder where there is no list, or none that says anything."""
    sources = (("crl", _list_url(certificate)), ("ocsp", ocsp.question_url(certificate, issuer)))
    found: list[Revocation] = []
    for kind, url in sources:
        if url:
            found.append(_fetched(kind, url, certificate, issuer, fetcher, clock))
            if not found[-1].fault:
                return found[-1]
    nothing = _about(certificate, kind="", url="", asked_at=clock.now(), data=None, fault=NAMES_NONE)
    return next((one for one in found if one.data is not None), found[-1] if found else nothing)


def _fetched(
    kind: str,
    url: str,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    fetcher: Fetcher,
    clock: Clock,
) -> Revocation:
    asked_at = clock.now()
    data: bytes | None = None
    revoked_at: datetime | None = None
    try:
        data = fetcher.fetch(Request(url)).body
        if len(data) > MAX_SIZE:
            data, fault = None, TOO_LARGE
        else:
            judge = _judged_list if kind == "crl" else _judged_answer
            fault, revoked_at = judge(data, certificate, issuer, asked_at)
    except FetchError as error:
        fault = error.code
    except UNREADABLE:
        fault = CANNOT_BE_READ
    return _about(
        certificate, kind=kind, url=url, asked_at=asked_at, data=data, fault=fault, revoked_at=revoked_at
    )


def _about(
    certificate: x509.Certificate,
    *,
    kind: str,
    url: str,
    asked_at: datetime,
    data: bytes | None,
    fault: str,
    revoked_at: datetime | None = None,
) -> Revocation:
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
    return Revocation(digest, name_of(certificate), kind, url, asked_at, data, fault, revoked_at)


def _judged_list(
    data: bytes, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
) -> tuple[str, datetime | None]:
    """What is wrong with a list, "" if nothing is, and when it says that the certificate was revoked."""
    is_pem = data.lstrip().startswith(b"-----BEGIN")
    read = x509.load_pem_x509_crl(data) if is_pem else x509.load_der_x509_crl(data)
    if read.issuer != issuer.subject or not read.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]
        return NOT_ITS_ISSUERS, None
    if read.next_update_utc is not None and read.next_update_utc < at:
        return OUT_OF_DATE, None
    entry = read.get_revoked_certificate_by_serial_number(certificate.serial_number)
    return "", entry.revocation_date_utc if entry is not None else None


def _judged_answer(
    data: bytes, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
) -> tuple[str, datetime | None]:
    """The same of a responder's answer."""
    read = ocsp.answer(data, certificate, issuer)
    if read is None:
        return NOT_ITS_ISSUERS, None
    if read.next_update_utc is not None and read.next_update_utc < at:
        return OUT_OF_DATE, None
    if read.certificate_status is OCSPCertStatus.UNKNOWN:
        return UNKNOWN, None
    return "", read.revocation_time_utc


def _list_url(certificate: x509.Certificate) -> str:
    """The first address on the web under which the certificate says its list is; "" if there is none."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, *UNREADABLE):
        return ""
    names = [name.value for point in points for name in point.full_name or [] if isinstance(name.value, str)]
    on_the_web = (name for name in names if name.lower().startswith(("http://", "https://")))
    return next((name for name in on_the_web if name.isprintable()), "")
