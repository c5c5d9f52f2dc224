"""The browser that is Chromium, driven by Playwright, behind our own proxy.

Playwright's calls belong to the thread that started it. So one thread owns Chromium and renders a page at a time for
all workers; it starts at the first need and ends when nothing was wanted for a while. A page may keep that thread
waiting for ever: whoever asked waits no longer than the deadline, then ends the browser's process group.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import shutil
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conductatlas.archive.answer import Answer
from conductatlas.archive.browser import VIEWPORT, Rendered
from conductatlas.archive.guard import Way
from conductatlas.archive.proxy import Passage, Proxy
from conductatlas.archive.visit import Visit, look, wait
from conductatlas.clock import Clock
from conductatlas.errors import (
    AnswerTooLargeError,
    BrowserDiedError,
    BrowserHungError,
    BrowserMissingError,
    FetchError,
)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START = 60.0  # seconds a cold machine may take to start it
_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # it resolves nothing itself
    "--dns-prefetch-disable",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--no-pings",
    "--js-flags=--max-old-space-size=512",
)
_WITHOUT_WAYS_ROUND = (
    "for (const n of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport']) delete self[n]"
)


def executable(setting: str) -> str:
    """Where Chromium is: the path that is set, else the first of NAMES on the path. BrowserMissingError."""
    if setting == "off":
        raise BrowserMissingError("browser captures are switched off", remedy="Set `browser` to `auto`.")
    if setting != "auto":
        if not (Path(setting).is_file() and os.access(setting, os.X_OK)):
            raise BrowserMissingError(f"{setting} is no program that can be run")
        return setting
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise BrowserMissingError("no Chromium on this machine")


def require_playwright() -> None:
    """BrowserMissingError where the extra is not installed."""
    from importlib.util import find_spec

    if find_spec("playwright") is None:
        raise BrowserMissingError("the package that drives Chromium is not installed")


@dataclass(slots=True)
class _Job:
    answer: Answer
    language: str
    passage: Passage
    done: queue.SimpleQueue[Rendered | FetchError] = field(default_factory=queue.SimpleQueue)


@dataclass(slots=True)
class ChromiumBrowser:
    """Chromium, started at the first need. Safe to share between threads: it renders one page at a time.

    setting: "auto", "off" or a path. timeout: seconds for one page. idle: seconds after which it is ended.
    """

    guard: Way
    clock: Clock
    user_agent: str
    setting: str = "auto"
    timeout: float = 20.0
    idle: float = 60.0
    max_body: int = 10_000_000
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _process: _Process | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.is_alive

    def render(self, answer: Answer, *, language: str = "") -> Rendered:
        """See Browser."""
        with self._lock:
            if self._process is None or not self._process.is_alive:
                self._process = None
                require_playwright()
                self._process = _Process(self, executable(self.setting))
            process = self._process
            try:
                return process.render(answer, language)
            except (BrowserHungError, BrowserDiedError):
                process.kill()
                self._process = None
                raise

    def close(self) -> None:
        """End the browser, if one runs. The next page starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.end()


