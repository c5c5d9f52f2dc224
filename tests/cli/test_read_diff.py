from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Policy = Callable[..., bytes]


@pytest.mark.first_start
def test_read_gives_the_text_and_what_is_known_of_it(shell: Any, tmp_path: Path, policy: Policy) -> None:
    (tmp_path / "page.html").write_bytes(policy())
    ran = shell("read", str(tmp_path / "page.html"), "--json")
    assert ran.code == 0, ran.err
    row = ran.rows[0]
    assert row["gate"]["verdict"] == "policy"
    assert (row["title"], row["kind"], row["language"]) == ("Terms of Use", "terms", "en")
    assert row["dates"] == {"updated": None, "effective": None}
    assert [(section["number"], section["title"]) for section in row["sections"]][:2] == [
        ("", "Terms of Use"),
        ("1", "Clause"),
    ]
    kind, start, end, level, _ = row["marks"][0]
    assert (kind, level, row["text"][start:end]) == ("heading", 1, "Terms of Use")
    assert row["markdown"].startswith("# Terms of Use")
    assert not (shell.folder / "conductatlas.sqlite3").exists()


def test_read_says_what_a_page_is_that_is_no_policy(shell: Any, tmp_path: Path) -> None:
    (tmp_path / "wall.html").write_text(
        "<title>Log in</title><form><h1>Log in</h1><input type=password><button>Log in</button></form>"
    )
    ran = shell("read", str(tmp_path / "wall.html"), "--json")
    assert (ran.code, ran.rows[0]["gate"]["verdict"]) == (0, "login_wall")


def test_read_asks_an_address_through_the_guard(shell: Any, web: Any, policy: Policy) -> None:
    web.page = policy()
    refused = shell("read", web.url, "--json")
    assert refused.rows[0]["error"]["code"] == "address_refused"
    shell.environment["CONDUCTATLAS_ALLOWED_NETWORKS"] = "127.0.0.0/8"
    assert shell("read", web.url, "--json").rows[0]["gate"]["verdict"] == "policy"


def test_read_of_what_is_no_text_is_a_typed_error(shell: Any, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(4000))
    assert shell("read", str(tmp_path / "a.png"), "--json").rows[0]["error"]["code"] == "unreadable"
    assert shell("read", str(tmp_path / "none.html"), "--json").rows[0]["error"]["code"] == "not_found"


def test_diff_of_two_files(shell: Any, tmp_path: Path) -> None:
    old, new, page = tmp_path / "old.md", tmp_path / "new.md", tmp_path / "redline.html"
    old.write_text("# Terms\n\nYou may cancel within 30 days.\n\nWe will tell you.\n")
    new.write_text("# Terms\n\nYou may cancel within 10 days.\n\nWe will tell you.\n")
    ran = shell("diff", str(old), str(new), "--html", str(page), "--json")
    assert ran.code == 0, ran.err
    row = ran.rows[0]
    assert (row["kind"], len(row["hunks"])) == ("substantive", 1)
    assert row["hunks"][0]["old"] == "You may cancel within 30 days."
    assert row["hunks"][0]["new"] == "You may cancel within 10 days."
    assert "<del" in page.read_text()
    assert (row["severity"], row["direction"], row["hunks"][0]["rank"]) == ("medium", "less_favourable", 1)
    assert row["summary"]["items"] == [{"verb": "altered", "hunk": 0, "old": [6, 36], "new": [6, 36]}]
    told = shell("diff", str(old), str(new)).out
    assert "less favourable to the user than the earlier wording, rule F4" in told
    assert shell("diff", str(old), str(old), "--json").rows[0]["kind"] is None


def test_diff_of_two_versions_of_the_archive(shell: Any, web: Any, policy: Policy) -> None:
    shell.declare(web.url)
    web.page = policy()
    shell("check", "--all")
    web.page = web.page.replace(b"30 days", b"10 days")
    shell("check", "--all")
    ran = shell("diff", "CA-V-1", "CA-V-000002", "--json")
    assert ran.rows[0]["kind"] == "substantive"
    assert shell("diff", "CA-V-1", "CA-V-9", "--json").rows[0]["error"]["code"] == "not_found"
