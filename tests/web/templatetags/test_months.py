"""The drawing of changes per month: heights tell numbers, and labels keep apart."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest

from conductatlas.history.drift import Month
from conductatlas.web.templatetags.months import BASE, TALLEST, months_chart


def months(*numbers: tuple[int, int], first: date = date(2025, 11, 1)) -> list[Month]:
    made = []
    for place, (substantive, editorial) in enumerate(numbers):
        at = first.month - 1 + place
        kinds = {"substantive": substantive, "editorial": editorial, "reverted": 0}
        made.append(Month(date(first.year + at // 12, at % 12 + 1, 1), substantive + editorial, kinds))
    return made


def bars(svg: str) -> list[tuple[str, float, float]]:
    found = re.findall(r'<rect class="(\w+)" x="[^"]+" width="[^"]+" y="([^"]+)" height="([^"]+)"', svg)
    return [(name, float(top), float(height)) for name, top, height in found]


def test_a_bar_is_as_high_as_its_number_and_parted_by_kind() -> None:
    svg = months_chart(months((4, 0), (1, 1), (0, 0), (0, 2)))
    assert bars(svg) == [
        ("full", BASE - TALLEST, TALLEST),
        ("full", BASE - TALLEST / 4, TALLEST / 4),
        ("open", BASE - TALLEST / 2, TALLEST / 4),
        ("open", BASE - TALLEST / 2, TALLEST / 2),
    ]
    assert re.findall(r'text-anchor="middle">(\d+)</text>', svg) == ["4", "2", "2"]
    assert "the most in November 2025: 4 changes" in svg


def test_nothing_is_drawn_of_nothing() -> None:
    assert months_chart([]) == months_chart(months((0, 0), (0, 0))) == ""


def test_of_many_months_only_the_highest_says_its_number() -> None:
    svg = months_chart(months(*[(1, 0)] * 30, (7, 0), *[(1, 0)] * 30))
    assert [n for n in re.findall(r">(\d+)</text>", svg) if len(n) < 4] == ["7"]


@pytest.mark.parametrize("number", [1, 2, 11, 12, 13, 30, 61, 130, 241])
def test_labels_below_keep_apart_and_inside(number: int) -> None:
    svg = months_chart(months(*[(1, 0)] * number))
    ticks = re.findall(r'<text x="([\d.]+)%" y="\d+" text-anchor="(\w+)">([A-Z]\w\w \d{4}|\d{4})</text>', svg)
    spans = []
    for at, anchor, words in ticks:
        width = 12.0 if " " in words else 7.0
        left = {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        spans.append((float(at) - left, float(at) - left + width))
    assert spans and all(start >= 0 and end <= 100.01 for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_there_is_no_style_in_it() -> None:
    assert "style" not in months_chart(months((1, 2)))
