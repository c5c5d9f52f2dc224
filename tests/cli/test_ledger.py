"""The ledger from the command line: what a command wrote is sealed when it ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.cli.conftest import Shell, Web

from conductatlas.archive.checkpoint import Note, PublicKey


@pytest.fixture
def checked(shell: Shell, web: Web, policy: Callable[..., bytes]) -> Shell:
    """An archive with one document that was checked once."""
    shell.declare(web.url)
    web.page = policy()
    assert shell("check", "--all").code == 0
    return shell


def test_what_a_check_wrote_is_sealed_when_it_ends(checked: Shell) -> None:
    row = checked("ledger", "show", "--json").rows[0]
    note = Note.parse(row["checkpoint"]["note"])
    assert row["pending"] == 0 and row["size"] == note.head.size > 3
    assert note.signed_by(PublicKey.parse(row["keys"][0]["verifier"]))
    assert checked("ledger", "seal", "--json").rows[0]["sealed"] is False


def test_a_leaf_is_proven_and_what_is_none_is_refused(checked: Shell) -> None:
    row = checked("ledger", "prove", "capture-1", "--json").rows[0]
    assert row["pending"] is False and row["leaf"].startswith('{"body_digest"') and row["path"]
    for wrong in ("capture-99", "CA-V-99", "CA-D-1", "x"):
        ran = checked("ledger", "prove", wrong, "--json")
        assert (ran.code, ran.rows[0]["error"]["code"]) == (1, "not_found")


def test_a_new_key_signs_beside_the_old_one(checked: Shell) -> None:
    old = checked("ledger", "show", "--json").rows[0]["keys"][0]["verifier"]
    new = checked("ledger", "rotate-key", "--json").rows[0]["verifier"]
    note = Note.parse(checked("ledger", "show", "--json").rows[0]["checkpoint"]["note"])
    assert note.signed_by(PublicKey.parse(old)) and note.signed_by(PublicKey.parse(new))


def test_what_may_be_personal_is_erased_when_asked_twice(checked: Shell) -> None:
    words = ("remove", "capture-1", "--personal", "--reason", "A request.", "--json")
    ran = checked(*words)
    assert ran.code == 1 and not ran.rows[0]["removed"] and "headers" in ran.rows[0]["fields"]
    ran = checked(*words, "--yes")
    assert ran.code == 0 and ran.rows[0]["removed"] and "peer_address" in ran.rows[0]["fields"]
    assert checked("remove", "capture-1", "--personal", "--reason", "x", "--yes", "--json").code == 1
    assert checked("remove", "CA-V-1", "--personal", "--reason", "x", "--yes", "--json").code == 1
    assert checked("ledger", "prove", "capture-1", "--json").rows[0]["leaf"]
