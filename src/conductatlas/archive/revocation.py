"""Whether certificates had been revoked when a stamp was made: the lists that they name (RFC 5280, section 5).

A signature can only be judged years later if it is known what was said of its certificate at the time, so the lists are
fetched with each stamp and kept as they came. One that cannot be had is recorded as that; it is no fault of the stamp.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from conductatlas.archive.answer import Request
from conductatlas.archive.certificates import UNREADABLE, name_of
from conductatlas.archive.fetch import Fetcher
from conductatlas.clock import Clock, in_minutes
from conductatlas.errors import FetchError, StampRevokedError

MAX_LIST = 2 * 2**20  # bytes; a longer list is not kept
NO_LIST, NOT_A_LIST, NOT_ITS_ISSUERS, OUT_OF_DATE, TOO_LARGE = (
    "no_list",
    "not_a_list",
    "not_its_issuers",
    "out_of_date",
    "too_large",
)


@dataclass(frozen=True, slots=True)
class Revocation:
    """What could be had about one certificate.

    certificate: SHA-256 of it (DER), hex. subject: RFC 4514. url: of the list, "" if the certificate names none.
    data: the list as it came, None if it could not be had. fault: why it says nothing, "" if it does: one of the words
    of this file, or the code of a FetchError.
    """

    certificate: str
    subject: str
    url: str
    asked_at: datetime
    data: bytes | None
    fault: str


def ask_revocation(
    chain: Sequence[x509.Certificate], fetcher: Fetcher, clock: Clock
) -> tuple[Revocation, ...]:
    """One for each certificate of a chain (signer first) but its root, which nobody can revoke."""
    return tuple(_ask(chain[i], chain[i + 1], fetcher, clock) for i in range(len(chain) - 1))


def require_not_revoked(chain: Sequence[x509.Certificate], revocations: Sequence[Revocation]) -> None:
    """StampRevokedError if a list that stands without fault names a certificate of the chain."""
    for certificate, revocation in zip(chain, revocations, strict=False):
        if revocation.data is None or revocation.fault:
            continue
        revoked = _read(revocation.data).get_revoked_certificate_by_serial_number(certificate.serial_number)
        if revoked is not None:
            raise StampRevokedError(
                f"{name_of(certificate)} was revoked at {in_minutes(revoked.revocation_date_utc)} (UTC), "
                f"says {revocation.url}"
            )


def _ask(
    certificate: x509.Certificate, issuer: x509.Certificate, fetcher: Fetcher, clock: Clock
) -> Revocation:
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
    url, asked_at = _address(certificate), clock.now()
    data: bytes | None = None
    if not url:
        fault = NO_LIST
    else:
        try:
            data = fetcher.fetch(Request(url)).body
            fault = _fault(data, issuer, asked_at)
        except FetchError as error:
            fault = error.code
    if data is not None and len(data) > MAX_LIST:
        data, fault = None, TOO_LARGE
    return Revocation(digest, name_of(certificate), url, asked_at, data, fault)


def _address(certificate: x509.Certificate) -> str:
    """The first address on the web under which the certificate says its list is; "" if there is none."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, *UNREADABLE):
        return ""
    names = [name.value for point in points for name in point.full_name or [] if isinstance(name.value, str)]
    on_the_web = (name for name in names if name.lower().startswith(("http://", "https://")))
    return next((name for name in on_the_web if name.isprintable()), "")


def _fault(data: bytes, issuer: x509.Certificate, at: datetime) -> str:
    try:
        read = _read(data)
        holds = read.issuer == issuer.subject and read.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
        until = read.next_update_utc
    except UNREADABLE:
        return NOT_A_LIST
    if not holds:
        return NOT_ITS_ISSUERS
    return OUT_OF_DATE if until is not None and until < at else ""


def _read(data: bytes) -> x509.CertificateRevocationList:
    is_pem = data.lstrip().startswith(b"-----BEGIN")
    return x509.load_pem_x509_crl(data) if is_pem else x509.load_der_x509_crl(data)
