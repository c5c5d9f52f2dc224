"""`law`: the register, and one instrument of it."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Shell

from conductatlas.reading.law.register import register


def test_the_register_needs_no_database(tmp_path: Path) -> None:
    ran = Shell(tmp_path / "data")("law", "--json")
    assert ran.code == 0, ran.err
    assert {row["instrument"] for row in ran.rows} == set(register())
    assert ran.rows[0]["jurisdiction"] == "EU"
    rosca = next(row for row in ran.rows if row["instrument"] == "rosca")
    assert rosca["status"] == "in_force"
    assert rosca["articles"] == len(register()["rosca"].articles)
    assert not (tmp_path / "data").exists()


def test_an_instrument_with_its_articles_and_conditions(tmp_path: Path) -> None:
    (row,) = Shell(tmp_path / "data")("law", "gdpr", "--json").rows
    article = next(one for one in row["articles"] if one["article"] == "gdpr/13")
    rule = next(one for one in article["rules"] if "data_collection" in one["types"])
    assert rule["relation"] == "governs_disclosure"
    assert {"kind", "says"} == rule["conditions"][0].keys()


def test_people_read_may_and_the_conditions(tmp_path: Path) -> None:
    ran = Shell(tmp_path / "data")("law", "faa")
    assert (
        "may govern the term, on these conditions: disputes go to arbitration instead of a court" in ran.out
    )


def test_what_stands_no_longer_is_said_to_be_repealed(tmp_path: Path) -> None:
    assert "repealed with effect from 20 July 2025" in Shell(tmp_path / "data")("law", "odr").out


def test_an_instrument_that_is_none(tmp_path: Path) -> None:
    ran = Shell(tmp_path / "data")("law", "walrus", "--json")
    assert ran.code == 1
    assert ran.rows[-1]["error"]["code"] == "unknown_instrument"
