"""The second vantage: when it is asked, and that what it is shown confirms or is told, and decides nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from conductatlas.archive.memory import MemoryFetcher, Page, Served
from conductatlas.archive.models import Capture, Check
from conductatlas.archive.services import SECOND, is_from_second
from conductatlas.catalogue.models import Document
from conductatlas.errors import ProxyFailedError
from conductatlas.history import change_queries
from conductatlas.history.models import Change, Disappearance, Sighting, Version

Policy = Callable[..., bytes]
GONE = Page(b"<h1>Gone</h1>", 404)
URL = "http://heron.example/terms"
DATED = "Last updated: 1 February 2026. "


@dataclass
class Two:
    """The archive with a second vantage; `asked` tells which of the two each check was made from."""

    archive: Any
    second: MemoryFetcher

    def look(self, document: Document, first: Served | bytes, second: Served | bytes | None = None) -> str:
        """The next check as it falls due, with what either vantage is shown: its vantage, and what came of it."""
        self.archive.serve(first)
        shown = first if second is None else second
        self.second.pages[URL] = Page(shown) if isinstance(shown, bytes) else shown
        asked = len(self.second.asked)
        self.archive.check(document)
        self.archive.clock.moment = self.archive.due(document).due_at
        check = Check.objects.latest("pk")
        return f"{'2nd' if len(self.second.asked) > asked else '1st'} {check.reason or check.outcome}"


@pytest.fixture
def two(archive: Any) -> Two:
    second = MemoryFetcher(clock=archive.clock)
    vantage = {"place": "CH, hosted", **SECOND}
    archive.tools = replace(archive.tools, second=replace(archive.tools, fetcher=second, vantage=vantage))
    return Two(archive, second)


@pytest.fixture
def other(policy: Policy) -> bytes:
    """Another document altogether."""
    return policy(
        *(f"Cookies of the {n} kind are small files that a browser keeps for {n} weeks." for n in NUMBERS)
    )


NUMBERS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def states() -> list[str]:
    return [
        " ".join(change.events.order_by("pk").values_list("state", flat=True))
        for change in Change.objects.order_by("pk")
    ]


def test_a_disappearance_is_told_once_both_vantages_found_it(two: Two, policy: Policy) -> None:
    document = two.archive.document()
    said = [two.look(document, page) for page in (policy(), GONE, GONE, GONE, GONE, GONE)]
    assert said == ["1st first_version", "1st status_404", "2nd status_404", *["1st status_404"] * 3]
    one = Disappearance.objects.get()
    assert (one.checks, one.vantages, one.check_row) == (3, 2, Check.objects.order_by("pk")[3])
    seen = Capture.objects.get(check_row=Check.objects.order_by("pk")[2])
    assert (seen.vantage["place"], is_from_second(seen.vantage)) == ("CH, hosted", True)


def test_where_the_second_vantage_is_shown_the_document_it_is_neither_told_nor_recorded_as_found(
    two: Two, policy: Policy, other: bytes
) -> None:
    document = two.archive.document()
    two.look(document, policy())
    said = [two.look(document, GONE, shown) for shown in [policy(), policy(), other] * 3]
    assert set(said) == {"1st status_404", "2nd vantages_differ"}
    assert said[0] == "1st status_404"
    assert (Disappearance.objects.count(), Version.objects.count(), Sighting.objects.count()) == (0, 1, 0)
    assert two.archive.due(document).failures == 9  # it stays a document that was not read, and an incident


def test_that_the_second_vantage_is_shown_the_document_ends_a_row_of_looks(two: Two, policy: Policy) -> None:
    document = two.archive.document()
    two.look(document, policy())
    said = [two.look(document, GONE, second) for second in (None, policy(), None, GONE)]
    assert said == ["1st status_404", "2nd vantages_differ", "1st status_404", "2nd status_404"]
    assert not Disappearance.objects.exists()
    two.look(document, GONE)
    one = Disappearance.objects.get()
    assert (one.checks, one.since) == (3, Check.objects.order_by("pk")[3].started_at)


@pytest.mark.parametrize(
    "shut_out", [Page(b"", 403), Page(b"", 503), ProxyFailedError("no proxy")], ids=["403", "503", "proxy"]
)
def test_a_second_vantage_that_is_shut_out_witnesses_nothing_and_holds_nothing_up(
    two: Two, policy: Policy, shut_out: Served
) -> None:
    document = two.archive.document()
    two.look(document, policy())
    said = [two.look(document, GONE, shut_out) for _ in range(8)]
    assert said.count("1st status_404") >= 4
    assert not Disappearance.objects.exists()
    while "2nd status_404" not in said:
        said.append(two.look(document, GONE, GONE))
    two.look(document, GONE)
    assert Disappearance.objects.get().vantages == 2


def test_it_asks_without_conditions(two: Two, policy: Policy) -> None:
    document = two.archive.document()
    tagged = Page(policy(), headers={"ETag": '"A"'})
    two.look(document, tagged)
    two.look(document, GONE)
    assert two.look(document, tagged, tagged) == "2nd vantages_differ"
    assert dict(two.second.asked[-1][1]) == {}


def test_what_replaces_a_document_is_confirmed_from_the_second_vantage(
    two: Two, policy: Policy, other: bytes
) -> None:
    document = two.archive.document()
    said = [two.look(document, page) for page in (policy(), other, other, other)]
    assert said == ["1st first_version", "1st changed", "2nd unchanged", "1st unchanged"]
    assert states() == ["candidate review"]


@pytest.mark.parametrize("shown", ["earlier", "third"])
def test_where_the_second_vantage_is_shown_another_text_a_person_decides(
    two: Two, policy: Policy, other: bytes, clauses: tuple[str, ...], shown: str
) -> None:
    document = two.archive.document()
    third = policy(*(text.replace("30 days", "10 days") for text in clauses))
    two.look(document, policy())
    two.look(document, other)
    assert two.look(document, other, policy() if shown == "earlier" else third) == "2nd vantages_differ"
    event = Change.objects.get().events.latest("pk")
    assert (event.state, "second vantage" in event.why) == ("review", True)
    assert [two.look(document, other) for _ in range(6)] == ["1st unchanged"] * 6
    assert states() == ["candidate review"]
    assert (Version.objects.count(), Sighting.objects.count()) == (2, 0)


def test_what_the_first_vantage_does_not_find_again_is_withdrawn_whatever_the_second_was_shown(
    two: Two, policy: Policy, other: bytes
) -> None:
    document = two.archive.document()
    for first, second in ((policy(), None), (other, None), (other, policy()), (policy(), None)):
        two.look(document, first, second)
    assert states() == ["candidate review withdrawn"]


def test_a_change_whose_printed_date_stayed_is_looked_at_from_both_and_told_so_only_then(
    two: Two, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = two.archive.document()
    texts = [
        policy(DATED, *(text.replace("30 days", f"{days} days") for text in clauses)) for days in (30, 10, 20)
    ]
    said = [two.look(document, page) for page in (texts[0], texts[1], texts[1])]
    assert said == ["1st first_version", "1st changed", "2nd unchanged"]
    change = Change.objects.get()
    assert (change.date_mismatch, states()) == (True, ["candidate confirmed"])
    assert change_queries.is_from_two_vantages(change.pk)

    two.look(document, texts[2])
    assert two.look(document, texts[2], texts[1]) == "2nd vantages_differ"  # and the first one decides
    assert two.look(document, texts[2]) == "1st unchanged"
    assert states() == ["candidate confirmed", "candidate confirmed"]
    assert not change_queries.is_from_two_vantages(Change.objects.latest("pk").pk)


def test_any_other_change_is_confirmed_as_it_always_was(
    two: Two, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = two.archive.document()
    other = policy(*(text.replace("30 days", "10 days") for text in clauses))
    assert [two.look(document, page) for page in (policy(), other, other)][1:] == [
        "1st changed",
        "1st unchanged",
    ]
    assert two.second.asked == []


def test_a_page_saved_by_hand_is_no_second_vantage(two: Two, policy: Policy) -> None:
    from conductatlas.work.pipeline import fetch

    document = two.archive.document()
    for page in (policy(), GONE):
        two.look(document, page)
    two.archive.serve(policy())

    def by_hand(earlier: Any) -> Any:
        from conductatlas.work.known import Known

        fresh = Document.objects.select_related("platform", "due").get(pk=document.pk)
        return fetch(fresh, Known.of(fresh, two.archive.clock.now()), two.archive.tools, conditional=False)

    assert two.archive.check(document, observe=by_hand).outcome == "unchanged"
    assert two.second.asked == []
