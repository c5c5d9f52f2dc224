"""The fetcher: the seam through which pages come in, and the one that uses the network.

It sends no cookies, signs in nowhere, keeps no cache (a 304 is evidence) and says who it is.
"""

from __future__ import annotations

import ssl
from typing import Protocol
from urllib.parse import quote

from conductatlas import __version__
from conductatlas.archive.address import WebAddress
from conductatlas.archive.answer import Answer, Fields, Request
from conductatlas.archive.coding import ACCEPTED
from conductatlas.archive.deadline import Deadline
from conductatlas.archive.exchange import Limits, exchange, tls_context
from conductatlas.archive.follow import Allow, anything, follow
from conductatlas.archive.guard import Way
from conductatlas.clock import Clock

PRODUCT_TOKEN = "ConductAtlas"  # noqa: S105 - the name robots.txt knows us by (RFC 9309, section 2.2.1)
_ACCEPT = "text/html,application/xhtml+xml,text/plain;q=0.9,text/markdown;q=0.9,*/*;q=0.5"


class Fetcher(Protocol):
    def fetch(self, request: Request, *, allow: Allow = anything) -> Answer:
        """The answer to `request`, redirects followed: status 200 to 299, or 304 if it was conditional.

        `allow` is called with each address before it is asked for. It may refuse by raising a FetchError, and
        it may wait for a host's turn: that time does not count against the limits.

        Raises FetchError, of every kind, and nothing else. `answer_of(error)` is what had arrived by then.
        """
        ...


def user_agent(contact_url: str) -> str:
    """Product, version, and where its operator can be reached."""
    contact = f" (+{quote(contact_url, safe=':/?&=@%~+,;')})" if contact_url else ""
    return f"{PRODUCT_TOKEN}/{__version__}{contact}"


class HttpFetcher:
    """Asks over HTTP/2 or HTTP/1.1. Holds nothing between attempts, so threads can share one.

    context: for TLS, tls_context() if None. Its ALPN protocols are set here.
    """

    def __init__(
        self,
        *,
        guard: Way,
        limits: Limits,
        user_agent: str,
        accept_language: str,
        clock: Clock,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._guard, self._limits, self._clock = guard, limits, clock
        self._user_agent, self._accept_language = user_agent, accept_language
        self._context = context or tls_context()
        self._context.set_alpn_protocols(["h2", "http/1.1"])

    def fetch(self, request: Request, *, allow: Allow = anything) -> Answer:
        """See Fetcher."""
        deadline = Deadline(self._limits.total)

        def ask(address: WebAddress, conditions: Fields) -> Answer:
            return exchange(
                address,
                self._fields(address, request.accept_language) + conditions,
                guard=self._guard,
                context=self._context,
                limits=self._limits,
                deadline=deadline,
                clock=self._clock,
            )

        def allow_in_its_own_time(url: str) -> None:
            with deadline.paused():
                allow(url)

        return follow(request, ask, allow_in_its_own_time, self._limits.max_redirects)

    def _fields(self, address: WebAddress, language: str) -> Fields:
        return (
            ("Host", address.authority),
            ("User-Agent", self._user_agent),
            ("Accept", _ACCEPT),
            ("Accept-Language", language or self._accept_language),
            ("Accept-Encoding", ACCEPTED),
        )
