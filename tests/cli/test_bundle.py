"""Bundles from the command line: written on one machine, looked at on another that has no archive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import CLAUSES, Shell, Web


@pytest.fixture
def changed(shell: Shell, web: Web, policy: Callable[..., bytes]) -> Shell:
    shell.declare(web.url)
    for clause in (CLAUSES[3], CLAUSES[3].replace("may suspend", "must suspend")):
        web.page = policy(*CLAUSES[:3], clause)
        assert shell("check", "--all").code == 0
    return shell


def test_a_bundle_is_written_and_looked_at_without_an_archive(changed: Shell, tmp_path: Path) -> None:
    file = tmp_path / "change.zip"
    ran = changed("bundle", "CA-C-1", str(file), "--json")
    (row,) = ran.rows
    assert ran.code == 0 and row["id"] == "CA-C-000001" and row["leaves"] >= 8 and row["pending"] == []
    assert row["stamps"] == 0 and row["cite_as"].startswith("Heron, “Terms of Use”, changed between")

    nowhere = Shell(tmp_path / "nowhere")
    looked = nowhere("verify", str(file), "--json")
    assert looked.code == 0 and {row["verdict"] for row in looked.rows} == {"holds", "stated", "not there"}
    assert not nowhere.folder.exists()
    told = nowhere("verify", str(file))
    assert "Proven by mathematics" in told.err and "Nothing fails." in told.err

    key = changed("ledger", "show", "--json").rows[0]["keys"][0]["verifier"]
    assert nowhere("verify", str(file), "--key", key).code == 0
    assert (
        nowhere("verify", str(file), "--key", "nonsense", "--json").rows[0]["error"]["code"] == "checkpoint"
    )

    raw = bytearray(file.read_bytes())
    raw[raw.index(b"must suspend")] ^= 1
    file.write_bytes(raw)
    broken = nowhere("verify", str(file), "--json")
    wrong = [row for row in broken.rows if row["verdict"] == "does not hold"]
    assert broken.code == 1 and wrong
    assert all(row["column"] == "proven by mathematics" and row["subject"] for row in wrong)
    assert "do not hold" in nowhere("verify", str(file)).err


def test_what_there_is_no_bundle_of_is_an_error(changed: Shell, tmp_path: Path) -> None:
    for identity in ("CA-V-99", "CA-D-1", "x"):
        ran = changed("bundle", identity, str(tmp_path / "x.zip"), "--json")
        assert (ran.code, ran.rows[0]["error"]["code"]) == (1, "not_found")
    assert changed("remove", "CA-V-1", "--reason", "An order.", "--yes").code == 0
    ran = changed("bundle", "CA-C-1", str(tmp_path / "x.zip"), "--json")
    assert (ran.code, ran.rows[0]["error"]["code"]) == (1, "removed")
    assert not (tmp_path / "x.zip").exists()
    ran = changed("verify", str(tmp_path / "x.zip"), "--json")
    assert (ran.code, ran.rows[0]["error"]["code"]) == (1, "bundle")


def test_what_is_to_be_looked_at_is_said_once(tmp_path: Path) -> None:
    nowhere = Shell(tmp_path / "nowhere")
    for words in ((), ("x.zip", "--archive"), ("x.zip", "--anew"), ("--archive", "--key", "k")):
        assert nowhere("verify", *words).code == 2, words
    assert not nowhere.folder.exists()
