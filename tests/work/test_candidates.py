"""What becomes of a change that was seen once: ADR 6, text by text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conductatlas.archive.models import Check
from conductatlas.catalogue.models import Document
from conductatlas.history.models import Change, ChangeEvent, Sighting, Version
from conductatlas.history.states import PUBLISHED, with_state
from conductatlas.history.weave import weave

Policy = Callable[..., bytes]


@pytest.fixture
def texts(clauses: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Texts by letter. B says "10 days" in A's place; C moves A's last clause to the front; D has neither."""
    return {
        "A": clauses,
        "B": tuple(text.replace("30 days", "10 days") for text in clauses),
        "C": (clauses[-1], *clauses[:-1]),
        "D": tuple(text.replace("16 years", "18 years") for text in clauses),
    }


def seen(
    archive: Any, policy: Policy, texts: dict[str, tuple[str, ...]], letters: str, hours: int = 2
) -> list[str]:
    """Check a document once for each letter; each change as its kind and its states."""
    document = archive.document()
    for letter in letters:
        archive.serve(policy(*texts[letter]))
        archive.check(document)
        archive.later(hours=hours)
    return [
        " ".join([change.kind, *change.events.order_by("pk").values_list("state", flat=True)])
        for change in Change.objects.order_by("pk")
    ]


@pytest.mark.parametrize(
    ("letters", "changes"),
    [
        ("AB", ["substantive candidate"]),
        ("ABB", ["substantive candidate confirmed"]),
        ("ABA", ["substantive candidate withdrawn"]),
        ("ABAA", ["substantive candidate withdrawn"]),
        ("ABABA", ["substantive candidate withdrawn"]),
        ("ABABAB", ["substantive candidate withdrawn two_texts"]),
        ("ABABABABAB", ["substantive candidate withdrawn two_texts"]),
        ("ABBAA", ["substantive candidate confirmed"]),
        ("ABBABAB", ["substantive candidate confirmed two_texts"]),
        ("ABD", ["substantive candidate withdrawn", "substantive candidate"]),
        ("ABDD", ["substantive candidate withdrawn", "substantive candidate confirmed"]),
    ],
)
def test_what_becomes_of_changes(
    archive: Any, policy: Policy, texts: dict[str, tuple[str, ...]], letters: str, changes: list[str]
) -> None:
    assert seen(archive, policy, texts, letters) == changes


@pytest.mark.parametrize(
    ("letters", "changes"),
    [
        ("ABABBBB", ["substantive candidate withdrawn confirmed"]),  # a deployment that came slowly
        ("ABBAAA", ["substantive candidate confirmed"]),  # three checks, over 60 hours
        ("ABBAAAA", ["substantive candidate confirmed", "reverted candidate confirmed"]),
        ("ABABABBBBBB", ["substantive candidate withdrawn two_texts confirmed"]),
        ("ABABABAAAAA", ["substantive candidate withdrawn two_texts withdrawn"]),
        (
            "ABBABABAAAA",
            ["substantive candidate confirmed two_texts confirmed", "reverted candidate confirmed"],
        ),
    ],
)
def test_what_stays_is_told_once_it_was_the_only_text_for_three_days(
    archive: Any, policy: Policy, texts: dict[str, tuple[str, ...]], letters: str, changes: list[str]
) -> None:
    assert seen(archive, policy, texts, letters, hours=30) == changes


def test_a_text_found_again_makes_no_version(
    archive: Any, policy: Policy, texts: dict[str, tuple[str, ...]]
) -> None:
    seen(archive, policy, texts, "ABABAB")
    first, second = Version.objects.order_by("pk")
    found = Sighting.objects.order_by("pk").values_list("version", flat=True)
    assert list(found) == [first.pk, second.pk, first.pk, second.pk]
    assert (
        list(Check.objects.order_by("pk").values_list("outcome", "reason"))[2:]
        == [("unchanged", "earlier_text")] * 4
    )


def test_a_clause_that_moved_and_moved_back_confirms_nothing(
    archive: Any, policy: Policy, texts: dict[str, tuple[str, ...]]
) -> None:
    assert seen(archive, policy, texts, "ACA") == ["editorial candidate withdrawn"]


