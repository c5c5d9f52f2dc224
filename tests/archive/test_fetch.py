from __future__ import annotations

import gzip
import hashlib
import threading

import brotli
import pytest
import zstandard

from archive.conftest import MakeFetcher
from archive.hostile import address, by_path, failure, left_by, page, sends, serving
from conductatlas import __version__
from conductatlas.archive.answer import Answer, Request
from conductatlas.archive.fetch import user_agent
from conductatlas.clock import SetClock
from conductatlas.errors import RobotsRefusedError, StatusError

BODY = b"<!doctype html><title>Lumen terms</title><h1>Terms</h1>" + b"<p>You may use Lumen.</p>" * 50


def test_the_answer_holds_what_a_proof_needs(make_fetcher: MakeFetcher, clock: SetClock) -> None:
    fields = b"X-B: 1\r\ncontent-TYPE: text/html\r\nX-A: \xe9\r\nX-B: 2\r\nContent-Length: 5\r\n"
    raw = b"HTTP/1.1 200 Fine\r\n" + fields + b"\r\nterms"
    with serving(sends(raw)) as server:
        answer = make_fetcher().fetch(Request(address(server)))
    assert answer == Answer(
        url=address(server),
        final_url=address(server),
        status=200,
        http_version="HTTP/1.1",
        hops=(),
        request_headers=answer.request_headers,
        headers=(
            ("X-B", "1"),
            ("content-TYPE", "text/html"),
            ("X-A", "é"),
            ("X-B", "2"),
            ("Content-Length", "5"),
        ),
        body=b"terms",
        decoded=True,
        wire_digest=hashlib.sha256(b"terms").hexdigest(),
        wire_length=5,
        peer_address=f"127.0.0.1:{server.port}",
        tls=None,
        started_at=clock.moment,
        finished_at=clock.moment,
    )
    assert answer.content_type == "text/html"


def test_the_request_names_the_client_and_is_recorded_as_it_was_sent(make_fetcher: MakeFetcher) -> None:
    with serving(sends(page(BODY))) as server:
        answer = make_fetcher().fetch(Request(address(server)))
    line, *fields = server.heads[0].decode("ascii").rstrip("\r\n").split("\r\n")
    assert line == "GET /terms HTTP/1.1"
    assert fields == [f"{name}: {value}" for name, value in answer.request_headers]
    assert [name for name, _ in answer.request_headers] == [
        "Host",
        "User-Agent",
        "Accept",
        "Accept-Language",
        "Accept-Encoding",
    ]
    assert f"User-Agent: ConductAtlas/{__version__} (+https://watch.example/legal/)" in fields


def test_a_document_is_asked_for_in_its_own_language(make_fetcher: MakeFetcher) -> None:
    with serving(sends(page(BODY))) as server:
        answer = make_fetcher().fetch(Request(address(server), accept_language="de"))
    assert ("Accept-Language", "de") in answer.request_headers
    assert b"Accept-Language: de\r\n" in server.heads[0]


def test_a_contact_cannot_add_a_header() -> None:
    assert "\n" not in user_agent("https://watch.example/\r\nCookie: a")
    assert user_agent("") == f"ConductAtlas/{__version__}"


def test_no_cookie_comes_back(make_fetcher: MakeFetcher) -> None:
    pages = {
        "/terms": page(b"", "Set-Cookie: a=1", "Location: /next", status="302 Found"),
        "/next": page(BODY),
    }
    with serving(by_path(pages)) as server:
        fetcher = make_fetcher()
        fetcher.fetch(Request(address(server)))
        fetcher.fetch(Request(address(server)))
    assert len(server.heads) == 4
    assert not any(b"cookie" in head.lower() for head in server.heads)


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(BODY)),
        ("br", brotli.compress(BODY)),
        ("zstd", zstandard.ZstdCompressor().compress(BODY)),
        ("identity", BODY),
    ],
    ids=["gzip", "br", "zstd", "identity"],
)
def test_content_codings_come_off_and_the_digest_is_of_the_wire(
    coding: str, packed: bytes, make_fetcher: MakeFetcher
) -> None:
    with serving(sends(page(packed, f"Content-Encoding: {coding}"))) as server:
        answer = make_fetcher().fetch(Request(address(server)))
    assert (answer.body, answer.decoded) == (BODY, True)
    assert (answer.wire_digest, answer.wire_length) == (hashlib.sha256(packed).hexdigest(), len(packed))


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nter\r\n2;x=y\r\nms\r\n0\r\nX-T: 1\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\nterms",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + page(b"terms"),
        page(b"terms") + page(b"another answer nobody asked for"),
    ],
    ids=["chunked", "until-close", "informational", "surplus"],
)
def test_ways_to_send_a_body(raw: bytes, make_fetcher: MakeFetcher) -> None:
    with serving(sends(raw)) as server:
        assert make_fetcher().fetch(Request(address(server))).body == b"terms"


