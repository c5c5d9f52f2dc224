"""Which texts are in circulation: those that checks find in turn."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from tests.history.test_queries import DAY, NOW, Desk

from conductatlas.history import circulation, counts, life
from conductatlas.history.models import Sighting, Version

pytestmark = pytest.mark.django_db
QUARTER = timedelta(days=90)


class Table(Desk):
    """A desk whose versions have texts of their own, and whose checks may find any of them."""

    def text(self, at_days: float, letter: str) -> Version:
        return self.version(NOW - at_days * DAY, text=letter, readers=(1,), normal_digest=letter * 64)

    def met(self, at_days: float, version: Version | None = None, place: str = "") -> None:
        check = self.check(NOW - at_days * DAY, place=place)
        if version:
            Sighting.objects.create(check_row=check, version=version)

    def circulating(self) -> list[tuple[int, int, int]]:
        found = counts.circulating(self.row.pk, NOW - QUARTER)
        return [(text.version, text.captures, text.of) for text in found]

    def number(self) -> int:
        return counts.texts_in_circulation([self.row.pk], NOW - QUARTER)[self.row.pk]


def test_one_text_after_another_is_no_circulation(db: None) -> None:
    table = Table()
    assert (table.number(), table.circulating()) == (0, [])
    table.text(80, "a")
    table.met(70)
    table.text(60, "b")
    table.met(50)
    assert (table.number(), table.circulating()) == (1, [])


def test_texts_met_in_turn_are_and_their_shares_sum(db: None) -> None:
    table = Table()
    a = table.text(120, "a")
    table.met(100)
    table.met(80)
    b = table.text(70, "b")
    table.met(60, a)
    table.met(50)
    table.met(40, b)
    table.met(30)
    table.met(20, a)
    assert table.circulating() == [(a.pk, 4, 7), (b.pk, 3, 7)]
    assert table.number() == 2
    first, second = counts.circulating(table.row.pk, NOW - QUARTER)
    assert (first.first_at, first.last_at, first.percent) == (NOW - 120 * DAY, NOW - 20 * DAY, 57)
    assert (second.first_at, second.last_at, second.percent) == (NOW - 70 * DAY, NOW - 30 * DAY, 43)
    assert (first.ordinal, second.ordinal) == (1, 2)


def test_what_was_in_circulation_before_a_newer_text_came_is_not_any_more(db: None) -> None:
    table = Table()
    a = table.text(80, "a")
    table.text(70, "b")
    table.met(60, a)
    table.text(50, "c")
    table.met(40)
    assert (table.number(), table.circulating()) == (1, [])


def test_a_version_with_the_text_of_an_earlier_one_is_that_text(db: None) -> None:
    table = Table()
    table.text(120, "a")
    table.text(30, "b")
    again = table.text(20, "a")
    b = Version.objects.order_by("at")[1]
    table.met(10, b)
    assert table.circulating() == [(b.pk, 2, 3), (again.pk, 1, 3)]
    _, text = counts.circulating(table.row.pk, NOW - QUARTER)
    assert text.first_at == NOW - 120 * DAY


def test_the_newest_row_about_a_check_counts_and_other_languages_do_not(db: None) -> None:
    table = Table()
    a = table.text(80, "a")
    b = table.text(70, "b")
    table.met(60, b)
    Sighting.objects.create(check_row=table.row.checks.latest("pk"), version=a)
    table.version(NOW - 50 * DAY, language="de")
    table.met(40)
    assert table.circulating() == [(a.pk, 3, 4), (b.pk, 1, 4)]


def test_nothing_was_read_in_the_time_looked_at(db: None) -> None:
    table = Table()
    table.text(200, "a")
    table.met(100)
    assert (table.number(), table.circulating()) == (0, [])


def test_each_text_says_from_where_it_was_met_most_often_first(db: None) -> None:
    table = Table()
    a = table.text(80, "a")
    b = table.text(70, "b")
    for at, place in ((60, "Ghent"), (50, "Lyon"), (40, "Lyon"), (30, "")):
        table.met(at, a, place)
    table.met(20, b, "Ghent")
    table.met(10, a, "Lyon")
    first, second = counts.circulating(table.row.pk, NOW - QUARTER)
    assert [vantage["place"] for vantage in first.vantages] == ["Lyon", "Ghent"]
    assert [vantage["place"] for vantage in second.vantages] == ["Ghent"]


def test_a_share_is_neither_nothing_nor_all(db: None) -> None:
    for captures, percent in ((1, 1), (999, 99), (500, 50)):
        text = circulation.CirculatingText(1, 1, NOW, NOW, captures, 1000)
        assert text.percent == percent


@pytest.mark.parametrize("seed", range(12))
def test_each_check_found_what_the_life_of_the_document_says(db: None, seed: int) -> None:
    chance = random.Random(seed)
    table = Table()
    versions: list[Version] = []
    for hours in sorted(chance.sample(range(1, 200 * 24), 60), reverse=True):
        draw = chance.random()
        if draw < 0.15 or not versions:
            versions.append(table.text(hours / 24, chance.choice("abcd")))
        elif draw < 0.4:
            table.met(hours / 24, chance.choice(versions))
        elif draw < 0.5:
            table.check(NOW - timedelta(hours=hours), "failed", "timeout")
        else:
            table.met(hours / 24)
    since = NOW - QUARTER
    entries = life.load(table.row).entries
    whole = [(entry.at, entry.version, entry.check) for entry in entries if entry.at >= since]
    assert circulation.found_since([table.row.pk], since)[table.row.pk] == whole
    assert len(whole) > 10
