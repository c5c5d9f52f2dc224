"""Segmentation: what becomes a clause, what it stands under, and that no word is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.clauses.clause import Clause, ClauseKind
from conductatlas.reading.clauses.segment import passages, segment
from conductatlas.reading.text.markdown import read_markdown
from conductatlas.reading.text.marks import Mark, MarkKind, Reading


def reading(markdown: str, language: str = "en") -> Reading:
    read = read_markdown(markdown)
    return Reading(read.text, read.marks, read.title, language)


def plain(text: str, language: str = "en") -> Reading:
    return Reading(text, (), "", language)


def shown(read: Reading) -> list[tuple[str, str, str]]:
    """Kind, number and words of each clause."""
    return [(c.kind.value, c.number, read.text[c.start : c.end]) for c in segment(read)]


def check(read: Reading) -> tuple[Clause, ...]:
    """The clauses, once it is sure that they are in order, apart, and hold every word but printed numbers."""
    clauses = segment(read)
    position = 0
    for place, clause in enumerate(clauses):
        assert clause.place == place
        assert position <= clause.start < clause.end <= len(read.text)
        assert len(read.text[position : clause.start].split()) <= 3
        assert read.text[clause.start : clause.end].strip() == read.text[clause.start : clause.end]
        assert clause.parent is None or 0 <= clause.parent < place
        position = clause.end
    assert not read.text[position:].strip()
    assert len(passages(read, clauses)) == len(clauses)
    return clauses


def test_a_heading_is_a_clause_and_the_paragraph_under_it_stands_in_its_section() -> None:
    read = reading("# Terms\n\n## 4. Fees\n\nYou pay the fees each month.\n")
    assert shown(read) == [
        ("heading", "", "Terms"),
        ("heading", "4", "Fees"),
        ("paragraph", "", "You pay the fees each month."),
    ]
    clauses = segment(read)
    assert (clauses[2].section.title, clauses[2].section.path) == ("Fees", ("Terms",))
    assert [passage.path for passage in passages(read, clauses)] == [(), ("Terms",), ("Terms", "Fees")]


def test_items_stand_under_the_words_that_introduce_them_and_inner_ones_under_the_outer() -> None:
    read = reading(
        "You may not:\n\n- copy the Service;\n- use the Service to:\n    - send spam;\n    - mislead others.\n\n"
        "We may act.\n"
    )
    clauses = check(read)
    assert [c.kind for c in clauses[1:5]] == [ClauseKind.ITEM] * 4
    assert [c.parent for c in clauses] == [None, 0, 0, 2, 2, None]
    assert passages(read, clauses)[3].lead == "You may not: use the Service to:"


def test_items_that_are_paragraphs_are_known_by_their_letters() -> None:
    read = plain(
        "You agree that you will not:\n(a) resell the Service;\n(b) rent it; or\n(c) copy it.\nFees are due."
    )
    assert [(c.kind.value, c.number, c.parent) for c in check(read)] == [
        ("paragraph", "", None),
        ("item", "a", 0),
        ("item", "b", 0),
        ("item", "c", 0),
        ("paragraph", "", None),
    ]


def test_entries_with_a_label_stand_under_the_colon_before_them() -> None:
    read = plain(
        "We collect the following:\nUsage data: how you use it.\nBilling data: what you pay with.\nWe sell none."
    )
    assert [c.parent for c in check(read)] == [None, 0, 0, None]


def test_a_list_that_is_told_within_a_long_sentence_is_a_list() -> None:
    entries = [
        f"do the thing that nobody who is named number {n} in here may do to another user" for n in range(6)
    ]
    letters = "abcdef"
    told = "; ".join(f"({letter}) {entry}" for letter, entry in zip(letters, entries, strict=True))
    read = plain(f"3.2 You agree (i.e. promise) that you will not {told}.")
    clauses = check(read)
    assert [(c.kind.value, c.number, c.parent) for c in clauses] == [
        ("paragraph", "3.2", None),
        *(("item", letter, 0) for letter in letters),
    ]
    assert read.text[clauses[6].start : clauses[6].end] == f"{entries[5]}."


def test_a_list_that_is_marked_stands_under_the_colon_before_it_however_deep_that_is() -> None:
    read = reading("We share as follows:\n\nWith partners, to:\n\n- show ads;\n- count them.\n")
    assert [c.parent for c in check(read)] == [None, 0, 1, 1]


def test_of_4_3_1_what_is_left_open_in_4_3_is_the_introduction() -> None:
    read = plain(
        "4.3 The Processor agrees to:\n4.3.1 keep records;\n4.3.2 inform the Customer.\n4.4 Fees are due."
    )
    clauses = check(read)
    assert [(c.number, c.parent) for c in clauses] == [
        ("4.3", None),
        ("4.3.1", 0),
        ("4.3.2", 0),
        ("4.4", None),
    ]


@pytest.mark.parametrize(
    ("line", "number", "words"),
    [
        ("16.2 You may cancel.", "16.2", "You may cancel."),
        ("(iv) You may cancel.", "iv", "You may cancel."),
        ("b) You may cancel.", "b", "You may cancel."),
        (
            "Section 3.1 You may cancel at any time in your settings.",
            "3.1",
            "You may cancel at any time in your settings.",
        ),
        (
            "§ 5 Sie können jederzeit kündigen, wenn Sie das wollen.",
            "5",
            "Sie können jederzeit kündigen, wenn Sie das wollen.",
        ),
        ("第三条 您可以随时取消本服务。", "第三条", "您可以随时取消本服务。"),
        ("（二）您可以随时取消本服务。", "二", "您可以随时取消本服务。"),
        ("• You may cancel.", "", "You may cancel."),
        ("30 days later you may cancel.", "", "30 days later you may cancel."),
        ("1.5 times the fee is due.", "", "1.5 times the fee is due."),
        ("I agree to this.", "", "I agree to this."),
    ],
)
def test_a_printed_number_is_kept_as_printed_and_is_no_part_of_the_words(
    line: str, number: str, words: str
) -> None:
    read = plain(f"We begin here.\n{line}")
    clause = segment(read)[-1]
    assert (clause.number, read.text[clause.start : clause.end]) == (number, words)


def test_a_long_paragraph_is_divided_and_what_depends_on_a_sentence_stays_with_it() -> None:
    sentences = [
        "We may suspend your account at any time if you breach these terms or if the law tells us to do so at once.",
        "However, we will tell you before we do so and let you answer within fourteen days of our message to you.",
        "You own the content that you upload to the service, and you keep all rights that you have in it by law.",
        "This does not apply to feedback, which we may use without paying you and without naming you anywhere at all.",
        "Fees are charged at the start of each month and are not paid back unless the law where you live demands it.",
        "Nothing in these terms limits the rights that you have as a consumer under the law of the place you live in.",
    ]
    read = plain(" ".join(sentences))
    clauses = check(read)
    parts = [read.text[c.start : c.end] for c in clauses]
    assert {c.kind for c in clauses} == {ClauseKind.PART}
    assert parts[:2] == [" ".join(sentences[:2]), " ".join(sentences[2:4])]


def test_a_title_that_runs_in_is_the_section_of_its_paragraph_and_list_until_the_next() -> None:
    read = plain(
        "Governing Law. These terms are governed by the law of Freedonia.\n"
        "No Waiver. We may waive a right only in writing.\nThis holds for all rights."
    )
    assert [c.section.title for c in check(read)] == ["Governing Law", "No Waiver", "No Waiver"]


def test_words_set_bold_at_the_start_are_a_title_but_a_bold_sentence_is_none() -> None:
    read = reading(
        "**Minimum age.** You must be 16 years old.\n\n**We never sell your data.** Others may do so.\n"
    )
    assert [passage.path for passage in passages(read, check(read))] == [("Minimum age",), ()]


def test_an_item_that_is_counted_on_from_a_section_is_another_section() -> None:
    read = reading(
        "1. Fees\n    1. Fees are due.\n    2. Fees are high.\n2. **Ownership** We own the tools.\n3. Courts decide.\n"
    )
    assert [(c.section.number, c.section.title) for c in check(read)] == [
        ("1", "Fees"),
        ("1", "Fees"),
        ("1", "Fees"),
        ("2", "Ownership"),
        ("3", ""),
    ]


def test_what_says_what_a_term_means_is_a_definition() -> None:
    read = plain(
        '"Content" means any text or image.\nAn “Account” represents your place with us.\nContent is yours.'
    )
    assert [c.kind.value for c in check(read)] == ["definition", "definition", "paragraph"]


def test_terms_and_meanings_of_a_list_of_definitions_belong_together() -> None:
    text = "Content\nWhat you upload."
    marks = (Mark(0, 7, MarkKind.TERM), Mark(8, 24, MarkKind.DEFINITION))
    clauses = check(Reading(text, marks, "", "en"))
    assert [(c.kind.value, c.parent) for c in clauses] == [("definition", None), ("definition", 0)]


def test_rows_stand_under_the_titles_of_their_columns() -> None:
    read = reading("| Data | Kept for |\n|---|---|\n| Logs | 30 days |\n| Invoices | 10 years |\n")
    clauses = check(read)
    assert [(c.kind.value, c.parent) for c in clauses] == [("row", None), ("row", 0), ("row", 0)]
    assert passages(read, clauses)[2].lead == "Data\tKept for"


def test_the_label_of_a_link_is_a_reference_and_a_sentence_with_a_link_is_not() -> None:
    read = reading(
        "[Privacy policy](https://example.org/privacy)\n\nSee our [privacy policy](https://example.org/privacy).\n\n"
        "[Write to us](mailto:us@example.org)\n"
    )
    assert [(c.kind.value, c.target) for c in check(read)] == [
        ("reference", "https://example.org/privacy"),
        ("paragraph", ""),
        ("paragraph", ""),
    ]


def test_a_table_of_contents_is_references_into_the_text_itself() -> None:
    titles = ("Who we are", "What we collect", "How long we keep it")
    contents = "".join(f"- {title}\n" for title in titles)
    body = "".join(f"## {title}\n\nSome words about it.\n\n" for title in titles)
    clauses = check(reading(f"# Privacy\n\n{contents}\n{body}"))
    assert [(c.kind.value, c.target) for c in clauses[1:4]] == [("reference", "")] * 3
    assert sum(c.kind is ClauseKind.HEADING for c in clauses) == 4


def test_a_document_of_no_structure_is_divided_where_its_lines_and_sentences_end() -> None:
    text = "\n".join(f"We promise thing number {n} to you and to nobody else." for n in range(40))
    assert len(check(plain(text))) == 40


def test_one_giant_paragraph_is_divided() -> None:
    text = " ".join(
        f"You must not do the thing that is called number {n} in the service of ours." for n in range(900)
    )
    clauses = check(plain(text))
    assert len(clauses) > 300
    assert max(c.end - c.start for c in clauses) < 400


def test_titles_within_one_giant_paragraph_begin_sections_of_their_own() -> None:
    filler = (
        "You must not do the thing that nobody else may do in the service of ours either, today or later. "
        * 6
    )
    law = "Governing Law. The law of Freedonia governs these terms and all that follows from them."
    read = plain(f"{filler}{law} {filler}".strip())
    clauses = check(read)
    titled = [c for c in clauses if c.section.title == "Governing Law"]
    assert read.text[titled[0].start :].startswith("Governing Law. The law of Freedonia")
    assert clauses[0].section.title == "" and titled[-1] is clauses[-1]


def test_capitals_throughout_are_divided_too() -> None:
    text = " ".join(
        f"WE ARE NOT LIABLE FOR LOSS NUMBER {n} OR FOR ANY OTHER LOSS OF THAT KIND." for n in range(30)
    )
    clauses = check(plain(text))
    assert len(clauses) > 8
    assert all(clause.kind is ClauseKind.PART for clause in clauses)


def test_a_table_alone_is_rows() -> None:
    rows = "".join(f"| Partner {n} | hosting | Freedonia |\n" for n in range(50))
    clauses = check(reading(f"| Name | Purpose | Place |\n|---|---|---|\n{rows}"))
    assert [c.kind for c in clauses] == [ClauseKind.ROW] * 51


def test_chinese_and_german_are_divided() -> None:
    chinese = "一、总则\n" + "您应当遵守本协议的全部条款，不得利用本服务从事违法活动。" * 30
    clauses = check(plain(chinese, "zh"))
    assert len(clauses) > 10
    german = "Wir haften nicht für Schäden, die durch höhere Gewalt entstehen. " * 40
    assert len(check(plain(german.strip(), "de"))) > 10


def test_an_empty_text_has_no_clauses() -> None:
    assert segment(plain("")) == ()


@pytest.mark.parametrize(
    "junk",
    [
        "a" * 1_000_000,
        "(a) " * 250_000 + "x",
        "1." * 500_000,
        '"' * 1_000_000,
        "A b " * 250_000 + "x",
        "A. " * 333_333 + "x",
        "、" * 1_000_000,
        "Section " * 125_000 + "x",
        "\t".join("ab" for _ in range(333_333)),
        ": " * 500_000 + "x",
    ],
    ids=lambda junk: junk[:8].strip(),
)
def test_a_million_characters_of_junk_in_one_line_are_clauses_like_any_other(junk: str) -> None:
    check_offsets(plain(junk))  # what backtracks never ends


def check_offsets(read: Reading) -> None:
    position = 0
    for clause in segment(read):
        assert position <= clause.start < clause.end <= len(read.text)
        position = clause.end


_LINES = st.text(
    alphabet=st.sampled_from(list('aB1.:;()"“”,•-–\t 第一二条、。（）é\u00a0')), min_size=1, max_size=60
).map(lambda line: " ".join(line.split()) or "x")


@given(
    st.lists(
        st.tuples(_LINES, st.sampled_from(["", "heading", "item", "row", "strong", "link", "term"])),
        max_size=30,
    )
)
def test_whatever_a_text_is_its_clauses_are_in_order_and_never_overlap(drawn: list[tuple[str, str]]) -> None:
    text = "\n".join(line for line, _ in drawn)
    marks: list[Mark] = []
    start = 0
    for number, (line, kind) in enumerate(drawn):
        if kind:
            value = {"item": "•" if number % 2 else "", "link": "https://example.org/x"}.get(kind, "")
            marks.append(Mark(start, start + len(line), MarkKind(kind), 1 + number % 3, value))
        start += len(line) + 1
    read = Reading(text, tuple(marks), "", "en")
    check_offsets(read)
    clauses = segment(read)
    held = "".join(read.text[c.start : c.end] for c in clauses)
    assert sum(map(str.isalpha, held)) >= sum(map(str.isalpha, text)) * 0.2
    assert all(clause.parent is None or clause.parent < clause.place for clause in clauses)
