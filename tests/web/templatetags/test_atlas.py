"""How values are written on pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.archive.models import CaptureOutcome, CheckOutcome
from conductatlas.history.models import ChangeKind, ChangeState
from conductatlas.web.templatetags import atlas

SOME_DAY = datetime(2026, 11, 22, 6, 10, 59, tzinfo=UTC)


def rendered(source: str, **context: object) -> str:
    return Template("{% load atlas %}" + source).render(Context(context))


def test_a_moment_is_written_in_words_and_for_machines() -> None:
    assert rendered("{{ at|moment }}", at=SOME_DAY) == (
        '<time datetime="2026-11-22T06:10:59Z">22 November 2026, 06:10 UTC</time>'
    )


def test_moments_and_days_are_those_of_utc() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert "23 November 2026, 04:30 UTC" in atlas.moment(late)
    assert atlas.day(late) == '<time datetime="2026-11-23">23 November 2026</time>'
    assert "04:30 UTC" in atlas.clock(late)


def test_a_date_has_no_zone_to_change_it() -> None:
    assert atlas.short_day(date(2026, 11, 2)) == '<time datetime="2026-11-02">2 Nov 2026</time>'


@pytest.mark.parametrize(
    "write", [atlas.moment, atlas.day, atlas.short_day, atlas.clock, atlas.span, atlas.size, atlas.every]
)
def test_nothing_is_written_for_nothing(write: object) -> None:
    assert write(None) == ""  # type: ignore[operator]


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(days=3, hours=4, minutes=9), "3 days 4 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=1, minutes=1), "1 hour 1 minute"),
        (timedelta(days=2, minutes=5), "2 days"),
        (timedelta(seconds=20), "0 minutes"),
        (timedelta(seconds=-5), "0 minutes"),
    ],
)
def test_lengths_of_time_have_two_units(length: timedelta, said: str) -> None:
    assert atlas.span(length) == said


@pytest.mark.parametrize(
    ("cadence", "said"),
    [
        (timedelta(days=1), "once a day"),
        (timedelta(hours=1), "once an hour"),
        (timedelta(days=7), "once a week"),
        (timedelta(hours=6), "every 6 hours"),
    ],
)
def test_cadences_are_said_as_people_say_them(cadence: timedelta, said: str) -> None:
    assert atlas.every(cadence) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (214_300, "214 KB"), (1_200_000, "1.2 MB")],
)
def test_sizes(length: int, said: str) -> None:
    assert atlas.size(length).replace("\N{NO-BREAK SPACE}", " ") == said


def test_numbers_are_grouped() -> None:
    assert atlas.grouped(12480) == "12,480"


@pytest.mark.parametrize(
    ("tag", "name"), [("de", "German"), ("en-GB", "British English"), ("tlh", "tlh"), ("", ""), (None, "")]
)
def test_languages_by_name(tag: str | None, name: str) -> None:
    assert atlas.language_name(tag) == name


@pytest.mark.parametrize(
    ("tag", "way"), [("ar", "rtl"), ("he-IL", "rtl"), ("UR", "rtl"), ("de", "auto"), ("", "auto")]
)
def test_direction(tag: str, way: str) -> None:
    assert atlas.direction(tag) == way


def test_every_state_and_outcome_has_words_and_a_shape_of_its_own() -> None:
    names = {*CheckOutcome.values, *CaptureOutcome.values, *ChangeState.values}
    assert names <= atlas.WORDS.keys()
    assert names <= atlas.SHAPES.keys()
    assert set(ChangeKind.values) <= atlas.WORDS.keys()
    assert atlas.words("candidate") == "seen, awaiting confirmation"
    assert atlas.words("a word nobody gave") == "a word nobody gave"
    for group in (CheckOutcome.values, CaptureOutcome.values):
        assert len({atlas.SHAPES[name] for name in group}) == len(group)


def test_shapes_are_for_the_eye_only() -> None:
    assert 'aria-hidden="true"' in atlas.shape("stale")


def test_titles_carry_their_language_and_are_escaped() -> None:
    document = SimpleNamespace(language="ar", title="<b>شروط</b>")
    assert rendered("{% title document %}", document=document) == (
        '<span lang="ar" dir="rtl">&lt;b&gt;شروط&lt;/b&gt;</span>'
    )


def test_an_asset_names_its_content() -> None:
    address = rendered("{% asset 'atlas.css' %}")
    assert address.startswith("/static/atlas.css?v=")
    assert address != rendered("{% asset 'favicon.svg' %}")


@given(st.text())
def test_what_is_written_of_any_text_is_no_markup(text: str) -> None:
    written = rendered("{{ t|bare }}{{ t|essence }}{{ t|words }}{{ t|language_name }}", t=text)
    assert "<" not in written