@pytest.mark.parametrize(("status", "body"), [("203 Other", b"terms"), ("204 No Content", b"")])
def test_all_of_2xx_is_an_answer(status: str, body: bytes, make_fetcher: MakeFetcher) -> None:
    with serving(sends(page(body, status=status))) as server:
        assert make_fetcher().fetch(Request(address(server))).body == body


def test_validators_are_sent_and_a_304_is_an_answer(make_fetcher: MakeFetcher) -> None:
    request_time = "Sun, 01 Mar 2026 00:00:00 GMT"
    with serving(sends(b'HTTP/1.1 304 Not Modified\r\nETag: W/"v1"\r\n\r\n')) as server:
        answer = make_fetcher().fetch(Request(address(server), etag='W/"v1"', last_modified=request_time))
    assert (answer.status, answer.body, answer.etag) == (304, b"", 'W/"v1"')
    assert answer.request_headers[-2:] == (("If-None-Match", 'W/"v1"'), ("If-Modified-Since", request_time))


def test_a_304_that_nobody_asked_for_is_a_failure(make_fetcher: MakeFetcher) -> None:
    with serving(sends(b"HTTP/1.1 304 Not Modified\r\n\r\n")) as server:
        error = failure(lambda: make_fetcher().fetch(Request(address(server))), StatusError)
    assert left_by(error).status == 304


def test_validators_go_to_the_address_they_came_from_and_to_no_other(make_fetcher: MakeFetcher) -> None:
    pages = {"/terms": page(b"", "Location: /v2", status="301 Moved"), "/v2": page(BODY)}
    with serving(by_path(pages)) as server:
        fetcher = make_fetcher()
        fetcher.fetch(Request(address(server), etag='"1"', validated_url=address(server, "/v2")))
        fetcher.fetch(Request(address(server), etag='"1"', validated_url=address(server, "/v1")))
        fetcher.fetch(Request(address(server), etag='"1"'))
    sent = [b"If-None-Match" in head for head in server.heads]
    assert sent == [False, True, False, False, True, False]


@pytest.mark.parametrize("tag", ['"a\r\nX: y"', '"\u2603"', '"\0"', ""])
def test_a_validator_that_cannot_be_sent_is_left_out(tag: str, make_fetcher: MakeFetcher) -> None:
    with serving(sends(page(BODY))) as server:
        assert make_fetcher().fetch(Request(address(server), etag=tag)).status == 200
    assert b"If-None-Match" not in server.heads[0]


def test_each_address_is_asked_about_before_it_is_asked_for(make_fetcher: MakeFetcher) -> None:
    pages = {"/terms": page(b"", "Location: /private", status="302 Found"), "/private": page(BODY)}
    seen: list[str] = []

    def allow(url: str) -> None:
        seen.append(url)
        if url.endswith("/private"):
            raise RobotsRefusedError("disallowed by 'Disallow: /private'")

    with serving(by_path(pages)) as server:
        error = failure(
            lambda: make_fetcher().fetch(Request(address(server)), allow=allow), RobotsRefusedError
        )
        assert seen == [address(server), address(server, "/private")]
        assert len(server.heads) == 1
    assert left_by(error).status == 302


def test_waiting_for_a_turn_does_not_use_up_the_time(make_fetcher: MakeFetcher) -> None:
    with serving(sends(page(BODY))) as server:
        answer = make_fetcher(total=1.0).fetch(
            Request(address(server)), allow=lambda url: threading.Event().wait(1.1) and None
        )
    assert answer.body == BODY