class _Process:
    """One Chromium, its proxy and the thread that owns both."""

    def __init__(self, owner: ChromiumBrowser, program: str) -> None:
        self._owner, self._program = owner, program
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._started: queue.SimpleQueue[FetchError | None] = queue.SimpleQueue()
        self._group = self._driver = 0
        self.is_alive = True
        self._proxy = Proxy(owner.guard)
        self._thread = threading.Thread(target=self._run, name="browser", daemon=True)
        self._thread.start()
        atexit.register(self.end)
        try:
            fault = self._started.get(timeout=START)
        except queue.Empty:
            fault = BrowserHungError(f"Chromium did not start within {START:g} s")
        if fault is not None:
            self.kill()
            raise fault

    def render(self, answer: Answer, language: str) -> Rendered:
        timeout = self._owner.timeout
        with self._proxy.passage(timeout) as passage:
            job = _Job(answer, language, passage)
            self._jobs.put(job)
            try:
                outcome = job.done.get(timeout=timeout)
            except queue.Empty:
                raise BrowserHungError(
                    f"the page kept the browser busy for more than {timeout:g} s"
                ) from None
        if isinstance(outcome, FetchError):
            raise outcome
        return outcome

    def end(self) -> None:
        """Ask it to end, and make it."""
        self._jobs.put(None)
        self._thread.join(timeout=3)
        self.kill()

    def kill(self) -> None:
        """End the browser's whole process group, and its driver where that does not notice."""
        self.is_alive = False
        atexit.unregister(self.end)
        self._jobs.put(None)
        self._proxy.close()
        if self._group and self._thread.is_alive():
            with contextlib.suppress(OSError):
                os.killpg(self._group, signal.SIGKILL)
            self._thread.join(timeout=3)
            if self._thread.is_alive() and self._driver > 1:
                with contextlib.suppress(OSError):
                    os.kill(self._driver, signal.SIGKILL)

    def _run(self) -> None:
        try:
            from playwright.sync_api import sync_playwright

            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=self._program,
                    chromium_sandbox=os.geteuid() != 0,
                    args=list(_ARGUMENTS),
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                    timeout=START * 1000,
                    # Contexts name the same proxy with their own secret; what belongs to none has no way out.
                    proxy={"server": f"http://127.0.0.1:{self._proxy.port}", "bypass": "<-loopback>"},
                )
                session = browser.new_browser_cdp_session()
                processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
                pid = next(int(process["id"]) for process in processes if process["type"] == "browser")
                self._group, self._driver = os.getpgid(pid), _parent(pid)
                self._started.put(None)
                self._serve(browser)
                with contextlib.suppress(Exception):
                    browser.close()
        except Exception as fault:  # noqa: BLE001 - whatever Playwright raises stays in here
            self._started.put(BrowserDiedError(f"Chromium did not start or stay up: {_first_line(fault)}"))
        finally:
            self.is_alive = False

    def _serve(self, browser: Any) -> None:
        while browser.is_connected():
            try:
                job = self._jobs.get(timeout=self._owner.idle)
            except queue.Empty:
                if not self._owner._lock.acquire(blocking=False):
                    continue  # somebody is about to ask
                self.is_alive = False
                self._owner._lock.release()
                self._proxy.close()
                atexit.unregister(self.end)
                return
            if job is None:
                return
            try:
                job.done.put(_render(browser, job, self._owner, self._proxy.port))
            except FetchError as fault:
                job.done.put(fault)
            except Exception as fault:  # noqa: BLE001 - whatever Playwright raises stays in here
                job.done.put(BrowserDiedError(f"Chromium broke off: {_first_line(fault)}"))


def _render(browser: Any, job: _Job, owner: ChromiumBrowser, port: int) -> Rendered:
    started_at = owner.clock.now()
    end = time.monotonic() + owner.timeout * 0.75  # what is there by then is taken
    width, height = VIEWPORT
    major = browser.version.partition(".")[0]
    context = browser.new_context(
        user_agent="Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"HeadlessChrome/{major}.0.0.0 Safari/537.36 {owner.user_agent}",
        viewport={"width": width, "height": height},
        locale=job.language or "en",
        timezone_id="UTC",
        service_workers="block",
        accept_downloads=False,
        permissions=[],
        proxy={
            "server": f"http://127.0.0.1:{port}",
            "bypass": "<-loopback>",
            "username": "page",
            "password": job.passage.secret,
        },
    )
    try:
        context.add_init_script(_WITHOUT_WAYS_ROUND)
        page = context.new_page()
        visit = Visit(job.answer)
        context.on("page", lambda popup: popup.close())
        context.route("**/*", lambda route: visit.decide(route, page))
        page.on("dialog", lambda dialog: dialog.dismiss())
        page.on("crash", lambda _: visit.crashed())
        page.on("request", lambda _: visit.asked(1))
        page.on("requestfinished", lambda _: visit.asked(-1))
        page.on("requestfailed", lambda _: visit.asked(-1))
        page.goto(job.answer.final_url, wait_until="commit", timeout=owner.timeout * 1000)
        session = context.new_cdp_session(page)
        wait(page, session, visit, end)
        found = look(session, owner.max_body)
        if visit.has_crashed:
            raise BrowserDiedError("the page brought its part of the browser down")
        if found["html"] is None or len(dom := found["html"].encode("utf-8", "replace")) > owner.max_body:
            raise AnswerTooLargeError(f"the rendered page is longer than {owner.max_body} bytes")
        return Rendered(
            dom=dom,
            browser=f"Chromium {browser.version}",
            viewport=f"{width}x{height}",
            lines=tuple(job.passage.lines),
            left_for=visit.left_for,
            started_at=started_at,
            finished_at=max(started_at, owner.clock.now()),
        )
    finally:
        with contextlib.suppress(Exception):
            context.close()


def _parent(pid: int) -> int:
    """The process that started this one; 0 where that cannot be told."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def _first_line(fault: Exception) -> str:
    return (str(fault).strip().splitlines() or [type(fault).__name__])[0][:200]
