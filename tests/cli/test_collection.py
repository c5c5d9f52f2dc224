"""`catalogue import` and `catalogue export`, as people run them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conductatlas.catalogue.declarations import load_folders
from conductatlas.cli.app import app

Run = Callable[..., tuple[int, list[dict[str, object]]]]

HERON = {
    "name": "Heron",
    "terms": {
        "Terms of Service": {
            "fetch": "https://heron.example/terms",
            "select": "main",
            "filter": ["dropDates"],
        },
        "Privacy Policy": {"fetch": "https://heron.example/privacy", "select": "main["},
    },
}


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    folder = tmp_path / "theirs" / "declarations"
    folder.mkdir(parents=True)
    (folder / "Heron.json").write_text(json.dumps(HERON, indent=2))
    return folder.parent


@pytest.fixture
def run() -> Run:
    def call(*words: object) -> tuple[int, list[dict[str, object]]]:
        done = CliRunner().invoke(app, [*map(str, words), "--json"])
        return done.exit_code, [json.loads(line) for line in done.output.splitlines()]

    return call


def test_what_could_be_taken_is_written_and_the_rest_is_told(
    collection: Path, tmp_path: Path, run: Run
) -> None:
    ours = tmp_path / "ours"
    code, (written, script, selector) = run(
        "catalogue", "import", collection, "--to", ours, "--category", "social"
    )
    assert code == 1, "something was left out"
    assert written == {
        "platform": "heron",
        "name": "Heron",
        "file": str(ours / "heron.toml"),
        "outcome": "written",
        "documents": 1,
        "past": 0,
    }
    assert (script["line"], script["severity"]) == (7, "notice")
    assert (selector["line"], selector["severity"]) == (13, "error")
    assert "dropDates" in str(script["message"])
    assert (ours / "heron.toml").read_text() == (
        'name = "Heron"\nslug = "heron"\ncategory = "social"\n\n'
        '[[documents]]\nkind = "terms"\nurl = "https://heron.example/terms"\nselect = ["main"]\n'
    )
    code, rows = run("catalogue", "lint", ours)
    assert (code, rows) == (0, [])


def test_a_file_that_says_something_else_is_left_unless_told(
    collection: Path, tmp_path: Path, run: Run
) -> None:
    words = ("catalogue", "import", collection, "--to", tmp_path)
    run(*words)
    assert run(*words)[1][0]["outcome"] == "same"
    file = tmp_path / "heron.toml"
    file.write_text("# mine\n")
    code, rows = run(*words)
    assert (code, rows[0]["outcome"], file.read_text()) == (1, "stands", "# mine\n")
    assert run(*words, "--replace")[1][0]["outcome"] == "written"
    assert "Heron" in file.read_text()
    assert {path.name for path in tmp_path.iterdir()} == {"heron.toml", "theirs"}, "no draft is left"


def test_a_kind_or_category_that_is_none_is_a_fault_of_the_call(collection: Path, tmp_path: Path) -> None:
    faults = {
        ("--category", "misc"): "Known:",
        ("--kind", "Boat Ballad=ballad"): "Known:",
        ("--kind", "terms"): "TYPE=",
    }
    for words, told in faults.items():
        done = CliRunner().invoke(
            app, ["catalogue", "import", str(collection), "--to", str(tmp_path), *words]
        )
        assert done.exit_code == 2
        assert told in done.output
        assert not (tmp_path / "heron.toml").exists()


def test_a_folder_that_cannot_be_written_is_a_typed_error(collection: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = CliRunner().invoke(app, ["catalogue", "import", str(collection), "--to", str(tmp_path / "file")])
    assert getattr(done.exception, "code", "") == "declaration"


def test_what_is_declared_is_given_back_in_both_formats(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = tmp_path / "heron.toml"
    declared.write_text(
        'name = "Heron"\nslug = "heron"\ncategory = "social"\n\n'
        '[[documents]]\nkind = "terms"\ntitle = "Our Terms"\nurl = "https://heron.example/terms"\n\n'
        '[[documents.history]]\nvalid_until = 2024-01-01\nurl = "https://heron.example/tos"\n'
    )
    broken = tmp_path / "broken.toml"
    broken.write_text("name = ")
    monkeypatch.setattr("conductatlas.cli.declared.declared", lambda _: load_folders([declared]))
    theirs = tmp_path / "theirs"
    code, (written, past, of_platform, of_document) = run("catalogue", "export", theirs, "--format", "ota")
    assert code == 0
    assert written["file"] == str(theirs / "declarations" / "Heron.json")
    assert past["file"] == str(theirs / "declarations" / "Heron.history.json")
    assert of_platform == {"path": "heron", "lost": ["category"], "remarks": []}
    assert (of_document["path"], of_document["lost"]) == ("heron/terms", ["title"])
    assert json.loads(Path(written["file"]).read_text())["terms"] == {
        "Terms of Service": {"fetch": "https://heron.example/terms"}
    }
    code, rows = run("catalogue", "export", tmp_path / "ours", "--platform", "heron")
    assert (code, [row["outcome"] for row in rows]) == (0, ["written"])
    assert load_folders([tmp_path / "ours"]).platforms == load_folders([declared]).platforms
    unknown = CliRunner().invoke(app, ["catalogue", "export", str(tmp_path), "--platform", "egret"])
    assert getattr(unknown.exception, "code", "") == "not_found"
    monkeypatch.setattr("conductatlas.cli.declared.declared", lambda _: load_folders([declared, broken]))
    code, rows = run("catalogue", "export", tmp_path / "ours")
    assert (code, rows[0]["outcome"], rows[1]["file"]) == (1, "same", str(broken))
