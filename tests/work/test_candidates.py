"""What becomes of a change that was seen once: ADR 6, text by text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conductatlas.history.models import Change, Version

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


def seen(archive: Any, policy: Policy, texts: dict[str, tuple[str, ...]], letters: str) -> list[str]:
    """Check a document once for each letter; each change as its kind and its states."""
    document = archive.document()
    for letter in letters:
        archive.serve(policy(*texts[letter]))
        archive.check(document)
        archive.later(hours=2)
    return [
        " ".join([change.kind, *change.events.order_by("pk").values_list("state", flat=True)])
        for change in Change.objects.order_by("pk")
    ]


@pytest.mark.parametrize(
    ("letters", "changes"),
    [
        ("AB", ["substantive candidate"]),
        ("ABB", ["substantive candidate confirmed"]),
        ("ABA", ["substantive candidate withdrawn", "reverted candidate withdrawn"]),
        ("ABAA", ["substantive candidate withdrawn", "reverted candidate withdrawn"]),
        (
            "ABABB",  # a deployment that came slowly: the text that stays is new, and no return
            [
                "substantive candidate withdrawn",
                "reverted candidate withdrawn",
                "substantive candidate confirmed",
            ],
        ),
        ("ABBAA", ["substantive candidate confirmed", "reverted candidate confirmed"]),
        ("ABD", ["substantive candidate withdrawn", "substantive candidate"]),
    ],
)
def test_what_becomes_of_changes(
    archive: Any, policy: Policy, texts: dict[str, tuple[str, ...]], letters: str, changes: list[str]
) -> None:
    assert seen(archive, policy, texts, letters) == changes


def test_a_clause_that_moved_and_moved_back_confirms_nothing(
    archive: Any, policy: Policy, texts: dict[str, tuple[str, ...]]
) -> None:
    changes = seen(archive, policy, texts, "ACA")
    assert [change.split(" ", 1)[1] for change in changes] == ["candidate withdrawn", "candidate withdrawn"]


def test_a_return_names_the_version_that_stood(
    archive: Any, policy: Policy, texts: dict[str, tuple[str, ...]]
) -> None:
    seen(archive, policy, texts, "ABABBAA")
    assert Change.objects.latest("pk").returns_to == Version.objects.order_by("pk")[2]


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
