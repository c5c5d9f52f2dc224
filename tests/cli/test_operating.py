"""An operator's day, as it is typed: what is wrong, what platforms reserve, a page saved by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Policy = Callable[..., bytes]


def test_an_operators_day(shell: Any, web: Any, policy: Policy, tmp_path: Path) -> None:
    shell.declare(web.url)
    web.page = b"<html><title>Sign in</title><h1>Sign in</h1><form><input type=password></form></html>"
    shell.environment["CONDUCTATLAS_INCIDENT_AFTER"] = "1"
    assert shell("check", "--all", "--now", "2026-03-01T06:00Z").code == 0
    (row,) = shell("incidents", "--json").rows
    assert (row["path"], row["checks"], row["reason"]) == ("heron/terms", 1, "login_wall")
    assert (row["since"], row["resolved_at"]) == ("2026-03-01T06:00:00+00:00", None)
    assert row["bytes_kept"] is True
    said = [one["message"] for one in shell("doctor", "--json").rows if one["subject"] == "documents"]
    assert "heron/terms: not read since 01 March 2026, login wall" in said

    saved = tmp_path / "saved.html"
    ban = b"<h2>Robots</h2><p>You may not scrape our website, and robots, spiders and the like are banned.</p></main>"
    saved.write_bytes(policy().replace(b"</main>", ban))
    call = (
        "save",
        "heron/terms",
        str(saved),
        "--at",
        "2026-03-04T07:30Z",
        "--by",
        "you@example.org",
        "--json",
    )
    assert shell("operator", "you@example.org").code == 0
    taken = shell(*call)
    assert taken.code == 0
    assert (taken.rows[0]["outcome"], taken.rows[0]["at"]) == ("changed", "2026-03-04T07:30:00+00:00")

    (ended,) = shell("incidents", "--all", "--json").rows
    assert ended["resolved_at"] is not None
    (reserved,) = shell("reservations", "heron", "--again", "--json").rows
    assert (reserved["place"], reserved["kind"]) == ("text", "no_automated_access")
    assert reserved["evidence"].startswith("You may not scrape our website")


def test_a_saved_page_that_the_gate_refuses_ends_with_1(shell: Any, web: Any, tmp_path: Path) -> None:
    shell.declare(web.url)
    saved = tmp_path / "saved.html"
    saved.write_text("<html><title>Sign in</title><h1>Sign in</h1><form><input type=password></form></html>")
    shell("operator", "you@example.org")
    done = shell("save", "heron/terms", str(saved), "--at", "2026-03-04", "--by", "you@example.org", "--json")
    assert done.code == 1
    assert (done.rows[0]["outcome"], done.rows[0]["reason"]) == ("held", "login_wall")
