"""Who signed a time stamp token: the one certificate in it that the signed attributes name.

What the token says outside of its signature (issuer and serial number) could be changed to point to another
certificate with the same key. So the digest of the certificate, which stands inside (ESSCertID: RFC 3161, section
2.4.2, and RFC 5816), is what counts. The token is a CMS SignedData (RFC 5652, section 5); attributes are RFC 5035's.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ObjectIdentifier

from conductatlas.archive.timestamp_query import SHA256, Algorithm
from conductatlas.errors import StampSignerError

_SIGNING_CERTIFICATE = ObjectIdentifier("1.2.840.113549.1.9.16.2.12")
_SIGNING_CERTIFICATE_V2 = ObjectIdentifier("1.2.840.113549.1.9.16.2.47")
_HASHES = {
    SHA256: "sha256",
    ObjectIdentifier("2.16.840.1.101.3.4.2.2"): "sha384",
    ObjectIdentifier("2.16.840.1.101.3.4.2.3"): "sha512",
}


@asn1.sequence
class _Attribute:
    kind: ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class _SignerInfo:
    version: int
    signer: asn1.TLV
    digest_algorithm: asn1.TLV
    signed: Annotated[asn1.SetOf[_Attribute] | None, asn1.Implicit(0)]
    signature_algorithm: asn1.TLV
    signature: bytes
    unsigned: Annotated[asn1.SetOf[asn1.TLV] | None, asn1.Implicit(1)]


@asn1.sequence
class _SignedData:
    version: int
    digest_algorithms: asn1.TLV
    content: asn1.TLV
    certificates: Annotated[asn1.SetOf[asn1.TLV] | None, asn1.Implicit(0)]
    revocations: Annotated[asn1.SetOf[asn1.TLV] | None, asn1.Implicit(1)]
    signers: asn1.SetOf[_SignerInfo]


@asn1.sequence
class _ContentInfo:
    kind: ObjectIdentifier
    content: Annotated[_SignedData, asn1.Explicit(0)]


@asn1.sequence
class _CertificateId:
    digest: bytes  # SHA-1
    issuer_and_serial: list[asn1.TLV] | None


@asn1.sequence
class _SigningCertificate:
    certificates: list[_CertificateId]
    policies: list[asn1.TLV] | None


@asn1.sequence
class _CertificateIdV2:
    algorithm: Algorithm | None  # SHA-256 if missing
    digest: bytes
    issuer_and_serial: list[asn1.TLV] | None


@asn1.sequence
class _SigningCertificateV2:
    certificates: list[_CertificateIdV2]
    policies: list[asn1.TLV] | None


def signer_of(token: bytes, certificates: list[x509.Certificate]) -> x509.Certificate:
    """The one of `certificates` that the signed attributes of a token (DER) name.

    StampSignerError if it is not among them, or the attributes name none. ValueError if the token cannot be read.
    """
    signers = asn1.decode_der(_ContentInfo, token).content.signers.as_list()
    if len(signers) != 1:
        raise StampSignerError(f"the token has {len(signers)} signatures and not one")
    attributes = signers[0].signed.as_list() if signers[0].signed else []
    named = [identified for attribute in attributes for identified in _identified(attribute)]
    if not named:
        raise StampSignerError("the signed attributes do not name the certificate that signs")
    for certificate in certificates:
        der = certificate.public_bytes(Encoding.DER)
        if all(hashlib.new(name, der, usedforsecurity=False).digest() == digest for name, digest in named):
            return certificate
    raise StampSignerError("the certificate that the signed attributes name is not in the reply")


def _identified(attribute: _Attribute) -> list[tuple[str, bytes]]:
    """Hash function and digest of the signer's certificate, which an attribute names first."""
    found: list[tuple[str, bytes]] = []
    for value in attribute.values.as_list():
        if attribute.kind == _SIGNING_CERTIFICATE:
            found += [("sha1", one.digest) for one in value.parse(_SigningCertificate).certificates[:1]]
        elif attribute.kind == _SIGNING_CERTIFICATE_V2:
            for two in value.parse(_SigningCertificateV2).certificates[:1]:
                oid = two.algorithm.oid if two.algorithm else SHA256
                if oid not in _HASHES:
                    raise StampSignerError(f"the signer is named by a hash function that is not known: {oid}")
                found.append((_HASHES[oid], two.digest))
    return found
