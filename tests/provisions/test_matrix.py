"""All platforms in one table: each cell is stated, not stated or not read; sorted and narrowed with silence kept."""

from __future__ import annotations

import csv
import io

import pytest
from tests.provisions.test_comparing import _platform, ask
from tests.provisions.test_counts import hide, owls, watched, wrens
from tests.work.conftest import Archive

from conductatlas.catalogue.models import Document
from conductatlas.provisions.comparison import State
from conductatlas.provisions.matrix import USUAL, Asked, Matrix, column_title, known_column, matrix
from conductatlas.provisions.tables import matrix_object, matrix_rows

__all__ = ["owls", "wrens"]
COLUMNS = ("min_age", "governing_law.law", "sells_data")


@pytest.fixture
def asked(archive: Archive, owls: Document, wrens: Document) -> None:
    ask(archive)


def said(found: Matrix) -> dict[str, list[str]]:
    return {row.platform.slug: [cell.said for cell in row.cells] for row in found.rows}


def test_questions_and_facts_stand_side_by_side(asked: None) -> None:
    found = matrix(Asked(COLUMNS))
    assert said(found) == {"owl": ["16", "Ireland", "not read"], "wren": ["18", "not stated", "not read"]}
    assert [(head.stated, head.not_stated, head.not_read) for head in found.heads] == [
        (2, 0, 0),
        (1, 1, 0),
        (0, 0, 2),
    ]
    law = found.rows[0].cells[1]
    assert law.provision_id.startswith("CA-P-") and "Ireland" in law.quote
    assert found.rows[0].cells[0].version_id.startswith("CA-V-")


def test_it_is_sorted_by_size_and_silence_comes_last(asked: None) -> None:
    for sort, order in (
        ("min_age", ["owl", "wren"]),
        ("-min_age", ["wren", "owl"]),
        ("-platform", ["wren", "owl"]),
    ):
        assert list(said(matrix(Asked(COLUMNS, sort=sort)))) == order
    for sort in ("governing_law.law", "-governing_law.law"):
        assert list(said(matrix(Asked(COLUMNS, sort=sort)))) == ["owl", "wren"]


def test_it_is_narrowed(asked: None) -> None:
    assert list(said(matrix(Asked(COLUMNS, platforms=("wren", "nobody"))))) == ["wren"]
    assert list(said(matrix(Asked(COLUMNS, category="ai")))) == ["owl", "wren"]
    assert list(said(matrix(Asked(COLUMNS, category="games")))) == []
    narrowed = matrix(Asked(COLUMNS, with_=("governing_law.law",)))
    assert list(said(narrowed)) == ["owl"]
    assert narrowed.heads[1].read == 1


def test_what_could_not_be_read_is_named_and_in_no_row(archive: Archive, asked: None) -> None:
    unread = archive.document("http://tern.example/terms", slug="tern-terms")
    Document.objects.filter(pk=unread.pk).update(platform=_platform("tern"))
    found = matrix(Asked(COLUMNS))
    assert [one.slug for one in found.unread] == ["tern"]
    assert "tern" not in said(found)


def test_private_documents_are_in_no_table(archive: Archive, asked: None, wrens: Document) -> None:
    hide(wrens)
    assert list(said(matrix(Asked(COLUMNS)))) == ["owl"]


def test_several_values_are_all_told(archive: Archive, asked: None) -> None:
    watched(archive, "owl", slug="business")
    assert said(matrix(Asked(("age.minimum",))))["owl"] == ["16"]


def test_tables_for_other_programs_hold_the_same(asked: None) -> None:
    found = matrix(Asked(COLUMNS))
    out = io.StringIO()
    csv.writer(out).writerows(matrix_rows(found))
    rows = list(csv.DictReader(out.getvalue().splitlines()))
    assert [row["governing_law.law"] for row in rows] == ["Ireland", "not stated"]
    assert rows[0]["governing_law.law.at"].startswith("CA-P-") and rows[1]["governing_law.law.quote"] == ""
    made = matrix_object(found)
    assert made["rows"][1]["cells"]["governing_law.law"]["state"] == State.NOT_STATED
    assert made["columns"][0]["scope"] and made["columns"][1]["scope"] is None


def test_columns_are_known_by_their_keys() -> None:
    assert all(map(known_column, (*USUAL, *COLUMNS)))
    assert not known_column("nothing") and not known_column("age.nothing")
    assert column_title("governing_law.law") and column_title("min_age") == "Minimum age"
