"""`compare` and `matrix`, as people run them."""

from __future__ import annotations

import csv
from collections.abc import Callable

from tests.cli.conftest import Shell, Web
from tests.cli.test_provisions import watched

__all__ = ["watched"]


def test_a_matrix_of_what_is_watched(watched: Shell) -> None:
    (row,) = watched(
        "matrix", "--questions", "min_age", "--facts", "age.minimum,governing_law.law", "--json"
    ).rows
    assert [column["key"] for column in row["columns"]] == ["min_age", "age.minimum", "governing_law.law"]
    cell = row["rows"][0]["cells"]["age.minimum"]
    assert (row["rows"][0]["platform"], cell["state"], cell["value"]) == ("heron", "stated", 16)
    table = list(csv.DictReader(watched("matrix", "--facts", "age.minimum", "--csv").out.splitlines()))
    assert table[0]["age.minimum"] == "16" and table[0]["age.minimum.at"].startswith("CA-P-")
    assert (
        "Minimum age: stated by 1 of 1 that could be read" in watched("matrix", "--facts", "age.minimum").out
    )
    wrong = watched("matrix", "--facts", "age.nothing")
    assert wrong.code == 2 and "neither a question nor a fact" in wrong.err


def test_two_platforms_are_compared(shell: Shell, web: Web, policy: Callable[..., bytes]) -> None:
    shell.declare(web.url)
    heron = (shell.folder / "mine" / "heron.toml").read_text()
    (shell.folder / "mine" / "wren.toml").write_text(heron.replace("Heron", "Wren").replace("heron", "wren"))
    web.page = policy()
    assert shell("check", "--all", "--json").code == 0
    (row,) = shell("compare", "age", "heron", "wren", "--json").rows
    minimum = next(one for one in row["facts"] if one["name"] == "minimum")
    assert minimum["outcome"] == "the same"
    assert "state the same, 16." in shell("compare", "age", "heron", "wren").out


def test_what_can_not_be_compared_is_said(watched: Shell) -> None:
    assert "no type has this name" in watched("compare", "nothing", "heron", "wren").err
    missing = watched("compare", "age", "heron", "nobody")
    assert missing.code == 1 and "no platform is called nobody" in missing.err
    assert "2 to 6 platforms" in watched("compare", "age", "heron").err
