from __future__ import annotations

import http.client
import threading

import pytest

from conductatlas.demo.moments import LAST
from conductatlas.demo.server import Hit, WorldServer
from conductatlas.demo.world import World
from conductatlas.errors import NotFoundError


def get(
    server: WorldServer, host: str, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    address, port = server.names["quillomere.example"]
    connection = http.client.HTTPConnection(address, port, timeout=10)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers={"Host": host, **named})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_sites_are_told_apart_by_the_host_header(server: WorldServer, world: World) -> None:
    for site in world.sites:
        status, _, body = get(server, f"{site.host}:{server.port}", "/")
        assert status == 200
        assert site.name.encode() in body


def test_all_hosts_are_named_with_the_loopback_address(server: WorldServer, world: World) -> None:
    assert set(server.names) == set(world.hosts)
    assert set(server.names.values()) == {("127.0.0.1", server.port)}


def test_the_answer_is_the_worlds(server: WorldServer, world: World) -> None:
    server.move_to(6)
    _, headers, body = get(server, "wendlebarrow.example", "/fees")
    answer = world.page("http://wendlebarrow.example/fees", 6)
    assert body == answer.body
    assert headers == {name.lower(): value for name, value in answer.headers}


def test_the_clock_moves_both_ways(server: WorldServer) -> None:
    bodies = []
    for moment in (2, 3, 2):
        server.move_to(moment)
        bodies.append(get(server, "quillomere.example", "/legal/privacy")[2])
    assert bodies[0] == bodies[2] != bodies[1]


def test_the_clock_stays_within_the_world(server: WorldServer) -> None:
    with pytest.raises(NotFoundError):
        server.move_to(LAST + 1)
    assert server.moment == LAST


def test_not_modified(server: WorldServer) -> None:
    _, headers, _ = get(server, "quillomere.example", "/legal/usage")
    status, again, body = get(server, "quillomere.example", "/legal/usage", If_None_Match=headers["etag"])
    assert (status, body, again["etag"]) == (304, b"", headers["etag"])


def test_head_has_the_headers_and_no_body(server: WorldServer) -> None:
    status, headers, body = get(server, "pictavane.example", "/about/terms", method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 1_000


def test_one_connection_serves_many_requests(server: WorldServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for path in ("/fees", "/terms", "/nothing", "/robots.txt"):
        connection.request("GET", path, headers={"Host": "wendlebarrow.example"})
        connection.getresponse().read()
    connection.close()
    assert [hit.status for hit in server.hits] == [200, 301, 404, 200]


def test_a_truncated_answer_breaks_off(server: WorldServer) -> None:
    server.move_to(9)
    with pytest.raises(http.client.IncompleteRead):
        get(server, "pulsewren.example", "/en/privacy")


def test_unavailable(server: WorldServer) -> None:
    server.move_to(7)
    status, headers, _ = get(server, "dukatello.example", "/mokesciai")
    assert (status, headers["retry-after"]) == (503, "1800")


def test_foreign_hosts_are_misdirected(server: WorldServer) -> None:
    assert get(server, "elsewhere.example", "/")[0] == 421


@pytest.mark.parametrize("host", ["", "[", "quillomere.example\\", "127.0.0.1"])
def test_odd_hosts_are_misdirected(server: WorldServer, host: str) -> None:
    assert get(server, host, "/")[0] == 421


def test_hits_are_kept(server: WorldServer) -> None:
    server.move_to(3)
    get(server, "dukatello.example", "/salygos?x=1")
    assert server.hits == [Hit(3, "dukatello.example", "/salygos?x=1", 200)]


def test_many_clients_at_once(server: WorldServer) -> None:
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(get(server, "zuvaroo.example", "/ar/privacy")[0]))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 12


def test_stopping_does_not_wait_for_idle_connections(world: World) -> None:
    server = WorldServer(world).start()
    idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    idle.request("GET", "/", headers={"Host": "zuvaroo.example"})
    idle.getresponse().read()
    server.stop()
    idle.close()
