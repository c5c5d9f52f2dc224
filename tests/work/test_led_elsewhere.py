"""A link of a rule that leads elsewhere while every word stays (S13): a version and a change, told once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conductatlas.history import telling
from conductatlas.history.models import Change, Reading, Version
from conductatlas.history.sentences import summary

Policy = Callable[..., bytes]

pytestmark = pytest.mark.django_db


def page(policy: Policy, clauses: tuple[str, ...], rule: str, chat: str = "", note: str = "") -> bytes:
    """A policy with a list of sub-processors at `rule`, a picture at `chat`, and bytes that say nothing."""
    listed = f'Our sub-processors are listed <a href="https://heron.example/{rule}">here</a>.'
    shown = f'Herons are shown <a href="https://heron.example/{chat}">here</a>.'
    return policy(*clauses, listed, shown, extra=f"<!-- {note} -->")


def seen(archive: Any, policy: Policy, clauses: tuple[str, ...], *pages: dict[str, str]) -> list[str]:
    document = archive.document()
    for number, one in enumerate(pages):
        archive.serve(page(policy, clauses, **{"chat": "birds", "note": str(number), **one}))
        archive.check(document)
        archive.later(hours=2)
    return [
        " ".join([change.kind, *change.events.order_by("pk").values_list("state", flat=True)])
        for change in Change.objects.order_by("pk")
    ]


ONE, TWO, THREE = {"rule": "list"}, {"rule": "parties"}, {"rule": "others"}


@pytest.mark.parametrize(
    ("pages", "changes", "versions"),
    [
        ((ONE, ONE), [], 1),
        ((ONE, TWO), ["substantive candidate"], 2),
        ((ONE, TWO, TWO, TWO), ["substantive candidate confirmed"], 2),
        ((ONE, TWO, ONE, ONE), ["substantive candidate withdrawn"], 2),
        ((ONE, TWO, THREE), ["substantive candidate withdrawn", "substantive candidate"], 3),
        ((ONE, {"rule": "list?utm_source=mail#top"}, {"rule": "list/"}), [], 1),
        ((ONE, {"rule": "list", "chat": "fish"}), [], 1),
    ],
)
def test_what_becomes_of_it(
    archive: Any,
    policy: Policy,
    clauses: tuple[str, ...],
    pages: tuple[dict[str, str], ...],
    changes: list[str],
    versions: int,
) -> None:
    assert seen(archive, policy, clauses, *pages) == changes
    assert Version.objects.count() == versions


def test_the_change_names_both_places(archive: Any, policy: Policy, clauses: tuple[str, ...]) -> None:
    seen(archive, policy, clauses, ONE, TWO, TWO)
    (hunk,) = Change.objects.get().hunks.all()
    assert (hunk.kind, hunk.rules[0]) == ("relinked", "S13")
    assert (hunk.old_target, hunk.new_target) == (
        "https://heron.example/list",
        "https://heron.example/parties",
    )
    assert len(set(Reading.objects.values_list("digest", flat=True))) == 1
    assert summary(Change.objects.get()) == "1 link leads elsewhere."


def test_words_confirm_the_link_beside_them(archive: Any, policy: Policy, clauses: tuple[str, ...]) -> None:
    """The next text differs once more, and still leads to the new place."""
    document = archive.document()
    ten = tuple(text.replace("30 days", "10 days") for text in clauses)
    for own, rule in ((clauses, "list"), (clauses, "parties"), (ten, "parties")):
        archive.serve(page(policy, own, rule))
        archive.check(document)
        archive.later(hours=2)
    first, second = Change.objects.order_by("pk")
    assert [event.state for event in first.events.order_by("pk")] == ["candidate", "confirmed"]
    assert [event.state for event in second.events.order_by("pk")] == ["candidate"]


def test_another_link_confirms_the_one_beside_it(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    """The next text has the same words once more, still leads to the new place, and elsewhere at another rule."""
    document = archive.document()
    for rule, objecting in (("list", "out"), ("parties", "out"), ("parties", "object")):
        opt_out = f'You can opt out at any time <a href="https://heron.example/{objecting}">here</a>.'
        archive.serve(page(policy, (*clauses, opt_out), rule))
        archive.check(document)
        archive.later(hours=2)
    first, second = Change.objects.order_by("pk")
    assert [event.state for event in first.events.order_by("pk")] == ["candidate", "confirmed"]
    assert [event.state for event in second.events.order_by("pk")] == ["candidate"]


def test_a_reading_of_an_older_release_is_looked_at_again(
    archive: Any, policy: Policy, clauses: tuple[str, ...]
) -> None:
    """What was recorded before links counted has no digest of them: the same page is the same text all the same."""
    document = archive.document()
    archive.serve(page(policy, clauses, "list"))
    archive.check(document)
    version = Version.objects.get()
    reading = version.readings.get()
    reading.links_digest = None
    assert Reading.objects.filter(pk=reading.pk, links_digest=None).count() == 0
    assert telling.is_same(reading, reading.value())
    reading.normal_digest = "0" * 64
    assert telling._form(reading) == telling._form(version.readings.get())
