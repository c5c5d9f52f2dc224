"""One request and its answer, on a connection of its own.

Built on httpcore2, the transport under httpx2, and not on its client: of what the client adds (redirects,
cookies, content codings, pooling) the archive must do each itself, or must not do it. A page of 150 KB costs
0.5 ms of CPU through the client and 0.35 ms this way.

No connection is used twice. A pooled one may be reset between two requests, may hold bytes of an earlier
answer, and was checked by the guard and by TLS some time ago; with a second between two requests to a host
there is little to win by it (1 ms of CPU for a TLS handshake). So every answer in the record has a peer and a
certificate that were seen for it, and threads share nothing.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import httpcore2

from conductatlas.archive.address import WebAddress
from conductatlas.archive.answer import Answer, Fields, Tls
from conductatlas.archive.coding import codings_of, decode
from conductatlas.archive.deadline import Deadline
from conductatlas.archive.guard import Way
from conductatlas.archive.resolver import Endpoint
from conductatlas.clock import Clock
from conductatlas.errors import (
    AnswerTooLargeError,
    BrokenAnswerError,
    FetchError,
    FetchTimeoutError,
    HostUnreachableError,
    TlsFailedError,
)

_HEAD_ROOM = 1 << 18  # bytes on the wire for head, trailers and framing, beside twice the body


@dataclass(frozen=True, slots=True)
class Limits:
    """What one attempt may cost.

    connect: seconds for the resolver, for each address, and for the TLS handshake. read: seconds until the
    next bytes. total: seconds for all of it, redirects included. max_body: bytes, as received and unpacked.
    """

    connect: float = 10.0
    read: float = 30.0
    total: float = 60.0
    max_body: int = 10 * 2**20
    max_redirects: int = 10


def tls_context() -> ssl.SSLContext:
    """Verifies against the certificates that the operating system trusts, or those of SSL_CERT_FILE."""
    return httpcore2.default_ssl_context()


def exchange(
    address: WebAddress,
    fields: Fields,
    *,
    guard: Way,
    context: ssl.SSLContext,
    limits: Limits,
    deadline: Deadline,
    clock: Clock,
    posted: bytes | None = None,
) -> Answer:
    """What `address` answers to a GET with these header fields. The body of a redirect is not read.

    posted: the content of a POST instead, whose length `fields` must state.
    `context` must offer the protocols of ALPN that are wanted: "h2", "http/1.1".
    FetchError of every kind but those about redirects, robots and status. If it failed after the head of the
    answer, `error.answer` holds head and what came of the body, as received.
    """
    started_at = clock.now()
    connection, peer = guard.connect(address.host, address.port, deadline=deadline, limit=limits.connect)
    try:
        if address.scheme == "https":
            connection = secure(connection, context, address.host, deadline.left(limits.connect))
        with _parsing():
            tls = _tls(connection)
            response = _ask(address, fields, posted, connection, limits, deadline)
            answer = Answer(
                url=str(address),
                final_url=str(address),
                status=_status(response),
                http_version=_version(response),
                hops=(),
                request_headers=_as_sent(fields, response),
                headers=_received(response),
                body=b"",
                decoded=True,
                wire_digest=hashlib.sha256().hexdigest(),
                wire_length=0,
                peer_address=_written(peer),
                tls=tls,
                started_at=started_at,
                finished_at=clock.now(),
            )
        return answer if answer.location is not None else _with_body(answer, response, limits, clock)
    finally:
        connection.close()


def secure(connection: socket.socket, context: ssl.SSLContext, host: str, seconds: float) -> ssl.SSLSocket:
    """TLS over a connection, verified for `host`. FetchTimeoutError, HostUnreachableError, TlsFailedError."""
    connection.settimeout(seconds)
    try:
        # An end of data that TLS did not announce may be a cut (RFC 9112, section 9.8): not suppressed.
        return context.wrap_socket(connection, server_hostname=host, suppress_ragged_eofs=False)
    except TimeoutError as error:
        raise FetchTimeoutError(f"{host} did not finish the TLS handshake within {seconds:.3g} s") from error
    except ssl.SSLEOFError as error:
        raise HostUnreachableError(f"{host} hung up during the TLS handshake") from error
    except (ssl.SSLError, ssl.CertificateError, ValueError) as error:
        why = getattr(error, "verify_message", None) or getattr(error, "reason", None) or error
        raise TlsFailedError(f"{host}: {why}") from error
    except OSError as error:
        raise HostUnreachableError(f"{host} broke off the TLS handshake: {error.strerror}") from error


def _ask(
    address: WebAddress,
    fields: Fields,
    posted: bytes | None,
    connection: socket.socket,
    limits: Limits,
    deadline: Deadline,
) -> httpcore2.Response:
    url = httpcore2.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target)
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields]
    stream = _Stream(connection, limits, deadline)
    agreed = connection.selected_alpn_protocol() if isinstance(connection, ssl.SSLSocket) else None
    http: httpcore2.ConnectionInterface = (
        httpcore2.HTTP2Connection(url.origin, stream)
        if agreed == "h2"
        else httpcore2.HTTP11Connection(url.origin, stream)
    )
    method = "GET" if posted is None else "POST"
    return http.handle_request(httpcore2.Request(method, url, headers=headers, content=posted))


def _with_body(answer: Answer, response: httpcore2.Response, limits: Limits, clock: Clock) -> Answer:
    """The answer with its body. If that fails, what came of it goes with the error."""
    received = bytearray()
    codings = codings_of(value for name, value in answer.headers if name.lower() == "content-encoding")
    try:
        with _parsing():
            for chunk in response.iter_stream():
                received += chunk
                if len(received) > limits.max_body:
                    raise AnswerTooLargeError(f"the body is longer than {limits.max_body} bytes")
        body = decode(bytes(received), codings, limits.max_body)
        return _finished(answer, received, body, decoded=True, clock=clock)
    except FetchError as error:
        kept = bytes(memoryview(received)[: limits.max_body])
        error.answer = _finished(answer, received, kept, decoded=not codings, clock=clock)
        raise


def _finished(answer: Answer, received: bytearray, body: bytes, *, decoded: bool, clock: Clock) -> Answer:
    return replace(
        answer,
        body=body,
        decoded=decoded,
        wire_digest=hashlib.sha256(received).hexdigest(),
        wire_length=len(received),
        finished_at=clock.now(),
    )


@contextmanager
def _parsing() -> Iterator[None]:
    """Whatever the protocol libraries raise over hostile bytes is one thing to us: a broken answer."""
    try:
        yield
    except FetchError:
        raise
    except Exception as error:
        raise BrokenAnswerError(
            f"the answer is broken: {str(error)[:200] or type(error).__name__}"
        ) from error


class _Stream(httpcore2.NetworkStream):
    """A connected socket that keeps to the limits and the deadline. It is not asked for others."""

    def __init__(self, connection: socket.socket, limits: Limits, deadline: Deadline) -> None:
        self._connection, self._limits, self._deadline = connection, limits, deadline
        self._room = 2 * limits.max_body + _HEAD_ROOM

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        self._connection.settimeout(self._deadline.left(self._limits.read))
        try:
            data = self._connection.recv(max_bytes)
        except TimeoutError as error:
            self._deadline.left(self._limits.read)
            raise FetchTimeoutError(f"nothing came for {self._limits.read:g} s") from error
        except OSError as error:
            raise BrokenAnswerError(f"the connection broke off: {error.strerror or error}") from error
        self._room -= len(data)
        if self._room < 0:
            raise AnswerTooLargeError("the answer is mostly framing, and there is no end to it")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._connection.settimeout(self._deadline.left(self._limits.read))
        try:
            self._connection.sendall(buffer)
        except TimeoutError as error:
            raise FetchTimeoutError("the server does not take the request") from error
        except OSError as error:  # it may have answered before it hung up: the library goes on to read
            raise httpcore2.WriteError(str(error)) from error

    def close(self) -> None:
        self._connection.close()

    def get_extra_info(self, info: str) -> None:
        """Nothing: it is asked of pooled connections only."""


def _status(response: httpcore2.Response) -> int:
    if not 200 <= response.status <= 999:
        raise BrokenAnswerError(f"the answer has the status {response.status}")
    return response.status


def _version(response: httpcore2.Response) -> str:
    return bytes(response.extensions["http_version"]).decode("ascii")


def _received(response: httpcore2.Response) -> Fields:
    if any(octet in field for header in response.headers for field in header for octet in b"\r\n\0"):
        raise BrokenAnswerError("the head of the answer holds control characters")
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)


def _as_sent(fields: Fields, response: httpcore2.Response) -> Fields:
    """HTTP/2 sends the names of fields in lower case."""
    if _version(response) != "HTTP/2":
        return fields
    return tuple((name.lower(), value) for name, value in fields)


def _written(peer: Endpoint) -> str:
    ip, port = peer
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


def _tls(connection: socket.socket) -> Tls | None:
    if not isinstance(connection, ssl.SSLSocket):
        return None
    certificate, cipher = connection.getpeercert(binary_form=True), connection.cipher()
    return Tls(
        version=connection.version() or "",
        cipher=cipher[0] if cipher else "",
        certificate=hashlib.sha256(certificate or b"").hexdigest(),
    )
