"""A real server, a real browser, rows: a page that is a shell today is read all the same."""

from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest

from conductatlas.archive import packs
from conductatlas.archive.chromium import ChromiumBrowser, executable
from conductatlas.archive.exchange import Limits
from conductatlas.archive.fetch import HttpFetcher
from conductatlas.archive.guard import Guard
from conductatlas.archive.hosts import Hosts
from conductatlas.archive.models import Capture
from conductatlas.archive.resolver import MappedResolver
from conductatlas.errors import BrowserMissingError

pytestmark = [pytest.mark.browser, pytest.mark.corpus]


@pytest.mark.django_db
def test_a_shell_from_a_server_is_read_from_the_rendered_page(archive: Any, replay: Any) -> None:
    try:
        executable("auto")
    except BrowserMissingError:
        pytest.skip("no Chromium on this machine")
    path = json.loads(replay.get("/_replay/documents"))[0]["path"]
    replay.put("/_replay/faults", json.dumps({"path": path, "kind": "spa-shell", "times": 1}).encode())
    guard = Guard([ip_network("127.0.0.1/32")], MappedResolver({}))
    fetcher = HttpFetcher(
        guard=guard,
        limits=Limits(),
        user_agent="ConductAtlas/test",
        accept_language="en",
        clock=archive.clock,
    )
    browser = ChromiumBrowser(guard=guard, clock=archive.clock, user_agent="ConductAtlas/test")
    hosts = Hosts(fetcher=fetcher, clock=archive.clock, spacing=lambda _host: 0.0)
    archive.tools = replace(archive.tools, fetcher=fetcher, hosts=hosts, browser=browser)
    try:
        assert archive.check(archive.document(replay.url + path)).outcome == "changed"
    finally:
        browser.close()
    capture = Capture.objects.get()
    assert b"days notice" in packs.read_snapshot(capture.rendering.snapshot.digest)
