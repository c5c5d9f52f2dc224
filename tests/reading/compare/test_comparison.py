"""Whole comparisons: realistic legal edits, and what holds for any two texts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conductatlas.reading.compare.comparison import Comparison, compare
from conductatlas.reading.compare.hunks import HunkKind
from conductatlas.reading.text.marks import Mark, MarkKind, Reading

Make = Callable[..., Reading]
Rebuild = Callable[[Comparison], str]

TERMS = (
    "# Terms of Pelican Cloud",
    "Last updated: March 1, 2024",
    "## 1. Payment",
    "You pay each invoice within 30 days. We may charge interest after that.",
    "## 2. Suspension",
    "Pelican may suspend an account that is used for unlawful purposes.",
    "You may not use the service to:",
    "* send bulk messages;",
    "* resell access to others;",
    "* test a competing product.",
    "## 3. Liability",
    "Pelican is not liable for indirect damages, except where the law forbids this limit.",
    "The limits of section 3 also apply to our suppliers.",
)


def edited(change: dict[str, str]) -> tuple[str, ...]:
    """TERMS with each key replaced by its value, in the one line that holds it."""
    lines = TERMS
    for before, after in change.items():
        assert sum(before in line for line in lines) == 1
        lines = tuple(line.replace(before, after) for line in lines)
    return lines


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({"within 30 days": "within 60 days"}, {"S1"}),
        ({"within 30 days": "within thirty (60) days"}, {"S1"}),
        ({"We may charge interest": "We shall charge interest"}, {"S3"}),
        ({"is not liable": "is liable"}, {"S4"}),
        ({", except where the law forbids this limit": ""}, {"S4", "S6"}),
        ({"each invoice": "any invoice"}, {"S5"}),
        ({" We may charge interest after that.": ""}, {"S3", "S12"}),
        ({"unlawful purposes": "harmful purposes"}, {"U"}),
        ({"an account": "an account of a consumer"}, {"S11"}),
    ],
)
def test_one_small_edit_of_meaning_is_one_substantive_hunk(
    make: Make, change: dict[str, str], rules: set[str]
) -> None:
    comparison = compare(make(*TERMS), make(*edited(change)))
    assert comparison.kind == "substantive"
    (hunk,) = comparison.hunks
    assert hunk.kind is HunkKind.MODIFIED
    assert set(hunk.rules) == rules


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"within 30 days": "within thirty (30) days"}, "N2"),
        ({"unlawful purposes.": "unlawful\u00a0purposes ."}, "N1"),
        ({"section 3 also apply to our suppliers.": "section 3 also apply to our suppliers"}, "N2"),
        ({"March 1, 2024": "April 9, 2024"}, "N9"),
        ({"## 2. Suspension": "## 2. SUSPENSION"}, "N10"),
    ],
)
def test_what_the_rule_book_calls_not_substantive(make: Make, change: dict[str, str], rule: str) -> None:
    comparison = compare(make(*TERMS), make(*edited(change)))
    assert comparison.kind == "editorial"
    assert [hunk.rules for hunk in comparison.hunks] == [(rule,)]


def test_a_section_put_in_renumbers_the_others_and_the_references_to_them(make: Make) -> None:
    lines = edited({"## 3. Liability": "## 4. Liability", "section 3": "section 4"})
    lines = (*lines[:10], "## 3. Notices", "Pelican sends notices by e-mail.", *lines[10:])
    comparison = compare(make(*TERMS), make(*lines))
    told = [(hunk.kind.value, hunk.significance.value, hunk.rules) for hunk in comparison.hunks]
    assert told == [
        ("added", "editorial", ("N8",)),
        ("added", "substantive", ("S9",)),
        ("modified", "editorial", ("N3",)),
        ("modified", "editorial", ("N3",)),
    ]


def test_a_reference_that_now_leads_to_another_clause_is_substantive(make: Make) -> None:
    comparison = compare(make(*TERMS), make(*edited({"section 3": "section 2"})))
    assert [hunk.rules for hunk in comparison.hunks] == [("S1",)]


def test_a_list_item_added_is_one_hunk(make: Make) -> None:
    lines = (*TERMS[:9], "* scrape other customers' data;", *TERMS[9:])
    comparison = compare(make(*TERMS), make(*lines))
    (hunk,) = comparison.hunks
    assert hunk.kind is HunkKind.ADDED
    assert "S7" in hunk.rules
    assert comparison.counts.sentences_added == 1
    assert comparison.counts.words_added == 4


def test_a_section_moved_whole_is_editorial(make: Make) -> None:
    plain = [
        line.replace("## 1. ", "## ").replace("## 2. ", "## ").replace("## 3. ", "## ") for line in TERMS
    ]
    moved = [*plain[:2], *plain[4:10], *plain[2:4], *plain[10:]]
    comparison = compare(make(*plain), make(*moved))
    assert {hunk.kind for hunk in comparison.hunks} == {HunkKind.MOVED}
    assert comparison.kind == "editorial"
    assert comparison.counts.clauses_moved == 2
    assert comparison.counts.words_added == 0


def test_an_item_that_moves_from_the_permitted_to_the_forbidden_is_substantive(make: Make) -> None:
    old = make(
        "You may upload:", "* photographs", "* maps", "You may not upload:", "* films", "* weapons plans"
    )
    new = make(
        "You may upload:", "* photographs", "You may not upload:", "* films", "* weapons plans", "* maps"
    )
    (hunk,) = compare(old, new).hunks
    assert hunk.kind is HunkKind.MOVED
    assert hunk.significance == "substantive"
    assert hunk.rules == ("S11",)


def test_a_clause_moved_and_edited_is_told_once(make: Make) -> None:
    clause = "Pelican keeps backups of every workspace for ninety days after the contract has ended."
    others = [
        f"Clause {word} says something of its own about {word}."
        for word in ("storage", "support", "access", "audits")
    ]
    new_clause = clause.replace("ninety", "thirty")
    comparison = compare(make(clause, *others), make(*others, new_clause))
    (hunk,) = comparison.hunks
    assert hunk.kind is HunkKind.MOVED
    assert hunk.rules == ("S1", "N4")
    assert hunk.is_edited


def test_a_clause_split_in_two_lines_is_modified(make: Make) -> None:
    first, second = (
        "You grant Pelican a licence to host your files.",
        "Pelican never sells the files that you have stored.",
    )
    comparison = compare(
        make("Start here.", f"{first} {second}", "End."), make("Start here.", first, second, "End.")
    )
    (hunk,) = comparison.hunks
    assert hunk.kind is HunkKind.MODIFIED
    assert hunk.significance == "editorial"
    assert hunk.new is not None
    assert comparison.new.text[slice(*hunk.new)] == f"{first}\n{second}"


def test_links_and_marks_alone_make_no_hunk(make: Make) -> None:
    old = make("See the page of partners.", "# Heading")
    link = Mark(8, 24, MarkKind.LINK, value="https://pelican.example/partners")
    linked = replace(old, marks=(link, *old.marks))
    elsewhere = replace(old, marks=(link._replace(value="https://pelican.example/others"), *old.marks))
    strong = replace(old, marks=(Mark(0, 3, MarkKind.STRONG), *old.marks))
    for other, links, marks in ((linked, 0, 0), (elsewhere, 1, 0), (old, 1, 0)):
        comparison = compare(linked, other)
        assert comparison.kind is None
        assert (comparison.links_changed, comparison.marks_changed) == (links, marks)
    assert compare(old, strong).marks_changed == 1


def test_json_is_plain_and_complete(make: Make) -> None:
    told = compare(make(*TERMS), make(*edited({"30 days": "60 days"}))).to_dict()
    assert json.loads(json.dumps(told)) == told
    assert list(told) == [
        "kind",
        "severity",
        "direction",
        "audience",
        "date_mismatch",
        "is_replaced",
        "counts",
        "dates",
        "links_changed",
        "marks_changed",
        "presentation",
        "hunks",
        "summary",
    ]
    (hunk,) = told["hunks"]
    assert list(hunk) == [
        "kind",
        "significance",
        "rules",
        "old",
        "new",
        "old_span",
        "new_span",
        "ops",
        "severity",
        "severity_rule",
        "direction",
        "direction_rules",
        "topics",
        "audience",
        "rank",
        "old_target",
        "new_target",
        "touched",
    ]
    assert told["dates"]["new"] == {"updated": "2024-03-01", "effective": None}
    text = make(*TERMS).text
    assert hunk["old"] == text[slice(*hunk["old_span"])]
    assert [op[0] for op in hunk["ops"]] == ["equal", "replace", "equal"]


@pytest.mark.parametrize(
    ("old", "new", "kind"), [("", "", None), ("", "A clause.", "added"), ("A clause.", "", "removed")]
)
def test_empty_sides(make: Make, old: str, new: str, kind: str | None) -> None:
    comparison = compare(make(old), make(new))
    assert [hunk.kind.value for hunk in comparison.hunks] == ([kind] if kind else [])


def test_another_language_is_compared_all_the_same(make: Make, rebuild: Rebuild) -> None:
    german = make("Wir speichern Ihre Daten.", "Sie können jederzeit widersprechen.", language="de")
    comparison = compare(make(*TERMS), german)
    assert comparison.kind == "substantive"
    assert rebuild(comparison) == german.text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["We share data."] * 20_000, ["We share data."] * 15_000),
        (["We share data.", "You agree."] * 6_000, ["You agree.", "We keep it.", "We share data."] * 4_000),
        (["a" * 300_000], ["a" * 150_000 + "b" + "a" * 150_000]),
        (["word " * 40_000 + "end"], ["other " * 40_000 + "end"]),
        (["1. " * 30_000 + "x"], ["1.2." * 20_000]),
        (["a+" * 40_000], ["a." * 40_000]),
    ],
    ids=[
        "one line many times",
        "two lines in turn",
        "no spaces",
        "one word many times",
        "numbers",
        "no address",
    ],
)
def test_repeats_without_end_are_compared_exactly(
    make: Make, rebuild: Rebuild, old: list[str], new: list[str]
) -> None:
    comparison = compare(make(*old), make(*new))
    assert rebuild(comparison) == "\n".join(new)


# Words with a little of everything that the normal form, the numbering and the rules look at.
ENGLISH = (
    "we may not share data with any partner 30 thirty (30) 1.2 Section days, “quoted” data. Data; it's it’s"
)
WORDS = st.sampled_from([*ENGLISH.split(), "数据", "第三条", "2024-03-01", "•"])
LINES = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)
TEXTS = st.lists(LINES, max_size=8).map("\n".join)
ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)


def plain(text: str, language: str = "en") -> Reading:
    return Reading(text, (), "", language)


@given(TEXTS | ANY_TEXT, TEXTS | ANY_TEXT)
def test_hunks_rebuild_the_new_text_exactly(rebuild: Rebuild, old: str, new: str) -> None:
    comparison = compare(plain(old), plain(new))
    assert rebuild(comparison) == new
    assert (comparison.kind is None) == (old == new)
    for hunk in comparison.hunks:
        if hunk.old and hunk.new:
            a, c = hunk.old.start, hunk.new.start
            for op in hunk.ops:
                assert (op.old_start, op.new_start) == (a, c)
                assert (old[a : op.old_end] == new[c : op.new_end]) == (op.op == "equal")
                a, c = op.old_end, op.new_end
            assert (a, c) == (hunk.old.end, hunk.new.end)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    comparison = compare(plain(text), plain(text))
    assert comparison.kind is None
    assert comparison.hunks == ()
    assert not any(comparison.counts.to_dict().values())


@given(TEXTS, TEXTS)
def test_backwards_is_the_mirror_image(old: str, new: str) -> None:
    there, back = compare(plain(old), plain(new)), compare(plain(new), plain(old))
    assert there.kind == back.kind
    a, b = there.counts, back.counts
    assert (a.sentences_added, a.words_added) == (b.sentences_removed, b.words_removed)
    assert (a.sentences_removed, a.words_removed) == (b.sentences_added, b.words_added)
    assert (a.sentences_modified, a.clauses_moved) == (b.sentences_modified, b.clauses_moved)
    swapped = {"added": "removed", "removed": "added"}
    assert Counter((h.kind, h.rules) for h in there.hunks) == Counter(
        (swapped.get(h.kind, h.kind), h.rules) for h in back.hunks
    )


@given(
    st.lists(LINES, unique=True, max_size=8).flatmap(
        lambda lines: st.tuples(st.just(lines), st.permutations(lines))
    )
)
def test_blocks_in_another_order_only_moved(texts: tuple[list[str], list[str]]) -> None:
    old, new = ("\n".join(lines) for lines in texts)
    comparison = compare(plain(old), plain(new))
    kinds = {hunk.kind for hunk in comparison.hunks if hunk.old and hunk.new}
    assert len(kinds) == len({hunk.kind for hunk in comparison.hunks})
    assert kinds <= {HunkKind.MOVED, HunkKind.MODIFIED}
    for hunk in comparison.hunks:
        if hunk.kind is HunkKind.MODIFIED:  # equal in normal form: one of the others stands in its place
            assert hunk.significance == "editorial"


@given(st.lists(LINES, min_size=1, max_size=8), st.data())
def test_a_sentence_put_in_is_one_hunk(lines: list[str], data: st.DataObject) -> None:
    sentence = "Pelican forwards complaints without delay."
    assume(all(sentence not in line for line in lines))
    at = data.draw(st.integers(0, len(lines)))
    own_line = compare(plain("\n".join(lines)), plain("\n".join([*lines[:at], sentence, *lines[at:]])))
    assert [hunk.kind for hunk in own_line.hunks] == [HunkKind.ADDED]
    at = data.draw(st.integers(0, len(lines) - 1))
    longer = [*lines[:at], f"{lines[at]}. {sentence}", *lines[at + 1 :]]
    in_line = compare(
        plain("\n".join([*lines[:at], f"{lines[at]}.", *lines[at + 1 :]])), plain("\n".join(longer))
    )
    assert len(in_line.hunks) == 1
    assert in_line.kind == "substantive"
