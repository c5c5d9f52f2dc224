"""The browser's only way out: a forward proxy on loopback that applies the guard, the limits and the log.

A browser parses addresses, resolves names and opens connections by itself, and a page tells it to. None of that can
be judged from outside, so it is given no network but this. It takes CONNECT (RFC 9110, section 9.3.6) and requests in
absolute form (RFC 9112, section 3.2.2). `Guard.connect` resolves the name once and connects to the address it judged.

A passage is what one rendered page may do. Its secret is its credential: other programs of this machine cannot use
the proxy, nor can the browser on its own account. When the page is done the passage is closed with all it opened.
"""

from __future__ import annotations

import base64
import contextlib
import secrets
import select
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from conductatlas.archive.address import WebAddress
from conductatlas.archive.deadline import Deadline
from conductatlas.archive.guard import Way
from conductatlas.errors import AddressRefusedError, FetchError

HEAD = 1 << 16  # bytes of a request's or an answer's head
CHUNK = 1 << 16
PASSED = "passed"
_HOP_BY_HOP = (b"connection:", b"keep-alive:", b"proxy-", b"te:", b"upgrade:", b"host:")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one page may cost: connections in all, bytes both ways, seconds for each connection to be made."""

    connections: int = 400
    size: int = 40_000_000
    connect: float = 10.0


@dataclass(slots=True)
class Line:
    """One connection that was asked for. verdict: "passed", or the code of the error that refused it."""

    host: str
    port: int
    verdict: str = PASSED
    sent: int = 0
    received: int = 0

    def to_row(self) -> dict[str, object]:
        return {
            "host": self.host,
            "port": self.port,
            "verdict": self.verdict,
            "sent": self.sent,
            "received": self.received,
        }


class _SpentError(Exception):
    """The page has used up what it may."""


@dataclass(slots=True)
class Passage:
    """What one page may do through the proxy until `close`, and the log of what it did."""

    allowance: Allowance
    ends: float  # by the monotonic clock
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    lines: list[Line] = field(default_factory=list)
    is_closed: bool = False
    _size: int = 0
    _sockets: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, address: WebAddress, guard: Way) -> tuple[Line, socket.socket]:
        """A connection to where `address` leads, if the guard lets it. FetchError, logged as the verdict."""
        line = Line(address.host, address.port)
        with self._lock:
            if self.is_closed or len(self.lines) >= self.allowance.connections:
                raise _SpentError
            self.lines.append(line)
        try:
            deadline = Deadline(max(0.001, self.ends - time.monotonic()))
            outside, _ = guard.connect(
                address.host, address.port, deadline=deadline, limit=self.allowance.connect
            )
        except FetchError as fault:
            line.verdict = fault.code
            raise
        self.hold(outside)
        return line, outside

    def hold(self, connection: socket.socket) -> None:
        """Close this with the passage."""
        with self._lock:
            if self.is_closed:
                connection.close()
                raise _SpentError
            self._sockets.add(connection)

    def count(self, line: Line, size: int, *, received: bool) -> None:
        with self._lock:
            self._size += size
            if received:
                line.received += size
            else:
                line.sent += size
            if self._size > self.allowance.size:
                line.verdict = "too_large"
                raise _SpentError

    def close(self) -> None:
        with self._lock:
            self.is_closed = True
            for connection in self._sockets:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._sockets.clear()


class Proxy:
    """Listens on a free port of 127.0.0.1 until `close`. `passage` gives a page its way out."""

    def __init__(self, guard: Way, allowance: Allowance | None = None) -> None:
        self._guard, self._allowance = guard, allowance or Allowance()
        self._passages: dict[str, Passage] = {}
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="browser-proxy", daemon=True).start()

    @contextlib.contextmanager
    def passage(self, seconds: float) -> Iterator[Passage]:
        """A way out for one page, for so many seconds at most."""
        passage = Passage(self._allowance, time.monotonic() + seconds)
        self._passages[passage.secret] = passage
        try:
            yield passage
        finally:
            del self._passages[passage.secret]
            passage.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                inside, _ = self._listener.accept()
            except OSError:
                return
            try:
                threading.Thread(target=self._serve, args=(inside,), daemon=True).start()
            except RuntimeError:  # the system has no thread to give
                inside.close()

    def _serve(self, inside: socket.socket) -> None:
        with contextlib.suppress(OSError, _SpentError), inside:
            inside.settimeout(10)
            head, rest = _head(inside)
            request, *fields = head.split(b"\r\n")
            passage = self._passage_of(fields)
            if passage is None:
                _answer(inside, "407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="page"')
                return
            passage.hold(inside)
            try:
                method, target, version = request.decode("ascii").split(" ")
                is_tunnel = method == "CONNECT"
                address = WebAddress.parse(f"https://{target}/" if is_tunnel else target)
                if not version.startswith("HTTP/1.") or (not is_tunnel and address.scheme != "http"):
                    raise ValueError
                length = 0 if is_tunnel else _length(fields)
            except AddressRefusedError as fault:
                passage.lines.append(Line(target[:200], 0, fault.code))
                _answer(inside, "403 Forbidden")
                return
            except ValueError:
                _answer(inside, "400 Bad Request")
                return
            try:
                line, outside = passage.open(address, self._guard)
            except FetchError as fault:
                _answer(
                    inside, "403 Forbidden" if isinstance(fault, AddressRefusedError) else "502 Bad Gateway"
                )
                return
            with outside:
                if is_tunnel:
                    inside.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    _relay(inside, outside, passage, line)
                else:
                    _one_request(inside, outside, passage, line, address, method, fields, length, rest)

    def _passage_of(self, fields: list[bytes]) -> Passage | None:
        for name, value in _named(fields):
            if name == b"proxy-authorization" and value[:6].lower() == b"basic ":
                with contextlib.suppress(ValueError):
                    said = base64.b64decode(value[6:]).decode("ascii").partition(":")[2]
                    for secret, passage in list(self._passages.items()):
                        if secrets.compare_digest(secret, said):
                            return passage
        return None


def _one_request(
    inside: socket.socket,
    outside: socket.socket,
    passage: Passage,
    line: Line,
    address: WebAddress,
    method: str,
    fields: list[bytes],
    length: int,
    rest: bytes,
) -> None:
    """Pass exactly one request on and its answer back. Neither end may use the connection again: the next request
    on it could be for another host, and nobody would have judged that."""
    head = [
        f"{method} {address.target} HTTP/1.1".encode("ascii"),
        b"Host: " + address.authority.encode("ascii"),
        *_passed_on(fields),
        b"Connection: close",
    ]
    outside.settimeout(passage.allowance.connect)
    data = b"\r\n".join(head) + b"\r\n\r\n"
    body = rest[:length]
    while True:
        passage.count(line, len(data) + len(body), received=False)
        outside.sendall(data + body)
        length -= len(body)
        if length <= 0:
            break
        data, body = b"", inside.recv(min(CHUNK, length))
        if not body:
            return
    outside.settimeout(max(0.001, passage.ends - time.monotonic()))
    while True:
        answer, rest = _head(outside)
        status, *named = answer.split(b"\r\n")
        passage.count(line, len(answer) + len(rest), received=True)
        inside.sendall(b"\r\n".join([status, *_passed_on(named), b"Connection: close"]) + b"\r\n\r\n" + rest)
        if status.split(b" ")[1:2] and not status.split(b" ")[1].startswith(b"1"):
            break
    _relay(inside, outside, passage, line, both=False)


def _relay(
    inside: socket.socket, outside: socket.socket, passage: Passage, line: Line, *, both: bool = True
) -> None:
    """Bytes from each end to the other until one of them ends. `both` False: nothing more goes out."""
    while (left := passage.ends - time.monotonic()) > 0 and not passage.is_closed:
        ready, _, _ = select.select([inside, outside], [], [], min(left, 1.0))
        for end in ready:
            data = end.recv(CHUNK)
            if not data or (end is inside and not both):
                return
            passage.count(line, len(data), received=end is outside)
            other = inside if end is outside else outside
            other.settimeout(max(0.001, passage.ends - time.monotonic()))
            other.sendall(data)


def _head(connection: socket.socket) -> tuple[bytes, bytes]:
    """The head that comes next, without its empty line, and what came after it. OSError if it never ends."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(CHUNK)
        if not more or len(data) > HEAD:
            raise OSError("no head of a message")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def _named(fields: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for entry in fields:
        name, _, value = entry.partition(b":")
        yield name.strip().lower(), value.strip()


def _passed_on(fields: list[bytes]) -> list[bytes]:
    return [entry for entry in fields if not entry.lower().startswith(_HOP_BY_HOP)]


def _length(fields: list[bytes]) -> int:
    """Bytes of the request's body. ValueError where that is not said by one plain number."""
    named = list(_named(fields))
    if any(name == b"transfer-encoding" for name, _ in named):
        raise ValueError("a request body without a length")
    stated = {value for name, value in named if name == b"content-length"}
    if len(stated) > 1 or any(not value.isdigit() for value in stated):
        raise ValueError("no plain length")
    return int(stated.pop()) if stated else 0


def _answer(inside: socket.socket, status: str, *fields: str) -> None:
    lines = [f"HTTP/1.1 {status}", *fields, "Content-Length: 0", "Connection: close", "", ""]
    inside.sendall("\r\n".join(lines).encode("ascii"))
