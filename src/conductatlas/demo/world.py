"""The sample world as one pure function: an address, a moment and request headers in, an answer out.

Nothing here opens a socket; `server.py` carries the answers over one. The same question always gets the same
answer, byte for byte: noise is derived from the address and the moment.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlsplit

from conductatlas.demo.markup import to_content
from conductatlas.demo.moments import LAST, MOMENTS
from conductatlas.demo.pages import Scene, render, render_stand_in
from conductatlas.demo.sites import Page, Site, load_sites
from conductatlas.demo.texts import write_dates
from conductatlas.errors import NotFoundError

RETRY_AFTER = 1800  # seconds, in the 503 answers


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete HTTP answer. A body shorter than its Content-Length says the connection breaks off there."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The first value of that header, "" if there is none; names compare without case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class World:
    """Seven sites through fourteen moments, the last of which is the instant `last` (aware)."""

    def __init__(self, last: datetime) -> None:
        self.last = last.astimezone(UTC).replace(microsecond=0)
        self.sites = load_sites()
        self._by_host = {site.host: site for site in self.sites}

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(self._by_host)

    def when(self, moment: int) -> datetime:
        """The instant of a moment. NotFoundError outside 0..LAST."""
        if not 0 <= moment <= LAST:
            raise NotFoundError(
                f"the sample world has no moment {moment}", remedy=f"Choose one of 0 to {LAST}."
            )
        return self.last - MOMENTS[moment]

    def page(self, url: str, moment: int, request: Mapping[str, str] | None = None) -> Answer:
        """What the world answers to GET `url` at `moment`.

        `request` holds the request's headers by lower-case name (accept-encoding, if-none-match,
        if-modified-since count). NotFoundError for a host that is not of this world.
        """
        date = format_datetime(self.when(moment), usegmt=True)
        host, path = _parted(url)
        site = self._by_host.get(host)
        if site is None:
            raise NotFoundError(f"{host!r} is no host of the sample world", remedy="See `World.hosts`.")
        answer = self._answer(site, path, moment)
        answer = _not_modified(answer, request or {}) or _packed(answer, site, request or {})
        return Answer(answer.status, (("Date", date), *answer.headers), answer.body)

    def text(self, page: Page, moment: int) -> str:
        """The page's Markdown at a moment, dates written out."""
        return write_dates(page.text.at(moment), self.last.date(), page.dates)

    def _answer(self, site: Site, path: str, moment: int) -> Answer:
        if path == "/robots.txt":
            robots = site.robots_at(moment)
            return _complete(robots.status, robots.text.encode(), "text/plain; charset=utf-8")
        for page in site.pages:
            here = page.path_at(moment)
            if path == here:
                return self._serve(Scene(site, page, f"http://{site.host}{path}", moment, self.when(moment)))
            if path in (old for since, old in page.addresses if since <= moment):
                return Answer(301, (("Location", here), ("Content-Length", "0")), b"")
        scene = Scene(site, site.pages[0], f"http://{site.host}{path}", moment, self.when(moment))
        if path == "/":
            return _html(200, render_stand_in("hub", scene))
        return _html(404, render_stand_in("not-found", scene))

    def _serve(self, scene: Scene) -> Answer:
        """The page of the scene, or what its fault at this moment puts in its place."""
        fault = scene.page.fault_at(scene.moment)
        match fault.kind if fault else "":
            case "":
                return self._policy(scene)
            case "truncated":
                whole = self._policy(scene)
                return Answer(whole.status, whole.headers, whole.body[: len(whole.body) // 2])
            case "unavailable":
                return _html(503, render_stand_in("unavailable", scene), ("Retry-After", str(RETRY_AFTER)))
            case "other-language":
                assert fault is not None
                other = scene.site.page(fault.other)
                text = self.text(other, scene.moment)
                stand_in = Scene(scene.site, other, scene.url, scene.moment, scene.when)
                return _html(200, render(stand_in, to_content(text)))
            case kind:
                return _html(200, render_stand_in(kind, scene))

    def _policy(self, scene: Scene) -> Answer:
        page = scene.page
        html = render(scene, to_content(self.text(page, scene.moment)))
        body = html.encode(page.charset)
        content_type = f"text/html; charset={page.charset}" if page.declared else "text/html"
        return _complete(200, body, content_type, *self._validators(scene, body))

    def _validators(self, scene: Scene, body: bytes) -> tuple[tuple[str, str], ...]:
        match scene.site.validators:
            case "etag":
                return (("ETag", f'"{hashlib.sha256(body).hexdigest()[:20]}"'),)
            case (
                "rotating"
            ):  # a new one each time although the text is the same, as behind some load balancers
                return (("ETag", f'W/"{scene.noise("etag")}"'),)
            case "modified":
                published = self.when(scene.page.text.touched_at(scene.moment)) - timedelta(hours=3)
                return (("Last-Modified", format_datetime(published, usegmt=True)),)
            case _:
                return ()


def _parted(url: str) -> tuple[str, str]:
    """Host and path of an address; ("", "/") for what is none."""
    try:
        address = urlsplit(url)
        return address.hostname or "", address.path or "/"
    except ValueError:
        return "", "/"


def _complete(status: int, body: bytes, content_type: str, *more: tuple[str, str]) -> Answer:
    headers = (("Content-Type", content_type), ("Content-Length", str(len(body))), *more)
    return Answer(status, headers, body)


def _html(status: int, page: str, *more: tuple[str, str]) -> Answer:
    return _complete(status, page.encode(), "text/html; charset=utf-8", *more)


def _not_modified(answer: Answer, request: Mapping[str, str]) -> Answer | None:
    """A 304 if the request's validators match (RFC 9110 §13.1.2 and §13.1.3: If-None-Match goes first)."""
    etag, modified = answer.header("ETag"), answer.header("Last-Modified")
    if answer.status != 200:
        return None
    if etag and etag in request.get("if-none-match", ""):
        return Answer(304, (("ETag", etag),), b"")
    since = _http_date(request.get("if-modified-since", ""))
    if modified and since and parsedate_to_datetime(modified) <= since:
        return Answer(304, (("Last-Modified", modified),), b"")
    return None


def _http_date(text: str) -> datetime | None:
    """The instant an HTTP date names; None for anything else, which RFC 9110 §13.1.3 wants ignored."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _packed(answer: Answer, site: Site, request: Mapping[str, str]) -> Answer:
    """The answer with a gzip body where the site packs, the client takes it and the body is whole."""
    whole = len(answer.body) == int(answer.header("Content-Length"))
    if not (site.gzip and whole and answer.body and "gzip" in request.get("accept-encoding", "")):
        return answer
    body = gzip.compress(answer.body, mtime=0)
    kept = tuple(pair for pair in answer.headers if pair[0] != "Content-Length")
    packed = (("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"), ("Content-Length", str(len(body))))
    return Answer(answer.status, (*kept, *packed), body)
