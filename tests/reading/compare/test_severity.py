"""How much is at stake where two texts differ: the worked examples of the rule book, and each rule once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.hunks import Hunk
from conductatlas.reading.compare.scales import Severity, highest
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]

TRAINED = "We train our models on data from these sources:"
USERS = "* Data that our users or crowd workers provide"
CAP = "Our total liability is limited to the {} of $100 or the fees of the last 12 months."


def hunk_of(make: Make, old: tuple[str, ...], new: tuple[str, ...]) -> Hunk:
    (hunk,) = compare(make(*old), make(*new)).hunks
    return hunk


@pytest.mark.parametrize(
    ("old", "new", "severity", "rule"),
    [
        (("Data location: Ireland.",), ("Data location: Ireland, United States.",), "medium", "V4"),
        (
            (TRAINED, USERS),
            (TRAINED, f"{USERS}, including Inputs and Outputs from our Services (unless users opt out)"),
            "high",
            "V2",
        ),
        (("Effective: December 14, 2023",), ("Effective: January 31, 2024",), "medium", "V5"),
        (
            ("Egregious offenses will result in account restriction.",),
            ("Egregious offenses can result in account restriction.",),
            "medium",
            "V4",
        ),
        (
            ("You can opt out in your browser or through your device settings.",),
            ("You can opt out in your browser.",),
            "medium",
            "V4",
        ),
        ((CAP.format("greater"),), (CAP.format("lesser"),), "medium", "V4"),
        (
            ("5. Rights",),
            ("5. Rights", "You grant us the right to identify Your organization as our customer."),
            "medium",
            "V3",
        ),
        (
            ("You submit it for the prior approval of the provider.",),
            ("You submit it for the review of the provider.",),
            "low",
            "V6",
        ),
        (
            ("We comply with the Data Privacy Framework. We use standard contractual clauses.",),
            ("We use standard contractual clauses.",),
            "medium",
            "V4",
        ),
        (
            ("1. Use",),
            ("1. Use", "We retain Your Prompts for thirty (30) days. We do not use Your Data to train."),
            "medium",
            "V3",
        ),
        (("We like maps of the old world.",), ("We like globes of this small planet.",), "low", "V6"),
        (
            ("You contract with Pelican International Limited.",),
            ("You contract with Heron Holdings Limited.",),
            "medium",
            "V4",
        ),
    ],
)
def test_worked_examples(
    make: Make, old: tuple[str, ...], new: tuple[str, ...], severity: str, rule: str
) -> None:
    hunk = hunk_of(make, old, new)
    assert (hunk.severity, hunk.severity_rule) == (severity, rule)


@pytest.mark.parametrize(
    "clause",
    [
        "You agree to binding arbitration and waive any class action.",
        "WE WILL NOT BE LIABLE FOR ANY DIRECT, INDIRECT OR INCIDENTAL DAMAGES.",
        "You grant us a perpetual, irrevocable license to Your Content for any purpose.",
        "We may suspend Your access at any time and for any reason.",
        "We use Inputs and Outputs to train our models.",
    ],
)
def test_a_clause_with_a_high_gate_appears_or_disappears(make: Make, clause: str) -> None:
    for old, new in ((("1. Terms",), ("1. Terms", clause)), (("1. Terms", clause), ("1. Terms",))):
        hunk = hunk_of(make, old, new)
        assert (hunk.severity, hunk.severity_rule) == ("high", "V1")


def test_a_clause_that_is_only_written_anew_does_not_appear(make: Make) -> None:
    old = ("1. Disputes", "All disputes go to binding arbitration in Delaware, whoever began them.", "2. End")
    new = ("1. Disputes", "2. End", "Whatever we quarrel about is settled: by binding arbitration.")
    comparison = compare(make(*old), make(*new))
    assert len(comparison.hunks) == 2
    assert comparison.severity == "medium"


def test_the_announcement_of_a_change_is_medium(make: Make) -> None:
    notice = "An update of our terms will take effect on July 26, 2022."
    assert hunk_of(make, ("Terms",), (notice, "Terms")).severity == "medium"


def test_a_change_has_the_severity_of_its_weightiest_hunk_not_of_the_document(make: Make) -> None:
    heavy = "You agree to binding arbitration and waive any class action."
    comparison = compare(
        make(heavy, "We like maps of the world."), make(heavy, "We love globes of all kinds.")
    )
    assert comparison.severity == "low"
    assert compare(make(heavy), make(heavy)).severity is None
    assert highest([Severity.LOW, Severity.HIGH, Severity.MEDIUM]) is Severity.HIGH
    assert highest([]) is Severity.LOW


def test_an_editorial_difference_is_low(make: Make) -> None:
    hunk = hunk_of(make, ("We authorise arbitration.",), ("We authorize arbitration.",))
    assert (hunk.severity, hunk.severity_rule, hunk.direction) == ("low", "V6", "neither")
