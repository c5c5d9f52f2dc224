"""An archive of one or a few documents, with the fetcher's twin in memory as its web."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from conductatlas.archive.hosts import Hosts
from conductatlas.archive.memory import MemoryFetcher, Page, Served
from conductatlas.catalogue.models import Document, Platform, Source
from conductatlas.clock import SetClock
from conductatlas.work import due
from conductatlas.work.models import Due
from conductatlas.work.pipeline import Result, Tools, check

START = datetime(2026, 3, 1, 6, tzinfo=UTC)

CLAUSES = (
    "These terms govern your use of the Heron service. By using the service you agree to these terms.",
    "You must be at least 16 years old to open an account, and you are responsible for what happens in it.",
    "We may change these terms. We will tell you by e-mail at least 30 days before a change takes effect.",
    "You may end this agreement at any time. We may suspend your account if you break these terms.",
    "Our liability to you is limited to the fees that you paid in the twelve months before the claim.",
    "These terms are governed by the laws of Ireland, and its courts have jurisdiction over disputes.",
)


def policy(*clauses: str, title: str = "Terms of Use", lang: str = "en", extra: str = "") -> bytes:
    """A page that holds `clauses` as its policy, or the usual ones."""
    body = "".join(f"<h2>{n}. Clause</h2><p>{text}</p>" for n, text in enumerate(clauses or CLAUSES, 1))
    return (
        f"<!doctype html><html lang={lang}><title>{title} | Heron</title><body><nav>Home Prices</nav>"
        f"<main><h1>{title}</h1>{body}</main>{extra}<footer>Heron Ltd</footer></body></html>"
    ).encode()


@dataclass
class Archive:
    """One archive under test. `serve` sets what its web answers, `check` checks a document now."""

    clock: SetClock = field(default_factory=lambda: SetClock(START))
    fetcher: MemoryFetcher = field(init=False)
    tools: Tools = field(init=False)

    def __post_init__(self) -> None:
        self.fetcher = MemoryFetcher(clock=self.clock)
        self.serve(Page(b"User-agent: *\nAllow: /\n"), "http://heron.example/robots.txt")
        hosts = Hosts(fetcher=self.fetcher, clock=self.clock, spacing=lambda _host: 0.0)
        self.tools = Tools(self.fetcher, hosts, self.clock, {"place": "test"}, 90)

    def document(self, *urls: str, slug: str = "terms", language: str = "en") -> Document:
        platform, _ = Platform.objects.get_or_create(
            slug="heron", defaults={"name": "Heron", "category": "social"}
        )
        document = Document.objects.create(
            platform=platform, slug=slug, kind="terms", title="Terms of Use", language=language
        )
        for position, url in enumerate(urls or (f"http://heron.example/{slug}",)):
            Source.objects.create(document=document, position=position, url=url)
        due.ensure(self.clock.now())
        return document

    def serve(self, page: Served | bytes, url: str = "http://heron.example/terms") -> None:
        self.fetcher.pages[url] = Page(page) if isinstance(page, bytes) else page

    def later(self, **time: float) -> None:
        self.clock.moment += timedelta(**time)

    def check(self, document: Document, **more: object) -> Result:
        fresh = Document.objects.select_related("platform", "due").get(pk=document.pk)
        assert due.claim([document.pk], "test", timedelta(minutes=5)) == [document.pk]
        return check(fresh, self.tools, started_by="person", holder="test", **more)  # type: ignore[arg-type]

    def due(self, document: Document) -> Due:
        return Due.objects.get(document=document)


@pytest.fixture
def archive(db: None) -> Archive:
    return Archive()


@pytest.fixture(name="policy")
def policy_fixture() -> Callable[..., bytes]:
    return policy


@pytest.fixture
def clauses() -> tuple[str, ...]:
    return CLAUSES