def test_a_return_is_a_version_made_by_the_check_that_found_it_first_and_names_the_one_that_stood(
    archive: Any, policy: Policy, texts: dict[str, tuple[str, ...]]
) -> None:
    seen(archive, policy, texts, "ABBAAAAAA", hours=30)
    first, second, third = Version.objects.order_by("pk")
    change = Change.objects.latest("pk")
    assert (change.old_version, change.new_version, change.returns_to) == (second, third, first)
    assert third.check_row == Check.objects.order_by("pk")[3]
    assert third.at == change.seen_at
    assert third.readings.get().text == first.readings.get().text
    assert [event.check_row for event in change.events.order_by("pk")] == list(
        Check.objects.order_by("pk")[3:7:3]
    )


def test_a_text_that_only_looks_otherwise_is_the_same_text(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    document = archive.document()
    for text in (
        clauses,
        tuple(c.replace("e-mail", "e‑mail").replace(". ", ".  ") for c in clauses),
        clauses,
    ):
        archive.serve(policy(*text))
        archive.check(document)
        archive.later(hours=24)
    assert Version.objects.count() == 1
    assert not Sighting.objects.exists()
    assert {row.reason for row in Check.objects.all()} == {"first_version", ""}


def test_while_a_change_awaits_confirmation_nothing_is_asked_conditionally(
    archive: Any, policy: Policy, texts: dict[str, tuple[str, ...]]
) -> None:
    from conductatlas.archive.memory import Page

    document = archive.document()
    for letter in "AABBB":
        archive.serve(Page(policy(*texts[letter]), headers={"ETag": f'"{letter}"'}))
        archive.check(document)
        archive.later(hours=2)
    sent = [dict(fields) for url, fields in archive.fetcher.asked if url.endswith("/terms")]
    assert [fields.get("If-None-Match") for fields in sent] == [None, '"A"', '"A"', None, '"B"']


@pytest.fixture
def circulating(texts: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """P differs from A in its law; Q and B make the same change of each, T makes another of A. Behind a number that is
    another one the clause is the same; in R, which stands where A's clause is not the same, it is not."""

    def edit(letter: str, old: str, new: str) -> tuple[str, ...]:
        return tuple(text.replace(old, new) for text in found[letter])

    found = dict(texts)
    found["P"] = edit("A", "Ireland", "Germany")
    found["Q"] = edit("P", "30 days", "10 days")
    found["T"] = edit("A", "30 days", "20 days")
    found["E"] = edit("D", "30 days", "10 days")
    found["S"] = edit("P", "We may change these terms.", "We may change these terms and our prices.")
    found["R"] = edit("S", "30 days", "10 days")
    return found


@pytest.mark.parametrize(
    ("letters", "last"),
    [
        ("APAPAPQBB", "alike"),
        ("APAPAPQQBB", "alike"),
        ("APAPAPQQTT", "confirmed"),  # another number
        ("ASASASRRBB", "confirmed"),  # the clause around it is another one
        ("ABBDDEE", "confirmed"),  # the same edit again, since it was undone between
    ],
)
def test_the_same_change_of_two_texts_in_circulation_is_told_once(
    archive: Any, policy: Policy, circulating: dict[str, tuple[str, ...]], letters: str, last: str
) -> None:
    seen(archive, policy, circulating, letters)
    told = ChangeEvent.objects.latest("pk")
    assert (told.state, told.change) == (last, Change.objects.latest("pk"))
    if last == "alike":
        assert told.told_by == Change.objects.order_by("pk")[1]
        assert told.change not in [*changes_told()]
        assert told.told_by in [*changes_told()]
    else:
        assert told.told_by is None


def changes_told() -> list[Change]:
    return list(with_state(Change.objects.all()).filter(state__in=PUBLISHED))


def test_taking_in_older_texts_leaves_what_is_alike_as_it_is(
    archive: Any, policy: Policy, circulating: dict[str, tuple[str, ...]]
) -> None:
    seen(archive, policy, circulating, "APAPAPQBB")
    before = ChangeEvent.objects.count()
    weave(Document.objects.get(), archive.clock.now())
    assert ChangeEvent.objects.count() == before
