"""The sample world through the fetcher that the archive uses: what it makes of each page and each fault."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from ipaddress import ip_network

import pytest

from conductatlas.archive.answer import Request
from conductatlas.archive.exchange import Limits
from conductatlas.archive.fetch import HttpFetcher
from conductatlas.archive.guard import Guard
from conductatlas.archive.resolver import MappedResolver
from conductatlas.clock import SystemClock
from conductatlas.demo.moments import LAST
from conductatlas.demo.server import WorldServer
from conductatlas.errors import BrokenAnswerError, FetchError, StatusError

SOURCES = [
    source["url"]
    for file in files("conductatlas.demo").joinpath("declarations").iterdir()
    for document in tomllib.loads(file.read_text("utf-8"))["documents"]
    for source in document["sources"]
]


@pytest.fixture
def fetcher(server: WorldServer) -> HttpFetcher:
    return HttpFetcher(
        guard=Guard([ip_network("127.0.0.0/8")], MappedResolver(server.names)),
        limits=Limits(),
        user_agent="tests",
        accept_language="en",
        clock=SystemClock(),
    )


def test_every_source_can_be_fetched_but_for_its_faults(server: WorldServer, fetcher: HttpFetcher) -> None:
    failed: dict[tuple[str, int], type[FetchError]] = {}
    for moment in range(LAST + 1):
        server.move_to(moment)
        for url in SOURCES:
            try:
                assert fetcher.fetch(Request(url)).status == 200
            except FetchError as error:
                failed[url, moment] = type(error)
    assert failed == {
        ("http://dukatello.example/mokesciai", 7): StatusError,
        ("http://pulsewren.example/en/privacy", 9): BrokenAnswerError,
    }


def test_a_service_unavailable_says_when_to_try_again(server: WorldServer, fetcher: HttpFetcher) -> None:
    server.move_to(7)
    with pytest.raises(StatusError) as caught:
        fetcher.fetch(Request("http://dukatello.example/mokesciai"))
    assert (caught.value.status, caught.value.retry_after, caught.value.transient) == (503, 1800.0, True)


def test_a_redirect_is_followed_and_told(server: WorldServer, fetcher: HttpFetcher) -> None:
    answer = fetcher.fetch(Request("http://wendlebarrow.example/terms"))
    assert answer.final_url == "http://wendlebarrow.example/legal/user-agreement"
    assert len(answer.hops) == 1


def test_packed_bodies_are_unpacked(server: WorldServer, fetcher: HttpFetcher) -> None:
    answer = fetcher.fetch(Request("http://pictavane.example/about/terms"))
    assert answer.decoded
    assert answer.wire_length < len(answer.body)
    assert b"<article>" in answer.body


def test_validators_spare_the_body(server: WorldServer, fetcher: HttpFetcher) -> None:
    url = "http://quillomere.example/legal/usage"
    server.move_to(3)
    etag = dict(fetcher.fetch(Request(url)).headers)["ETag"]
    server.move_to(5)
    assert fetcher.fetch(Request(url, etag=etag)).status == 304
    server.move_to(6)
    assert fetcher.fetch(Request(url, etag=etag)).status == 200
