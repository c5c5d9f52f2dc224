"""Time stamp authorities: the seam through which trusted time comes in (RFC 3161), and the one over HTTP.

An authority is asked for one digest at a time and its reply is kept as it came. Whether the reply shows anything
is for `timestamps.verify` to say: what fails there is worth keeping too.
"""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from conductatlas.archive.address import WebAddress
from conductatlas.archive.deadline import Deadline
from conductatlas.archive.exchange import Limits, exchange, tls_context
from conductatlas.archive.guard import Guard
from conductatlas.archive.retry import retry_after
from conductatlas.archive.timestamp_query import query
from conductatlas.clock import Clock
from conductatlas.errors import RedirectError, StatusError

MAX_REPLY = 64 * 1024  # bytes; a token with three certificates has about six thousand


@dataclass(frozen=True, slots=True)
class Token:
    """One question to an authority and its answer, both as they went over the wire.

    asked_at, received_at: by the clock of this machine.
    """

    request: bytes
    reply: bytes
    asked_at: datetime
    received_at: datetime


class Authority(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def url(self) -> str: ...

    def stamp(self, digest: bytes) -> Token:
        """What the authority says to this SHA-256 digest (32 bytes), not yet verified.

        Raises FetchError if nothing came that could be a reply, and nothing else.
        """
        ...


@dataclass(frozen=True, slots=True)
class HttpAuthority:
    """Asks over HTTP (RFC 3161, section 3.4), under the guard of captures. Redirects are not followed.

    policy_oid: the policy to ask for, "" for whichever the authority uses.
    Holds nothing between requests, so threads can share one.
    """

    name: str
    url: str
    guard: Guard
    user_agent: str
    clock: Clock
    limits: Limits
    policy_oid: str = ""
    context: ssl.SSLContext = field(default_factory=tls_context)

    def stamp(self, digest: bytes) -> Token:
        """See Authority."""
        request = query(digest, secrets.randbits(64), self.policy_oid)
        address = WebAddress.parse(self.url)
        answer = exchange(
            address,
            (
                ("Host", address.authority),
                ("User-Agent", self.user_agent),
                ("Accept", "application/timestamp-reply"),
                ("Content-Type", "application/timestamp-query"),
                ("Content-Length", str(len(request))),
            ),
            guard=self.guard,
            context=self.context,
            limits=replace(self.limits, max_body=min(self.limits.max_body, MAX_REPLY)),
            deadline=Deadline(self.limits.total),
            clock=self.clock,
            posted=request,
        )
        if answer.location is not None:
            raise RedirectError(f"{self.url} redirects to {answer.location[:200]}, which is not followed")
        if answer.status != 200:
            wish = retry_after(answer.header("retry-after"), answer.finished_at)
            raise StatusError(answer.status, retry_after=wish)
        return Token(request, answer.body, answer.started_at, answer.finished_at)


@dataclass(slots=True)
class MemoryAuthority:
    """The twin in memory: `answer` makes the bytes of a reply from those of a request, or raises a FetchError.

    asked: each request, in order.
    """

    name: str
    answer: Callable[[bytes], bytes]
    clock: Clock
    url: str = "memory:"
    policy_oid: str = ""
    asked: list[bytes] = field(default_factory=list)

    def stamp(self, digest: bytes) -> Token:
        """See Authority."""
        request = query(digest, secrets.randbits(64), self.policy_oid)
        self.asked.append(request)
        asked_at = self.clock.now()
        return Token(request, self.answer(request), asked_at, self.clock.now())
