"""The browser: the seam through which a page that was fetched becomes the page a visitor sees.

A browser capture is a plain capture that is then rendered (ADR 10). `archive.chromium` uses Chromium; the twin in
memory stands here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from conductatlas.archive.answer import Answer
from conductatlas.archive.proxy import PASSED, Line
from conductatlas.clock import Clock
from conductatlas.errors import FetchError

VIEWPORT = (1280, 1024)  # CSS pixels
DOM_TYPE = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Rendered:
    """The page after its scripts have run.

    dom: HTML in UTF-8, with open shadow roots and frames of the same origin in their places.
    browser: name and version. viewport: "1280x1024", CSS pixels. lines: each connection asked for while it loaded.
    left_for: the address a script or a refresh wanted to go on to; "" for none. Nobody went there.
    """

    dom: bytes
    browser: str
    viewport: str
    lines: tuple[Line, ...]
    left_for: str
    started_at: datetime
    finished_at: datetime

    @property
    def refused(self) -> int:
        """How many connections were refused or failed."""
        return sum(line.verdict != PASSED for line in self.lines)


class Browser(Protocol):
    def render(self, answer: Answer, *, language: str = "") -> Rendered:
        """What the scripts of `answer` make of it. Its address is not asked again.

        language: BCP 47 tag that the page is asked for in; "" for English.
        BrowserMissingError, BrowserHungError, BrowserDiedError, AnswerTooLargeError, and nothing else.
        """
        ...


Shown = bytes | FetchError | Callable[[], "bytes | FetchError"]


@dataclass(slots=True)
class MemoryBrowser:
    """The twin in memory: `pages` says what becomes of an address; a page without an entry stays as it is.

    left: address → where its script wants to go. rendered: the addresses that were rendered, in order.
    """

    clock: Clock
    pages: dict[str, Shown] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    rendered: list[str] = field(default_factory=list)

    def render(self, answer: Answer, *, language: str = "") -> Rendered:  # noqa: ARG002
        """See Browser."""
        url = answer.final_url
        self.rendered.append(url)
        shown = self.pages.get(url, answer.body)
        shown = shown() if callable(shown) else shown
        if isinstance(shown, FetchError):
            raise shown
        now = self.clock.now()
        return Rendered(shown, "Twin/1", "1280x1024", (), self.left.get(url, ""), now, now)
