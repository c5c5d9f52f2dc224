"""What is put beside each other: each value with its clause, and silence told from what was not read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.provisions.test_counts import hide, owls, watched, wrens
from tests.work.conftest import CLAUSES, Archive, policy

from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.models import Document
from conductatlas.catalogue.queries import PlatformRecord
from conductatlas.provisions import asking
from conductatlas.provisions.comparing import compare
from conductatlas.provisions.comparison import Comparison, FactRow, Outcome, State, listed, outcome_of
from conductatlas.provisions.entities import beside
from conductatlas.provisions.tables import beside_object, comparison_object

__all__ = ["owls", "wrens"]


def platforms(*slugs: str) -> list[PlatformRecord]:
    return catalogue.platforms_named(None, slugs)


def compared(archive: Archive, type_: str, *slugs: str) -> Comparison:
    return compare(type_, platforms(*slugs), archive.clock.now() - timedelta(days=365))


def row(found: Comparison, name: str) -> FactRow:
    return next(one for one in found.rows if one.name == name)


def ask(archive: Archive) -> None:
    for platform in asking.stale():
        asking.fill(platform, archive.clock.now())


def test_values_stand_aligned_with_their_clauses(archive: Archive, owls: Document, wrens: Document) -> None:
    found = compared(archive, "age", "owl", "wren")
    minimum = row(found, "minimum")
    assert [cell.said for cell in minimum.cells] == ["16", "18"]
    assert minimum.outcome is Outcome.DIFFERENT
    for cell, column in zip(minimum.cells, found.columns, strict=True):
        (one,) = cell.stated
        assert one.finding.document.platform.pk == column.platform.pk
        assert cell.said in one.quote
    assert found.sentences[0] == "Minimum age: Owl states 16; Wren states 18."
    assert row(compared(archive, "liability_cap", "owl", "wren"), "cap").outcome is Outcome.SAME


def test_silence_is_told_from_what_could_not_be_read(
    archive: Archive, owls: Document, wrens: Document
) -> None:
    unread = archive.document("http://tern.example/terms", slug="tern-terms")
    Document.objects.filter(pk=unread.pk).update(platform=_platform("tern"))
    found = compared(archive, "governing_law", "owl", "wren", "tern")
    law = row(found, "law")
    assert [cell.state for cell in law.cells] == [State.STATED, State.NOT_STATED, State.NOT_READ]
    assert law.outcome is Outcome.SOME
    assert found.sentences[-1].endswith(
        "Wren: not stated in what could be read. Tern: no document that may state it could be read."
    )
    assert [len(column.unread) for column in found.columns] == [0, 0, 1]
    assert found.columns[1].clauses == () and found.columns[1].read != ()


def _platform(slug: str) -> int:
    from conductatlas.catalogue.models import Platform

    return Platform.objects.create(slug=slug, name=slug.title(), category="ai").pk


def test_private_documents_are_compared_with_nothing(
    archive: Archive, owls: Document, wrens: Document
) -> None:
    hide(wrens)
    found = compare("age", platforms("owl"), archive.clock.now())
    assert len(found.columns) == 1
    assert platforms("owl", "wren") == platforms("owl")


def test_a_change_of_the_year_is_told_of_the_clause_that_it_touched(
    archive: Archive, owls: Document, wrens: Document
) -> None:
    for _ in range(2):
        archive.later(days=1)
        archive.serve(
            policy(*CLAUSES[:1], CLAUSES[1].replace("16", "21"), *CLAUSES[2:]), "http://owl.example/terms"
        )
        archive.check(owls)
    found = compared(archive, "age", "owl", "wren")
    ((told,), none) = (column.changes for column in found.columns)
    assert told.how == "reworded" and told.slug
    assert none == ()
    assert compared(archive, "governing_law", "owl", "wren").columns[0].changes == ()


def test_what_is_stated_for_all_is_not_repeated_for_some(archive: Archive, owls: Document) -> None:
    from conductatlas.provisions.comparison import FactCell
    from conductatlas.provisions.fact_queries import stated

    (one,) = stated([("age", "minimum")])[owls.platform.pk, "age", "minimum"]
    from dataclasses import replace

    eu = replace(one, region="EU")
    assert FactCell(State.STATED, (one, eu)).said == "16"
    assert FactCell(State.STATED, (one, replace(eu, value="18", raw=18))).said == "16; 18 (in EU)"
    lists = [replace(one, value=", ".join(raw), raw=raw) for raw in (["form"], ["e-mail", "form"])]
    assert FactCell(State.STATED, tuple(lists)).said == "form, e-mail"


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ([(State.STATED, "a"), (State.STATED, "a")], Outcome.SAME),
        ([(State.STATED, "a"), (State.STATED, "b")], Outcome.DIFFERENT),
        ([(State.STATED, "a"), (State.NOT_STATED, "not stated")], Outcome.SOME),
        ([(State.STATED, "a"), (State.NOT_READ, "not read")], Outcome.SOME),
        ([(State.STATED, "a"), (State.STATED, "a"), (State.NOT_READ, "not read")], Outcome.SAME),
        ([(State.NOT_STATED, "not stated"), (State.NOT_READ, "not read")], Outcome.NONE),
    ],
)
def test_how_cells_stand(cells: list[tuple[State, str]], outcome: Outcome) -> None:
    assert outcome_of(cells) is outcome


def test_names_are_listed_as_people_do() -> None:
    assert [listed("A"), listed("AB"), listed("ABC")] == ["A", "A and B", "A, B and C"]


def test_two_platforms_beside_each_other(archive: Archive, owls: Document, wrens: Document) -> None:
    ask(archive)
    found = beside(*platforms("owl", "wren"))
    outcomes = {one.question.key: one.outcome for one in found.rows}
    assert len(outcomes) == 50
    assert outcomes["min_age"] is Outcome.DIFFERENT
    assert outcomes["governing_law"] is Outcome.SOME
    assert outcomes["arbitration_provider"] is Outcome.NONE
    law = next(one for one in found.rows if one.question.key == "governing_law")
    assert [cell.said for cell in law.cells] == ["Ireland", "not stated"]
    assert [one.type.name for one in found.sides[0].only] == ["governing_law", "venue"]
    assert found.sides[1].only == () and found.untold == ()
    assert {one.question.key for one in found.of(Outcome.DIFFERENT)}.isdisjoint(
        {one.question.key for one in found.own}
    )


def test_of_kinds_that_one_lacks_nothing_is_said(archive: Archive, owls: Document, wrens: Document) -> None:
    other = watched(archive, "owl", slug="dpa", kind="dpa")
    Document.objects.filter(pk=owls.pk).update(retired_at=archive.clock.now())
    found = beside(*platforms("owl", "wren"))
    assert found.sides[0].read[0].pk == other.pk
    assert found.sides[0].only == ()
    assert "governing_law" in {one.name for one in found.untold}


def test_other_programs_read_the_same(archive: Archive, owls: Document, wrens: Document) -> None:
    ask(archive)
    row_ = comparison_object(compared(archive, "age", "owl", "wren"))
    minimum = next(one for one in row_["facts"] if one["name"] == "minimum")
    assert minimum["cells"]["wren"]["stated"][0]["value"] == 18
    two = beside_object(beside(*platforms("owl", "wren")))
    age = next(one for one in two["answers"] if one["key"] == "min_age")
    assert age["cells"]["owl"]["value"] == 16 and age["outcome"] == "different"
