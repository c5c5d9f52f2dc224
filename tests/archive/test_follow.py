from __future__ import annotations

from collections.abc import Sequence

import pytest

from archive.conftest import Certificates, MakeFetcher, MakeTlsFetcher
from archive.hostile import address, by_path, failure, left_by, page, sends, serving
from conductatlas.archive.answer import Request, answer_of
from conductatlas.archive.resolver import Endpoint, MappedResolver
from conductatlas.errors import AddressRefusedError, HostUnreachableError, RedirectError, StatusError

BODY = b"<h1>Terms</h1><p>You may use Lumen.</p>"


def test_redirects_are_followed_and_each_hop_is_kept(make_fetcher: MakeFetcher) -> None:
    pages = {
        "/terms": page(b"moved", "Location: legal/%E2%82%AC?a=b", status="301 Moved"),
        "/legal/%E2%82%AC?a=b": page(BODY),
    }
    with serving(by_path(pages)) as server:
        request = Request(address(server))
        answer = make_fetcher().fetch(request)
    assert (answer.url, answer.final_url) == (request.url, address(server, "/legal/%E2%82%AC?a=b"))
    (hop,) = answer.hops
    assert (hop.url, hop.status, hop.location) == (request.url, 301, "legal/%E2%82%AC?a=b")
    assert hop.peer == answer.peer_address
    assert ("Content-Length", "5") in hop.headers


@pytest.mark.parametrize("location", ["#part", "/terms", "/legal"])
def test_a_loop_ends_where_it_closes(location: str, make_fetcher: MakeFetcher) -> None:
    pages = {
        "/terms": page(b"", "Location: /legal", status="301 Moved"),
        "/legal": page(b"", f"Location: {location}", status="307 Temporary"),
    }
    with serving(by_path(pages)) as server:
        error = failure(lambda: make_fetcher().fetch(Request(address(server))), RedirectError)
    assert "leads back" in error.message
    assert len(server.heads) == 2
    assert (left_by(error).status, [hop.status for hop in left_by(error).hops]) == (307, [301])


def test_a_location_in_utf8_is_understood(make_fetcher: MakeFetcher) -> None:
    pages = {
        "/terms": page(b"", "Location: /stra\u00c3\u009fe", status="302 Found"),
        "/stra%C3%9Fe": page(BODY),
    }
    with serving(by_path(pages)) as server:
        assert make_fetcher().fetch(Request(address(server))).final_url.endswith("/stra%C3%9Fe")


def test_a_redirect_without_a_target_is_a_status(make_fetcher: MakeFetcher) -> None:
    with serving(sends(page(b"moved, but where?", status="302 Found"))) as server:
        error = failure(lambda: make_fetcher().fetch(Request(address(server))), StatusError)
    assert left_by(error).body == b"moved, but where?"


def test_there_is_an_end_to_redirects(make_fetcher: MakeFetcher) -> None:
    def onward(connection: object, head: bytes) -> None:
        number = int(head.split(b" ")[1].rpartition(b"/")[2])
        sends(page(b"", f"Location: /{number + 1}", status="302 Found"))(connection, head)  # type: ignore[arg-type]

    with serving(onward) as server:
        fetcher = make_fetcher(max_redirects=3)
        error = failure(lambda: fetcher.fetch(Request(address(server, "/1"))), RedirectError)
    assert "more than 3 redirects" in error.message
    assert len(server.heads) == 4


@pytest.mark.parametrize(
    "location",
    [
        "ftp://lumen.example/",
        "javascript:alert(1)",
        "http://user@lumen.example/",
        "http://2130706433/",
        "http://[",
    ],
)
def test_a_redirect_to_no_web_page_is_refused(location: str, make_fetcher: MakeFetcher) -> None:
    with serving(sends(page(b"", f"Location: {location}", status="302 Found"))) as server:
        error = failure(lambda: make_fetcher().fetch(Request(address(server))), RedirectError)
    assert left_by(error).location == location


def test_a_redirect_goes_through_the_guard(make_fetcher: MakeFetcher) -> None:
    with serving(sends(page(b"", "Location: http://127.0.0.2/", status="302 Found"))) as server:
        error = failure(lambda: make_fetcher().fetch(Request(address(server))), AddressRefusedError)
    answer = left_by(error)
    assert (answer.status, answer.location) == (302, "http://127.0.0.2/")


def test_a_redirect_from_https_to_http_is_refused(
    make_tls_fetcher: MakeTlsFetcher, certificates: Certificates
) -> None:
    away = page(b"", "Location: http://lumen.example/", status="302 Found")
    with serving(sends(away), certificates.server) as server:
        failure(lambda: make_tls_fetcher(server).fetch(Request("https://lumen.example/")), RedirectError)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.2/", "http://169.254.169.254/latest/", "http://[::ffff:10.0.0.1]/"]
)
def test_the_guard_refuses(url: str, make_fetcher: MakeFetcher) -> None:
    error = failure(lambda: make_fetcher().fetch(Request(url)), AddressRefusedError)
    assert answer_of(error) is None


@pytest.mark.parametrize(
    "url", ["http://2130706433/", "ftp://lumen.example/", "terms", "http://a@127.0.0.1/", ""]
)
def test_what_is_no_web_address_is_refused(url: str, make_fetcher: MakeFetcher) -> None:
    failure(lambda: make_fetcher().fetch(Request(url)), AddressRefusedError)


def test_a_name_nobody_knows_is_unreachable(make_fetcher: MakeFetcher) -> None:
    failure(lambda: make_fetcher().fetch(Request("http://lumen.example/")), HostUnreachableError)


def test_ipv6_loopback(make_fetcher: MakeFetcher) -> None:
    with serving(sends(page(BODY)), host="::1") as server:
        answer = make_fetcher().fetch(Request(address(server)))
    assert answer.peer_address == f"[::1]:{server.port}"
    assert f"Host: [::1]:{server.port}\r\n".encode() in server.heads[0]


def test_a_mapped_name_keeps_its_name(make_fetcher: MakeFetcher) -> None:
    with serving(sends(page(BODY))) as server:
        resolver = MappedResolver({"lumen.example": ("127.0.0.1", server.port)})
        answer = make_fetcher(resolver=resolver).fetch(Request("http://lumen.example/terms"))
        failure(
            lambda: make_fetcher(resolver=resolver, networks=()).fetch(Request("http://lumen.example/")),
            AddressRefusedError,
        )
    assert answer.final_url == "http://lumen.example/terms"
    assert answer.peer_address == f"127.0.0.1:{server.port}"
    assert b"Host: lumen.example\r\n" in server.heads[0]


class Rebinding:
    """Answers with the allowed address once and with another one ever after."""

    def __init__(self, port: int) -> None:
        self.places = [("127.0.0.1", port), ("127.0.0.2", port)]

    def resolve(self, host: str, port: int, *, timeout: float) -> Sequence[Endpoint]:
        return [self.places.pop(0) if len(self.places) > 1 else self.places[0]]


def test_a_name_that_moves_between_two_hops_is_refused_at_the_second(make_fetcher: MakeFetcher) -> None:
    with serving(sends(page(b"", "Location: /again", status="302 Found"))) as server:
        fetcher = make_fetcher(resolver=Rebinding(server.port))
        error = failure(lambda: fetcher.fetch(Request("http://lumen.example/")), AddressRefusedError)
    assert left_by(error).peer_address == f"127.0.0.1:{server.port}"
    assert len(server.heads) == 1
