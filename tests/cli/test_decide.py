"""`review` and `decide`: what waits for a person, and what that person makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Policy = Callable[..., bytes]


@pytest.fixture
def changed(shell: Any, web: Any, policy: Policy) -> Any:
    """A shell whose archive has one change, CA-C-1, seen once."""
    shell.declare(web.url)
    web.page = policy()
    assert shell("check", "--all", "--now", "2026-03-01").code == 0
    web.page = policy().replace(b"days", b"weeks").replace(b"may", b"must")
    row = shell("check", "--all", "--now", "2026-03-02", "--json").rows[0]
    assert row["outcome"] == "changed"
    shell.change = row["change"]
    return shell


def test_a_decision_is_an_event_with_its_reason(changed: Any) -> None:
    row = changed("decide", changed.change, "contested", "--why", "The platform disagrees.", "--json").rows[0]
    assert (row["state"], row["who"], row["why"]) == ("contested", "operator", "The platform disagrees.")
    waiting = changed("review", "--json").rows
    assert [(row["change"], row["state"]) for row in waiting] == [(changed.change, "contested")]
    row = changed(
        "decide", changed.change, "withdrawn", "--why", "Our fault.", "--who", "Ada", "--json"
    ).rows[0]
    assert (row["state"], row["who"]) == ("withdrawn", "Ada")
    assert changed("review", "--json").rows == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("CA-C-999999", "confirmed", "--why", "x"), "not_found"),
        (("CA-V-1", "confirmed", "--why", "x"), "not_found"),
        (("nonsense", "confirmed", "--why", "x"), "not_found"),
    ],
)
def test_what_is_no_change_cannot_be_decided(changed: Any, arguments: tuple[str, ...], code: str) -> None:
    ran = changed("decide", *arguments, "--json")
    assert (ran.code, ran.rows[0]["error"]["code"]) == (1, code)


def test_a_decision_needs_its_reason(changed: Any) -> None:
    ran = changed("decide", changed.change, "confirmed", "--why", " ", "--json")
    assert ran.rows[0]["error"]["code"] == "not_found"
