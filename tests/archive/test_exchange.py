from __future__ import annotations

import contextlib
import gzip
import hashlib
import ssl
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.conftest import Certificates, MakeFetcher, MakeTlsFetcher
from archive.hostile import (
    Script,
    address,
    drips,
    endless,
    failure,
    left_by,
    page,
    resets,
    sends,
    serving,
    speaks_h2,
    stalls,
    waits,
)
from conductatlas.archive.answer import Request, answer_of
from conductatlas.errors import (
    AnswerTooLargeError,
    BrokenAnswerError,
    FetchError,
    FetchTimeoutError,
    HostUnreachableError,
    StatusError,
    TlsFailedError,
)

BODY = b"<!doctype html><title>Lumen terms</title><h1>Terms</h1>" + b"<p>You may use Lumen.</p>" * 50
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "status", ["400 Bad", "403 Forbidden", "404 Not Found", "429 Slow", "500 Oh", "999 No"]
)
def test_a_status_that_is_no_success_fails_and_keeps_its_page(status: str, make_fetcher: MakeFetcher) -> None:
    raw = page(gzip.compress(b"<h1>no</h1>"), "Content-Encoding: gzip", "Retry-After: 7", status=status)
    with serving(sends(raw)) as server:
        error = failure(lambda: make_fetcher().fetch(Request(address(server))), StatusError)
    assert isinstance(error, StatusError)
    assert (error.status, error.retry_after) == (int(status[:3]), 7.0)
    assert (left_by(error).body, left_by(error).decoded) == (b"<h1>no</h1>", True)


CUT = page(BODY)[:-100]


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (CUT, BODY[:-100]),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nterms\r\n", b"terms"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nterms\r\nzz\r\n", b"terms"),
        (page(b"not gzip at all", "Content-Encoding: gzip"), b"not gzip at all"),
        (page(b"terms", "Content-Encoding: rot13"), b"terms"),
        (page(gzip.compress(BODY)[:-20], "Content-Encoding: gzip"), gzip.compress(BODY, mtime=0)[:-20]),
        (page(b"ter", status="206 Partial Content"), b"ter"),
    ],
    ids=["length", "chunked", "chunk-size", "not-gzip", "unknown-coding", "gzip-cut", "partial"],
)
def test_a_broken_body_is_kept_as_it_came(raw: bytes, kept: bytes, make_fetcher: MakeFetcher) -> None:
    with serving(sends(raw)) as server:
        error = failure(lambda: make_fetcher().fetch(Request(address(server))), BrokenAnswerError)
    answer = left_by(error)
    assert answer.status in {200, 206}
    assert answer.wire_length == len(kept)
    assert answer.wire_digest == hashlib.sha256(answer.body).hexdigest()
    assert answer.decoded is (answer.header("content-encoding") is None)


