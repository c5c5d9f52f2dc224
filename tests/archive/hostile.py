"""Servers for tests that answer with exactly the bytes they were told to, over TCP or TLS, on loopback."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator

import h2.config
import h2.connection
import h2.events
import pytest

from conductatlas.archive.answer import Answer, answer_of
from conductatlas.errors import FetchError

Script = Callable[[socket.socket, bytes], None]  # the connection, and the head of the request on it


class RawServer:
    """Runs `script` on each connection once a request's head is in, then closes it.

    heads: the head of each request, in the order of arrival.
    """

    def __init__(
        self,
        script: Script,
        context: ssl.SSLContext | None = None,
        *,
        host: str = "127.0.0.1",
        reads_head: bool = True,
        says_goodbye: bool = True,
    ) -> None:
        self.script, self.heads = script, list[bytes]()
        self._context, self._reads_head, self._says_goodbye = context, reads_head, says_goodbye
        self._listener = socket.create_server((host, 0), family=_family(host), backlog=64)
        self.host, self.port = self._listener.getsockname()[:2]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(10)
            if self._context is None:
                self._answer(connection)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):  # an unread byte would turn the close into a reset
                    pass
            else:
                with self._context.wrap_socket(connection, server_side=True) as secured:
                    self._answer(secured)
                    if self._says_goodbye:
                        secured.unwrap()

    def _answer(self, connection: socket.socket) -> None:
        is_h2 = isinstance(connection, ssl.SSLSocket) and connection.selected_alpn_protocol() == "h2"
        head = b""
        while self._reads_head and not is_h2 and b"\r\n\r\n" not in head:
            more = connection.recv(65536)
            if not more:
                return
            head += more
        self.heads.append(head)
        self.script(connection, head)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def sends(*parts: bytes) -> Script:
    def script(connection: socket.socket, head: bytes) -> None:
        for part in parts:
            connection.sendall(part)

    return script


def page(body: bytes, *fields: str, status: str = "200 OK") -> bytes:
    """A whole answer with its Content-Length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def by_path(pages: dict[str, bytes]) -> Script:
    """Answers each path with its bytes, others with 404."""

    def script(connection: socket.socket, head: bytes) -> None:
        path = head.split(b" ", 2)[1].decode("ascii")
        connection.sendall(pages.get(path, page(b"nothing here", status="404 Not Found")))

    return script


def resets(connection: socket.socket, head: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def waits(seconds: float) -> Script:
    def script(connection: socket.socket, head: bytes) -> None:
        threading.Event().wait(seconds)

    return script


def drips(answer: bytes, pause: float) -> Script:
    """One byte at a time."""

    def script(connection: socket.socket, head: bytes) -> None:
        for octet in answer:
            connection.sendall(bytes([octet]))
            threading.Event().wait(pause)

    return script


def speaks_h2(fields: list[tuple[str, str]], body: bytes, *, resets_after: int | None = None) -> Script:
    """Answers each HTTP/2 stream so. resets_after: that many bytes of the body, then RST_STREAM."""

    def script(connection: socket.socket, head: bytes) -> None:
        config = h2.config.H2Configuration(client_side=False, validate_outbound_headers=False)
        http = h2.connection.H2Connection(config)
        http.initiate_connection()
        connection.sendall(http.data_to_send())
        while data := connection.recv(65536):
            for event in http.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    http.send_headers(event.stream_id, fields)
                    for start in range(0, len(body[:resets_after]), 16384):
                        http.send_data(event.stream_id, body[:resets_after][start : start + 16384])
                    if resets_after is None:
                        http.end_stream(event.stream_id)
                    else:
                        http.reset_stream(event.stream_id, 2)
            connection.sendall(http.data_to_send())

    return script


def stalls(start: bytes, seconds: float) -> Script:
    def script(connection: socket.socket, head: bytes) -> None:
        connection.sendall(start)
        threading.Event().wait(seconds)

    return script


def endless(start: bytes, more: bytes) -> Script:
    def script(connection: socket.socket, head: bytes) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(more)

    return script


@contextlib.contextmanager
def serving(
    script: Script,
    context: ssl.SSLContext | None = None,
    *,
    host: str = "127.0.0.1",
    reads_head: bool = True,
    says_goodbye: bool = True,
) -> Iterator[RawServer]:
    server = RawServer(script, context, host=host, reads_head=reads_head, says_goodbye=says_goodbye)
    try:
        yield server
    finally:
        server.close()


def address(server: RawServer, path: str = "/terms") -> str:
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"http://{host}:{server.port}{path}"


def failure(call: Callable[[], object], kind: type[FetchError]) -> FetchError:
    """The error of exactly that kind which the call ends in."""
    with pytest.raises(FetchError) as caught:
        call()
    assert type(caught.value) is kind, caught.value
    return caught.value


def left_by(error: FetchError) -> Answer:
    """What had arrived when it failed."""
    answer = answer_of(error)
    assert answer is not None
    return answer
