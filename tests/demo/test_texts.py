from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from conductatlas.demo.moments import LAST, MOMENTS
from conductatlas.demo.sites import Page, load_sites
from conductatlas.demo.texts import Edit, Text, write_dates
from conductatlas.errors import ConfigurationError

PAGES = [pytest.param(page, id=f"{site.slug}-{page.name}") for site in load_sites() for page in site.pages]


def edit(moment: int, find: str, replace: str, until: int = LAST + 1) -> Edit:
    return Edit(moment, until, "an edit", ((find, replace),))


@pytest.mark.parametrize("page", PAGES)
def test_every_edit_finds_its_string_exactly_once_at_every_moment(page: Page) -> None:
    for moment in range(LAST + 1):
        page.text.at(moment)


@pytest.mark.parametrize("page", PAGES)
def test_every_edit_shows_from_its_moment_on(page: Page) -> None:
    for one in page.text.edits:
        assert 0 < one.moment < one.until
        assert page.text.at(one.moment) != page.text.at(one.moment - 1)


def test_an_edit_shows_from_its_moment_until_its_end() -> None:
    text = Text("thirty days", (edit(2, "thirty", "sixty", until=4),))
    assert [text.at(moment) for moment in range(5)] == [
        "thirty days",
        "thirty days",
        "sixty days",
        "sixty days",
        "thirty days",
    ]


def test_edits_meet_the_text_that_earlier_ones_left() -> None:
    text = Text("thirty days", (edit(1, "thirty", "sixty"), edit(2, "sixty", "ninety")))
    assert text.at(2) == "ninety days"


@pytest.mark.parametrize("base", ["no such words", "a day, a day"])
def test_an_edit_that_lost_its_hold_is_named(base: str) -> None:
    with pytest.raises(ConfigurationError, match="not once") as caught:
        Text(base, (edit(1, "a day", "two days"),)).at(1)
    assert "longer" in caught.value.remedy


def test_touched_at_names_the_moment_of_the_last_difference() -> None:
    text = Text("thirty days", (edit(2, "thirty", "sixty", until=4),))
    assert [text.touched_at(moment) for moment in range(6)] == [0, 0, 2, 2, 4, 4]


@pytest.mark.parametrize(
    ("style", "written"),
    [("us", "March 4, 2026"), ("uk", "4 March 2026"), ("de", "4. März 2026"), ("ar", "4 مارس 2026")],
)
def test_dates_are_written_as_the_page_writes_them(style: str, written: str) -> None:
    assert write_dates("on {{-10}}", date(2026, 3, 14), style) == f"on {written}"


def test_a_date_may_lie_ahead() -> None:
    assert write_dates("{{+4}}", date(2026, 12, 30), "us") == "January 3, 2027"


def test_moments_go_forward_and_hold_two_pairs_a_few_hours_apart() -> None:
    gaps = [earlier - later for earlier, later in pairwise(MOMENTS)]
    assert 12 <= len(MOMENTS) <= 14
    assert all(gap.total_seconds() > 0 for gap in gaps)
    assert sum(gap.total_seconds() < 86_400 for gap in gaps) == 2
    assert MOMENTS[-1].total_seconds() == 0
