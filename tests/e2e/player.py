"""ReplayWeb.page, the player of the WACZ format's makers, served from npm's copy of it beside a file of captures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote

from playwright.sync_api import Browser

PLAYER = Path(__file__).resolve().parent / "node_modules" / "replaywebpage"
PATIENCE = 15_000  # milliseconds
EMBED = """<!doctype html><html><body><script src="/ui.js"></script>
<replay-web-page source="/archive.wacz" url="{url}" ts="{ts}" replayBase="/replay/" embed="replayonly"
 style="display:block;height:800px"></replay-web-page></body></html>"""


@contextmanager
def served(wacz: Path) -> Iterator[str]:
    """A server on loopback that holds the player and this file, and answers ranges as players need; its address."""
    files = {
        "/ui.js": (PLAYER / "ui.js", "text/javascript"),
        "/sw.js": (PLAYER / "sw.js", "text/javascript"),
        "/archive.wacz": (wacz, "application/octet-stream"),
    }
    fixed = {
        "/": (b"<!doctype html>", "text/html"),
        "/replay/sw.js": (b'importScripts("/sw.js")', "text/javascript"),
    }

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/embed":
                url, ts = re.findall(r"=([^&]*)", self.path)
                body, kind = EMBED.format(url=url, ts=ts).encode(), "text/html"
            elif path in files:
                body, kind = files[path][0].read_bytes(), files[path][1]
            elif path in fixed:
                body, kind = fixed[path]
            else:
                self.send_error(404)
                return
            wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
            self.send_response(206 if wanted else 200)
            if wanted:
                start = int(wanted[1]) if wanted[1] else max(0, len(body) - int(wanted[2]))
                end = min(len(body), int(wanted[2]) + 1) if wanted[1] and wanted[2] else len(body)
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(body)}")
                body = body[start:end]
            self.send_header("Content-Type", kind)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def shown(browser: Browser, player: str, url: str, ts: str) -> tuple[str, list[str]]:
    """The text in the frame in which the player shows this address at that moment (14 digits), and what was asked of
    any other host meanwhile."""
    with browser.new_context() as inside:
        outside: list[str] = []
        inside.on(
            "request",
            lambda request: (
                None if request.url.startswith((player, "data:", "blob:")) else outside.append(request.url)
            ),
        )
        page = inside.new_page()
        place, frame = re.compile(rf"/{ts}mp_/{re.escape(url)}$"), None
        for turn in range(3 * PATIENCE // 200):
            if (
                turn % (PATIENCE // 200) == 0
            ):  # at times the player waits for ever for its worker: it is asked anew
                page.goto(f"{player}/embed?url={quote(url, safe=':/')}&ts={ts}")
            frame = next((frame for frame in page.frames if place.search(frame.url)), None)
            if frame is not None:
                break
            page.wait_for_timeout(200)
        assert frame is not None, f"not shown as of {ts}: {[frame.url for frame in page.frames]}"
        frame.wait_for_load_state()
        text = frame.locator("body").inner_text(timeout=PATIENCE)
        return text, outside
