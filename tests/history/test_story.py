"""The story of a strand, letter by letter, with a book in memory: a text is a letter, and one letter an hour count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.history.life import Entry
from conductatlas.history.models import Change, ChangeState
from conductatlas.history.states import PUBLISHED
from conductatlas.history.story import SETTLED, SETTLED_CHECKS, Step, Story

START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Letters:
    """A book whose texts are letters. Small letters differ from their capital in no word of weight; N announces a
    coming change; Z is another document; X cannot be compared with anything."""

    returned: list[int] = field(default_factory=list)

    def text(self, version: int) -> str:
        return chr(version % 1000)

    def nearest(self, entry: Entry, versions: Sequence[int]) -> tuple[int, bool]:
        own = self.text(entry.version)
        for version in versions[1:]:
            if self.text(version).upper() == own.upper():
                return version, True
        return versions[0], False

    def open(self, step: Step) -> None:
        if step.is_back:
            step.newer = step.first.version + 1000 * (len(self.returned) + 1)
            self.returned.append(step.newer)
        if "X" not in (step.old_text, step.new_text):
            step.change = Change(kind="substantive")

    def ends(self, step: Step, entry: Entry) -> tuple[str, str]:
        if self.text(entry.version) < step.new_text:  # an earlier letter holds nothing of a later one
            return ChangeState.WITHDRAWN, "none of it is there"
        return ChangeState.CONFIRMED, "some of it is there"

    def is_substantive(self, step: Step) -> bool:
        return step.old_text.upper() != step.new_text.upper()

    def announces(self, step: Step) -> bool:
        return step.new_text == "N"

    def replaces(self, step: Step) -> bool:
        return step.new_text == "Z"

    def is_alike(self, step: Step, other: Step) -> bool:
        """As many letters on: AC and BD are the same change."""
        return ord(step.new_text) - ord(step.old_text) == ord(other.new_text) - ord(other.old_text)


def entries(letters: str, hours: float, *, is_imported: bool = False) -> list[Entry]:
    return [
        Entry(START + n * timedelta(hours=hours), n + 1, ord(letter), False, (1,), START, is_imported)
        for n, letter in enumerate(letters)
    ]


class Beside(Letters):
    """A book in which F is nearest to E, and holds as much of it as any other text does."""

    def nearest(self, entry: Entry, versions: Sequence[int]) -> tuple[int, bool]:
        is_near = {version: self.text(version) == "E" for version in versions}
        return next(
            (old for old in versions if is_near[old] and self.text(entry.version) == "F"), versions[0]
        ), False

    def ends(self, step: Step, entry: Entry) -> tuple[str, str]:
        return ChangeState.CONFIRMED, "some of it is there"


def story(letters: str, hours: float = 24, *, held: float = 0, is_imported: bool = False) -> Story:
    told = Story(Letters())
    seen = entries(letters, hours, is_imported=is_imported)
    told.hear_all(seen, seen[-1].at + timedelta(days=held))
    return told


def lines(told: Story) -> list[str]:
    return [f"{step.old_text}{step.new_text} {step.state}" for step in told.steps]


@pytest.mark.parametrize(
    ("letters", "expected", "stands"),
    [
        ("A", [], "A"),
        ("AAAA", [], "A"),
        ("AB", ["AB candidate"], "A"),
        ("ABB", ["AB confirmed"], "B"),
        ("ABA", ["AB withdrawn"], "A"),
        ("ANA", ["AN announced"], "A"),
        ("ANN", ["AN confirmed"], "N"),
        ("AZZ", ["AZ review"], "Z"),
        ("AZZZB", ["AZ review", "ZB candidate"], "Z"),
        ("ABC", ["AB confirmed", "BC candidate"], "B"),
        ("ABABAB", ["AB two_texts"], "A"),
        ("AaAaAa", ["Aa withdrawn"], "A"),  # nothing of weight differs: not told
        ("ABBA", ["AB confirmed"], "B"),
        ("ABBAAA", ["AB confirmed"], "B"),
        ("ABBAAAA", ["AB confirmed", "BA confirmed"], "A"),
        ("ABBCCAAAA", ["AB confirmed", "BC confirmed", "CA confirmed"], "A"),
        (
            "ABBAAC",
            ["AB confirmed", "BC candidate"],
            "B",
        ),  # what was told last is what the next is compared with
        ("ABBAACC", ["AB confirmed", "BC confirmed"], "C"),
        ("ABABABb", ["AB two_texts"], "A"),
        ("ABABABa", ["AB two_texts", "Aa candidate"], "A"),  # the text that stands, edited
        ("AXX", ["AX candidate"], "X"),
        ("ABBbA", ["AB confirmed", "Bb candidate"], "B"),  # a third text that is known decides nothing yet
        ("ABBbAAAA", ["AB confirmed", "Bb withdrawn", "BA confirmed"], "A"),
    ],
)
def test_what_sightings_tell(letters: str, expected: list[str], stands: str) -> None:
    told = story(letters)
    assert (lines(told), told.stands) == (expected, stands)


def test_a_text_that_is_nearly_another_one_in_circulation_is_a_sighting_of_it() -> None:
    told = story("ABABABAb")
    assert lines(told) == ["AB two_texts"]
    assert told.alias == {"b": "B"}


def test_three_days_are_needed_however_many_checks_there_are() -> None:
    assert lines(story("ABB" + "A" * 30, hours=2)) == ["AB confirmed"]
    assert lines(story("ABB" + "A" * 37, hours=2)) == ["AB confirmed", "BA confirmed"]


def test_three_checks_are_needed_however_far_apart_they_are() -> None:
    assert lines(story("ABBAA", hours=80)) == ["AB confirmed"]
    assert lines(story("ABBAAA", hours=80)) == ["AB confirmed", "BA confirmed"]


def test_an_imported_change_is_confirmed_by_being_held_last_for_thirty_days() -> None:
    assert lines(story("AB", is_imported=True, held=29)) == ["AB candidate"]
    assert lines(story("AB", is_imported=True, held=30)) == ["AB confirmed"]
    assert lines(story("AB", held=300)) == ["AB candidate"]


def test_after_ninety_days_a_text_is_no_longer_in_circulation() -> None:
    told = story("AABBAB" + "B" * 100 + "a")
    assert lines(told)[-1] == "Ba candidate"


@given(st.text("ABCD", min_size=1, max_size=30), st.sampled_from([2, 24, 130]))
def test_what_is_published_is_told_once_and_only_of_texts_that_were_found_again(
    letters: str, hours: int
) -> None:
    told = story(letters, hours)
    published = [step for step in told.steps if step.state in PUBLISHED]
    first_seen = [(step.old_text, step.new_text) for step in published if not step.is_back]
    assert len(first_seen) == len(set(first_seen))
    for step in published:
        again = letters.count(step.new_text) > 1
        assert again or step.why == "some of it is there"
        assert step.check > step.first.check
    for step in (step for step in told.steps if step.is_back):
        place = step.first.check - 1
        run = letters[place : place + len(letters[place:]) - len(letters[place:].lstrip(step.new_text))]
        assert len(run) >= SETTLED_CHECKS
        assert (len(run) - 1) * timedelta(hours=hours) >= SETTLED


@given(st.text("ABC", min_size=1, max_size=25))
def test_a_story_heard_in_two_parts_is_the_same_story(letters: str) -> None:
    seen = entries(letters, 24)
    whole, parts = Story(Letters()), Story(Letters())
    whole.hear_all(seen, seen[-1].at)
    parts.hear_all(seen[: len(seen) // 2], seen[-1].at)
    parts.hear_all(seen[len(seen) // 2 :], seen[-1].at)
    assert lines(whole) == lines(parts)
    assert whole.stands == parts.stands


@pytest.mark.parametrize(
    ("letters", "expected", "stands"),
    [
        ("AEAEAEFBB", ["AE two_texts", "EF confirmed", "AB alike"], "B"),  # B is as far from A as F from E
        ("AEAEAEFFBB", ["AE two_texts", "EF confirmed", "AB alike"], "B"),
        ("AEAEAEFFCC", ["AE two_texts", "EF confirmed", "AC confirmed"], "C"),  # another change
        (
            "AEAEAEFEBB",
            ["AE two_texts", "EF withdrawn", "AB confirmed"],
            "B",
        ),  # what was withdrawn tells nothing
        (
            "ABBCCDD",
            ["AB confirmed", "BC confirmed", "CD confirmed"],
            "D",
        ),  # one after another, however alike
    ],
)
def test_the_same_change_of_another_text_in_circulation_is_told_once(
    letters: str, expected: list[str], stands: str
) -> None:
    told = Story(Beside())
    told.hear_all(entries(letters, 2), START)
    assert (lines(told), told.stands) == (expected, stands)
    assert [step.told_by is not None for step in told.steps] == [step.state == "alike" for step in told.steps]


def test_what_was_told_long_before_does_not_tell_the_same_change_of_another_text() -> None:
    told = Story(Beside())
    late = [
        entry._replace(at=entry.at + timedelta(days=91), check=entry.check + 20) for entry in entries("BB", 2)
    ]
    told.hear_all([*entries("AEAEAEFF", 2), *late], START)
    assert lines(told)[-1] == "AB confirmed"
