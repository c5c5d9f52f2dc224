"""Checkpoints stamped as an operator has it done: two authorities over HTTP, and roots in the data folder."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.archive.openssl_authority import POLICY, make_authority
from tests.archive.stamp_server import serving_stamps


def test_checkpoints_are_stamped_and_anyone_can_check_it(shell: Any, web: Any, tmp_path: Path) -> None:
    (tmp_path / "authority").mkdir()
    authority = make_authority(tmp_path / "authority")
    root = authority.folder / "root.pem"
    shell.declare(web.url)
    with ExitStack() as servers:
        (one, _), (two, second) = (servers.enter_context(serving_stamps(authority.good)) for _ in range(2))
        with (shell.folder / "config.toml").open("a") as file:
            file.write(f'[timestamp_authorities]\none = "{one}"\n')
            file.write(f'two = {{ url = "{two}", standing = "not qualified", checked_on = 2026-11-20 }}\n')
        assert shell("check", "--all").code == 0

        without = shell("ledger", "stamp", "--json")
        assert without.code == 1
        assert "no root certificate" in without.rows[0]["error"]["message"]
        (fault,) = (row for row in shell("doctor", "--json").rows if row["subject"] == "stamps")
        assert (fault["level"], "no root certificate" in fault["message"]) == ("fault", True)

        (shell.folder / "timestamp-roots").mkdir()
        (shell.folder / "timestamp-roots" / "root.pem").write_bytes(root.read_bytes())
        second.reply = authority.wrong_nonce
        done = shell("ledger", "stamp", "--json")
        assert done.code == 1
        stamped, failed = done.rows
        assert (stamped["authority"], failed["authority"]) == ("one", "two")
        assert (stamped["fault"], failed["moment"], failed["fault"]["code"]) == (None, None, "stamp_nonce")
        (told,) = (row for row in shell("doctor", "--json").rows if row["subject"] == "stamps")
        assert told["level"] == "warning"
        assert told["message"].startswith(
            "no stamp by two yet on 1 of the checkpoints: the reply has the nonce"
        )

    shown = shell("ledger", "show", "--json").rows[0]["checkpoint"]
    (stamp,) = shown["stamps"]
    assert (stamp["authority"], stamp["policy_oid"], stamp["accuracy_seconds"]) == ("one", POLICY, 1.5)
    assert (stamp["standing"], stamp["checked_on"]) == ("not determined", None)
    assert stamp["moment"] == stamped["moment"]

    (tmp_path / "note.txt").write_text(shown["note"])  # as the how-to says; it has no witnesses
    (tmp_path / "reply.tsr").write_bytes(authority_reply(shell.folder / "conductatlas.sqlite3"))
    verdict = subprocess.run(
        ["openssl", "ts", "-verify", "-data", "note.txt", "-in", "reply.tsr", "-CAfile", root],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert verdict.stdout.strip() == "Verification: OK", verdict.stderr


def authority_reply(database: Path) -> bytes:
    import sqlite3

    with sqlite3.connect(database) as rows:
        (reply,) = rows.execute("SELECT reply FROM archive_stamp").fetchone()
    return bytes(reply)
