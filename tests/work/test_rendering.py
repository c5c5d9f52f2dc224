"""A check of pages whose text is put in by a script, with the browser's twin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from conductatlas.archive import packs
from conductatlas.archive.browser import MemoryBrowser
from conductatlas.archive.memory import Page
from conductatlas.archive.models import Capture, Pack, Rendering
from conductatlas.archive.renderings import SERIES
from conductatlas.catalogue.models import Source
from conductatlas.errors import BrowserDiedError, BrowserHungError, RemovedError
from conductatlas.history import removal
from conductatlas.history.models import Change, Reading, Version
from conductatlas.history.services import read_snapshots

Policy = Callable[..., bytes]
URL = "http://heron.example/terms"
SHELL = b"<!doctype html><html><title>Heron</title><body><div id=root></div><script src=/a.js></script></body></html>"


@pytest.fixture
def browser(archive: Any) -> MemoryBrowser:
    twin = MemoryBrowser(archive.clock)
    archive.tools = replace(archive.tools, browser=twin)
    return twin


def test_a_page_that_holds_its_text_starts_no_browser(
    archive: Any, browser: MemoryBrowser, policy: Policy
) -> None:
    archive.serve(policy(extra="<script>1</script>"))
    assert archive.check(archive.document()).outcome == "changed"
    assert browser.rendered == []
    assert not Rendering.objects.exists()


def test_a_shell_is_rendered_and_its_text_is_read_from_the_rendered_page(
    archive: Any, browser: MemoryBrowser, policy: Policy
) -> None:
    document = archive.document()
    archive.serve(SHELL)
    browser.pages[URL] = policy()
    version = archive.check(document).version
    capture = Capture.objects.get()
    assert capture.outcome == "kept"
    assert packs.read_snapshot(capture.snapshot.digest) == SHELL
    assert packs.read_snapshot(capture.rendering.snapshot.digest) == policy()
    assert (capture.vantage["client"], capture.vantage["javascript"]) == ("browser", "on")
    part = version.parts.get()
    assert (part.capture, part.snapshot) == (capture, capture.rendering.snapshot)
    assert read_snapshots(version).text == Reading.objects.get().text
    assert len([url for url, _ in archive.fetcher.asked if url == URL]) == 1


def test_the_same_bytes_are_rendered_again_and_another_text_is_a_change(
    archive: Any, browser: MemoryBrowser, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = archive.document()
    archive.serve(Page(SHELL, headers={"ETag": '"a"'}))
    browser.pages[URL] = policy()
    archive.check(document)
    archive.later(days=1)
    assert archive.check(document).outcome == "unchanged"
    assert [c.outcome for c in Capture.objects.order_by("pk")] == ["kept", "same"]
    archive.later(days=1)
    browser.pages[URL] = policy(*(text.replace("30 days", "10 days") for text in clauses))
    assert archive.check(document).change is not None
    assert [c.status for c in Capture.objects.order_by("pk")] == [200, 200, 200]
    assert (len(browser.rendered), Rendering.objects.count()) == (3, 3)


def test_a_plain_page_that_begins_to_hold_its_text_needs_the_browser_no_more(
    archive: Any, browser: MemoryBrowser, policy: Policy
) -> None:
    document = archive.document()
    archive.serve(SHELL)
    browser.pages[URL] = policy()
    archive.check(document)
    archive.serve(policy())
    for _ in range(2):
        archive.later(days=1)
        assert archive.check(document).outcome == "unchanged"
    assert len(browser.rendered) == 1


def test_a_declared_source_is_always_rendered(archive: Any, browser: MemoryBrowser, policy: Policy) -> None:
    document = archive.document()
    Source.objects.update(fetcher="browser")
    archive.serve(policy("Only half of these terms stands here."))
    browser.pages[URL] = policy()
    archive.check(document)
    assert "at least 30 days" in Reading.objects.get().text


@pytest.mark.parametrize("fault", [BrowserHungError("busy"), BrowserDiedError("gone")])
def test_a_browser_that_hangs_or_dies_is_a_failed_capture_and_nothing_is_lost(
    archive: Any, browser: MemoryBrowser, policy: Policy, fault: BrowserHungError
) -> None:
    document = archive.document()
    archive.serve(SHELL)
    browser.pages[URL] = policy()
    archive.check(document)
    archive.later(days=1)
    browser.pages[URL] = fault
    assert archive.check(document).outcome == "failed"
    capture = Capture.objects.latest("pk")
    assert (capture.outcome, capture.reason) == ("failed", fault.code)
    assert capture.retry_at is not None
    archive.later(hours=1)
    browser.pages[URL] = policy()
    assert archive.check(document).outcome == "unchanged"
    assert (Version.objects.count(), Change.objects.count()) == (1, 0)


def test_without_a_browser_a_shell_is_refused_and_says_what_is_lacking(archive: Any) -> None:
    archive.serve(SHELL)
    assert archive.check(archive.document()).outcome == "held"
    capture = Capture.objects.get()
    assert (capture.outcome, capture.reason) == ("refused", "empty_shell")
    assert "a browser is needed" in capture.detail


def test_without_a_browser_equal_bytes_of_a_rendered_page_verify_nothing(
    archive: Any, browser: MemoryBrowser, policy: Policy
) -> None:
    document = archive.document()
    archive.serve(SHELL)
    browser.pages[URL] = policy()
    archive.check(document)
    archive.tools = replace(archive.tools, browser=None)
    archive.later(days=1)
    assert archive.check(document).outcome == "failed"
    assert Capture.objects.latest("pk").reason == "browser_missing"


def test_a_script_that_goes_elsewhere_is_not_followed(archive: Any, browser: MemoryBrowser) -> None:
    archive.serve(SHELL)
    browser.left[URL] = "http://other.example/terms"
    archive.check(archive.document())
    capture = Capture.objects.get()
    assert (capture.outcome, capture.reason) == ("refused", "redirect_page")
    assert "http://other.example/terms" in capture.detail
    assert Rendering.objects.get().snapshot is None


def test_what_was_rendered_of_a_removed_text_goes_with_it(
    archive: Any, browser: MemoryBrowser, policy: Policy
) -> None:
    document = archive.document()
    archive.serve(SHELL)
    browser.pages[URL] = policy()
    version = archive.check(document).version
    held = Rendering.objects.get().snapshot
    extent = removal.extent_of_version(version)
    assert held in extent.snapshots
    removal.remove(extent, "A court ordered it.", "", at=archive.clock.now(), by=None)
    assert removal.erase(extent) == 0
    packs.recent.clear()
    with pytest.raises(RemovedError):
        packs.read_snapshot(held.digest)


def test_answers_and_rendered_pages_lie_in_packs_of_their_own(
    archive: Any, browser: MemoryBrowser, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = archive.document()
    for days in (30, 20, 10):
        archive.serve(SHELL + b"<!-- %d -->" % days)
        browser.pages[URL] = policy(*(text.replace("30 days", f"{days} days") for text in clauses))
        archive.check(document)
        archive.later(days=1)
    captures = list(Capture.objects.order_by("pk"))
    lie = {
        pack.series: [member.snapshot_id for member in pack.members.order_by("ordinal")]
        for pack in Pack.objects.all()
    }
    assert lie == {
        "": [capture.snapshot_id for capture in captures],
        SERIES: [capture.rendering.snapshot_id for capture in captures],
    }
