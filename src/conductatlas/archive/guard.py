"""The guard: decides which addresses may be connected to, and makes every connection itself.

A name is resolved once, each address it stands for is judged, and the connection goes to an address that
passed, not to the name: a name that answers differently the second time (DNS rebinding) has no second time.
TLS still verifies the certificate for the name. Redirects come through here like first requests.

Public is what the IANA special-purpose registries (RFC 6890) do not set aside; the table is written out
because `ipaddress.is_global` changes its mind between Python releases.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple, Protocol

from conductatlas.archive.deadline import Deadline
from conductatlas.archive.resolver import Endpoint, Resolver
from conductatlas.errors import AddressRefusedError, FetchError, FetchTimeoutError, HostUnreachableError

Network = IPv4Network | IPv6Network

WEB_PORTS = frozenset({80, 443, 8080, 8443})  # elsewhere than in allowed networks

_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers (RFC 6598); one cloud's metadata service
        "127.0.0.0/8",
        "168.63.129.16/32",  # public by number, but another cloud answers machines inside it from there
        "169.254.0.0/16",  # link-local, and most clouds' metadata services
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",  # documentation
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # nothing else is given out in IPv6
_TRANSLATED = IPv6Network("64:ff9b::/96")  # NAT64 (RFC 6052): the last 32 bits are the IPv4 address


class Connected(NamedTuple):
    """A connection, and the address of the host at its other end: behind a proxy, the one that it was asked for."""

    connection: socket.socket
    peer: Endpoint


class Way(Protocol):
    """How hosts are reached, and which: the guard's own connections, or those it allows, through a proxy (`tunnel`)."""

    def connect(self, host: str, port: int, *, deadline: Deadline, limit: float) -> Connected:
        """A connection to the first permitted address of `host` that takes one, each given `limit` seconds.

        AddressRefusedError, HostUnreachableError, FetchTimeoutError; ProxyFailedError where there is one.
        """
        ...


class Guard:
    """Lets connections go to public addresses on WEB_PORTS, and anywhere in `allowed_networks`.

    Holds no state between calls: share one between threads.
    """

    def __init__(self, allowed_networks: Sequence[Network], resolver: Resolver) -> None:
        self._allowed, self._resolver = tuple(allowed_networks), resolver

    def permits(self, endpoint: Endpoint) -> bool:
        """Whether a connection may go to this IP address and port."""
        address, port = _plain(ip_address(endpoint[0])), endpoint[1]
        if any(address in network for network in self._allowed):
            return True
        return port in WEB_PORTS and _is_public(address)

    def endpoints(self, host: str, port: int, *, timeout: float) -> Sequence[Endpoint]:
        """The permitted addresses of `host`, best first; never empty.

        AddressRefusedError if it has none that is permitted, HostUnreachableError if it has none at all,
        FetchTimeoutError if the resolver takes longer than `timeout` seconds.
        """
        found = [(host, port)] if _is_literal(host) else self._resolver.resolve(host, port, timeout=timeout)
        permitted = [endpoint for endpoint in found if self.permits(endpoint)]
        if not permitted:
            places = ", ".join(f"{ip} port {number}" for ip, number in found[:4]) or "no address"
            raise AddressRefusedError(f"{host} is at {places}, which the guard does not connect to")
        return permitted

    def connect(self, host: str, port: int, *, deadline: Deadline, limit: float) -> Connected:
        """See Way: over TCP, from here."""
        failure: FetchError = HostUnreachableError(f"{host} has no address")
        for ip, number in self.endpoints(host, port, timeout=deadline.left(limit)):
            seconds = deadline.left(limit)
            try:
                return Connected(_connect(ip, number, seconds), (ip, number))
            except TimeoutError:
                failure = FetchTimeoutError(f"{host} ({ip}) took no connection within {seconds:.3g} s")
            except OSError as error:
                failure = HostUnreachableError(f"{host} ({ip} port {number}): {error.strerror or error}")
        raise failure


def _connect(ip: str, port: int, seconds: float) -> socket.socket:
    connection = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect((ip, port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        connection.close()
        raise
    return connection


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address inside an IPv6 one that only wraps it, else the address."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _TRANSLATED:
            return IPv4Address(address.packed[-4:])
    return address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if address.version == 6 and address not in _GLOBAL_UNICAST:
        return False
    return not any(address in network for network in _NOT_PUBLIC)