@pytest.mark.parametrize(
    "script",
    [
        sends(),
        sends(b"\0" * 100),
        sends(b"SSH-2.0-OpenSSH_9.2\r\n"),
        sends(b"HTTP/1.1 abc OK\r\n\r\n"),
        sends(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"),
        sends(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nterms!"),
        sends(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nterms!"),
        sends(b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n"),
        sends(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n"),
        resets,
    ],
    ids=[
        "nothing",
        "nul",
        "ssh",
        "no-status",
        "upgrade",
        "two-lengths",
        "minus",
        "nul-in-field",
        "head",
        "reset",
    ],
)
def test_what_is_no_http_is_broken(script: Script, make_fetcher: MakeFetcher) -> None:
    with serving(script) as server:
        error = failure(lambda: make_fetcher().fetch(Request(address(server))), BrokenAnswerError)
    assert error.transient
    assert answer_of(error) is None


@pytest.mark.parametrize(
    ("script", "has_head"),
    [
        (waits(5), False),
        (drips(page(BODY), 0.01), True),
        (drips(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000, 0.01), False),
        (stalls(CUT, 5), True),
    ],
    ids=["silent", "slow-body", "slow-head", "stalled"],
)
def test_slowness_has_an_end(script: Script, has_head: bool, make_fetcher: MakeFetcher) -> None:
    with serving(script) as server:
        fetcher = make_fetcher(read=0.3, total=0.8)
        error = failure(lambda: fetcher.fetch(Request(address(server))), FetchTimeoutError)
    assert error.transient
    answer = answer_of(error)
    assert (answer is not None) is has_head
    assert answer is None or BODY.startswith(answer.body)


@pytest.mark.parametrize(
    ("script", "kept"),
    [
        (sends(page(bytes(200_000))), bytes(100_000)),
        (endless(OK + b"\r\n", bytes(65536)), bytes(100_000)),
        (endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1;" + b"x" * 60_000 + b"\r\na\r\n"), None),
        (endless(b"", b"HTTP/1.1 103 Early Hints\r\nX: " + b"y" * 60_000 + b"\r\n\r\n"), None),
    ],
    ids=["length", "endless-body", "endless-framing", "endless-hints"],
)
def test_size_has_an_end(script: Script, kept: bytes | None, make_fetcher: MakeFetcher) -> None:
    with serving(script) as server:
        fetcher = make_fetcher(max_body=100_000, total=20)
        error = failure(lambda: fetcher.fetch(Request(address(server))), AnswerTooLargeError)
    assert kept is None or left_by(error).body == kept


def test_a_bomb_is_kept_packed(make_fetcher: MakeFetcher) -> None:
    bomb = gzip.compress(bytes(20 << 20))
    with serving(sends(page(bomb, "Content-Encoding: gzip"))) as server:
        error = failure(lambda: make_fetcher().fetch(Request(address(server))), AnswerTooLargeError)
    assert (left_by(error).body, left_by(error).decoded) == (bomb, False)


PIECES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 302 Found",
        b"HTTP/1.1 304 ",
        b"\r\n",
        b"\r\n\r\n",
        b"Content-Length: 3",
        b"Transfer-Encoding: chunked",
        b"Content-Encoding: gzip",
        b"Content-Encoding: zstd",
        b"Location: /next",
        b"Location: \xff\xfe",
        b"Retry-After: x",
        b"3\r\nabc\r\n",
        b"0\r\n\r\n",
        gzip.compress(b"terms"),
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(PIECES | st.binary(max_size=20), max_size=12))
def test_any_bytes_are_an_answer_or_a_fetch_error(pieces: list[bytes], make_fetcher: MakeFetcher) -> None:
    with serving(sends(b"".join(pieces))) as server:
        try:
            answer = make_fetcher(max_body=100, read=0.05).fetch(Request(address(server), etag='"1"'))
        except FetchError as error:
            left = answer_of(error)
            assert left is None or len(left.body) <= 100
        else:
            assert answer.status < 300 or answer.status == 304


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=200), greets=st.booleans())
def test_any_bytes_over_http2_are_an_answer_or_a_fetch_error(
    raw: bytes, greets: bool, make_tls_fetcher: MakeTlsFetcher, certificates: Certificates
) -> None:
    settings_frame = bytes.fromhex("000000040000000000")
    script = sends(settings_frame * greets + raw)
    with serving(script, certificates.server_h2) as server, contextlib.suppress(FetchError):
        make_tls_fetcher(server, read=0.5).fetch(Request("https://lumen.example/"))


def test_one_fetcher_serves_many_threads(make_fetcher: MakeFetcher) -> None:
    def echo(connection: object, head: bytes) -> None:
        sends(page(head.split(b" ")[1]))(connection, head)  # type: ignore[arg-type]

    with serving(echo) as server, ThreadPoolExecutor(8) as threads:
        fetcher = make_fetcher(read=5, total=20)
        paths = [f"/page/{number}" for number in range(100)]
        answers = threads.map(lambda path: fetcher.fetch(Request(address(server, path))), paths)
        assert [answer.body.decode("ascii") for answer in answers] == paths


def test_tls_is_recorded_with_the_certificate(
    make_tls_fetcher: MakeTlsFetcher, certificates: Certificates
) -> None:
    with serving(sends(page(BODY)), certificates.server) as server:
        answer = make_tls_fetcher(server).fetch(Request("https://lumen.example/terms"))
    assert (answer.body, answer.http_version) == (BODY, "HTTP/1.1")
    assert answer.tls is not None
    assert answer.tls.version == "TLSv1.3"
    assert answer.tls.cipher.startswith("TLS_")
    assert answer.tls.certificate == certificates.fingerprint


def test_a_certificate_for_another_name_is_refused(
    make_tls_fetcher: MakeTlsFetcher, certificates: Certificates
) -> None:
    with serving(sends(page(BODY)), certificates.server) as server:
        error = failure(
            lambda: make_tls_fetcher(server).fetch(Request("https://other.example/")), TlsFailedError
        )
    assert "other.example" in error.message
    assert not server.heads


def test_a_certificate_of_an_unknown_authority_is_refused(
    make_fetcher: MakeFetcher, make_tls_fetcher: MakeTlsFetcher, certificates: Certificates
) -> None:
    with serving(sends(page(BODY)), certificates.server) as server:
        fetcher = make_tls_fetcher(server, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        failure(lambda: fetcher.fetch(Request("https://lumen.example/")), TlsFailedError)


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (sends(page(BODY)), TlsFailedError),
        (sends(b""), HostUnreachableError),
        (resets, HostUnreachableError),
        (waits(5), FetchTimeoutError),
    ],
    ids=["plain-http", "closes", "resets", "silent"],
)
def test_a_handshake_that_fails(
    script: Script, kind: type[FetchError], make_tls_fetcher: MakeTlsFetcher
) -> None:
    with serving(script, reads_head=False) as server:
        fetcher = make_tls_fetcher(server, connect=1.0)
        failure(lambda: fetcher.fetch(Request("https://lumen.example/")), kind)


def test_an_end_that_tls_did_not_announce_may_be_a_cut(
    make_tls_fetcher: MakeTlsFetcher, certificates: Certificates
) -> None:
    with serving(sends(OK + b"\r\nterms"), certificates.server, says_goodbye=False) as server:
        error = failure(
            lambda: make_tls_fetcher(server).fetch(Request("https://lumen.example/")), BrokenAnswerError
        )
    assert left_by(error).body == b"terms"
    with serving(sends(OK + b"\r\nterms"), certificates.server) as server:
        assert make_tls_fetcher(server).fetch(Request("https://lumen.example/")).body == b"terms"


FIELDS = [(":status", "200"), ("content-type", "text/html"), ("x-a", "1"), ("x-a", "2")]


def test_http2_is_spoken_where_it_is_offered(
    make_tls_fetcher: MakeTlsFetcher, certificates: Certificates
) -> None:
    with serving(speaks_h2(FIELDS, BODY), certificates.server_h2) as server:
        answer = make_tls_fetcher(server).fetch(Request("https://lumen.example/terms", etag='"1"'))
    assert (answer.http_version, answer.status, answer.body) == ("HTTP/2", 200, BODY)
    assert answer.headers == (("content-type", "text/html"), ("x-a", "1"), ("x-a", "2"))
    assert answer.request_headers[0] == ("host", "lumen.example")
    assert answer.request_headers[-1] == ("if-none-match", '"1"')
    assert answer.tls is not None
    assert answer.tls.certificate == certificates.fingerprint


@pytest.mark.parametrize(
    ("fields", "resets_after", "kind", "kept"),
    [
        (FIELDS, 100, BrokenAnswerError, BODY[:100]),
        ([*FIELDS, ("content-length", "9999")], None, BrokenAnswerError, None),  # h2 hands out none of it
        ([*FIELDS, ("x-b", "a\r\nSet-Cookie: b")], None, BrokenAnswerError, None),
        ([(":status", "soon")], None, BrokenAnswerError, None),
        ([(":status", "99999")], None, BrokenAnswerError, None),
        ([(":status", "503")], None, StatusError, BODY),
    ],
    ids=["reset", "length", "line-break", "no-number", "too-high", "503"],
)
def test_http2_that_goes_wrong(
    fields: list[tuple[str, str]],
    resets_after: int | None,
    kind: type[FetchError],
    kept: bytes | None,
    make_tls_fetcher: MakeTlsFetcher,
    certificates: Certificates,
) -> None:
    script = speaks_h2(fields, BODY, resets_after=resets_after)
    with serving(script, certificates.server_h2) as server:
        error = failure(lambda: make_tls_fetcher(server).fetch(Request("https://lumen.example/")), kind)
    answer = answer_of(error)
    assert (answer.body if answer else None) == kept
