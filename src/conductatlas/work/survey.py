"""From one address to the documents it shows or leads to: a look round before anything is declared.

A page that lists documents is followed, and never taken for one itself: its labels are hints. Everything that was seen
or met comes back, with the reason why it is no document of this platform or was not asked for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from conductatlas.archive.answer import Answer
from conductatlas.catalogue.proposal import Found
from conductatlas.catalogue.sites import page_key, site_of
from conductatlas.errors import FetchError, UnreadableError
from conductatlas.reading.text.gate import HUB_KINDS, HUB_LINKS, Reason, Verdict, judge
from conductatlas.reading.text.kinds import guess_kind
from conductatlas.reading.text.language import primary
from conductatlas.reading.text.leads import Leads, Link, leads
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import read

DEEPEST = 2  # a hub's pages, and those of a hub that it lists
MOST = 40  # pages that are asked for in one survey
CENTRE_WORDS = (
    60  # words of text for each document that a page lists: with fewer it is a list, however it is named
)

Ask = Callable[[str], Answer]
"""Fetches an address as captures do. FetchError. A browser may stand behind it as well as a plain request."""


class Unasked(StrEnum):
    """Why a page was not asked for, or not taken though it is a document; beside the gate's reasons and the codes of
    fetch errors."""

    ALREADY_DECLARED = "already_declared"
    OFF_SITE = "off_site"
    OTHER_LANGUAGE = "other_language"
    SAME_TEXT = "same_text"
    TOO_DEEP = "too_deep"
    TOO_MANY = "too_many"
    NO_KIND = "no_kind"


@dataclass(frozen=True, slots=True)
class Look:
    """One address. `found` if it shows a document; `followed` if it lists some; else `reason` and `detail`.

    url: the address that answered; of one that was not asked for, the linked one. depth: links from the first one.
    """

    url: str
    hint: str = ""
    found: Found | None = None
    followed: int = 0
    site_name: str = ""
    reason: str = ""
    detail: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Stop:
    """An address to look at."""

    link: Link
    depth: int


@dataclass(slots=True)
class Survey:
    """One look round.

    ask: see Ask. declared: the path of the document that is declared at an address, "" if none is. hosts: others that
    belong to the platform, beside the site of the first address.
    """

    ask: Ask
    declared: Callable[[str], str] = lambda _url: ""
    hosts: Collection[str] = ()
    _queue: deque[_Stop] = field(default_factory=deque)
    _seen: set[str] = field(default_factory=set)
    _copies: dict[str, tuple[str, str]] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _sites: set[str] = field(default_factory=set)
    _asked: int = 0
    _language: str = ""

    def of(self, url: str) -> Iterator[Look]:
        """Looks, as they are taken. FetchError if the first address cannot be had at all."""
        self._sites = {site_of(url), *(site_of(f"https://{host}/") for host in self.hosts)}
        self._queue.append(_Stop(Link(url, ""), 0))
        while self._queue:
            stop = self._queue.popleft()
            if page_key(stop.link.url) not in self._seen:
                self._seen.add(page_key(stop.link.url))
                yield replace(self._look(stop), depth=stop.depth)

    def _look(self, stop: _Stop) -> Look:
        url, hint = stop.link.url, stop.link.text
        if why := self._unasked(stop):
            return Look(url, hint, reason=why[0].value, detail=why[1])
        self._asked += 1
        try:
            answer = self.ask(url)
        except FetchError as fault:
            if stop.depth == 0:
                raise
            return Look(url, hint, reason=fault.code, detail=fault.message)
        page = Page(answer.body, answer.content_type, answer.final_url.partition("#")[0])
        if page_key(page.url) != page_key(url):
            if page_key(page.url) in self._seen:
                return Look(url, hint, reason=Unasked.SAME_TEXT, detail=f"it redirects to {page.url}")
            self._seen.add(page_key(page.url))
            if stop.depth == 0:
                self._sites.add(site_of(page.url))
            elif site_of(page.url) not in self._sites:
                return Look(url, hint, reason=Unasked.OFF_SITE, detail=f"it redirects to {page.url}")
            if path := self.declared(page.url):
                return Look(page.url, hint, reason=Unasked.ALREADY_DECLARED, detail=path)
        return self._judged(stop, page)

    def _unasked(self, stop: _Stop) -> tuple[Unasked, str] | None:
        url = stop.link.url
        if path := self.declared(url):
            return Unasked.ALREADY_DECLARED, path
        if stop.depth == 0:
            return None
        if site_of(url) not in self._sites:
            return Unasked.OFF_SITE, f"{site_of(url)} is another site"
        if copy := self._copies.get(page_key(url)):
            return Unasked.OTHER_LANGUAGE, f"{copy[1]}: a copy of {copy[0]}"
        if stop.link.language and self._language and stop.link.language != self._language:
            return Unasked.OTHER_LANGUAGE, f"{stop.link.language}, not {self._language}"
        if self._asked >= MOST:
            return Unasked.TOO_MANY, f"{MOST} pages were asked for"
        return None

    def _judged(self, stop: _Stop, page: Page) -> Look:
        try:
            reading: Reading | None = read(page)
        except UnreadableError as fault:
            return Look(page.url, stop.link.text, reason=Reason.WRONG_TYPE, detail=fault.message)
        assert reading is not None
        verdict, told = judge(page, reading), leads(page, reading)
        language = reading.language or primary(told.language)
        if stop.depth == 0:
            self._language = language
        if _is_hub(verdict, reading, told, page.url, is_first=stop.depth == 0):
            return self._followed(stop, page, told, verdict)
        if not verdict.accepted:
            return Look(page.url, stop.link.text, reason=verdict.verdict, detail=verdict.evidence)
        if language != self._language and (own := _copy_in(self._language, told)):
            self._queue.append(_Stop(Link(own, stop.link.text), stop.depth))
            return Look(
                page.url, stop.link.text, reason=Unasked.OTHER_LANGUAGE, detail=f"{language}: a copy of {own}"
            )
        if twin := self._texts.get(reading.digest):
            return Look(page.url, stop.link.text, reason=Unasked.SAME_TEXT, detail=f"it reads as {twin} does")
        if stop.depth and told.canonical and (path := self.declared(told.canonical)):
            return Look(page.url, stop.link.text, reason=Unasked.ALREADY_DECLARED, detail=path)
        self._texts[reading.digest] = page.url
        for address, tongue in told.copies:
            if tongue != language:
                self._copies.setdefault(page_key(address), (page.url, tongue))
        found = Found(page, reading, told, stop.link.text)
        return Look(page.url, stop.link.text, found=found, site_name=told.site_name)

    def _followed(self, stop: _Stop, page: Page, told: Leads, verdict: Verdict) -> Look:
        hint = stop.link.text
        for address, tongue in told.copies:  # the same list in another language leads to the same documents
            if tongue != self._language:
                self._copies.setdefault(page_key(address), (page.url, tongue))
        if stop.depth == DEEPEST:
            return Look(
                page.url, hint, reason=Unasked.TOO_DEEP, detail=f"a list of {len(told.links)} documents"
            )
        self._queue.extend(_Stop(link, stop.depth + 1) for link in told.links)
        return Look(
            page.url, hint, followed=len(told.links), site_name=told.site_name, detail=verdict.evidence
        )


def _is_hub(verdict: Verdict, reading: Reading, told: Leads, url: str, *, is_first: bool) -> bool:
    """Whether a page lists documents rather than being one. Of the first page less is asked: it may be a site's own
    front page, whose foot names its policies."""
    if verdict.verdict is Reason.LINK_HUB:
        return True
    kinds = {guess_kind(link.text, link.url) for link in told.links}
    if verdict.verdict in (Reason.OTHER_PAGE, Reason.TOO_SHORT):
        return is_first and bool(told.links)
    return (
        verdict.accepted
        and not guess_kind(reading.title, url)
        and len(told.links) >= HUB_LINKS
        and len(kinds) >= HUB_KINDS
        and reading.words < CENTRE_WORDS * len(told.links)
    )


def _copy_in(language: str, told: Leads) -> str:
    return next((address for address, tongue in told.copies if language and tongue == language), "")
