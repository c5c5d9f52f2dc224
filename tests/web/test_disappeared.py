"""What the site tells of a document whose page does not answer with it any more: one neutral sentence, and its end."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.web.conftest import NOW

from conductatlas.archive.models import CheckOutcome
from conductatlas.history import disappearing
from conductatlas.history.models import Disappearance

PAGE = "/platform/pigeon/terms/"
GONE = "has not answered with this document since"
AGAIN = "The page answered with this document again on"
WORDS = ("withdrawn", "silent", "secret", "quiet", "hidden", "removed by", "deleted", "deliberate")


@pytest.fixture
def gone(world: Any) -> Any:
    """pigeon/terms: gone at three looks since this morning's reading."""
    for hours in (1, 7, 25):
        check, _ = world.shelf.check(
            world.terms, NOW + timedelta(hours=hours), CheckOutcome.FAILED, reason="status_404", status=404
        )
        disappearing.follow(world.terms, check, world.versions[1], vantages=1)
    assert Disappearance.objects.filter(returned=False).count() == 1
    return world


def read_again(world: Any) -> None:
    check, _ = world.shelf.check(world.terms, NOW + timedelta(days=4))
    disappearing.follow(world.terms, check, world.versions[1], vantages=1)


def text(client: Client, address: str) -> str:
    """What the page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", "", client.get(address).content.decode()).split())


@pytest.mark.parametrize(
    "address", [PAGE, "/changes/", "/changes/?platform=pigeon&document=terms", "/changes/?kind=terms"]
)
def test_it_is_told_where_changes_are_told(gone: Any, client: Client, address: str) -> None:
    said = text(client, address)
    assert said.count(GONE) == 1
    assert "3 checks in a row were answered that there is no such page." in said
    assert AGAIN not in said
    assert not [word for word in WORDS if word in said.partition(GONE)[2][:600].lower()]


def test_the_sentence_names_the_last_capture_and_the_first_look_that_found_it_gone(
    gone: Any, client: Client
) -> None:
    one = Disappearance.objects.get()
    days = (f"{at.day} {at:%B %Y}" for at in (one.last_read_at, one.since))
    assert f"The page that we captured until {next(days)} {GONE} {next(days)}." in text(client, PAGE)


def test_that_it_is_there_again_is_told_in_the_same_place(gone: Any, client: Client) -> None:
    read_again(gone)
    for address in (PAGE, "/changes/"):
        said = text(client, address)
        assert (said.count(AGAIN), said.count(GONE)) == (1, 0)
        assert f"{AGAIN} 26 November 2026. After 22 November 2026, when it was" in said


@pytest.mark.parametrize(
    "query",
    ["?platform=heron", "?kind=privacy", "?change=substantive", "?severity=high", "?until=2026-11-20"],
)
def test_a_list_of_something_else_does_not_tell_it(gone: Any, client: Client, query: str) -> None:
    assert GONE not in text(client, f"/changes/{query}")


@pytest.mark.parametrize("feed", ["changes", "pigeon", "pigeon/terms"])
def test_feeds_tell_it_in_one_entry_that_is_brought_up_to_date(gone: Any, client: Client, feed: str) -> None:
    address = f"/feeds/{feed}.atom"
    before = client.get(address)
    (told,) = [entry for entry in entries(before) if GONE in entry]
    assert f"{PAGE}#disappeared" in told
    read_again(gone)
    after = client.get(address)
    (again,) = [entry for entry in entries(after) if AGAIN in entry]
    assert identity(told) == identity(again)
    assert before["ETag"] != after["ETag"]
    assert GONE not in client.get("/feeds/heron.atom").content.decode()


def entries(answer: Any) -> list[str]:
    return re.findall(r"<entry>.*?</entry>", answer.content.decode(), re.DOTALL)


def identity(entry: str) -> str:
    return re.findall(r"<id>(.*?)</id>", entry)[0]


def test_it_counts_as_no_change(gone: Any, client: Client) -> None:
    told = client.get("/changes/").context
    assert told["tally"].total == len(told["changes"])
    assert client.get("/").context["counts"].changes == len(told["changes"])


def test_of_a_private_document_nobody_else_is_told(world: Any, client: Client) -> None:
    check, _ = world.shelf.check(world.private, NOW, CheckOutcome.FAILED, reason="status_404")
    Disappearance.objects.create(
        document=world.private,
        version=world.private_versions[0],
        last_read_at=NOW,
        since=NOW,
        at=NOW,
        check_row=check,
        checks=3,
        vantages=2,
    )
    assert GONE not in text(client, "/changes/")


def test_two_vantages_are_said(gone: Any, client: Client) -> None:
    one = Disappearance.objects.get()
    one.pk, one.vantages = None, 2
    one.save(force_insert=True)
    assert "no such page, from 2 vantages." in text(client, PAGE)
