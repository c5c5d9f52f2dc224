"""`questions` and `facts`, of files and of platforms."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.cli.conftest import Shell

TERMS = """<!doctype html><html lang=en><title>Terms of Use</title><main><h1>Terms of Use</h1>
<p>Last updated: 3 March 2026</p>
<h2>1. Who may use Heron</h2><p>You must be at least 16 years old to use the service.</p>
<h2>2. Changes</h2><p>We may change these terms with at least 30 days' notice by e-mail.</p>
<h2>3. Law</h2><p>These terms are governed by the laws of Ireland, and its courts have exclusive jurisdiction.</p>
</main></html>"""
PRIVACY = """<!doctype html><html lang=en><title>Privacy policy</title><main><h1>Privacy policy</h1>
<h2>1. Sharing</h2><p>We do not sell your personal information. We share it with providers who work for us.</p>
<h2>2. Contact</h2><p>Questions about your data: privacy@heron.example.</p></main></html>"""


def files(folder: Path) -> list[str]:
    found = []
    for name, text in (("terms", TERMS), ("privacy-policy", PRIVACY)):
        (folder / f"{name}.html").write_text(text, "utf-8")
        found.append(str(folder / f"{name}.html"))
    return found


def test_files_are_asked_without_a_database(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "data")
    ran = shell("questions", *files(tmp_path), "--json")
    assert ran.code == 0, ran.err
    (row,) = ran.rows
    assert len(row) == 50
    assert row["min_age"]["value"] == 16
    assert row["governing_law"]["value"] == "IE"
    assert row["governing_law"]["quote"] in TERMS
    assert row["sells_data"]["value"] == "says it does not sell"
    assert row["privacy_contact_email"]["value"] == "privacy@heron.example"
    assert row["arbitration_provider"]["value"] is None
    assert len(row["arbitration_provider"]["searched"]) == 1
    assert not (tmp_path / "data").exists()


def test_facts_of_files_as_a_table(tmp_path: Path) -> None:
    ran = Shell(tmp_path / "data")("facts", *files(tmp_path), "--csv")
    rows = list(csv.DictReader(ran.out.splitlines()))
    law = next(row for row in rows if (row["type"], row["name"]) == ("governing_law", "law"))
    assert law["value"] == "IE" and law["quote"] in TERMS


def test_what_is_neither_a_file_nor_a_platform(tmp_path: Path) -> None:
    ran = Shell(tmp_path / "data")("questions", "nobody", "--json")
    assert ran.code == 1
    assert ran.rows[-1]["error"]["code"] == "not_found"


def test_a_type_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    assert Shell(tmp_path / "data")("facts", "--type", "nonsense").code == 2
    assert Shell(tmp_path / "data")("facts").code == 2
