"""The sentences in which texts differ, side by side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.compare.normal import Passage
from conductatlas.reading.compare.redline import redline
from conductatlas.reading.compare.touched import regions


def sentences(old: str, new: str) -> list[tuple[str, str]]:
    ops = redline(Passage(old, 0), Passage(new, 0))
    return [(old[slice(*one.old)].strip(), new[slice(*one.new)].strip()) for one in regions(ops, old, new)]


@pytest.mark.parametrize(
    ("old", "new", "touched"),
    [
        ("Go. Wait 3 days. End.", "Go. Wait 5 days. End.", [("Wait 3 days.", "Wait 5 days.")]),
        ("You pay. It ends.", "You pay. We wait. It ends.", [("", "We wait.")]),
        ("You pay. We wait. It ends.", "You pay. It ends.", [("We wait.", "")]),
        (
            "We wait 3 days. You pay 4 fees. End",
            "We wait 5 days. You pay 6 fees. End",
            [("We wait 3 days.", "We wait 5 days."), ("You pay 4 fees.", "You pay 6 fees.")],
        ),
        ("a list: 3 things", "a list: 5 things", [("a list: 3 things", "a list: 5 things")]),
        ("同意。三天。完", "同意。五天。完", [("三天。", "五天。")]),
    ],
)
def test_regions(old: str, new: str, touched: list[tuple[str, str]]) -> None:
    assert sentences(old, new) == touched


def test_whole_sentences_and_words_put_in() -> None:
    old, new = "You pay. It ends.", "You pay. We wait. It ends."
    (region,) = regions(redline(Passage(old, 0), Passage(new, 0)), old, new)
    assert region.is_whole
    old, new = "We tell partners.", "We tell partners and advertisers."
    (region,) = regions(redline(Passage(old, 0), Passage(new, 0)), old, new)
    at = new.index("advertisers")
    assert not region.is_whole
    assert region.inserts(at, at + 11) and not region.deletes(0, 2)


TEXT = st.text(alphabet="ab3. :\n", max_size=40)


@given(TEXT, TEXT)
def test_every_difference_lies_in_one_region(old: str, new: str) -> None:
    ops = redline(Passage(old, 0), Passage(new, 0))
    found = list(regions(ops, old, new))
    assert [op for region in found for op in region.ops] == [op for op in ops if op.op != "equal"]
    for region in found:
        for op in region.ops:
            assert region.old.start <= op.old_start <= op.old_end <= region.old.end
            assert region.new.start <= op.new_start <= op.new_end <= region.new.end
