"""What a time stamp authority is asked: RFC 3161, section 2.4.1, in DER."""

from __future__ import annotations

from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

SHA256 = ObjectIdentifier("2.16.840.1.101.3.4.2.1")


@asn1.sequence
class Algorithm:
    """AlgorithmIdentifier of a hash function, whose parameters are NULL or missing (RFC 5754, section 2)."""

    oid: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class Imprint:
    algorithm: Algorithm
    digest: bytes


@asn1.sequence
class Query:
    """TimeStampReq. nonce: 64 random bits, so that an old reply cannot pass for a new one."""

    version: int
    imprint: Imprint
    policy: ObjectIdentifier | None
    nonce: int | None
    wants_certificates: Annotated[bool, asn1.Default(False)]


def query(digest: bytes, nonce: int, policy_oid: str = "") -> bytes:
    """The bytes to send: for a SHA-256 digest (32 bytes), asking for the certificates to be sent along.

    policy_oid: the policy wanted, "" for whichever the authority uses.
    """
    if len(digest) != 32:
        raise ValueError("a SHA-256 digest has 32 bytes")
    imprint = Imprint(algorithm=Algorithm(oid=SHA256, parameters=asn1.Null()), digest=digest)
    policy = ObjectIdentifier(policy_oid) if policy_oid else None
    return asn1.encode_der(
        Query(version=1, imprint=imprint, policy=policy, nonce=nonce, wants_certificates=True)
    )


def read_query(data: bytes) -> Query:
    """What `query` wrote. ValueError if it is something else."""
    return asn1.decode_der(Query, data)
