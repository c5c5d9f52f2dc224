"""The fetcher's twin in memory: pages from a table, for tests and for the invented sample world."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from conductatlas.archive.address import WebAddress
from conductatlas.archive.answer import Answer, Fields, Request
from conductatlas.archive.follow import Allow, anything, follow
from conductatlas.clock import Clock
from conductatlas.errors import FetchError, HostUnreachableError


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answers. headers: beside the Content-Type."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


Served = Page | FetchError | Callable[[], "Page | FetchError"]


@dataclass(slots=True)
class MemoryFetcher:
    """Serves `pages` by their full address; the others are at hosts that do not answer.

    asked: each address that was asked, with its conditional fields, in order.
    """

    clock: Clock
    pages: dict[str, Served] = field(default_factory=dict)
    asked: list[tuple[str, Fields]] = field(default_factory=list)
    max_redirects: int = 10

    def fetch(self, request: Request, *, allow: Allow = anything) -> Answer:
        """See Fetcher."""
        return follow(request, self._ask, allow, self.max_redirects)

    def _ask(self, address: WebAddress, conditions: Fields) -> Answer:
        self.asked.append((str(address), conditions))
        served = self.pages.get(str(address))
        page = served() if callable(served) else served
        if page is None:
            raise HostUnreachableError(f"nothing is served at {address}")
        if isinstance(page, FetchError):
            raise page
        headers = (("Content-Type", page.content_type), *page.headers.items())
        unchanged = page.status == 200 and _matches(page.headers, dict(conditions))
        return self._answer(address, conditions, headers, 304 if unchanged else page.status, page.body)

    def _answer(
        self, address: WebAddress, conditions: Fields, headers: Fields, status: int, body: bytes
    ) -> Answer:
        sent = b"" if status == 304 or 300 < status < 309 else body
        now = self.clock.now()
        return Answer(
            url=str(address),
            final_url=str(address),
            status=status,
            http_version="HTTP/1.1",
            hops=(),
            request_headers=(("Host", address.authority), *conditions),
            headers=headers,
            body=sent,
            decoded=True,
            wire_digest=hashlib.sha256(sent).hexdigest(),
            wire_length=len(sent),
            peer_address=f"192.0.2.1:{address.port}",
            tls=None,
            started_at=now,
            finished_at=now,
        )


def _matches(headers: Mapping[str, str], conditions: Mapping[str, str]) -> bool:
    """RFC 9110, section 13.2.2: If-Modified-Since counts only where there is no If-None-Match."""
    if "If-None-Match" in conditions:
        return headers.get("ETag") == conditions["If-None-Match"]
    stated = headers.get("Last-Modified")
    return stated is not None and stated == conditions.get("If-Modified-Since")
