"""Time stamps (RFC 3161): what a token shows, once everything about it has been checked.

A token shows that a digest existed no later than its moment, said by whoever holds the key of the signer's
certificate. It shows nothing about what the digest is of, nor where that came from.

Each fault is looked for by itself, so that the error names it; the signature over all is checked last, by
rfc3161-client with OpenSSL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from rfc3161_client import (
    Accuracy,
    PKIStatus,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from conductatlas.archive.authority import Token
from conductatlas.archive.certificates import (
    is_self_issued,
    name_of,
    path_to_root,
    require_time_stamping,
)
from conductatlas.archive.timestamp_query import SHA256, read_query
from conductatlas.archive.timestamp_reply import in_order
from conductatlas.archive.timestamp_signer import signer_of
from conductatlas.errors import (
    StampChainError,
    StampDigestError,
    StampError,
    StampNonceError,
    StampPolicyError,
    StampRefusedError,
    StampSignatureError,
    StampUnreadableError,
)

_COARSEST = timedelta(days=1)  # whoever knows the time less well is no authority on it
_LONGEST_OID = 200  # characters


@dataclass(frozen=True, slots=True)
class Verified:
    """What a token shows: the digest existed no later than `moment`, give or take `accuracy`.

    moment: in UTC. accuracy: as the token states it, None if it states none. policy_oid: the rules that the authority
    says it followed. serial: of the token, in decimal. signer: subject of the certificate that signed (RFC 4514).
    chain: that certificate first, the root last.
    """

    moment: datetime
    accuracy: timedelta | None
    policy_oid: str
    serial: str
    signer: str
    chain: tuple[x509.Certificate, ...]


def verify(token: Token, digest: bytes, roots: Sequence[x509.Certificate], at: datetime) -> Verified:
    """What the reply in `token` shows about a SHA-256 digest (32 bytes).

    roots: certificates trusted; the chain must lead to one that is self-issued.
    at: when the reply was received; the certificates must have been valid then, and at the token's own moment.
    StampError of the kind that says what is wrong, and nothing else.
    """
    try:
        return _verify(token, digest, roots, at)
    except StampError:
        raise
    except Exception as fault:  # whatever parsers raise over the bytes of a stranger
        raise StampUnreadableError(f"the reply is not DER as RFC 3161 has it: {str(fault)[:200]}") from fault


def _verify(token: Token, digest: bytes, roots: Sequence[x509.Certificate], at: datetime) -> Verified:
    asked = read_query(token.request)
    reply = decode_timestamp_response(in_order(token.reply))
    _require_granted(reply)
    info = reply.tst_info
    imprint = info.message_imprint
    if imprint.hash_algorithm != SHA256 or imprint.message != digest or asked.imprint.digest != digest:
        raise StampDigestError(f"the stamp is on {imprint.message.hex()} and not on {digest.hex()}")
    if asked.nonce is None or info.nonce != asked.nonce:
        raise StampNonceError(f"the reply has the nonce {info.nonce} and the request {asked.nonce}")
    if asked.policy is not None and info.policy != asked.policy:
        raise StampPolicyError(
            f"the stamp was made under {info.policy.dotted_string} "
            f"and not under {asked.policy.dotted_string}, as was asked for"
        )
    if len(info.policy.dotted_string) > _LONGEST_OID:
        raise ValueError("a policy with a name that long")
    sent = [x509.load_der_x509_certificate(der) for der in reply.signed_data.certificates]
    signer = signer_of(reply.time_stamp_token(), sent)
    require_time_stamping(signer)
    moment = info.gen_time.astimezone(UTC) if info.gen_time.tzinfo else info.gen_time.replace(tzinfo=UTC)
    chain = path_to_root(signer, sent, roots, (moment, at))
    _require_signature(reply, digest, roots)
    return Verified(
        moment=moment,
        accuracy=_accuracy(reply),
        policy_oid=info.policy.dotted_string,
        serial=str(info.serial_number),
        signer=name_of(signer),
        chain=chain,
    )


def _require_granted(reply: TimeStampResponse) -> None:
    if reply.status == PKIStatus.GRANTED:
        return
    known = {status.value: status.name.lower().replace("_", " ") for status in PKIStatus}
    words = "; ".join(reply.status_string or [])[:200]
    said = "".join(c if c.isprintable() else " " for c in words)  # nobody has signed them
    status = known.get(reply.status, str(reply.status))
    raise StampRefusedError(f"the authority answered: {status}" + (f" ({said})" if said else ""))


def _require_signature(reply: TimeStampResponse, digest: bytes, roots: Sequence[x509.Certificate]) -> None:
    anchors = [root for root in roots if is_self_issued(root)]
    between = [root for root in roots if not is_self_issued(root)]
    if not anchors:
        raise StampChainError("no root certificate is given")
    try:
        VerifierBuilder(roots=anchors, intermediates=between).build().verify(reply, digest)
    except VerificationError as fault:
        raise StampSignatureError(f"the signature does not hold: {str(fault)[:200]}") from fault


def _accuracy(reply: TimeStampResponse) -> timedelta | None:
    stated: Accuracy | None = reply.tst_info.accuracy  # optional, whatever its type says
    if stated is None:
        return None
    accuracy = timedelta(
        seconds=stated.seconds or 0, milliseconds=stated.millis or 0, microseconds=stated.micros or 0
    )
    if accuracy > _COARSEST:
        raise ValueError(f"an accuracy of {accuracy.days} days")
    return accuracy
