"""A page's visit to the browser: what it asks for and gets, when its text is there, and what it then holds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from conductatlas.archive.answer import Answer
from conductatlas.errors import BrowserDiedError

ENOUGH = 1200  # characters of text from which a page that stands still is taken to be there
STILL = 0.5  # seconds without a change and with nothing on its way
RESTLESS = 1.5  # … and for pages that always ask for something
RELOADS = 3  # times a page may load itself anew
_NOT_FOR_TEXT = frozenset({"image", "media", "font"})
_NOT_PASSED_ON = frozenset(
    ("content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive", "set-cookie")
)


@dataclass(slots=True)
class Visit:
    """What one page asks for, and what it gets: its own address from the bytes that were captured, no other page in
    its place, no pictures; the rest through the proxy."""

    answer: Answer
    left_for: str = ""
    under_way: int = 0
    has_crashed: bool = False
    loads: int = 0

    def decide(self, route: Any, page: Any) -> None:
        """Answer one request, `route`, of `page` or a window that it opened: fulfilled, let through, or dropped."""
        request = route.request
        if request.is_navigation_request():
            try:
                is_main = request.frame.parent_frame is None
                is_ours = request.frame == page.main_frame
            except Exception:  # noqa: BLE001 - the frame of a window that is only about to open
                is_main, is_ours = True, False
            if is_main:
                url = request.url.partition("#")[0]
                if is_ours and url == self.answer.final_url.partition("#")[0] and self.loads <= RELOADS:
                    self.loads += 1
                    route.fulfill(
                        status=self.answer.status, headers=_headers(self.answer), body=self.answer.body
                    )
                else:
                    if is_ours and url != self.answer.final_url.partition("#")[0]:
                        self.left_for = self.left_for or url[:2000]
                    route.fulfill(status=204)  # which leaves the page as it stands
                return
        if request.resource_type in _NOT_FOR_TEXT:
            route.abort()
        else:
            route.continue_()

    def asked(self, one: int) -> None:
        """Count a request that began (1) or ended (-1)."""
        self.under_way += one

    def crashed(self) -> None:
        """Note that the page's process is gone."""
        self.has_crashed = True


def wait(page: Any, session: Any, visit: Visit, end: float) -> None:
    """Until the text is there and stands still, or the time (`end`, monotonic seconds) is over. Nothing is clicked.
    BrowserDiedError if the page brought its process down."""
    size, since = -1, time.monotonic()
    while (now := time.monotonic()) < end:
        if visit.has_crashed:
            raise BrowserDiedError("the page brought its part of the browser down")
        found = int(look(session, 0)["size"])
        if found != size:
            size, since = found, now
        still = now - since
        if size >= ENOUGH and still >= (STILL if visit.under_way <= 0 else RESTLESS):
            return
        if visit.under_way <= 0 and still >= 4 * STILL and (size > 0 or still >= 8 * STILL):
            return
        page.wait_for_timeout(100)


def look(session: Any, most: int) -> dict[str, Any]:
    """What the page holds now: `size` of its text, `html` of at most `most` characters (None if it is longer).
    BrowserDiedError if it cannot be read out."""
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "reading"})
    answer = session.send(
        "Runtime.evaluate",
        {
            "expression": f"({_script()})({most})",
            "contextId": world["executionContextId"],
            "returnByValue": True,
        },
    )
    value = answer["result"].get("value")
    if not isinstance(value, dict):
        raise BrowserDiedError("the page could not be read out of the browser")
    return value


def _headers(answer: Answer) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in answer.headers:
        if name.lower() not in _NOT_PASSED_ON:
            key = name.lower()
            found[key] = f"{found[key]}, {value}" if key in found else value
    return found


@cache
def _script() -> str:
    return files("conductatlas.archive").joinpath("rendering.js").read_text("utf-8").split("\n", 2)[2]
