"""What every fetcher does, run on the one that uses the network and on its twin in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest

from archive.conftest import MakeFetcher
from archive.hostile import by_path, failure, left_by, serving
from archive.hostile import page as raw_page
from conductatlas.archive.answer import Request, answer_of
from conductatlas.archive.fetch import Fetcher
from conductatlas.archive.memory import MemoryFetcher, Page
from conductatlas.archive.resolver import MappedResolver
from conductatlas.clock import SetClock
from conductatlas.errors import HostUnreachableError, RedirectError, RobotsRefusedError, StatusError

SITE = "http://lumen.example"
TERMS = Page(b"<h1>Terms</h1>", headers={"ETag": '"v1"', "Last-Modified": "Sun, 01 Mar 2026 00:00:00 GMT"})
MakeSite = Callable[[Mapping[str, Page]], Fetcher]


def _on_the_wire(page: Page) -> bytes:
    fields = [f"{name}: {value}" for name, value in page.headers.items()]
    return raw_page(page.body, f"Content-Type: {page.content_type}", *fields, status=f"{page.status} X")


@pytest.fixture(params=["network", "memory"])
def make_site(
    request: pytest.FixtureRequest, make_fetcher: MakeFetcher, clock: SetClock
) -> Iterator[MakeSite]:
    """A fetcher for which lumen.example has these pages by path, and no other host exists."""
    with ExitStack() as servers:

        def make(pages: Mapping[str, Page]) -> Fetcher:
            if request.param == "memory":
                missing = Page(b"nothing here", 404)
                served = {SITE + path: page for path, page in ({"/missing": missing} | dict(pages)).items()}
                return MemoryFetcher(clock, dict(served))
            answer = by_path({path: _on_the_wire(page) for path, page in pages.items()})
            unchanged = b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n'
            validators = (b'If-None-Match: "v1"', b"If-Modified-Since: Sun, 01 Mar 2026 00:00:00 GMT")

            def script(connection: object, head: bytes) -> None:
                if any(validator in head for validator in validators):
                    connection.sendall(unchanged)  # type: ignore[attr-defined]
                else:
                    answer(connection, head)  # type: ignore[arg-type]

            server = servers.enter_context(serving(script))
            return make_fetcher(resolver=MappedResolver({"lumen.example": ("127.0.0.1", server.port)}))

        yield make


def test_a_page_comes_back(make_site: MakeSite, clock: SetClock) -> None:
    answer = make_site({"/terms": TERMS}).fetch(Request(f"{SITE}/terms#top"))
    assert (answer.status, answer.body, answer.decoded, answer.hops) == (200, TERMS.body, True, ())
    assert (answer.url, answer.final_url) == (f"{SITE}/terms#top", f"{SITE}/terms")
    assert (answer.content_type, answer.etag) == ("text/html; charset=utf-8", '"v1"')
    assert (answer.wire_length, answer.started_at) == (len(TERMS.body), clock.moment)


@pytest.mark.parametrize(
    "validators",
    [{"etag": '"v1"'}, {"last_modified": "Sun, 01 Mar 2026 00:00:00 GMT"}],
    ids=["etag", "last-modified"],
)
def test_an_unchanged_page_is_a_304(validators: dict[str, str], make_site: MakeSite) -> None:
    answer = make_site({"/terms": TERMS}).fetch(Request(f"{SITE}/terms", **validators))
    assert (answer.status, answer.body) == (304, b"")


def test_a_changed_page_comes_back_whole(make_site: MakeSite) -> None:
    answer = make_site({"/terms": TERMS}).fetch(Request(f"{SITE}/terms", etag='"v0"'))
    assert (answer.status, answer.body) == (200, TERMS.body)


def test_redirects_are_followed(make_site: MakeSite) -> None:
    moved = Page(status=301, headers={"Location": "/legal/../terms"})
    answer = make_site({"/old": moved, "/terms": TERMS}).fetch(Request(f"{SITE}/old"))
    assert (answer.final_url, answer.body) == (f"{SITE}/terms", TERMS.body)
    assert [(hop.url, hop.status) for hop in answer.hops] == [(f"{SITE}/old", 301)]


def test_a_loop_is_refused(make_site: MakeSite) -> None:
    site = make_site({"/a": Page(status=302, headers={"Location": "/a"})})
    assert left_by(failure(lambda: site.fetch(Request(f"{SITE}/a")), RedirectError)).status == 302


def test_a_missing_page_is_a_status_and_keeps_its_body(make_site: MakeSite) -> None:
    site = make_site({"/terms": TERMS})
    error = failure(lambda: site.fetch(Request(f"{SITE}/missing")), StatusError)
    assert (left_by(error).status, left_by(error).body) == (404, b"nothing here")


def test_what_the_server_wishes_is_passed_on(make_site: MakeSite) -> None:
    site = make_site({"/busy": Page(status=503, headers={"Retry-After": "Sun, 01 Mar 2026 12:00:09 GMT"})})
    error = failure(lambda: site.fetch(Request(f"{SITE}/busy")), StatusError)
    assert isinstance(error, StatusError)
    assert (error.status, error.retry_after) == (503, 9.0)


def test_a_host_that_is_not_there_is_unreachable(make_site: MakeSite) -> None:
    site = make_site({})
    error = failure(lambda: site.fetch(Request("http://other.example/")), HostUnreachableError)
    assert answer_of(error) is None


def test_the_hook_is_called_for_each_address_and_may_refuse(make_site: MakeSite) -> None:
    seen: list[str] = []

    def allow(url: str) -> None:
        seen.append(url)
        if url.endswith("/terms"):
            raise RobotsRefusedError("disallowed by 'Disallow: /terms'")

    site = make_site({"/old": Page(status=308, headers={"Location": "/terms"}), "/terms": TERMS})
    error = failure(lambda: site.fetch(Request(f"{SITE}/old"), allow=allow), RobotsRefusedError)
    assert seen == [f"{SITE}/old", f"{SITE}/terms"]
    assert left_by(error).status == 308


def test_the_twin_fails_as_it_is_told_and_remembers_what_was_asked(clock: SetClock) -> None:
    fetcher = MemoryFetcher(clock)
    fetcher.pages[f"{SITE}/a"] = StatusError(451)
    fetcher.pages[f"{SITE}/b"] = iter([HostUnreachableError("down"), TERMS]).__next__
    failure(lambda: fetcher.fetch(Request(f"{SITE}/a")), StatusError)
    failure(lambda: fetcher.fetch(Request(f"{SITE}/b")), HostUnreachableError)
    assert fetcher.fetch(Request(f"{SITE}/b", etag='"x"')).body == TERMS.body
    assert [url for url, _ in fetcher.asked] == [f"{SITE}/a", f"{SITE}/b", f"{SITE}/b"]
    assert fetcher.asked[-1][1] == (("If-None-Match", '"x"'),)
