"""The browser's way out, spoken to by hand."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from archive.hostile import page, sends, serving
from conductatlas.archive.guard import Guard
from conductatlas.archive.proxy import Allowance, Passage, Proxy
from conductatlas.archive.resolver import MappedResolver


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    guard = Guard([ip_network("127.0.0.1/32")], MappedResolver({}))
    proxy = Proxy(guard, Allowance(connections=3, size=5000))
    yield proxy
    proxy.close()


def ask(proxy: Proxy, request: str, passage: Passage | None) -> bytes:
    said = base64.b64encode(f"page:{passage.secret}".encode()).decode() if passage else ""
    head = f"{request}\r\nProxy-Authorization: Basic {said}\r\n\r\n" if passage else f"{request}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as connection:
        connection.sendall(head.encode())
        data = b""
        while more := connection.recv(65536):
            data += more
        return data


def test_without_the_secret_of_a_page_nobody_passes(proxy: Proxy) -> None:
    with serving(sends(page(b"hello"))) as server:
        request = f"GET http://127.0.0.1:{server.port}/ HTTP/1.1"
        assert ask(proxy, request, None).startswith(b"HTTP/1.1 407 ")
        with proxy.passage(5) as passage:
            pass
        assert ask(proxy, request, passage).startswith(b"HTTP/1.1 407 ")
        assert server.heads == []


def test_a_request_passes_once_and_neither_end_may_go_on(proxy: Proxy) -> None:
    with serving(sends(page(b"hello", "Connection: keep-alive"))) as server, proxy.passage(5) as passage:
        answer = ask(proxy, f"GET http://127.0.0.1:{server.port}/a?b HTTP/1.1\r\nHost: elsewhere", passage)
        assert answer.endswith(b"\r\n\r\nhello")
        assert b"Connection: close" in answer
        assert b"keep-alive" not in answer
        head = server.heads[0]
        assert head.startswith(f"GET /a?b HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n".encode())
        assert b"elsewhere" not in head
        assert b"proxy-authorization" not in head.lower()
        assert passage.lines[0].verdict == "passed"
        assert passage.lines[0].received >= len(b"hello")


@pytest.mark.parametrize(
    "request_line",
    [
        "CONNECT 127.0.0.2:80 HTTP/1.1",
        "CONNECT [::1]:443 HTTP/1.1",
        "CONNECT 2130706434:80 HTTP/1.1",
        "CONNECT 169.254.169.254:80 HTTP/1.1",
        "CONNECT 8.8.8.8:25 HTTP/1.1",
        "GET http://127.0.0.2/ HTTP/1.1",
        "GET http://user:word@127.0.0.1/ HTTP/1.1",
        "GET ftp://127.0.0.1/ HTTP/1.1",
    ],
)
def test_what_the_guard_does_not_connect_to_is_refused_and_logged(proxy: Proxy, request_line: str) -> None:
    with proxy.passage(5) as passage:
        assert ask(proxy, request_line, passage).startswith(b"HTTP/1.1 403 ")
        assert [line.verdict for line in passage.lines] == ["address_refused"]


@pytest.mark.parametrize(
    "request_line",
    [
        "nonsense",
        "GET / HTTP/2",
        "GET https://127.0.0.1/ HTTP/1.1",
        "POST http://127.0.0.1/ HTTP/1.1\r\nTransfer-Encoding: chunked",
        "POST http://127.0.0.1/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2",
    ],
)
def test_what_is_no_plain_request_is_refused(proxy: Proxy, request_line: str) -> None:
    with proxy.passage(5) as passage:
        assert ask(proxy, request_line, passage)[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 403"}


def test_a_page_has_so_many_bytes_and_connections_and_no_more(proxy: Proxy) -> None:
    with serving(sends(page(b"x" * 9000))) as server, proxy.passage(5) as passage:
        answer = ask(proxy, f"GET http://127.0.0.1:{server.port}/ HTTP/1.1", passage)
        assert len(answer) < 9000
        assert passage.lines[0].verdict == "too_large"
        for _ in range(4):
            ask(proxy, "CONNECT 127.0.0.2:80 HTTP/1.1", passage)
        assert len(passage.lines) == 3
