from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ARBITRATION = "You and Larkspur agree that any dispute will be resolved by final and binding arbitration."


def written(folder: Path, *lines: object) -> str:
    target = folder / "texts.jsonl"
    target.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return str(target)


@pytest.mark.first_start
def test_each_line_gives_one_in_the_same_order(shell: Any, tmp_path: Path) -> None:
    ran = shell(
        "provisions",
        "classify",
        written(
            tmp_path,
            {"id": "a", "text": ARBITRATION, "kind": "terms"},
            "",
            {"id": 7, "text": ""},
            {"id": "c", "text": "We do not sell your personal information."},
        ),
    )
    assert ran.code == 0, ran.err
    assert [row["id"] for row in ran.rows] == ["a", 7, "c"]
    assert ran.rows[0]["types"][0]["type"] == "arbitration"
    assert 0.5 < ran.rows[0]["types"][0]["confidence"] <= 1
    assert ran.rows[1]["types"] == []
    assert [one["type"] for one in ran.rows[2]["types"]] == ["data_sale"]
    assert not (shell.folder / "conductatlas.sqlite3").exists()


def test_a_bad_line_is_named_and_those_before_it_stand(shell: Any, tmp_path: Path) -> None:
    for bad, why in (
        ("{", "no JSON"),
        ("[1]", "no JSON object"),
        ({"text": "x"}, "`id`"),
        ({"id": True, "text": "x"}, "`id`"),
        ({"id": "x"}, "`text`"),
        ({"id": "x", "text": 5}, "`text`"),
        ("[" * 100_000, "no JSON"),
    ):
        ran = shell("provisions", "classify", written(tmp_path, {"id": "a", "text": ARBITRATION}, bad))
        assert ran.code == 1
        assert [row["id"] for row in ran.rows] == ["a"]
        assert "line 2" in ran.err
        assert why in ran.err


def test_strange_texts_are_typed_like_others(shell: Any, tmp_path: Path) -> None:
    ran = shell(
        "provisions",
        "classify",
        written(tmp_path, {"id": 1, "text": "\0\ud800" + "liable " * 20_000}, {"id": 2, "text": "\n\t"}),
    )
    assert ran.code == 0, ran.err
    assert [row["id"] for row in ran.rows] == [1, 2]
