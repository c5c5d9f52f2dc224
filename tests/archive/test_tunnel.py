"""The way through a forward proxy: whom the proxy is asked for, who is spoken to, what a bad proxy comes to."""

from __future__ import annotations

import base64
import select
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
import trustme

from archive.conftest import Certificates
from archive.hostile import RawServer, Script, failure, page, sends, serving, speaks_h2, waits
from conductatlas.archive.answer import Request
from conductatlas.archive.exchange import Limits
from conductatlas.archive.fetch import HttpFetcher, user_agent
from conductatlas.archive.guard import Guard
from conductatlas.archive.resolver import Endpoint
from conductatlas.archive.tunnel import Tunnel
from conductatlas.clock import SetClock
from conductatlas.errors import (
    AddressRefusedError,
    BrokenAnswerError,
    FetchError,
    ProxyFailedError,
    TlsFailedError,
)

BODY = b"<h1>Terms</h1>" + b"<p>You may use Lumen.</p>" * 9_000  # more than one record of TLS
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n"


class Names:
    """Names and where each is; what was asked for stands in `asked`."""

    def __init__(self, **places: list[Endpoint]) -> None:
        self.places, self.asked = {f"{name}.example": at for name, at in places.items()}, list[str]()

    def resolve(self, host: str, port: int, *, timeout: float) -> list[Endpoint]:
        self.asked.append(host)
        return self.places[host]


def relays(connection: socket.socket, head: bytes) -> None:
    """A forward proxy that connects to whatever it is asked for; 502 where nothing listens."""
    ip, _, port = head.split(b" ")[1].decode("ascii").rpartition(":")
    try:
        outside = socket.create_connection((ip.strip("[]"), int(port)), timeout=5)
    except OSError:
        connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
        return
    with outside:
        connection.sendall(ESTABLISHED)
        ends = {connection: outside, outside: connection}
        while True:
            is_held = isinstance(connection, ssl.SSLSocket) and connection.pending()
            for end in [connection] if is_held else select.select(list(ends), [], [], 5)[0]:
                data = end.recv(65536)
                if not data:
                    return
                ends[end].sendall(data)


def fetcher(
    proxy: RawServer,
    *places: Endpoint,
    scheme: str = "http",
    login: str = "",
    to_proxy: ssl.SSLContext | None = None,
    to_host: ssl.SSLContext | None = None,
) -> HttpFetcher:
    """Finds lumen.example at `places`, through `proxy`; may go to 127.0.0.1 and ::1."""
    names = Names(lumen=list(places), proxy=[("127.0.0.1", proxy.port)])
    guard = Guard([ip_network("127.0.0.1/32"), ip_network("::1/128")], names)
    return HttpFetcher(
        guard=Tunnel(f"{scheme}://{login}proxy.example:{proxy.port}", guard, names, to_proxy),
        limits=Limits(connect=2.0, read=5.0, total=10.0, max_body=1 << 20),
        user_agent=user_agent(""),
        accept_language="en",
        clock=SetClock(datetime(2026, 3, 1, tzinfo=UTC)),
        context=to_host,
    )


