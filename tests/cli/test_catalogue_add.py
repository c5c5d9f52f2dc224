"""`catalogue add` as people run it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_an_address_becomes_a_declaration_once(shell: Any, web: Any, policy: Callable[..., bytes]) -> None:
    web.page = policy()
    shell.environment = {
        "CONDUCTATLAS_ALLOWED_NETWORKS": "127.0.0.0/8",
        "CONDUCTATLAS_HOST_SPACING": "0",
        "CONDUCTATLAS_SHIPPED_CATALOGUE": "false",
    }
    named = ("catalogue", "add", web.url, "--name", "Heron", "--category", "social")
    tried = shell(*named, "--dry-run", "--json")
    assert [row["outcome"] for row in tried.rows] == ["document", "proposed"], tried.err
    assert not (shell.folder / "declarations").exists()
    done = shell(*named)
    assert done.code == 0, done.err
    assert "+ Terms of Use (terms; en" in done.out
    written = (shell.folder / "declarations" / "heron.toml").read_text()
    assert written == tried.rows[1]["declaration"]
    again = shell(*named, "--json")
    assert (again.code, [row["outcome"] for row in again.rows]) == (0, ["already_declared"])
    assert shell("catalogue", "lint").code == 0
    assert shell("catalogue", "list", "--unverified", "--json").rows[0]["path"] == "heron/terms"
    web.page = b"<title>Sign in</title><h1>Sign in to continue</h1><form><input type=password></form>"
    refused = shell("catalogue", "add", web.url + "?x", "--json")
    assert (refused.code, refused.rows[0]["reason"]) == (1, "login_wall")
