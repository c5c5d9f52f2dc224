"""The sample world on a loopback port: a small HTTP server that tells its sites apart by the Host header.

with WorldServer(World(last)) as server:
    server.move_to(5)
    server.names          # {"quillomere.example": ("127.0.0.1", 40123), …}
"""

from __future__ import annotations

import socket
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from conductatlas.demo.moments import LAST
from conductatlas.demo.world import World
from conductatlas.errors import NotFoundError

_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Hit:
    """One request as it was answered."""

    moment: int
    host: str
    path: str
    status: int


class WorldServer:
    """Serves `world` as it stands at `moment` (the last one until moved) from `start` or `with` to `stop`."""

    def __init__(self, world: World, moment: int = LAST) -> None:
        self.world = world
        self.moment = moment
        self.hits: list[Hit] = []
        self._server = _Server((_LOOPBACK, 0), _Handler, self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def names(self) -> dict[str, tuple[str, int]]:
        """Where each host of the world is reached: name to (address, port)."""
        return dict.fromkeys(self.world.hosts, (_LOOPBACK, self.port))

    def move_to(self, moment: int) -> None:
        """Set the clock, forwards or backwards. NotFoundError outside the world's moments."""
        self.world.when(moment)
        self.moment = moment

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()

    __enter__ = start

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    # Threads are joined at the end, so that no connection outlives the server; hang_up wakes the idle ones.
    daemon_threads = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[_Handler], owner: WorldServer) -> None:
        super().__init__(address, handler)
        self.owner = owner
        self.open: set[socket.socket] = set()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):  # a client that hangs up is no news
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was faster


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30.0  # seconds that an idle connection is kept
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self.request)

    def finish(self) -> None:
        self.server.open.discard(self.request)
        super().finish()

    def do_GET(self) -> None:
        owner = self.server.owner
        moment, host = owner.moment, self.headers.get("Host", "").partition(":")[0].lower()
        request = {name.lower(): value for name, value in self.headers.items()}
        try:
            answer = owner.world.page(f"http://{host}{self.path}", moment, request)
        except NotFoundError:
            self.send_response_only(421)  # RFC 9110 §15.5.20: this server does not answer for that host
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        owner.hits.append(Hit(moment, host, self.path, answer.status))
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
            if answer.status == 200 and len(answer.body) < int(answer.header("Content-Length")):
                self.close_connection = True

    do_HEAD = do_GET  # noqa: N815 (the name that http.server calls)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: `hits` is the log."""
