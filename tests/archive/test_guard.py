from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.archive.deadline import Deadline
from conductatlas.archive.guard import Guard
from conductatlas.archive.resolver import Endpoint, MappedResolver, SystemResolver
from conductatlas.errors import AddressRefusedError, FetchTimeoutError, HostUnreachableError

NOWHERE = MappedResolver({})
OPEN = Guard([], NOWHERE)


class Names:
    """A resolver that gives `answers` one after another, and counts how often it is asked."""

    def __init__(self, *answers: Sequence[Endpoint]) -> None:
        self.answers, self.asked = list(answers), 0

    def resolve(self, host: str, port: int, *, timeout: float) -> Sequence[Endpoint]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.mark.parametrize("ip", ["8.8.8.8", "1.0.0.1", "192.0.1.1", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses_pass(ip: str) -> None:
    assert OPEN.permits((ip, 443))


@pytest.mark.parametrize(
    "ip",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.19.0.1",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.251",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:808:808::",
        "3fff::1",
        "4000::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%lo",
        "fec0::1",
        "ff02::1",
    ],
)
def test_other_addresses_do_not(ip: str) -> None:
    assert not OPEN.permits((ip, 443))


@given(st.ip_addresses())
def test_nothing_python_calls_private_passes(address: IPv4Address | IPv6Address) -> None:
    if OPEN.permits((str(address), 443)):
        wrapped = isinstance(address, IPv6Address) and address in ip_network("64:ff9b::/96")
        assert wrapped or (address.is_global and not address.is_multicast)


@pytest.mark.parametrize(
    ("port", "passes"), [(80, True), (443, True), (8080, True), (22, False), (6379, False)]
)
def test_only_ports_of_the_web_pass(port: int, passes: bool) -> None:
    assert OPEN.permits(("8.8.8.8", port)) is passes


def test_allowed_networks_pass_on_any_port_and_nothing_beside_them() -> None:
    guard = Guard([ip_network("127.0.0.1/32"), ip_network("fd00::/8")], NOWHERE)
    assert guard.permits(("127.0.0.1", 22))
    assert guard.permits(("::ffff:127.0.0.1", 8799))
    assert guard.permits(("fd12::1", 1))
    assert not guard.permits(("127.0.0.2", 80))


def test_a_name_with_a_public_and_a_private_address_is_only_connected_at_the_public_one() -> None:
    guard = Guard([], Names([("10.0.0.1", 443), ("8.8.8.8", 443), ("::1", 443)]))
    assert guard.endpoints("lumen.example", 443, timeout=1) == [("8.8.8.8", 443)]


@pytest.mark.parametrize("host", ["10.0.0.1", "::1"])
def test_a_literal_is_judged_without_asking_the_resolver(host: str) -> None:
    names = Names([("8.8.8.8", 80)])
    with pytest.raises(AddressRefusedError):
        Guard([], names).endpoints(host, 80, timeout=1)
    assert names.asked == 0


def test_the_error_says_where_the_name_led() -> None:
    with pytest.raises(AddressRefusedError, match=r"lumen\.example is at 169\.254\.169\.254 port 80"):
        Guard([], Names([("169.254.169.254", 80)])).endpoints("lumen.example", 80, timeout=1)
    with pytest.raises(AddressRefusedError, match="no address"):
        Guard([], Names([])).endpoints("lumen.example", 80, timeout=1)


def test_a_name_is_resolved_once_and_connected_at_the_address_that_was_checked(
    listener: socket.socket,
) -> None:
    port = listener.getsockname()[1]
    names = Names([("127.0.0.1", port)], [("127.0.0.2", port)])  # rebinding: the second answer differs
    guard = Guard([ip_network("127.0.0.1/32")], names)
    with guard.connect("lumen.example", 80, deadline=Deadline(5), limit=2).connection as connection:
        assert connection.getpeername() == ("127.0.0.1", port)
    assert names.asked == 1
    with pytest.raises(AddressRefusedError):
        guard.connect("lumen.example", 80, deadline=Deadline(5), limit=2)


def test_the_next_address_is_tried_when_one_refuses(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    with socket.socket() as closed:  # bound and not listening: it refuses
        closed.bind(("127.0.0.1", 0))
        names = Names([("127.0.0.1", closed.getsockname()[1]), ("127.0.0.1", port)])
        guard = Guard([ip_network("127.0.0.1/32")], names)
        with guard.connect("lumen.example", 80, deadline=Deadline(5), limit=2).connection as connection:
            assert connection.getpeername()[1] == port


def test_a_host_that_refuses_is_unreachable() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        guard = Guard([ip_network("127.0.0.1/32")], Names([closed.getsockname()]))
        with pytest.raises(HostUnreachableError, match="refused"):
            guard.connect("lumen.example", 80, deadline=Deadline(5), limit=2)


def test_no_time_is_left_for_a_host_once_the_deadline_has_passed() -> None:
    with pytest.raises(FetchTimeoutError):
        Guard([], NOWHERE).connect("lumen.example", 80, deadline=Deadline(0), limit=2)


def test_a_pause_does_not_count_against_the_deadline() -> None:
    deadline = Deadline(0.05)
    with deadline.paused():
        threading.Event().wait(0.1)
    assert deadline.left(10) > 0


def test_the_table_of_names_gives_the_port_and_asks_the_other_resolver_for_the_rest() -> None:
    resolver = MappedResolver({"lumen.example": ("127.0.0.1", 8123)}, Names([("8.8.8.8", 443)]))
    assert resolver.resolve("lumen.example", 80, timeout=1) == [("127.0.0.1", 8123)]
    assert resolver.resolve("other.example", 443, timeout=1) == [("8.8.8.8", 443)]
    with pytest.raises(HostUnreachableError):
        MappedResolver({}).resolve("other.example", 443, timeout=1)


def test_the_system_resolves_loopback() -> None:
    found = SystemResolver().resolve("localhost", 80, timeout=10)
    assert {ip_address(ip).is_loopback for ip, _ in found} == {True}
    assert {port for _, port in found} == {80}


def raises(error: Exception) -> Callable[..., object]:
    def getaddrinfo(*args: object, **options: object) -> object:
        raise error

    return getaddrinfo


@pytest.mark.parametrize(
    "error", [socket.gaierror(-2, "Name or service not known"), UnicodeError("too long")]
)
def test_a_name_the_system_does_not_know_is_unreachable(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", raises(error))
    with pytest.raises(HostUnreachableError, match=r"no address for lumen\.example"):
        SystemResolver().resolve("lumen.example", 80, timeout=10)


def test_a_resolver_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: released.wait(30) and [])
    with pytest.raises(FetchTimeoutError):
        SystemResolver().resolve("lumen.example", 80, timeout=0.02)
    released.set()
