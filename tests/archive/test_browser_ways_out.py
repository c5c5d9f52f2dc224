"""A hostile page in Chromium: nothing it asks for leaves but through the guard."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from archive.conftest import Names
from archive.hostile import by_path, page, serving
from archive.test_browser_contract import SHELL, WRITES, answer
from conductatlas.archive.chromium import ChromiumBrowser

pytestmark = pytest.mark.browser


class Trap:
    """Listens, answers nothing, and remembers whether anyone came."""

    def __init__(self, host: str, kind: socket.SocketKind = socket.SOCK_STREAM) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, kind)
        self.socket.bind((host, 0))
        self.port = self.socket.getsockname()[1]
        self.came: list[object] = []
        if kind == socket.SOCK_STREAM:
            self.socket.listen()
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        try:
            is_stream = self.socket.type == socket.SOCK_STREAM
            self.came.append(self.socket.accept() if is_stream else self.socket.recvfrom(2000))
        except OSError:
            return


@pytest.fixture
def traps() -> Iterator[list[Trap]]:
    found = [Trap("127.0.0.2"), Trap("::1"), Trap("127.0.0.2", socket.SOCK_DGRAM)]
    yield found
    for trap in found:
        trap.socket.close()


def test_loopback_web_sockets_webrtc_and_a_rebinding_name_get_nothing(
    chromium: ChromiumBrowser, names: Names, traps: list[Trap]
) -> None:
    v4, v6, udp = traps
    with ExitStack() as servers:
        public = servers.enter_context(serving(by_path({"/a": page(b"1", "Access-Control-Allow-Origin: *")})))
        names.places["rebinds.example"] = [("127.0.0.1", public.port), ("127.0.0.2", v4.port)]
        script = (
            f"fetch('http://rebinds.example/a').finally(() => fetch('http://rebinds.example/b').catch(() => 0));"
            f"for (const u of ['http://127.0.0.2:{v4.port}/', 'http://[::1]:{v6.port}/', 'http://2130706434:{v4.port}/',"
            f" 'http://localhost:{v4.port}/', 'file:///etc/passwd']) fetch(u, {{mode: 'no-cors'}}).catch(() => 0);"
            f"new WebSocket('ws://127.0.0.2:{v4.port}/'); new Image().src = 'http://127.0.0.2:{v4.port}/i';"
            f"const f = document.createElement('iframe'); f.src = 'http://127.0.0.2:{v4.port}/f';"
            f"document.body.append(f);"
            f"window.open('http://127.0.0.2:{v4.port}/w');"
            "try { const r = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.2:"
            + str(udp.port)
            + "'}]});"
            "r.createDataChannel('x'); r.createOffer().then(o => r.setLocalDescription(o)) } catch (e) {};"
            + WRITES
        )
        rendered = chromium.render(answer(SHELL % script))
    assert b"You agree to these terms." in rendered.dom
    assert [trap.came for trap in traps] == [[], [], []]
    verdicts = {(line.host, line.verdict) for line in rendered.lines}
    assert {
        ("127.0.0.2", "address_refused"),
        ("::1", "address_refused"),
        ("rebinds.example", "address_refused"),
    } <= verdicts
    assert ("rebinds.example", "passed") in verdicts
    assert all(line.received == 0 for line in rendered.lines if line.verdict != "passed")


def test_no_service_worker_and_nothing_that_one_page_leaves_for_the_next(
    chromium: ChromiumBrowser, names: Names
) -> None:
    script = (
        "const p = document.createElement('p'); p.textContent = 'held:' + document.cookie + localStorage.getItem('k');"
        "document.cookie = 'k=1'; localStorage.setItem('k', '1'); document.body.append(p);"
        "(navigator.serviceWorker ? navigator.serviceWorker.register('/sw.js') : Promise.reject()).then("
        "r => { p.textContent += r ? ' registered' : '' }, () => 0);" + WRITES
    )
    for _ in range(2):  # over TLS: only there is a page offered a service worker
        dom = chromium.render(answer(SHELL % script, url="https://lumen.example/terms")).dom
        assert b"<p>held:null</p>" in dom


def test_folded_text_shadow_roots_and_frames_are_read_without_a_click(chromium: ChromiumBrowser) -> None:
    script = (
        WRITES + ";const h = document.createElement('x-terms'); document.body.append(h);"
        "h.attachShadow({mode: 'open'}).innerHTML = '<section><slot></slot> in the shadow</section>';"
        "h.textContent = 'slotted';"
        "const f = document.createElement('iframe'); f.srcdoc = '<p>framed</p>'; document.body.append(f);"
        "const d = document.createElement('div'); d.hidden = true; d.innerHTML = '<button onclick=\"this.remove()\">"
        "Show</button><p>folded away</p>'; document.body.append(d);"
    )
    dom = chromium.render(answer(SHELL % script)).dom.decode()
    assert "<section>slotted in the shadow</section>" in dom
    assert "<p>framed</p>" in dom
    assert "Show</button><p>folded away</p>" in dom


def test_the_text_may_come_from_another_request(chromium: ChromiumBrowser, names: Names) -> None:
    body = page(b"<p>You agree to these terms.</p>" * 60, "Access-Control-Allow-Origin: *")
    with serving(by_path({"/text": body})) as server:
        names.places["api.example"] = [("127.0.0.1", server.port)]
        script = "fetch('http://api.example/text').then(r => r.text()).then(t => { root.innerHTML = t })"
        rendered = chromium.render(answer(SHELL % script))
    assert rendered.dom.count(b"You agree to these terms.") == 60
    assert b"ConductAtlas/" in server.heads[0]
    assert b"proxy-authorization" not in server.heads[0].lower()


def test_a_browser_that_is_killed_is_a_typed_error_and_the_next_page_starts_another(
    chromium: ChromiumBrowser,
) -> None:
    import os
    import signal

    from conductatlas.errors import BrowserDiedError

    chromium.render(answer(SHELL % WRITES))
    process = chromium._process
    assert process is not None
    timer = threading.Timer(0.5, os.killpg, (process._group, signal.SIGKILL))
    timer.start()
    with pytest.raises(BrowserDiedError):
        chromium.render(answer(SHELL % "setInterval(() => { root.textContent += 'x' }, 50)"))
    assert b"You agree" in chromium.render(answer(SHELL % WRITES)).dom
