"""The line of a document's versions."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from conductatlas.web.templatetags import charts

DOCUMENT = SimpleNamespace(slug="terms", platform=SimpleNamespace(slug="quillomere"))
START = datetime(2024, 3, 1, tzinfo=UTC)


def line(number: int, at: datetime, kind: str = "") -> SimpleNamespace:
    change = SimpleNamespace(kind=kind) if kind else None
    return SimpleNamespace(
        version=SimpleNamespace(pk=number, public_id=f"CA-V-{number:06d}", at=at), change=change
    )


def drawn(*lines: SimpleNamespace, until: datetime | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(charts.life(list(reversed(lines)), DOCUMENT, until))


def test_no_versions_no_drawing() -> None:
    assert charts.life([], DOCUMENT) == ""


def test_each_version_is_a_link_that_says_what_it_is() -> None:
    svg = drawn(
        line(1, START),
        line(2, START + timedelta(days=40), "editorial"),
        line(3, START + timedelta(days=80), "substantive"),
    )
    assert [(a.get("href"), a.findtext("title")) for a in svg.iter("a")] == [
        ("/platform/quillomere/terms/v/CA-V-000001/", "CA-V-000001, 1 March 2024: first version"),
        ("/platform/quillomere/terms/v/CA-V-000002/", "CA-V-000002, 10 April 2024: editorial"),
        ("/platform/quillomere/terms/v/CA-V-000003/", "CA-V-000003, 20 May 2024: substantive"),
    ]


def test_substantive_changes_are_full_and_the_newest_is_marked() -> None:
    days = [line(n, START + timedelta(days=30 * n), "substantive" if n > 1 else "") for n in (1, 2, 3)]
    assert [a.get("class") for a in drawn(*days).iter("a")] == [None, "full", "now"]


def test_the_line_ends_at_the_last_confirmation() -> None:
    svg = drawn(line(1, START), until=START + timedelta(days=100))
    assert [text.text for text in svg.iter("text")] == ["1 Mar 2024", "9 Jun 2024"]


def test_new_years_are_ticked_where_they_meet_no_date() -> None:
    svg = drawn(line(1, START), until=datetime(2026, 9, 1, tzinfo=UTC))
    assert [text.text for text in svg.iter("text")] == ["2025", "2026", "1 Mar 2024", "1 Sep 2026"]


def test_versions_of_the_same_hour_do_not_hide_each_other() -> None:
    svg = drawn(line(1, START), line(2, START + timedelta(hours=5)), until=START + timedelta(days=300))
    heights = [circle.get("cy") for circle in svg.iter("circle")]
    assert len(set(heights)) == 2


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30).map(sorted))
def test_every_dot_lies_on_the_sheet_in_order(seconds: list[int]) -> None:
    svg = drawn(*(line(n, START + timedelta(seconds=s), "editorial") for n, s in enumerate(seconds, start=1)))
    places = [float(re.sub("%", "", circle.get("cx") or "")) for circle in svg.iter("circle")]
    assert places == sorted(places)
    assert all(charts.LEFT <= place <= charts.RIGHT for place in places)
