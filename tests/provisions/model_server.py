"""A server on loopback that speaks the chat API of OpenAI, and says what a test wants it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from conductatlas.provisions.language_model import ServedModel

NAME = "larkspur-1"
KEY = "sk-larkspur-do-not-tell"


@dataclass
class Turn:
    """What is answered once. status, headers, body: of the answer; cut: bytes that are left out at its end though they
    were announced; slow: seconds before it begins."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    slow: float = 0.0
    drip: float = 0.0


def says(text: str | None, why: str = "stop", **message: Any) -> Turn:
    """An answer of the chat API with a text in it."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text, **message}, "finish_reason": why}
    usage = {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150}
    answer = {"id": "x", "object": "chat.completion", "created": 1, "model": NAME + "-served"}
    return Turn(json.dumps({**answer, "choices": [choice], "usage": usage}).encode())


@dataclass
class ModelServer:
    """turns: what is answered, in order. asked: (headers, body) of each request."""

    url: str
    turns: list[Turn]
    asked: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)

    def model(self, timeout: float = 5.0) -> ServedModel:
        return ServedModel(self.url, NAME, KEY, timeout)


@contextmanager
def serving(*turns: Turn) -> Iterator[ModelServer]:
    """A server that answers these turns and then 500."""
    stop = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(length))
            server.asked.append(({key.lower(): value for key, value in self.headers.items()}, body))
            turn = server.turns.pop(0) if server.turns else Turn(b"{}", 500)
            if turn.slow:
                stop.wait(turn.slow)
            self.send_response(turn.status)
            for key, value in turn.headers.items():
                self.send_header(key, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(turn.body)))
            self.end_headers()
            try:
                if turn.drip:
                    for at in range(len(turn.body)):
                        self.wfile.write(turn.body[at : at + 1])
                        self.wfile.flush()
                        if stop.wait(turn.drip):
                            break
                else:
                    self.wfile.write(turn.body[: len(turn.body) - turn.cut])
            except OSError:
                pass
            if turn.cut or turn.drip:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = ModelServer(f"http://127.0.0.1:{http.server_port}/v1", list(turns))
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        stop.set()
        http.shutdown()
        http.server_close()
        thread.join()


__all__ = ["KEY", "NAME", "ModelServer", "Turn", "says", "serving"]
