"""Certificates of time stamp authorities: roots that the operator trusts, and the path from a signer to one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from conductatlas.clock import in_minutes
from conductatlas.errors import ConfigurationError, StampChainError, StampExpiredError, StampUsageError

Certificates = Sequence[x509.Certificate]
UNREADABLE = (  # what cryptography raises over the bytes of a stranger
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
_LONGEST = 8  # certificates from the signer to the root


def read_certificates(place: Path) -> tuple[x509.Certificate, ...]:
    """The certificates in a PEM file, or in the `*.pem`, `*.crt` and `*.cer` files of a folder, by name.

    None where nothing is there. ConfigurationError if a file cannot be read.
    """
    kinds = {".pem", ".crt", ".cer"}
    files = sorted(file for file in place.iterdir() if file.suffix in kinds) if place.is_dir() else [place]
    found: list[x509.Certificate] = []
    for file in files:
        try:
            data = file.read_bytes()
            der = b"-----BEGIN" not in data
            found += [x509.load_der_x509_certificate(data)] if der else x509.load_pem_x509_certificates(data)
        except FileNotFoundError:
            continue
        except (OSError, *UNREADABLE) as fault:
            raise ConfigurationError(
                f"{file} holds no certificate that can be read: {fault}",
                remedy="Put the root certificates of your time stamp authorities there, as PEM.",
            ) from None
    return tuple(found)


def name_of(certificate: x509.Certificate) -> str:
    """Its subject, as RFC 4514 writes it."""
    return certificate.subject.rfc4514_string()


def is_self_issued(certificate: x509.Certificate) -> bool:
    return certificate.subject == certificate.issuer


def to_pem(certificates: Iterable[x509.Certificate]) -> bytes:
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def path_to_root(
    signer: x509.Certificate, beside: Certificates, roots: Certificates, moments: Sequence[datetime]
) -> tuple[x509.Certificate, ...]:
    """`signer` first, a root last, each issued by the next (RFC 5280, section 6.1, without policies and names, which
    the check of the signature sees to).

    beside: certificates that may stand between. roots: those trusted; self-issued, others may only stand between.
    moments: when each certificate must have been valid. StampChainError if there is no path, StampExpiredError if
    the only paths lead over a certificate that was not valid then.
    """
    anchors = [certificate for certificate in roots if is_self_issued(certificate)]
    between = [*beside, *(certificate for certificate in roots if not is_self_issued(certificate))]
    expired: list[StampExpiredError] = []

    def grow(path: tuple[x509.Certificate, ...]) -> tuple[x509.Certificate, ...] | None:
        if path[-1] in anchors:
            return path
        candidates = [c for c in (*anchors, *between) if c not in path and _issued(path[-1], c)]
        for candidate in candidates if len(path) < _LONGEST else ():
            try:
                require_valid(candidate, moments)
            except StampExpiredError as fault:
                expired.append(fault)
                continue
            if grown := grow((*path, candidate)):
                return grown
        return None

    require_valid(signer, moments)
    if path := grow((signer,)):
        return path
    if expired:
        raise expired[0]
    raise StampChainError(
        f"from {name_of(signer)}, issued by {signer.issuer.rfc4514_string()}, no certificate "
        f"leads to one of the {len(anchors)} roots"
    )


def require_valid(certificate: x509.Certificate, moments: Sequence[datetime]) -> None:
    """StampExpiredError unless the certificate was valid at each of the moments."""
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    for moment in moments:
        if not first <= moment <= last:
            raise StampExpiredError(
                f"{name_of(certificate)} is valid from {in_minutes(first)} to {in_minutes(last)}, "
                f"and not at {in_minutes(moment)} (UTC)"
            )


def require_time_stamping(signer: x509.Certificate) -> None:
    """StampUsageError unless the extended key usage is time stamping alone, and critical (RFC 3161, section 2.3)."""
    try:
        usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, *UNREADABLE):
        raise StampUsageError(f"{name_of(signer)} names no extended key usage") from None
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise StampUsageError(f"{name_of(signer)} is not for time stamping alone, as a critical usage")


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if certificate.issuer != issuer.subject or not _may_issue(issuer):
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *UNREADABLE):
        return False
    return True


def _may_issue(certificate: x509.Certificate) -> bool:
    """RFC 5280, section 6.1.4 (k) and (n): an authority's, and to sign others if it names usages."""
    try:
        extensions = certificate.extensions
        if not extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        return extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound as missing:
        return missing.oid == x509.KeyUsage.oid
    except UNREADABLE:
        return False