@pytest.fixture(scope="module")
def private() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate for proxy.example, and a client that trusts it and no other."""
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.issue_cert("proxy.example").configure_cert(server)
    authority.configure_trust(client)
    return server, client


@pytest.fixture
def host() -> Iterator[RawServer]:
    with serving(sends(page(BODY))) as server:
        yield server


def test_the_proxy_is_asked_for_the_address_that_was_judged_and_never_for_a_name(host: RawServer) -> None:
    with serving(relays) as proxy:
        answer = fetcher(proxy, ("127.0.0.1", host.port)).fetch(Request("http://lumen.example/terms"))
    place = f"127.0.0.1:{host.port}"
    assert proxy.heads == [f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n".encode()]
    assert (answer.body, answer.peer_address) == (BODY, place)
    assert host.heads[0].startswith(b"GET /terms HTTP/1.1\r\nHost: lumen.example\r\n")


@pytest.mark.parametrize(
    "place", ["10.0.0.1", "169.254.169.254", "192.168.1.1", "::ffff:10.0.0.1", "fd00::1"]
)
def test_what_the_guard_does_not_connect_to_the_proxy_is_not_asked_for(place: str) -> None:
    with serving(relays) as proxy:
        way = fetcher(proxy, (place, 80))
        failure(lambda: way.fetch(Request("http://lumen.example/terms")), AddressRefusedError)
        failure(lambda: way.fetch(Request("http://[::ffff:7f00:2]/")), AddressRefusedError)
    assert proxy.heads == []


def test_a_redirect_to_a_private_network_is_refused_as_it_is_without_a_proxy() -> None:
    moved = page(b"", "Location: http://127.0.0.2/", status="302 Found")
    with serving(sends(moved)) as host, serving(relays) as proxy:
        way = fetcher(proxy, ("127.0.0.1", host.port))
        failure(lambda: way.fetch(Request("http://lumen.example/terms")), AddressRefusedError)
    assert len(proxy.heads) == 1


@pytest.mark.parametrize("is_h2", [False, True], ids=["HTTP/1.1", "HTTP/2"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_tls_is_spoken_with_the_host_itself(
    scheme: str,
    is_h2: bool,
    certificates: Certificates,
    private: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    script: Script = speaks_h2([("content-type", "text/html")], BODY) if is_h2 else sends(page(BODY))
    context = certificates.server_h2 if is_h2 else certificates.server
    to_proxy = private[0] if scheme == "https" else None
    with serving(script, context) as host, serving(relays, to_proxy) as proxy:
        way = fetcher(
            proxy,
            ("127.0.0.1", host.port),
            scheme=scheme,
            to_proxy=private[1],
            to_host=certificates.client,
        )
        answer = way.fetch(Request("https://lumen.example/terms"))
    assert (answer.body, answer.http_version) == (BODY, "HTTP/2" if is_h2 else "HTTP/1.1")
    assert answer.tls is not None
    assert answer.tls.certificate == certificates.fingerprint


def test_a_proxy_that_answers_in_the_host_s_place_is_not_believed(
    certificates: Certificates, private: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    with serving(sends(page(b"forged")), private[0]) as forger:

        def leads_astray(connection: socket.socket, head: bytes) -> None:
            relays(connection, f"CONNECT 127.0.0.1:{forger.port} HTTP/1.1".encode())

        with serving(leads_astray) as proxy:
            way = fetcher(proxy, ("127.0.0.1", 443), to_host=certificates.client)
            failure(lambda: way.fetch(Request("https://lumen.example/")), TlsFailedError)


def test_a_proxy_whose_certificate_is_not_trusted_is_told_nothing(
    host: RawServer, certificates: Certificates, private: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    with serving(relays, private[0]) as proxy:
        way = fetcher(
            proxy, ("127.0.0.1", host.port), scheme="https", login="a:b@", to_proxy=certificates.client
        )
        failure(lambda: way.fetch(Request("http://lumen.example/")), ProxyFailedError)
    assert proxy.heads == []


def test_user_and_password_go_to_the_proxy_and_to_nobody_else(host: RawServer) -> None:
    with serving(relays) as proxy:
        answer = fetcher(proxy, ("127.0.0.1", host.port), login="heron:a%40b@").fetch(
            Request("http://lumen.example/")
        )
    said = base64.b64encode(b"heron:a@b")
    assert b"\r\nProxy-Authorization: Basic " + said + b"\r\n" in proxy.heads[0]
    assert said not in host.heads[0]
    assert "proxy-authorization" not in {name.lower() for name, _ in answer.request_headers}


def test_an_address_of_ipv6_is_asked_for_in_brackets() -> None:
    with serving(sends(page(BODY)), host="::1") as host, serving(relays) as proxy:
        answer = fetcher(proxy, ("::1", host.port)).fetch(Request("http://lumen.example/"))
    assert proxy.heads[0].startswith(f"CONNECT [::1]:{host.port} HTTP/1.1\r\n".encode())
    assert answer.peer_address == f"[::1]:{host.port}"


def test_the_next_address_is_asked_for_where_the_proxy_has_no_way_to_one(host: RawServer) -> None:
    with socket.socket() as closed, serving(relays) as proxy:
        closed.bind(("127.0.0.1", 0))
        places = [("127.0.0.1", closed.getsockname()[1]), ("127.0.0.1", host.port)]
        answer = fetcher(proxy, *places).fetch(Request("http://lumen.example/"))
    assert answer.peer_address == f"127.0.0.1:{host.port}"
    assert [head.split(b" ")[1] for head in proxy.heads] == [f"{ip}:{port}".encode() for ip, port in places]


@pytest.mark.parametrize(
    "script",
    [
        sends(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
        sends(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"),
        sends(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2/\r\n\r\n"),
        sends(b"SSH-2.0-OpenSSH\r\n\r\n"),
        sends(b"HTTP/1.1 \xff\xfe\xfd\r\n\r\n"),
        sends(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000),
        sends(b"HTTP/1.1 200 OK\r\n"),
        sends(b""),
        waits(4),
    ],
    ids=["407", "403", "302", "ssh", "garbled", "no end", "cut", "nothing", "silent"],
)
def test_a_proxy_that_does_not_connect_is_its_own_fault_and_may_pass(script: Script) -> None:
    with serving(script) as proxy:
        error = failure(
            lambda: fetcher(proxy, ("127.0.0.1", 9)).fetch(Request("http://lumen.example/")), ProxyFailedError
        )
    assert error.transient
    assert f"proxy.example:{proxy.port}" in error.message


def test_a_proxy_that_is_not_there_is_named_without_its_password() -> None:
    with serving(relays) as proxy:
        way = fetcher(proxy, ("127.0.0.1", 9), login="heron:secret@")
    error = failure(lambda: way.fetch(Request("http://lumen.example/")), ProxyFailedError)
    assert "secret" not in str(error.diagnostics())


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_answer_that_the_proxy_cuts_is_broken(
    scheme: str, private: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    def cuts(connection: socket.socket, head: bytes) -> None:
        connection.sendall(ESTABLISHED)
        connection.recv(65536)
        connection.sendall(page(BODY)[:-100])

    with serving(cuts, private[0] if scheme == "https" else None) as proxy:
        way = fetcher(proxy, ("127.0.0.1", 9), scheme=scheme, to_proxy=private[1])
        error: FetchError = failure(lambda: way.fetch(Request("http://lumen.example/")), BrokenAnswerError)
    assert error.transient
