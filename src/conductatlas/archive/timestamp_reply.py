"""The reply of a time stamp authority as it is sent, and in the strict form that its parser takes.

A token is a CMS SignedData, for which RFC 5652 allows BER; rfc3161-client takes DER only, where the members of a set
stand in order. Authorities, `openssl ts` among them, send their certificates in whatever order. That set is not
covered by the signature, so for reading it is put in order. What is kept is always what came.
"""

from __future__ import annotations

from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier


@asn1.sequence
class _SignedData:
    version: int
    digest_algorithms: asn1.TLV
    content: asn1.TLV
    certificates: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]  # a set, under a tag of its own
    revocations: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    signers: asn1.TLV


@asn1.sequence
class _ContentInfo:
    kind: ObjectIdentifier
    content: Annotated[_SignedData, asn1.Explicit(0)]


@asn1.sequence
class _Reply:
    status: asn1.TLV
    token: _ContentInfo | None


@asn1.sequence
class _Ordered:
    members: asn1.SetOf[asn1.TLV]


def in_order(reply: bytes) -> bytes:
    """The same TimeStampResp (RFC 3161, section 2.4.2) with its sets of certificates and revocation lists in the order
    of DER (X.690, section 11.6). ValueError if it cannot be read otherwise either."""
    read = asn1.decode_der(_Reply, reply)
    if read.token is None:
        return reply
    signed = read.token.content
    signed.certificates, signed.revocations = _sorted(signed.certificates), _sorted(signed.revocations)
    return asn1.encode_der(read)


def _sorted(members: list[asn1.TLV] | None) -> list[asn1.TLV] | None:
    """The encoder knows the order."""
    if members is None:
        return None
    ordered = asn1.encode_der(_Ordered(members=asn1.SetOf(members)))
    return asn1.decode_der(_Ordered, ordered).members.as_list()
