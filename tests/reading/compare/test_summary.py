"""A change told by its hunks: exact words, ranked, with what the new text offers; nothing invented, nothing judged."""

from __future__ import annotations

import re
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from conductatlas.reading.compare.comparison import Comparison, compare
from conductatlas.reading.compare.hunks import Hunk, HunkKind, Sentences
from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.normal import Span
from conductatlas.reading.compare.redline import Op
from conductatlas.reading.compare.significance import ChangeKind
from conductatlas.reading.compare.summary import Action, Item, routes, summarise
from conductatlas.reading.compare.telling import Quote, Told, tell
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]

BANNED = re.compile(
    r"\b(should|illegal|unlawful|unenforceable|void|invalid|violates|compliant|worse|better|silent|secret|quietly|"
    r"hidden|backdated|safe|you can sue)\b"
)


def told(comparison: Comparison) -> Told:
    assert comparison.summary is not None
    return tell(comparison.summary, comparison.hunks, comparison.old, comparison.new)


def own_words(sentences: Told) -> str:
    return " ".join(part for sentence in sentences for part in sentence.parts if isinstance(part, str))


def test_what_came_went_and_reads_otherwise(make: Make) -> None:
    old = ("# Terms", "You pay within 30 days.", "We never sell your data.")
    new = (
        "# Terms",
        "You pay within 60 days.",
        "You agree to binding arbitration and waive any class action.",
    )
    sentences = told(compare(make(*old), make(*new)))
    said = [str(sentence) for sentence in sentences.items]
    assert any(s.startswith("The text now requires: “You agree to binding arbitration") for s in said)
    assert any(s.startswith("The text no longer states: “We never sell your data.”") for s in said)
    assert any("“You pay within 30 days.”" in s and "“You pay within 60 days.”" in s for s in said)
    assert "3 places of substance (1 added, 1 removed, 1 altered); severity high" in str(sentences.opening)


def test_a_direction_is_printed_with_its_rule(make: Make) -> None:
    comparison = compare(make("Data location: Ireland."), make("Data location: Ireland, United States."))
    (sentence,) = told(comparison).items
    assert "less favourable to the user than the earlier wording, rule F31" in str(sentence)
    assert comparison.summary
    (sentence,) = tell(
        comparison.summary, comparison.hunks, comparison.old, comparison.new, reader="the customer"
    ).items
    assert "less favourable to the customer" in str(sentence)


def test_more_than_a_handful_is_counted(make: Make) -> None:
    old = make("# A")
    new = make("# A", *(f"You must pay fee {n} within {n} days of the date." for n in range(10, 18)))
    sentences = told(compare(old, new))
    assert len(sentences.items) == 5
    assert str(sentences.rest) == "3 more differences not told here."


def test_only_editorial_differences(make: Make) -> None:
    sentences = told(compare(make("We authorise it."), make("We authorize it.")))
    assert str(sentences.opening) == "The two texts differ in 1 place, none of which is substantive."
    assert list(sentences)[1:] == []


def test_actions_are_those_that_the_new_text_offers(make: Make) -> None:
    old = make("# Data", "We use inputs to run it.", "You may object by post.")
    new = make(
        "# Data",
        "We use inputs to run it and to train. You can opt out in your settings.",
        "You can’t opt out.",
    )
    comparison = compare(old, new)
    assert comparison.summary
    offered = [(action.route, new.text[slice(*action.new)]) for action in comparison.summary.actions]
    assert offered == [("opt_out", "You can opt out in your settings.")]
    assert (
        str(told(comparison).actions[0]) == "The text offers, to opt out: “You can opt out in your settings.”"
    )


def test_what_is_gone_is_no_offer(make: Make) -> None:
    comparison = compare(make("# A", "You can opt out here."), make("# A"))
    assert comparison.summary
    assert comparison.summary.actions == ()


def test_rows_hold_places_and_come_back() -> None:
    comparison = compare(
        Reading("One.\nYou pay 3.", (), "", "en"), Reading("You pay 4.\nContact us at once.", (), "", "en")
    )
    assert comparison.summary
    for item in comparison.summary.items:
        assert Item.from_row(item.to_row()) == item
    for action in comparison.summary.actions:
        assert Action.from_row(action.to_row()) == action


LINES = st.lists(
    st.sampled_from(
        [
            "You agree to binding arbitration.",
            "We share data with partners. You can opt out by e-mail.",
            "We retain it 30 days.",
            "We retain it 60 days.",
            "Contact us.",
            "İ ﬁ ß 同意仲裁。",
            "*",
        ]
    ),
    max_size=6,
)


@settings(deadline=None)
@given(LINES, LINES)
def test_every_quotation_is_exact_and_our_own_words_judge_nobody(old: list[str], new: list[str]) -> None:
    comparison = compare(*(Reading("\n".join(lines), (), "", "en") for lines in (old, new)))
    sentences = told(comparison)
    for sentence in sentences:
        for part in sentence.parts:
            if isinstance(part, Quote):
                text = comparison.old.text if part.side == "old" else comparison.new.text
                assert text[slice(*part.span)] == part.words != ""
    assert not BANNED.search(own_words(sentences))


def test_the_same_printed_date_is_told(make: Make) -> None:
    dated = "Last updated: March 1, 2024"
    assert compare(make("# A", dated, "You pay 3."), make("# A", dated, "You pay 4.")).date_mismatch is True
    assert (
        compare(make("# A", dated, "We authorise."), make("# A", dated, "We authorize.")).date_mismatch
        is False
    )
    later = "Last updated: April 1, 2024"
    assert compare(make("# A", dated, "You pay 3."), make("# A", later, "You pay 4.")).date_mismatch is False
    assert compare(make("# A", "You pay 3."), make("# A", "You pay 4.")).date_mismatch is False


def test_every_route_has_a_title_and_english_phrases() -> None:
    for entry in table("routes").values():
        assert entry["title"] and entry["en"]
    assert {"opt_out", "object", "appeal", "contact", "delete", "cancel", "reject_changes"} <= routes().keys()


def test_a_clause_in_which_white_space_differs_is_told_as_a_whole() -> None:
    """Met in a real pair: in the sentence touched most, a line break became a space."""
    old, new = (Reading(f"Birds sing.{space}Gulls cry.", (), "", "en") for space in "\n ")
    ops = (Op("equal", 0, 11, 0, 11), Op("replace", 11, 12, 11, 12), Op("equal", 12, 22, 12, 22))
    whole = Span(0, 22)
    hunk = Hunk(
        HunkKind.MODIFIED, whole, whole, ops, ChangeKind.SUBSTANTIVE, ("U",), Sentences(0, 0, 1), rank=1
    )
    found = summarise(old, new, [hunk])
    assert found.items == (Item("altered", 0, whole, whole),)
    assert "Birds sing. Gulls cry." in str(tell(found, [hunk], old, new).items[0])


def test_routes_of_one_sentence_stand_in_its_order(make: Make) -> None:
    """The same texts give the same summary in every process: nothing hangs on the order of a set."""
    offer = "You can contact us, cancel your subscription or opt out at any time."
    comparison = compare(make("You pay 10 euros."), make("You pay 20 euros.", offer))
    assert comparison.summary
    assert [action.route for action in comparison.summary.actions] == ["contact", "cancel", "opt_out"]
