"""The dates that a document states of itself, and those that it does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.compare.dates import stated_dates
from conductatlas.reading.compare.knowledge import months, table
from conductatlas.reading.text.marks import Reading

MARCH, APRIL = date(2024, 3, 1), date(2024, 4, 2)


@pytest.mark.parametrize(
    ("text", "language", "updated", "effective"),
    [
        ("Last updated: March 1, 2024", "en", MARCH, None),
        ("This policy was last revised on 1 Mar. 2024.", "en", MARCH, None),
        ("Effective date\nMarch 1st, 2024", "en", None, MARCH),
        ("Effective date of these Terms: March 1, 2024", "en", None, MARCH),
        ("Effective and last updated: 1 March 2024", "en", MARCH, MARCH),
        ("Last modified 2024-03-01 | Effective 2024-04-02", "en", MARCH, APRIL),
        ("Published 2 May 2024 (last updated 1 March 2024)", "en", MARCH, None),
        ("Stand: 1. März 2024", "de", MARCH, None),
        ("Gültig ab 01.03.24", "de", None, MARCH),
        ("Dernière mise à jour : 1er mars 2024", "fr", MARCH, None),
        ("Date d'entrée en vigueur : 02/04/2024", "fr", None, APRIL),
        ("Última actualización: 1 de marzo de 2024", "es", MARCH, None),
        ("Ultimo aggiornamento: 1 marzo 2024", "it", MARCH, None),
        ("Última atualização: 1 de março de 2024", "pt", MARCH, None),
        ("Laatst bijgewerkt op 1 maart 2024", "nl", MARCH, None),
        ("Senast uppdaterad 2024-03-01", "sv", MARCH, None),
        ("Data wejścia w życie: 2 kwietnia 2024", "pl", None, APRIL),
        ("最近更新日期：2024年3月1日\n生效日期：2024年4月2日", "zh", MARCH, APRIL),
        ("2024年3月1日更新，2024年4月2日生效", "zh", MARCH, APRIL),
        ("最終更新日：2024年3月1日", "ja", MARCH, None),
        ("시행일: 2024. 4. 2.", "ko", None, APRIL),
        ("Дата последнего обновления: 1 марта 2024", "ru", MARCH, None),
    ],
)
def test_stated(text: str, language: str, updated: date | None, effective: date | None) -> None:
    found = stated_dates(Reading(f"A title\n{text}\nA clause.", (), "", language))
    assert (found.updated and found.updated.value, found.effective and found.effective.value) == (
        updated,
        effective,
    )


@pytest.mark.parametrize(
    "text",
    [
        "Last updated: March 2024",
        "Last updated: February 30, 2024",
        "Last updated: 03/04/2024",
        "March 1, 2024",
        "You may cancel until 1 January 2025.",
        "Previous version effective March 1, 2020",
        "The Data Protection Act as amended on 3 May 2018 applies to this long clause about the handling of data.",
        "Last updated recently. Founded 1 March 2004.",
    ],
)
def test_not_stated(text: str) -> None:
    found = stated_dates(Reading(text, (), "", "en"))
    assert (found.updated, found.effective) == (None, None)


def test_a_date_deep_in_the_running_text_is_not_the_documents() -> None:
    clause = "Plans sold before the change became effective on 1 March 2024 keep their price, and nothing else changes."
    text = "\n".join(["A clause."] * 60 + [clause] + ["A clause."] * 60)
    assert stated_dates(Reading(text, (), "", "en")).effective is None


def test_an_ambiguous_date_is_read_as_the_other_dates_of_the_document() -> None:
    for other, value in (("13/04/2023", date(2024, 4, 3)), ("04/13/2023", date(2024, 3, 4))):
        found = stated_dates(Reading(f"Last updated 03/04/2024\nSince {other} we\n", (), "", "en"))
        assert found.updated is not None
        assert found.updated.value == value


def test_spans_point_at_the_date() -> None:
    text = "Terms\nLast updated: 1 March 2024."
    found = stated_dates(Reading(text, (), "", "en")).updated
    assert found is not None
    assert text[found.start : found.end] == "1 March 2024"


@given(st.text(max_size=200) | st.text("0123456789./- MarchLastupdated:年月日\n", max_size=120))
def test_any_text_is_searched_without_error(text: str) -> None:
    found = stated_dates(Reading(text, (), "", ""))
    for stated in (found.updated, found.effective):
        assert stated is None or 0 <= stated.start < stated.end <= len(text)


def test_the_tables_hold_what_they_say() -> None:
    data = table("dates")
    assert {"en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl", "zh", "ja", "ko"} <= set(data["labels"])
    for labels in data["labels"].values():
        assert set(labels) == {"updated", "effective", "both", "after"}
        assert labels["updated"]
        assert labels["effective"]
        assert {kind for _, kind in labels["after"]} <= {"updated", "effective"}
    assert all(len(names) == 12 for names in data["months"].values())
    assert all(name == name.lower() for name in months())
    everywhere: dict[str, set[int]] = {}
    for names in data["months"].values():
        for number, spelled in enumerate(names, start=1):
            for name in spelled.split("|"):
                everywhere.setdefault(name, set()).add(number)
    assert {name for name, numbers in everywhere.items() if len(numbers) > 1} == set()


def test_no_label_means_two_things() -> None:
    kinds: dict[str, set[str]] = {}
    for labels in table("dates")["labels"].values():
        for kind in ("updated", "effective", "both"):
            for label in labels[kind]:
                kinds.setdefault(label, set()).add(kind)
    assert {label for label, meant in kinds.items() if len(meant) > 1} == set()


@pytest.mark.parametrize(
    "make_text", [lambda: "12/12/2020 " * 3_000, lambda: "Last updated 31.31.20 " * 2_000]
)
def test_a_log_of_dates_is_no_trouble(make_text: Callable[[], str]) -> None:
    assert stated_dates(Reading(make_text(), (), "", "en")).effective is None
