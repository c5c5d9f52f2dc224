"""From the address asked for to the answer that counts: redirects, validators, and what a status means.

The same for the fetcher that uses the network and for its twin in memory: they only differ in how one address
is asked once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conductatlas.archive.address import WebAddress
from conductatlas.archive.answer import Answer, Fields, Hop, Request, answer_of
from conductatlas.archive.retry import retry_after
from conductatlas.errors import (
    AddressRefusedError,
    BrokenAnswerError,
    FetchError,
    RedirectError,
    StatusError,
)

Ask = Callable[[WebAddress, Fields], Answer]  # one address, once, with these conditional fields
Allow = Callable[[str], None]


def anything(url: str) -> None:
    """Allows every address."""


def follow(request: Request, ask: Ask, allow: Allow, max_redirects: int) -> Answer:
    """The answer at the end of the redirects, with each hop to it.

    `allow` is called with each address before it is asked. Errors are those of `ask` and `allow`, and
    RedirectError, StatusError, BrokenAnswerError; `error.answer` is the last answer there was.
    """
    hops: list[Hop] = []
    answer: Answer | None = None
    try:
        address = WebAddress.parse(request.url)
        validated = str(WebAddress.parse(request.validated_url)) if request.validated_url else str(address)
        while True:
            allow(str(address))
            conditions = _conditions(request) if str(address) == validated else ()
            answer = replace(ask(address, conditions), url=request.url, hops=tuple(hops))
            if answer.location is None:
                return _judged(answer, conditional=bool(conditions))
            target = _target(address, answer.location)
            hops.append(
                Hop(str(address), answer.status, answer.location, answer.headers, answer.peer_address)
            )
            if str(target) in {hop.url for hop in hops}:
                raise RedirectError(f"{address} leads back to {target}")
            if len(hops) > max_redirects:
                raise RedirectError(f"more than {max_redirects} redirects")
            address = target
    except FetchError as error:
        partial = answer_of(error)
        error.answer = replace(partial, url=request.url, hops=tuple(hops)) if partial else answer
        raise


def _conditions(request: Request) -> Fields:
    """Validators as header fields. What cannot stand in one is left out: the request asks for more then."""
    fields = (("If-None-Match", request.etag), ("If-Modified-Since", request.last_modified))
    return tuple(
        (name, value) for name, value in fields if value and value.isprintable() and max(value) <= "\xff"
    )


def _target(address: WebAddress, location: str) -> WebAddress:
    try:
        readable = location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        readable = location
    try:
        target = address.join(readable)
    except AddressRefusedError as error:
        raise RedirectError(f"{address} redirects to no web page: {error.message}") from error
    if address.scheme == "https" and target.scheme == "http":
        raise RedirectError(f"{address} redirects to {target}, where nothing vouches for the answer")
    return target


def _judged(answer: Answer, *, conditional: bool) -> Answer:
    if answer.status == 206:
        raise BrokenAnswerError("the server sent a part of the page, and no part was asked for")
    if answer.status < 300 or (answer.status == 304 and conditional):
        return answer
    raise StatusError(
        answer.status, retry_after=retry_after(answer.header("retry-after"), answer.finished_at)
    )
