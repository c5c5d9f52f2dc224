"""Fetchers that may reach loopback, and certificates to serve it over TLS."""

from __future__ import annotations

import contextlib
import hashlib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from urllib.error import HTTPError
from urllib.request import Request as UrlRequest
from urllib.request import urlopen
from uuid import uuid4

import pytest
import trustme

from archive.hostile import RawServer
from archive.openssl_authority import OpensslAuthority, make_authority
from conductatlas.archive.chromium import ChromiumBrowser, executable
from conductatlas.archive.exchange import Limits
from conductatlas.archive.fetch import HttpFetcher, user_agent
from conductatlas.archive.guard import Guard
from conductatlas.archive.resolver import Endpoint, MappedResolver, Resolver
from conductatlas.clock import SetClock, SystemClock
from conductatlas.errors import BrowserMissingError, HostUnreachableError

MakeFetcher = Callable[..., HttpFetcher]
MakeTlsFetcher = Callable[..., HttpFetcher]


@dataclass(frozen=True)
class Certificates:
    server: ssl.SSLContext  # its certificate is for lumen.example
    server_h2: ssl.SSLContext  # the same, and it agrees on HTTP/2
    client: ssl.SSLContext  # trusts the one that signed it
    fingerprint: str  # SHA-256 of the certificate (DER), hex


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def make_fetcher(clock: SetClock) -> MakeFetcher:
    """Bodies up to 1 MiB; reaches 127.0.0.1 and ::1 only, unless told otherwise."""

    def make(
        *,
        resolver: Resolver | None = None,
        networks: tuple[str, ...] = ("127.0.0.1/32", "::1/128"),
        context: ssl.SSLContext | None = None,
        **limits: float,
    ) -> HttpFetcher:
        settings = {"connect": 5.0, "read": 10.0, "total": 20.0, "max_body": 1 << 20} | limits
        guard = Guard([ip_network(network) for network in networks], resolver or MappedResolver({}))
        return HttpFetcher(
            guard=guard,
            limits=Limits(**settings),  # type: ignore[arg-type]
            user_agent=user_agent("https://watch.example/legal/"),
            accept_language="en",
            clock=clock,
            context=context,
        )

    return make


@pytest.fixture(scope="session")
def certificates() -> Certificates:
    authority = trustme.CA()
    issued = authority.issue_cert("lumen.example")
    server, server_h2 = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_h2.set_alpn_protocols(["h2"])
    for context in (server, server_h2):
        issued.configure_cert(context)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(client)
    der = ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode("ascii"))
    return Certificates(server, server_h2, client, hashlib.sha256(der).hexdigest())


@pytest.fixture
def make_tls_fetcher(make_fetcher: MakeFetcher, certificates: Certificates) -> MakeTlsFetcher:
    """Finds lumen.example and other.example at the server; trusts its certificate unless told otherwise."""

    def make(server: RawServer, context: ssl.SSLContext | None = None, **limits: float) -> HttpFetcher:
        place = ("127.0.0.1", server.port)
        resolver = MappedResolver({"lumen.example": place, "other.example": place})
        return make_fetcher(resolver=resolver, context=context or certificates.client, **limits)

    return make


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> OpensslAuthority:
    """A time stamp authority, not to be altered."""
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def other_authority(tmp_path_factory: pytest.TempPathFactory) -> OpensslAuthority:
    """One with the same names and other keys."""
    return make_authority(tmp_path_factory.mktemp("other-authority"))


class Names:
    """A resolver whose answers may be set; each name is answered from its list in turn, the last for ever."""

    def __init__(self) -> None:
        self.places: dict[str, list[Endpoint]] = {}
        self.asked: list[str] = []

    def resolve(self, host: str, port: int, *, timeout: float) -> list[Endpoint]:
        self.asked.append(host)
        if host not in self.places:
            raise HostUnreachableError(f"no address for {host}")
        places = self.places[host]
        return [places.pop(0) if len(places) > 1 else places[0]]


@pytest.fixture(scope="session")
def names() -> Names:
    return Names()


@pytest.fixture(scope="session")
def chromium(names: Names) -> Iterator[ChromiumBrowser]:
    """Chromium for all tests, which are one group; it may reach 127.0.0.1, and by the names that `names` knows."""
    try:
        executable("auto")
    except BrowserMissingError:
        pytest.skip("no Chromium on this machine")
    browser = ChromiumBrowser(
        guard=Guard([ip_network("127.0.0.1/32")], names),
        clock=SystemClock(),
        user_agent=user_agent("https://watch.example/legal/"),
        timeout=4.0,
        max_body=1 << 20,
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """A server that speaks the S3 API, on a port of its own, with no bucket in it. Its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """`blob_url` of an empty place in a bucket, reached as an operator would: by the AWS variables."""
    for name, value in {
        "AWS_ENDPOINT": s3,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    asked = UrlRequest(
        f"{s3}/archive",
        method="PUT",
        data=b"<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint>"
        b"</CreateBucketConfiguration>",
    )
    with contextlib.suppress(HTTPError), urlopen(asked):  # 409: another test made it
        pass
    return f"s3://archive/{uuid4()}"
