"""The redline as a lawyer would draw it."""

from __future__ import annotations

import pytest

from conductatlas.reading.compare.normal import Passage
from conductatlas.reading.compare.redline import redline


def drawn(old: str, new: str) -> str:
    """The redline with [-removed-] and {+added+} words."""
    parts: list[str] = []
    for op in redline(Passage(old, 0), Passage(new, 0)):
        gone, come = old[op.old_start : op.old_end], new[op.new_start : op.new_end]
        if op.op == "equal":
            parts.append(gone)
            continue
        parts.append((f"[-{gone}-]" if gone else "") + (f"{{+{come}+}}" if come else ""))
    return "".join(parts)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("You pay within 30 days.", "You pay within 60 days.", "You pay within [-30-]{+60+} days."),
        ("We may share data.", "We shall share data.", "We [-may-]{+shall+} share data."),
        ("We do not sell data.", "We do sell data.", "We do [-not -]sell data."),
        ("Keep data in Ireland.", "Keep data in Ireland, Peru.", "Keep data in Ireland{+, Peru+}."),
        (
            "A fee of $1,000.00 applies.",
            "A fee of $1,500.00 applies.",
            "A fee of $[-1,000.00-]{+1,500.00+} applies.",
        ),
        ("Effective June 16, 2025", "Effective December 16, 2025", "Effective [-June-]{+December+} 16, 2025"),
        ("", "All new.", "{+All new.+}"),
        ("All gone.", "", "[-All gone.-]"),
    ],
)
def test_small_edits(old: str, new: str, expected: str) -> None:
    assert drawn(old, new) == expected


def test_a_sentence_added_is_shown_from_its_first_to_its_last_word() -> None:
    old = "We keep logs. We keep backups. We keep them safe."
    new = "We keep logs. We keep logs of visits. We keep backups. We keep them safe."
    assert drawn(old, new) == "We keep logs. {+We keep logs of visits. +}We keep backups. We keep them safe."


def test_small_words_between_rewritten_passages_are_not_islands() -> None:
    old = "Pelican processes invoices of customers that ordered the premium package, and stores the receipts."
    new = (
        "Pelican processes complaints of visitors that ordered the premium package, and stores the receipts."
    )
    assert drawn(old, new).startswith(
        "Pelican processes [-invoices of customers-]{+complaints of visitors+} that"
    )


def test_a_name_of_which_a_part_changed_is_replaced_whole() -> None:
    old = "We handle your Personal Data as the policy says."
    new = "We handle your Customer Data as the policy says."
    assert drawn(old, new) == "We handle your [-Personal Data-]{+Customer Data+} as the policy says."


def test_a_clause_written_anew_is_no_word_salad() -> None:
    old = "Users of the free plan are asked to confirm their address once in each calendar year."
    new = "The operator of a workspace answers for the conduct of everyone who was invited to it."
    assert drawn(old, new) == f"[-{old}-]{{+{new}+}}"


def test_chinese_is_compared_by_character_without_lone_ones() -> None:
    old, new = "生效日期：2023年10月19日", "生效日期：2023年12月28日"
    assert drawn(old, new) == "生效日期：2023年[-10月19-]{+12月28+}日"


def test_backwards_is_the_same_redline() -> None:
    old, new = "We may share any data with partners.", "We never share all of the data with a partner."
    there = redline(Passage(old, 5), Passage(new, 9))
    back = redline(Passage(new, 9), Passage(old, 5))
    assert [op[1:] for op in there] == [
        (op.old_start, op.old_end, op.new_start, op.new_end) for op in _turned(back)
    ]


def _turned(ops: tuple) -> list:  # type: ignore[type-arg]
    return [op._replace(old_start=op[3], old_end=op[4], new_start=op[1], new_end=op[2]) for op in ops]
