"""Commands run as people run them: a process of their own, on a data folder of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

CLAUSES = (
    "These terms govern your use of the Heron service. By using the service you agree to these terms.",
    "You must be at least 16 years old to open an account, and you are responsible for what happens in it.",
    "We may change these terms. We will tell you by e-mail at least 30 days before a change takes effect.",
    "You may end this agreement at any time. We may suspend your account if you break these terms.",
)


@dataclass
class Ran:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Shell:
    """Runs `conductatlas` on one data folder, declaring one document served by a page of the test's."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def env(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCTATLAS_")}
        return clean | {"CONDUCTATLAS_DATA_DIR": str(self.folder), "COLUMNS": "200"} | self.environment

    def __call__(self, *words: str, **more: Any) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "conductatlas", *words],
            env=self.env(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            **more,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "conductatlas", *words],
            env=self.env(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def declare(self, url: str) -> None:
        """One platform with one document at `url`, and no other declarations; loopback is allowed."""
        (self.folder / "mine").mkdir(parents=True)
        (self.folder / "mine" / "heron.toml").write_text(
            'name = "Heron"\nslug = "heron"\ncategory = "social"\nwebsite = "http://heron.example/"\n\n'
            '[[documents]]\nkind = "terms"\ntitle = "Terms of Use"\nlanguage = "en"\n'
            f'url = "{url}"\n'
        )
        (self.folder / "config.toml").write_text(
            'declarations = ["mine"]\nshipped_catalogue = false\nhost_spacing = 0\n'
            'allowed_networks = ["127.0.0.0/8"]\nlog_level = "warning"\n'
        )


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty archive as its first command leaves it: schema and key. To make one takes longer than most tests."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    assert Shell(folder)("migrate").code == 0
    (folder / "config.toml").unlink(missing_ok=True)
    return folder


@pytest.fixture
def shell(tmp_path: Path, request: pytest.FixtureRequest) -> Shell:
    """An empty archive; with `@pytest.mark.first_start` none yet."""
    folder = tmp_path / "data"
    if request.node.get_closest_marker("first_start") is None:
        shutil.copytree(request.getfixturevalue("prepared"), folder)
    return Shell(folder)


@dataclass
class Web:
    """A page on loopback. `page` is what it answers from now on, with the `statuses` to come, then 200."""

    url: str
    page: bytes
    statuses: list[int] = field(default_factory=list)


@pytest.fixture
def web() -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_page = self.path != "/robots.txt"
            body = there.page if is_page else b""
            self.send_response(there.statuses.pop(0) if is_page and there.statuses else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there = Web(f"http://127.0.0.1:{server.server_address[1]}/terms", b"")
    Thread(target=server.serve_forever, daemon=True).start()
    yield there
    server.shutdown()
    server.server_close()


@pytest.fixture
def policy() -> Callable[..., bytes]:
    def write(*clauses: str) -> bytes:
        body = "".join(f"<h2>{n}. Clause</h2><p>{text}</p>" for n, text in enumerate(clauses or CLAUSES, 1))
        return f"<!doctype html><html lang=en><title>Terms</title><main><h1>Terms of Use</h1>{body}</main>".encode()

    return write
