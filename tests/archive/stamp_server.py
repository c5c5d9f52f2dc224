"""A time stamp authority over HTTP, on loopback."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[bytes], bytes]  # the bytes of a reply for those of a request


@dataclass
class Served:
    """What a server does: `status` 0 says nothing until the test is over."""

    reply: Reply
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    requests: tuple[tuple[str, str, bytes], ...] = ()  # path, content type, content

    def __post_init__(self) -> None:
        self.over = threading.Event()


@contextlib.contextmanager
def serving_stamps(reply: Reply, **how: Any) -> Iterator[tuple[str, Served]]:
    """An authority over HTTP on loopback: its address, and what it does, which may be changed meanwhile."""
    served = replace(Served(reply), **how)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            served.requests += ((self.path, self.headers["Content-Type"], content),)
            if served.status == 0:
                served.over.wait(30)
                return
            body = served.reply(content)
            self.send_response(served.status)
            for name, value in served.headers:
                self.send_header(name, value)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/stamp", served
        finally:
            served.over.set()
            server.shutdown()
