"""What pages reserve is written when it is first seen, and stops nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conductatlas.archive.memory import Page
from conductatlas.archive.models import Reservation
from conductatlas.archive.reservation_queries import reservations
from conductatlas.reading.text import reservations as rules
from conductatlas.work import reserving

Policy = Callable[..., bytes]
BAN = "You may not crawl or scrape the Heron service."


def rows() -> list[tuple[str, str, str]]:
    return list(Reservation.objects.order_by("pk").values_list("place", "kind", "evidence"))


def test_a_ban_is_written_once_however_often_the_page_is_read(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = archive.document()
    for day in range(3):
        archive.serve(policy(*clauses, BAN, extra=f"<script>n = {day}</script>"))  # new bytes, the same text
        assert archive.check(document).outcome in ("changed", "unchanged")
        archive.later(days=1)
    assert rows() == [("text", "no_automated_access", BAN)]
    (row,) = reservations("heron")
    assert (row.document, row.kind, row.evidence) == ("heron/terms", "no_automated_access", BAN)
    assert row.at == document.checks.order_by("pk").first().started_at
    assert reservations("crane") == []


def test_headers_are_looked_at_even_where_the_bytes_are_as_before(archive: Any, policy: Policy) -> None:
    document = archive.document()
    archive.serve(policy())
    archive.check(document)
    archive.later(days=1)
    archive.serve(Page(policy(), headers={"X-Robots-Tag": "noarchive"}))
    assert archive.check(document).outcome == "unchanged"
    assert rows() == [("header", "no_archive", "noarchive")]


def test_of_what_is_refused_nothing_is_written(archive: Any) -> None:
    document = archive.document()
    wall = (
        b"<meta name=robots content=noarchive><title>Sign in</title><h1>Sign in</h1>"
        b"<form><input type=password></form>"
    )
    archive.serve(Page(wall, headers={"X-Robots-Tag": "noindex"}))
    assert archive.check(document).outcome == "held"
    assert rows() == []


def test_robots_txt_is_listed_while_it_forbids(archive: Any, policy: Policy) -> None:
    document = archive.document()
    archive.serve(policy())
    archive.serve(Page(b"User-agent: *\nDisallow: /\n"), "http://heron.example/robots.txt")
    archive.check(document)
    (row,) = reservations(document=document.pk)
    assert (row.place, row.kind) == ("robots.txt", "robots")
    assert "Disallow: /" in row.evidence
    archive.serve(Page(b"User-agent: *\nAllow: /\n"), "http://heron.example/robots.txt")
    archive.later(days=2)
    assert archive.check(document).outcome == "changed"
    assert reservations(document=document.pk) == []


def test_older_records_are_looked_at_again(
    archive: Any, policy: Policy, clauses: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = archive.document()
    archive.document(slug="never-read")
    archive.serve(policy(*clauses, BAN))
    with monkeypatch.context() as before:
        before.setattr(rules, "stated", lambda _reading: ())
        archive.check(document)
    assert rows() == []
    assert reserving.look_again() == 1
    assert reserving.look_again() == 0
    assert rows() == [("text", "no_automated_access", BAN)]
