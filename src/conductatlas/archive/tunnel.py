"""A way to hosts through a forward proxy: from where the second vantage asks (CONNECT, RFC 9110, section 9.3.6).

The proxy is asked for an *address*, one that the guard has judged here, never for a name. Left to resolve a name by
itself it would connect to whatever the name's server tells it: to services of the network it stands in, where no guard
of ours looks. The price: of a host with servers all over the world it reaches the one that is near us, and sees from
its own place only what that one tells by the address of the visitor. TLS is spoken with the host itself, inside the
tunnel, and its certificate is verified here, for the name; the proxy sees neither the request nor the answer.

Where the proxy itself is, the operator says; so it may stand in a private network.
"""

from __future__ import annotations

import base64
import contextlib
import select
import socket
import ssl
import threading
from ipaddress import ip_network
from urllib.parse import unquote, urlsplit

from conductatlas.archive.deadline import Deadline
from conductatlas.archive.exchange import secure, tls_context
from conductatlas.archive.guard import Connected, Guard
from conductatlas.archive.resolver import Endpoint, Resolver
from conductatlas.errors import BrokenAnswerError, FetchError, HostUnreachableError, ProxyFailedError

HEAD = 1 << 14  # bytes of the proxy's answer
CHUNK = 1 << 16
STALLED = 60.0  # seconds that a proxy may take no bytes
ANYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
PORTS = {"http": 80, "https": 443}


class Tunnel:
    """A `Way` through the proxy at `url`: "http://HOST:PORT" or "https://HOST:PORT", with USER:PASSWORD@ if it wants
    them. `guard` judges where it leads, `resolver` finds the proxy.

    Holds no state between calls: share one between threads.
    """

    def __init__(
        self, url: str, guard: Guard, resolver: Resolver, context: ssl.SSLContext | None = None
    ) -> None:
        parts = urlsplit(url)
        self._guard, self._to_proxy = guard, Guard(ANYWHERE, resolver)
        self._host, self._port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        self._context = (context or tls_context()) if parts.scheme == "https" else None
        login = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        self._login = base64.b64encode(login.encode()).decode("ascii") if parts.username else ""

    @property
    def name(self) -> str:
        """The proxy as host and port, without what it is told in confidence."""
        return f"{self._host}:{self._port}"

    def connect(self, host: str, port: int, *, deadline: Deadline, limit: float) -> Connected:
        """See Way."""
        failure: FetchError = HostUnreachableError(f"{host} has no address")
        for endpoint in self._guard.endpoints(host, port, timeout=deadline.left(limit)):
            try:
                return Connected(self._through(endpoint, deadline, limit), endpoint)
            except ProxyFailedError as error:  # it may have no route of this family of addresses
                failure = error
        raise failure

    def _through(self, endpoint: Endpoint, deadline: Deadline, limit: float) -> socket.socket:
        try:
            connection, _ = self._to_proxy.connect(self._host, self._port, deadline=deadline, limit=limit)
        except FetchError as error:
            raise ProxyFailedError(f"the proxy {self.name}: {error.message}") from error
        try:
            if self._context is not None:
                connection = secure(connection, self._context, self._host, deadline.left(limit))
            connection.settimeout(deadline.left(limit))
            self._ask(connection, endpoint)
        except (FetchError, OSError) as error:
            connection.close()
            if isinstance(error, ProxyFailedError):
                raise
            raise ProxyFailedError(f"the proxy {self.name}: {error}") from error
        return _inside(connection) if isinstance(connection, ssl.SSLSocket) else connection

    def _ask(self, connection: socket.socket, endpoint: Endpoint) -> None:
        ip, port = endpoint
        target = f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
        login = f"Proxy-Authorization: Basic {self._login}\r\n" if self._login else ""
        connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{login}\r\n".encode("ascii"))
        status = _status(connection)
        if not 200 <= status <= 299:
            raise ProxyFailedError(f"the proxy {self.name} did not connect to {target}: it answered {status}")


def _status(connection: socket.socket) -> int:
    """The status of the proxy's answer, whose head is taken byte by byte: what follows it is the host's."""
    head = bytearray()
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte or len(head) >= HEAD:
            raise BrokenAnswerError("it gave no answer that ends")
        head += byte
    version, _, rest = bytes(head).partition(b" ")
    status = rest[:3]
    if not (version.startswith(b"HTTP/1.") and status.isdigit()):
        raise BrokenAnswerError("its answer is not HTTP")
    return int(status)


def _inside(secured: ssl.SSLSocket) -> socket.socket:
    """A plain connection whose bytes go through `secured`: Python's sockets do not speak TLS within TLS."""
    near, far = socket.socketpair()
    try:
        threading.Thread(target=_relay, args=(far, secured), name="tunnel", daemon=True).start()
    except RuntimeError as error:  # the system has no thread to give
        for end in (near, far, secured):
            end.close()
        raise ProxyFailedError(f"no thread for a tunnel: {error}") from error
    return near


def _relay(far: socket.socket, secured: ssl.SSLSocket) -> None:
    """Bytes from each end to the other until one of them ends. Whoever holds the near end closes it in time."""
    with contextlib.suppress(OSError), far, secured:
        far.settimeout(STALLED)
        while True:
            ready = [secured] if secured.pending() else select.select([far, secured], [], [])[0]
            for end in ready:
                try:
                    secured.setblocking(False)  # what came may be no bytes of ours, only TLS's own
                    data = end.recv(CHUNK)
                except ssl.SSLWantReadError:
                    continue
                if not data:
                    return
                secured.settimeout(STALLED)
                (far if end is secured else secured).sendall(data)
