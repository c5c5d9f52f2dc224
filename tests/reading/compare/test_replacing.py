"""A text that is another document altogether (S15)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]
Rebuild = Callable[..., str]

TERMS = tuple(
    f"{n}. You may use part {n} of the service for {n + 2} days, unless we tell you to stop."
    for n in range(20)
)
LEAFLET = tuple(
    f"Bicycle number {n} costs {n * 9} coins a day; ask at the counter about helmets and locks."
    for n in range(20)
)
GERMAN = tuple(
    f"{n}. Sie dürfen Teil {n} des Dienstes {n + 2} Tage lang nutzen, wenn nichts dagegen spricht."
    for n in range(20)
)


def test_another_document_is_one_judgement(make: Make, rebuild: Rebuild) -> None:
    old, new = make("# Terms", *TERMS), make("# Terms", *LEAFLET)
    for comparison in (compare(old, new), compare(new, old)):
        assert comparison.is_replaced
        assert comparison.kind == "substantive"
        assert {hunk.rules for hunk in comparison.hunks} == {("S15",)}
        assert len(comparison.hunks) == 40, "the title stands in both"
        assert rebuild(comparison) == comparison.new.text


def test_another_language(make: Make) -> None:
    comparison = compare(make(*TERMS), make(*GERMAN, language="de"))
    assert comparison.is_replaced
    assert comparison.to_dict()["is_replaced"] is True


@pytest.mark.parametrize("lines", [TERMS, TERMS[:1]])
def test_an_emptied_text(make: Make, lines: tuple[str, ...]) -> None:
    for comparison in (compare(make(*lines), make()), compare(make(), make(*lines))):
        assert comparison.is_replaced
        assert {hunk.rules for hunk in comparison.hunks} == {("S15",)}


def test_a_rewrite_is_not_another_document(make: Make) -> None:
    rewritten = tuple(
        line.replace("You may use", "Feel free to try").replace("unless", "until") for line in TERMS
    )
    assert not compare(make(*TERMS), make(*rewritten)).is_replaced
    every_third = tuple(
        " ".join("pelican" if n % 3 == 0 else word for n, word in enumerate(line.split())) for line in TERMS
    )
    assert not compare(make(*TERMS), make(*every_third)).is_replaced
    assert not compare(make(*TERMS), make(*TERMS[:3])).is_replaced
    assert not compare(make(*TERMS[:2]), make(*LEAFLET[:2])).is_replaced, "too short to tell"
    assert not compare(make(), make()).is_replaced
