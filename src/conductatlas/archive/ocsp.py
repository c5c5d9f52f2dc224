"""Asking an authority about one certificate (OCSP, RFC 6960): where no list of revoked ones is named or to be had.

The question goes in the address of a GET (appendix A.1), so it needs no more than a fetcher, and it carries no nonce:
the answer states from when until when it holds.
"""

from __future__ import annotations

import base64
from datetime import datetime
from urllib.parse import quote

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from conductatlas.archive.certificates import UNREADABLE


def question_url(certificate: x509.Certificate, issuer: x509.Certificate) -> str:
    """Where to ask about `certificate`, with the question in it; "" if it names no responder on the web."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, *UNREADABLE):
        return ""
    named = [
        one.access_location.value
        for one in access
        if one.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(one.access_location.value, str)
    ]
    base = next((name for name in named if name.lower().startswith(("http://", "https://"))), "")
    if not base.isprintable() or not base:
        return ""
    asked = base64.b64encode(_question(certificate, issuer).public_bytes(Encoding.DER)).decode("ascii")
    return f"{base.rstrip('/')}/{quote(asked, safe='')}"


def answer(data: bytes, certificate: x509.Certificate, issuer: x509.Certificate) -> ocsp.OCSPResponse | None:
    """What a responder says of `certificate`, None if that is not signed by `issuer` or for it, or is about another.

    ValueError and the like if it cannot be read, or the responder answers with an error.
    """
    read = ocsp.load_der_ocsp_response(data)
    if read.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise ValueError(f"the responder answers {read.response_status.name.lower()}")
    asked = _question(certificate, issuer)
    is_about_it = (
        read.serial_number == asked.serial_number
        and read.issuer_name_hash == asked.issuer_name_hash
        and read.issuer_key_hash == asked.issuer_key_hash
    )
    signers = [issuer, *(one for one in read.certificates if _answers_for(one, issuer, read.produced_at_utc))]
    return read if is_about_it and any(_signed(read, one) for one in signers) else None


def _question(certificate: x509.Certificate, issuer: x509.Certificate) -> ocsp.OCSPRequest:
    """The digest only names the issuer, and SHA-1 is the one that all responders know (RFC 5019, section 2.1.1)."""
    return ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA1()).build()  # noqa: S303


def _answers_for(certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> bool:
    """Whether the issuer has given the certificate out to answer in its place (RFC 6960, section 4.2.2.2)."""
    try:
        certificate.verify_directly_issued_by(issuer)
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (InvalidSignature, x509.ExtensionNotFound, *UNREADABLE):
        return False
    is_valid = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
    return is_valid and ExtendedKeyUsageOID.OCSP_SIGNING in usage


def _signed(read: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    key, algorithm = certificate.public_key(), read.signature_hash_algorithm
    signature, signed = read.signature, read.tbs_response_bytes
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm is not None:
            key.verify(signature, signed, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm is not None:
            key.verify(signature, signed, ec.ECDSA(algorithm))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, signed)
        else:
            return False
    except (InvalidSignature, *UNREADABLE):
        return False
    return True
