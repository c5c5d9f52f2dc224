"""Which difference comes first."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.ranking import Weighed, ranks
from conductatlas.reading.compare.scales import Severity
from conductatlas.reading.compare.topics import NO_TOPICS
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]


def test_weighty_clauses_first_and_editorial_ones_last(make: Make) -> None:
    old = (
        "# Terms",
        "We authorise maps.",
        "We like globes of the world.",
        "## About Careers",
        "We notify you.",
    )
    new = (
        "# Terms",
        "We authorize maps.",
        "We like atlases of the world.",
        "## About Careers",
        "We notify you 3 days before.",
        "You agree to binding arbitration and waive any class action.",
    )
    comparison = compare(make(*old), make(*new))
    in_order = sorted(comparison.hunks, key=lambda hunk: hunk.rank or 0)
    assert [hunk.severity for hunk in in_order] == ["high", "medium", "low", "low"]
    assert in_order[-1].significance == "editorial"


def test_the_same_edit_again_comes_later() -> None:
    def weighed(edit: str, words: int) -> Weighed:
        return Weighed(True, Severity.MEDIUM, ("S7",), NO_TOPICS, ("", edit), words, False, True, 1.0)

    assert ranks([weighed("and vendors", 9), weighed("and vendors", 9), weighed("for ads", 5)]) == [1, 3, 2]


def test_what_the_other_side_says_too_is_no_news(make: Make) -> None:
    said = "We share the device data with partners and we keep logs of it."
    old = (
        "# A",
        f"{said} In no case do we tell of it to our small rivals on the other side of town.",
        "Two.",
    )
    new = (
        "# A",
        "In no case do we tell of it to our small rivals on the other side of town.",
        "Two.",
        said,
        "We share the tone of your voice with partners and doctors of ours.",
    )
    comparison = compare(make(*old), make(*new))
    by_words = {
        new_words: hunk.rank
        for hunk in comparison.hunks
        if hunk.new
        for new_words in [comparison.new.text[slice(*hunk.new)]]
    }
    assert by_words[new[-1]] == 1


WEIGHED = st.builds(
    Weighed,
    substantive=st.booleans(),
    severity=st.sampled_from(Severity),
    rules=st.lists(st.sampled_from(["S1", "S9", "S14", "U", "N1"]), max_size=3),
    topics=st.just(NO_TOPICS),
    edit=st.tuples(st.text(max_size=2), st.text(max_size=2)),
    words=st.integers(0, 500),
    is_label=st.booleans(),
    signed=st.booleans(),
    news=st.floats(0, 1),
)


@given(st.lists(WEIGHED, max_size=12))
def test_every_place_is_given_once_and_editorial_hunks_come_last(hunks: list[Weighed]) -> None:
    places = ranks(hunks)
    assert sorted(places) == list(range(1, len(hunks) + 1))
    in_order = [hunks[places.index(place)].substantive for place in sorted(places)]
    assert in_order == sorted(in_order, reverse=True)
