"""The site as people meet it: a real process on a loaded sample world, and a browser that watches what it does."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright
from tests.e2e.states import States, make_states

HERE = Path(__file__).resolve().parent
COMMAND = [sys.executable, "-m", "conductatlas"]
START_SECONDS = 60

# Each public page once, found by following links from the home page. Order matters: the first that fits counts.
ROUTES = {
    "home": r"/",
    "platforms": r"/platforms/",
    "drift": r"/platform/[^/]+/drift/",
    "platform": r"/platform/[^/]+/",
    "document": r"/platform/[^/]+/[^/]+/",
    "versions": r"/platform/[^/]+/[^/]+/versions/",
    "version": r"/platform/[^/]+/[^/]+/v/CA-V-\d+/",
    "records of a version": r"/platform/[^/]+/[^/]+/v/CA-V-\d+/records/",
    "compare": r"/platform/[^/]+/[^/]+/compare/CA-V-\d+\.\.CA-V-\d+/",
    "captures": r"/platform/[^/]+/[^/]+/captures/",
    "provision": r"/platform/[^/]+/[^/]+/[^/]+/",  # what is none of those above
    "registry": r"/registry/",
    "types": r"/provisions/",
    "type": r"/provisions/[^/]+/",
    "law": r"/law/",
    "instrument": r"/law/[^/]+/",
    "questions": r"/questions/",
    "question": r"/questions/[^/]+/",
    "choosing what to compare": r"/compare/",
    "two platforms": r"/compare/entities/[^/]+/",
    "matrix": r"/matrix/",
    "reports": r"/reports/",
    "report": r"/reports/[^/.]+/",
    "changes": r"/changes/",
    "change": r"/change/[^/]+/",
    "records of a change": r"/change/[^/]+/records/",
    "ledger": r"/ledger/",
    "status": r"/status/",
    "methodology": r"/methodology/",
    "legal": r"/legal/",
    "privacy": r"/privacy/",
}


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of an archive that holds the sample world."""
    environment = environment_of(tmp_path_factory.mktemp("site") / "data")
    subprocess.run(
        [*COMMAND, "demo", "--load-only"], env=environment, check=True, capture_output=True, timeout=300
    )
    return environment


@pytest.fixture(scope="session")
def site(loaded: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the sample world's site, served by a process of its own."""
    with served(loaded, tmp_path_factory.mktemp("log") / "log") as address:
        yield address


@pytest.fixture(scope="session")
def states(tmp_path_factory: pytest.TempPathFactory) -> Iterator[States]:
    """A site with what the sample world has none of: see e2e/states.py."""
    folder = tmp_path_factory.mktemp("states")
    environment = environment_of(folder / "data")
    paths = make_states(folder, [*COMMAND], environment)
    with served(environment, folder / "log") as address:
        yield States(address, paths)


def environment_of(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCTATLAS_")}
    return kept | {"CONDUCTATLAS_DATA_DIR": str(data)}


@contextmanager
def served(environment: dict[str, str], log: Path) -> Iterator[str]:
    """A process that serves this archive; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("w+b") as out:
        command = [*COMMAND, "serve", "--port", str(port), "--workers", "1"]
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=15)


@pytest.fixture(scope="session")
def addresses(site: str) -> dict[str, str]:
    """Route → the path of one page of it, and pages for the states that have no link."""
    found: dict[str, str] = {}
    waiting, seen = ["/"], {"/"}
    while waiting and len(found) < len(ROUTES):
        path = waiting.pop(0)
        route = next((name for name, shape in ROUTES.items() if re.fullmatch(shape, path)), None)
        if route is None or (route in found and route != "platform"):
            continue
        found.setdefault(route, path)
        with urlopen(site + path) as answer:
            page = answer.read().decode()
        for link in re.findall(r'<a [^>]*?href="([^"]+)"', page):
            target = urlsplit(urljoin(site + path, link))
            if f"{target.scheme}://{target.netloc}" == site and target.path not in seen:
                seen.add(target.path)
                waiting.append(target.path)
    assert found.keys() == ROUTES.keys(), f"no link leads to: {ROUTES.keys() - found.keys()}"
    document = found["document"]
    return found | {
        "comparison": "/compare/termination/?p=quillomere,nethercoil,wendlebarrow",
        "choosing columns": "/matrix/?choose=columns",
        "compare side by side": found["compare"] + "?view=side",
        "around a date": document + "?on=2199-01-01",
        "before the record": document + "?on=1999-01-01",
        "substantive only": found["drift"] + "?only=substantive",
        "changes between dates": "/changes/?since=2026-01-01&until=2026-12-31&change=substantive",
        "no change matches": "/changes/?severity=high&since=1999-01-01&until=1999-01-02",
        "questions of a platform": "/questions/?platform=quillomere",
        "removed provisions": "/registry/?state=removed",
        "words in provisions": "/registry/?q=arbitration",
        "no provision matches": "/registry/?severity=high&type=taxes",
        "nothing found": "/platforms/?q=zzzzzz",
        "no such page": "/nothing/here/",
        "unreadable date": document + "?on=yesterday",
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium of the system. Of the module and not of the session: its event loop must not meet the ORM."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, installed from npm."""
    file = HERE / "node_modules" / "axe-core" / "axe.min.js"
    if not file.exists():
        pytest.skip("axe-core is not installed: run `npm ci` in tests/e2e")
    return file.read_text("utf-8")


@dataclass
class Watched:
    """A page and what a browser has to say against it."""

    page: Page
    site: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> int:
        """Go there; returns the status."""
        response = self.page.goto(self.site + path, wait_until="load")
        assert response is not None
        self.page.evaluate("document.fonts.ready.then(() => true)")
        for violation in self.page.evaluate("window.refusedByPolicy ?? []"):
            self.faults.append(f"{path}: policy refused {violation}")
        return response.status

    def heard(self, message: ConsoleMessage) -> None:
        # The status of the page itself is asserted where it matters; anything else is a fault.
        is_status = "Failed to load resource" in message.text and message.location["url"] == self.page.url
        if message.type in {"error", "warning"} and not is_status:
            self.faults.append(f"{self.page.url}: {message.text}")

    def asked(self, request: Request) -> None:
        if not request.url.startswith((self.site + "/", "data:")):
            self.faults.append(f"{self.page.url} asks for {request.url}")


class Watch(Protocol):
    def __call__(self, at: str = "", **context: Any) -> AbstractContextManager[Watched]: ...


@pytest.fixture
def watch(browser: Browser, request: pytest.FixtureRequest) -> Watch:
    """Opens a browser context of its own, watched for policy violations, messages and outside requests. at: the
    address of the site, if not the sample world's."""

    @contextmanager
    def opened(at: str = "", **context: Any) -> Iterator[Watched]:
        site = at or request.getfixturevalue("site")
        with browser.new_context(**context) as inside:
            inside.add_init_script(
                "window.refusedByPolicy = [];"
                "document.addEventListener('securitypolicyviolation',"
                " e => window.refusedByPolicy.push(`${e.violatedDirective} ${e.blockedURI}`));"
            )
            seen = Watched(inside.new_page(), site)
            seen.page.on("console", seen.heard)
            seen.page.on("request", seen.asked)
            yield seen

    return opened


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            urlopen(address + "/healthz").close()
            return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"the site did not start: {log.read_text('utf-8', 'replace')[-2000:]}")
