"""A capture whose text came from a rendered page says so."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import SimpleNamespace

from django.template.loader import render_to_string

from conductatlas.archive.queries import RenderingRecord


def _facts(*, is_operator: bool) -> str:
    row = SimpleNamespace(
        browser="Chromium 156",
        viewport="1280x1024",
        requests=[{"verdict": "passed"}, {"verdict": "address_refused"}],
        snapshot=SimpleNamespace(digest="ab" * 32, length=2000),
    )
    capture = SimpleNamespace(
        rendering=RenderingRecord.of(row),
        vantage={"client": "browser"},
        started_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    page = render_to_string("parts/capture_facts.html", {"capture": capture, "is_operator": is_operator})
    return re.sub(r"[ \n]+", " ", page)


def test_it_names_the_browser_and_counts_what_was_asked_for_and_refused() -> None:
    page = _facts(is_operator=False)
    assert "Chromium 156, in a window of 1280\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}1024 pixels." in page
    assert "the page asked for 2 connections; refused or failed: 1" in page
    assert "y a browser that runs scripts" in page
    assert "/snapshot/" not in page


def test_operators_may_download_the_rendered_page() -> None:
    assert f"/snapshot/{'ab' * 32}" in _facts(is_operator=True)
