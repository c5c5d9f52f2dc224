"""What every time stamp authority does, run on the one that uses the network and on its twin in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from ipaddress import ip_network

import pytest

from archive.hostile import endless, failure, page, sends, serving, stalls
from archive.openssl_authority import OTHER_POLICY, POLICY, OpensslAuthority, Reply
from archive.stamp_server import serving_stamps
from conductatlas.archive.authority import MAX_REPLY, Authority, HttpAuthority, MemoryAuthority
from conductatlas.archive.exchange import Limits
from conductatlas.archive.guard import Guard
from conductatlas.archive.resolver import MappedResolver
from conductatlas.archive.timestamp_query import read_query
from conductatlas.archive.timestamps import verify
from conductatlas.clock import SystemClock
from conductatlas.errors import (
    AddressRefusedError,
    AnswerTooLargeError,
    BrokenAnswerError,
    FetchTimeoutError,
    HostUnreachableError,
    RedirectError,
    StampUnreadableError,
    StatusError,
)

DIGEST = bytes(range(32))
MakeAuthority = Callable[..., Authority]


def over_http(
    url: str, *, policy_oid: str = "", network: str = "127.0.0.1/32", **limits: float
) -> HttpAuthority:
    chosen = {"connect": 5.0, "read": 10.0, "total": 20.0} | limits
    return HttpAuthority(
        name="test",
        url=url,
        guard=Guard([ip_network(network)], MappedResolver({})),
        user_agent="ConductAtlas/test",
        clock=SystemClock(),
        limits=Limits(**chosen),  # type: ignore[arg-type]
        policy_oid=policy_oid,
    )


@pytest.fixture(params=["network", "memory"])
def make(request: pytest.FixtureRequest) -> Iterator[MakeAuthority]:
    """An authority that answers with the bytes that `reply` makes of a request."""
    with contextlib.ExitStack() as servers:

        def made(reply: Reply, *, policy_oid: str = "") -> Authority:
            if request.param == "memory":
                return MemoryAuthority("test", reply, SystemClock(), policy_oid=policy_oid)
            url, _ = servers.enter_context(serving_stamps(reply))
            return over_http(url, policy_oid=policy_oid)

        yield made


def test_the_reply_comes_as_it_was_made(make: MakeAuthority, authority: OpensslAuthority) -> None:
    made: list[tuple[bytes, bytes]] = []

    def remembered(request: bytes) -> bytes:
        made.append((request, authority.good(request)))
        return made[-1][1]

    asked = make(remembered)
    token = asked.stamp(DIGEST)
    assert [(token.request, token.reply)] == made
    assert token.asked_at <= token.received_at
    assert verify(token, DIGEST, authority.roots, token.received_at).policy_oid == POLICY
    assert asked.name == "test"


def test_each_request_has_a_nonce_of_its_own_and_wants_the_certificates(make: MakeAuthority) -> None:
    asked = make(lambda request: b"anything")
    read = [read_query(asked.stamp(DIGEST).request) for _ in range(3)]
    assert len({one.nonce for one in read}) == 3
    assert all(one.wants_certificates and one.policy is None for one in read)
    assert {one.imprint.digest for one in read} == {DIGEST}


def test_a_policy_is_asked_for(make: MakeAuthority) -> None:
    read = read_query(make(lambda request: b"", policy_oid=OTHER_POLICY).stamp(DIGEST).request)
    assert read.policy is not None
    assert read.policy.dotted_string == OTHER_POLICY


def test_what_is_no_reply_comes_back_all_the_same(make: MakeAuthority, authority: OpensslAuthority) -> None:
    token = make(authority.not_der).stamp(DIGEST)
    assert token.reply == authority.not_der(b"")
    with pytest.raises(StampUnreadableError):
        verify(token, DIGEST, authority.roots, token.received_at)


def test_the_twin_fails_as_it_is_told_and_remembers_what_was_asked() -> None:
    def down(request: bytes) -> bytes:
        raise HostUnreachableError("down")

    twin = MemoryAuthority("test", down, SystemClock())
    failure(lambda: twin.stamp(DIGEST), HostUnreachableError)
    assert [read_query(request).imprint.digest for request in twin.asked] == [DIGEST]


# ── over HTTP ────────────────────────────────────────────────────────────────────────────────────────


def test_the_request_is_posted_as_the_standard_says(authority: OpensslAuthority) -> None:
    with serving_stamps(authority.good) as (url, served):
        token = over_http(url).stamp(DIGEST)
    assert served.requests == (("/stamp", "application/timestamp-query", token.request),)


def test_a_silent_authority_takes_no_longer_than_it_may(authority: OpensslAuthority) -> None:
    with serving_stamps(authority.good, status=0) as (url, _):
        error = failure(lambda: over_http(url, read=0.3).stamp(DIGEST), FetchTimeoutError)
    assert error.transient


def test_an_authority_that_sends_now_and_then_takes_no_longer_either() -> None:
    def drips(connection: object, head: bytes) -> None:
        stalls(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"x", 5)(connection, head)  # type: ignore[arg-type]

    with serving(drips) as server:
        url = f"http://127.0.0.1:{server.port}/"
        failure(lambda: over_http(url, read=5.0, total=0.5).stamp(DIGEST), FetchTimeoutError)


@pytest.mark.parametrize(
    ("status", "transient"), [(500, True), (503, True), (429, True), (403, False), (204, False)]
)
def test_another_status_is_no_reply(status: int, transient: bool, authority: OpensslAuthority) -> None:
    with serving_stamps(lambda request: b"", status=status, headers=(("Retry-After", "77"),)) as (url, _):
        error = failure(lambda: over_http(url).stamp(DIGEST), StatusError)
    assert isinstance(error, StatusError)
    assert (error.status, error.transient, error.retry_after) == (status, transient, 77.0)


def test_a_redirect_is_not_followed(authority: OpensslAuthority) -> None:
    with (
        serving_stamps(authority.good) as (target, elsewhere),
        serving_stamps(lambda request: b"", status=307, headers=(("Location", target),)) as (url, _),
    ):
        failure(lambda: over_http(url).stamp(DIGEST), RedirectError)
    assert elsewhere.requests == ()


def test_a_reply_without_end_is_cut_off() -> None:
    with serving(endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096)) as server:
        failure(lambda: over_http(f"http://127.0.0.1:{server.port}/").stamp(DIGEST), AnswerTooLargeError)


def test_the_largest_reply_is_taken_and_the_next_is_not() -> None:
    for size in (MAX_REPLY, MAX_REPLY + 1):
        with serving(sends(page(b"x" * size))) as server:
            asked = over_http(f"http://127.0.0.1:{server.port}/")
            if size == MAX_REPLY:
                assert len(asked.stamp(DIGEST).reply) == size
            else:
                failure(lambda: asked.stamp(DIGEST), AnswerTooLargeError)  # noqa: B023


def test_a_reply_cut_short_is_broken() -> None:
    with serving(sends(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nshort")) as server:
        failure(lambda: over_http(f"http://127.0.0.1:{server.port}/").stamp(DIGEST), BrokenAnswerError)


def test_the_guard_stands_before_authorities_too(authority: OpensslAuthority) -> None:
    with serving_stamps(authority.good) as (url, served):
        failure(lambda: over_http(url, network="10.0.0.0/8").stamp(DIGEST), AddressRefusedError)
    assert served.requests == ()
