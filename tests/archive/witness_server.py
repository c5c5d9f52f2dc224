"""A witness as C2SP tlog-witness has it: remembers the newest head of each log, and signs what has only grown since."""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from conductatlas.archive import merkle
from conductatlas.archive.checkpoint import COSIGNATURE, PublicKey, Signer, new_signer
from conductatlas.archive.witness import Reply, parse_request
from conductatlas.errors import CheckpointError


@dataclass
class WitnessServer:
    """What it knows: the logs' keys, and of each the head it saw last. asked: how often it was."""

    logs: tuple[PublicKey, ...]
    signer: Signer = field(default_factory=lambda: new_signer("witness.example", secrets.token_bytes))
    seen: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    at: datetime = datetime(2026, 11, 26, 12, 5, tzinfo=UTC)
    asked: int = 0

    @property
    def key(self) -> PublicKey:
        return replace(self.signer.public, kind=COSIGNATURE)

    def __call__(self, _url: str, body: bytes) -> Reply:
        """The answer to an add-checkpoint request."""
        self.asked += 1
        try:
            old, proof, note = parse_request(body)
        except CheckpointError as fault:
            return Reply(400, fault.message)
        head, known = note.head, [key for key in self.logs if key.name == note.head.origin]
        if not known:
            return Reply(404, "a log that is not known here")
        if not any(note.signed_by(key) for key in known):
            return Reply(403, "no signature of the log")
        size, root = self.seen.get(head.origin, (0, merkle.EMPTY))
        if old > head.size:
            return Reply(400, "the old size is larger than the new one")
        if old != size or (old == head.size and root != head.root):
            return Reply(409, f"{size}\n")
        if not merkle.is_consistent(old, head.size, root, head.root, proof):
            return Reply(422, "the log has not only grown")
        self.seen[head.origin] = head.size, head.root
        return Reply(200, self.signer.cosign(head.text, self.at) + "\n")


@contextlib.contextmanager
def serving_witness(witness: WitnessServer) -> Iterator[str]:
    """It over HTTP on loopback: its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reply = witness(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            content = reply.body.encode()
            self.send_response(reply.status if self.path == "/w/add-checkpoint" else 404)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/w/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
