"""What a time stamp shows, and every way in which one can show nothing. Replies are those of `openssl ts`."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from rfc3161_client import decode_timestamp_response

from archive.openssl_authority import OTHER_POLICY, POLICY, OpensslAuthority, Reply, openssl, openssl_accepts
from conductatlas.archive.authority import MemoryAuthority, Token
from conductatlas.archive.timestamp_query import query, read_query
from conductatlas.archive.timestamps import Verified, verify
from conductatlas.clock import SystemClock
from conductatlas.errors import (
    StampChainError,
    StampDigestError,
    StampError,
    StampExpiredError,
    StampNonceError,
    StampPolicyError,
    StampRefusedError,
    StampSignatureError,
    StampSignerError,
    StampUnreadableError,
    StampUsageError,
)

DIGEST = bytes(range(32))
CLOCK = SystemClock()


def ask(reply: Reply, policy_oid: str = "") -> Token:
    return MemoryAuthority("test", reply, CLOCK, policy_oid=policy_oid).stamp(DIGEST)


def verdict(
    token: Token, roots: Sequence[x509.Certificate], *, digest: bytes = DIGEST, at: datetime | None = None
) -> Verified:
    return verify(token, digest, roots, at or token.received_at)


def fault(kind: type[StampError], token: Token, roots: Sequence[x509.Certificate], **how: object) -> str:
    """What the error of exactly that kind says."""
    with pytest.raises(StampError) as caught:
        verdict(token, roots, **how)  # type: ignore[arg-type]
    assert type(caught.value) is kind, caught.value
    return caught.value.message


def test_a_good_stamp_shows_its_moment_and_who_says_so(authority: OpensslAuthority) -> None:
    token = ask(authority.good)
    shown = verdict(token, authority.roots)
    assert token.asked_at - timedelta(seconds=2) <= shown.moment <= token.received_at
    assert shown.moment.tzinfo is UTC
    assert (shown.accuracy, shown.policy_oid) == (timedelta(seconds=1.5), POLICY)
    assert shown.signer == "CN=Test Time Stamps"
    assert shown.chain == tuple(authority.certificate(name) for name in ("signer", "issuing", "root"))
    assert shown.serial.isdigit()
    assert openssl_accepts(authority, token.request, token.reply)


def test_the_certificates_of_a_reply_may_stand_in_any_order(authority: OpensslAuthority) -> None:
    """The strict parser takes one order of two, and `openssl ts` sends the other as often."""
    token = ask(authority.good)
    one, two = (authority.certificate(name).public_bytes(Encoding.DER) for name in ("signer", "issuing"))
    replies = (token.reply.replace(one + two, two + one), token.reply.replace(two + one, one + two))
    assert replies[0] != replies[1]
    taken = 0
    for reply in replies:
        with contextlib.suppress(ValueError):
            decode_timestamp_response(reply)
            taken += 1
        shown = verdict(Token(token.request, reply, token.asked_at, token.received_at), authority.roots)
        assert len(shown.chain) == 3
        assert openssl_accepts(authority, token.request, reply)
    assert taken == 1


def test_another_policy_can_be_asked_for(authority: OpensslAuthority) -> None:
    token = ask(authority.good, policy_oid=POLICY)
    assert verdict(token, authority.roots).policy_oid == POLICY
    message = fault(StampPolicyError, ask(authority.other_policy, policy_oid=OTHER_POLICY), authority.roots)
    assert POLICY in message
    assert OTHER_POLICY in message


@pytest.mark.parametrize(
    ("way", "kind"),
    [
        ("wrong_nonce", StampNonceError),
        ("no_nonce", StampNonceError),
        ("wrong_hash", StampDigestError),
        ("other_function", StampDigestError),
        ("expired", StampExpiredError),
        ("not_der", StampUnreadableError),
        ("not_granted", StampRefusedError),
        ("without_certificates", StampSignerError),
        ("bad_signature", StampSignatureError),
    ],
)
def test_what_is_wrong_is_named(way: str, kind: type[StampError], authority: OpensslAuthority) -> None:
    token = ask(getattr(authority, way))
    fault(kind, token, authority.roots)
    assert not openssl_accepts(authority, token.request, token.reply)


def test_a_refusal_carries_the_authoritys_words(authority: OpensslAuthority) -> None:
    message = fault(StampRefusedError, ask(authority.not_granted), authority.roots)
    assert message == "the authority answered: rejection (Requested policy is not supported.)"


def test_what_nobody_signed_is_quoted_without_control_characters(authority: OpensslAuthority) -> None:
    token = ask(authority.not_granted)
    reply = token.reply.replace(b"policy is not", b"policy\x00is\x1bnot")
    altered = Token(token.request, reply, token.asked_at, token.received_at)
    message = fault(StampRefusedError, altered, authority.roots)
    assert message == "the authority answered: rejection (Requested policy is not supported.)"


def test_who_knows_the_time_to_a_day_at_best_is_no_authority(authority: OpensslAuthority) -> None:
    for seconds, holds in ((86_399, True), (86_400, False)):
        token = ask(authority.accurate_to(seconds))
        if holds:
            assert verdict(token, authority.roots).accuracy == timedelta(seconds=86_399.5)
        else:
            fault(StampUnreadableError, token, authority.roots)


@pytest.mark.parametrize("certificate", ["codes", "root", "by_the_way"])
def test_a_certificate_for_anything_else_too_is_not_taken(
    certificate: str, authority: OpensslAuthority
) -> None:
    token = ask(lambda request: authority.signed_by(request, certificate))
    fault(StampUsageError, token, authority.roots)
    assert not openssl_accepts(authority, token.request, token.reply)


def test_a_token_that_does_not_sign_for_its_certificate_is_not_taken(authority: OpensslAuthority) -> None:
    verdict(ask(lambda request: authority.signed_by(request, "signer")), authority.roots)
    token = ask(lambda request: authority.signed_by(request, "signer", names_signer=False))
    fault(StampSignerError, token, authority.roots)
    assert not openssl_accepts(authority, token.request, token.reply)


def test_the_certificate_that_is_signed_for_must_be_there(authority: OpensslAuthority) -> None:
    token = ask(lambda request: authority.signed_by(request, "signer", sends_signer=False))
    assert authority.certificate("issuing").public_bytes(Encoding.DER) in token.reply
    fault(StampSignerError, token, authority.roots)


def test_two_signatures_are_one_too_many(authority: OpensslAuthority) -> None:
    """RFC 3161, section 2.4.2: the token has the signature of the authority alone."""
    token = ask(lambda request: authority.signed_by(request, "signer", "other_signer"))
    assert "2 signatures" in fault(StampSignerError, token, authority.roots)


def test_another_authority_of_the_same_names_leads_to_no_root(
    authority: OpensslAuthority, other_authority: OpensslAuthority
) -> None:
    token = ask(other_authority.good)
    verdict(token, other_authority.roots)
    fault(StampChainError, token, authority.roots)
    assert not openssl_accepts(authority, token.request, token.reply)
    verdict(token, [*authority.roots, *other_authority.roots])


def test_without_roots_nothing_is_shown(authority: OpensslAuthority) -> None:
    fault(StampChainError, ask(authority.good), [])


def test_an_issuer_that_is_no_root_vouches_for_nothing(authority: OpensslAuthority) -> None:
    fault(StampChainError, ask(authority.good), [authority.certificate("issuing")])


def test_a_missing_issuer_may_come_with_the_roots(authority: OpensslAuthority) -> None:
    def alone(request: bytes) -> bytes:
        return authority.good(request, along="")

    token = ask(alone)
    fault(StampChainError, token, authority.roots)
    shown = verdict(token, [authority.certificate("issuing"), *authority.roots])
    assert len(shown.chain) == 3


def test_a_stamp_on_another_digest_is_not_ours(authority: OpensslAuthority) -> None:
    token = ask(authority.good)
    fault(StampDigestError, token, authority.roots, digest=b"\0" * 32)
    nonce = read_query(token.request).nonce
    assert nonce is not None
    other_request = Token(query(b"\0" * 32, nonce), token.reply, token.asked_at, token.received_at)
    fault(StampDigestError, other_request, authority.roots)


@pytest.mark.parametrize("days", [-1000, 1000])
def test_certificates_must_have_been_valid_when_the_reply_came(
    days: int, authority: OpensslAuthority
) -> None:
    """A stamp with a moment that was set back, by a key that has run out, would look well otherwise."""
    fault(StampExpiredError, ask(authority.good), authority.roots, at=CLOCK.now() + timedelta(days=days))


def test_a_reply_to_another_request_is_not_taken(authority: OpensslAuthority) -> None:
    one, two = ask(authority.good), ask(authority.good)
    assert read_query(one.request).nonce != read_query(two.request).nonce
    mixed = Token(one.request, two.reply, two.asked_at, two.received_at)
    fault(StampNonceError, mixed, authority.roots)


@pytest.mark.filterwarnings(
    "ignore::cryptography.utils.CryptographyDeprecationWarning"
)  # of odd certificates
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_altered_reply_shows_another_moment(data: st.DataObject, good: Good) -> None:
    """An octet changed, dropped or added: a StampError, or all is as it was, and `openssl` knows of nothing worse."""
    reply = bytearray(good.token.reply)
    place = data.draw(st.integers(0, len(reply) - 1))
    how = data.draw(st.sampled_from(["change", "drop", "add"]))
    if how == "change":
        reply[place] ^= data.draw(st.integers(1, 255))
    elif how == "drop":
        del reply[place]
    else:
        reply.insert(place, data.draw(st.integers(0, 255)))
    altered = Token(good.token.request, bytes(reply), good.token.asked_at, good.token.received_at)
    try:
        shown = verdict(altered, good.authority.roots)
    except StampError:
        return
    assert shown == good.shown
    assert openssl_accepts(good.authority, altered.request, altered.reply)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_stamp_error_at_most(data: bytes) -> None:
    request = query(DIGEST, 1)
    with pytest.raises(StampError):
        verify(Token(request, data, CLOCK.now(), CLOCK.now()), DIGEST, [], CLOCK.now())


@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**64 - 1), st.sampled_from(["", POLICY]))
def test_a_query_is_read_as_it_was_written(digest: bytes, nonce: int, policy: str) -> None:
    read = read_query(query(digest, nonce, policy))
    assert (read.version, read.imprint.digest, read.nonce) == (1, digest, nonce)
    assert (read.policy.dotted_string if read.policy else "") == policy
    assert read.wants_certificates


def test_openssl_reads_our_query(authority: OpensslAuthority) -> None:
    file = authority.folder / "ours.tsq"
    file.write_bytes(query(DIGEST, 0xF123456789ABCDEF, POLICY))
    said = openssl("ts", "-query", "-in", file, "-text").decode()
    for line in (
        "Version: 1",
        "Hash Algorithm: sha256",
        f"Policy OID: {POLICY}",
        "Nonce: 0xF123456789ABCDEF",
        "Certificate required: yes",
    ):
        assert line in said


def test_only_sha256_is_asked_for() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        query(b"\0" * 20, 1)


class Good:
    """One good stamp, for tests that alter it many times."""

    def __init__(self, authority: OpensslAuthority) -> None:
        self.authority, self.token = authority, ask(authority.good)
        self.shown = verdict(self.token, authority.roots)


@pytest.fixture(scope="session")
def good(authority: OpensslAuthority) -> Good:
    return Good(authority)
