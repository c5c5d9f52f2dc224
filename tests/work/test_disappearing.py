"""A page that is not there any more: told once it is beyond doubt, and when it is there again (S15)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from conductatlas.archive.memory import Page, Served
from conductatlas.archive.models import Check, Snapshot
from conductatlas.errors import FetchTimeoutError, HostUnreachableError
from conductatlas.history.models import Change, Disappearance, Version
from conductatlas.work import due

Policy = Callable[..., bytes]
GONE = Page(b"<h1>Gone</h1>", 404)
SOFT = Page(b"<title>Page not found</title><main><h1>404</h1><p>This page could not be found.</p></main>")
WALL = Page(b"<html><title>Just a moment...</title><h1>Checking your browser before accessing</h1></html>")


def looks(archive: Any, document: Any, *answers: Served | bytes, hours: float = 0) -> list[str]:
    """Check the document as it falls due (or every `hours`), served each answer in turn; outcome and reason each."""
    said = []
    for answer in answers:
        archive.serve(answer)
        archive.check(document)
        check = Check.objects.latest("pk")
        said.append(check.reason or check.outcome)
        archive.clock.moment = (
            archive.clock.moment + timedelta(hours=hours) if hours else archive.due(document).due_at
        )
    return said


def told() -> list[tuple[bool, int, int]]:
    return list(Disappearance.objects.order_by("pk").values_list("returned", "checks", "vantages"))


def test_a_page_that_is_gone_at_three_looks_over_a_day_is_told(archive: Any, policy: Policy) -> None:
    document = archive.document()
    looks(archive, document, policy(), GONE, GONE)
    assert told() == []
    looks(archive, document, GONE)
    read, *gone = Check.objects.order_by("pk")
    one = Disappearance.objects.get()
    assert (one.returned, one.checks, one.vantages) == (False, 3, 1)
    assert (one.last_read_at, one.since) == (read.started_at, gone[0].started_at)
    assert (one.check_row, one.version) == (gone[2], Version.objects.get())
    assert gone[2].started_at - gone[0].started_at == timedelta(hours=24)
    looks(archive, document, GONE, GONE, GONE)
    assert len(told()) == 1  # once
    assert not Change.objects.exists()


@pytest.mark.parametrize("answer", [GONE, Page(b"", 410), SOFT], ids=["404", "410", "soft 404"])
def test_what_says_that_there_is_no_such_page(archive: Any, policy: Policy, answer: Served) -> None:
    looks(archive, archive.document(), policy(), answer, answer, answer)
    assert told() == [(False, 3, 1)]


@pytest.mark.parametrize(
    "answer",
    [
        Page(b"<h1>Forbidden</h1>", 403),
        Page(b"", 401),
        Page(b"", 429),
        Page(b"", 451),
        Page(b"", 500),
        Page(b"", 503),
        HostUnreachableError("no route"),
        FetchTimeoutError("too slow"),
        WALL,
        Page(
            b"<html lang=de><title>Anmelden</title><h1>Anmelden</h1><form><input type=password></form></html>"
        ),
        Page(b""),
        Page(b"", 302, headers={"Location": "http://heron.example/terms"}),
    ],
    ids=["403", "401", "429", "451", "500", "503", "unreachable", "slow", "wall", "login", "empty", "loop"],
)
def test_what_says_nothing_of_the_document(archive: Any, policy: Policy, answer: Served) -> None:
    document = archive.document()
    assert "changed" not in looks(archive, document, policy(), *[answer] * 6, hours=24)[1:]
    looks(archive, document, GONE, GONE, answer, GONE, GONE, hours=24)  # and it ends a row of looks
    assert told() == []
    looks(archive, document, GONE)
    assert told() == [(False, 3, 1)]


def test_robots_that_forbid_a_page_do_not_make_it_gone(archive: Any, policy: Policy) -> None:
    document = archive.document()
    looks(archive, document, policy())
    archive.serve(b"User-agent: *\nDisallow: /\n", "http://heron.example/robots.txt")
    archive.later(hours=25)
    assert set(looks(archive, document, *[GONE] * 5, hours=24)) == {"robots"}
    assert told() == []


def test_looks_close_together_tell_nothing_however_many(archive: Any, policy: Policy) -> None:
    document = archive.document()
    looks(archive, document, policy(), *[GONE] * 8, hours=2)
    assert told() == []
    archive.later(hours=24)
    looks(archive, document, GONE)
    assert told() == [(False, 9, 1)]


def test_a_document_that_was_never_read_is_not_gone(archive: Any) -> None:
    looks(archive, archive.document(), *[GONE] * 6)
    assert told() == []


def test_one_page_of_several_does_not_make_a_document_gone(archive: Any, policy: Policy) -> None:
    urls = ("http://heron.example/terms", "http://heron.example/more")
    document = archive.document(*urls)
    archive.serve(policy(title="More terms"), urls[1])
    looks(archive, document, policy(), *[GONE] * 5)
    assert told() == []
    archive.serve(GONE, urls[1])
    looks(archive, document, *[GONE] * 4)
    assert len(told()) == 1


def test_another_address_that_was_never_read_does_not_make_a_document_gone(
    archive: Any, policy: Policy
) -> None:
    """A declaration that names a wrong address is ours; the page that was captured may be there still."""
    from conductatlas.catalogue.models import Source

    document = archive.document()
    looks(archive, document, policy())
    Source.objects.update(retired_at=archive.clock.now())
    Source.objects.create(document=document, url="http://heron.example/elsewhere")
    archive.serve(GONE, "http://heron.example/elsewhere")
    looks(archive, document, *[policy()] * 6)
    assert (told(), Check.objects.latest("pk").reason) == ([], "status_404")


def test_a_document_that_is_there_again_is_told_and_is_no_change(archive: Any, policy: Policy) -> None:
    document = archive.document()
    looks(archive, document, policy(), GONE, GONE, GONE, policy(), policy())
    gone, back = Disappearance.objects.order_by("pk")
    assert (back.returned, back.version, back.last_read_at) == (True, gone.version, gone.last_read_at)
    assert back.check_row == Check.objects.order_by("pk")[4]
    assert back.since == back.check_row.started_at
    assert (Version.objects.count(), Change.objects.count(), Snapshot.objects.count()) == (1, 0, 1)
    looks(archive, document, GONE, GONE, GONE, policy())
    assert [returned for returned, _, _ in told()] == [False, True, False, True]


def test_a_document_that_is_there_again_with_another_text_is_told_and_changed(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = archive.document()
    other = policy(*(text.replace("30 days", "10 days") for text in clauses))
    looks(archive, document, policy(), GONE, GONE, GONE, other, other)
    assert [returned for returned, _, _ in told()] == [False, True]
    back, new = Disappearance.objects.latest("pk"), Version.objects.latest("pk")
    change = Change.objects.get()
    assert (back.version, change.new_version) == (new, new)
    assert list(change.events.values_list("state", flat=True)) == ["candidate", "confirmed"]


def test_settling_goes_on_until_it_is_known_whether_a_page_is_gone(archive: Any, policy: Policy) -> None:
    document, never = archive.document(), archive.document(slug="privacy")
    archive.serve(GONE, "http://heron.example/privacy")
    archive.check(never)
    looks(archive, document, policy(), GONE)
    assert due.disappearing([document.pk, never.pk]) == {document.pk}
    looks(archive, document, GONE, GONE)
    assert due.disappearing([document.pk, never.pk]) == set()
