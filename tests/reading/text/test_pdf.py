"""PDF files into readings: what is told from type and place, and what every file leaves whole."""

from __future__ import annotations

import contextlib
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pdf_writer import File, Page, pdf
from tests.sound import assert_sound

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.marks import MarkKind, Reading
from conductatlas.reading.text.page import Page as Answer
from conductatlas.reading.text.pdf import read_pdf
from conductatlas.reading.text.reader import examine

LONG = (
    "These terms govern your use of the ferry between the two islands and of everything that we offer on board "
    "of it. Whoever travels with you is bound by them as well, whether or not they hold a ticket of their own."
)


def read(body: bytes) -> Reading:
    reading, _ = read_pdf(body)
    assert_sound(reading)
    return reading


def marked(reading: Reading, kind: MarkKind) -> list[tuple[str, int, str]]:
    return [(reading.text[m.start : m.end], m.level, m.value) for m in reading.marks if m.kind is kind]


def contract() -> Page:
    page = Page()
    page.text(60, 780, "Terms of Carriage", font="F2", size=18)
    y = page.paragraph(60, 750, LONG)
    page.text(60, y - 10, "1. Fares", font="F2")
    y = page.paragraph(60, y - 34, LONG)
    page.text(60, y - 10, "1.1 Refunds", font="F2")
    page.paragraph(60, y - 34, LONG)
    return page


def test_lines_are_joined_to_paragraphs_and_larger_or_bold_lines_are_headings() -> None:
    reading = read(pdf(contract()))
    assert reading.text.split("\n") == ["Terms of Carriage", LONG, "1. Fares", LONG, "1.1 Refunds", LONG]
    assert marked(reading, MarkKind.HEADING) == [
        ("Terms of Carriage", 1, ""),
        ("1. Fares", 2, ""),
        ("1.1 Refunds", 3, ""),
    ]
    assert (reading.title, reading.language) == ("Terms of Carriage", "en")


def test_the_outline_names_headings_that_type_does_not() -> None:
    page = Page()
    page.text(60, 780, "Liability")
    page.paragraph(60, 750, LONG)
    assert marked(read(pdf(page)), MarkKind.HEADING) == []
    assert marked(read(pdf(page, outline=("Liability",))), MarkKind.HEADING) == [("Liability", 1, "")]


@pytest.mark.parametrize(
    ("stated", "title"),
    [("Terms of Carriage", "Terms of Carriage"), ("terms_v3_FINAL.docx", ""), ("Microsoft Word - terms", "")],
)
def test_without_a_heading_the_title_is_the_stated_one_if_it_is_one(stated: str, title: str) -> None:
    page = Page()
    page.paragraph(60, 750, LONG)
    assert read(pdf(page, title=stated)).title == title


def test_words_parted_at_the_end_of_a_line_are_mended_only_where_that_is_sure() -> None:
    page = Page()
    page.lines(60, 780, ["We may process personal data by sub-", "processors of ours, and the passen-"])
    page.lines(
        60, 754, ["gers agree. Each passengers count;", "and so on to the end of it all, in-", "dubitably."]
    )
    text = read(pdf(page)).text.replace("\n", " ")
    assert "sub-processors" in text and "the passengers agree" in text and "in-dubitably" in text


def test_items_carry_their_markers_and_depths() -> None:
    page = Page()
    y = page.paragraph(60, 780, LONG)
    for marker, x, words in (
        ("(a)", 70, "you board in time;"),
        ("(b)", 70, "you carry no more than"),
        ("(i)", 90, "one bag, and"),
        ("(ii)", 90, "one bicycle;"),
        ("(c)", 70, "you pay."),
        ("•", 70, "Dogs are welcome."),
        ("9.", 70, "alone, it is no item"),
    ):
        page.text(x, y, marker).text(x + 30, y, words)
        y -= 13
    reading = read(pdf(page))
    assert marked(reading, MarkKind.ITEM) == [
        ("you board in time;", 1, "(a)"),
        ("you carry no more than", 1, "(b)"),
        ("one bag, and", 2, "(i)"),
        ("one bicycle;", 2, "(ii)"),
        ("you pay.", 1, "(c)"),
        ("Dogs are welcome.", 1, "•"),
    ]
    assert reading.text.endswith("\n9. alone, it is no item")


FEES = [("Service", "Fee"), ("Foot passenger", "12 EUR"), ("Bicycle", "4 EUR"), ("Car", "40 EUR")]


def fees(*, ruled: bool) -> Page:
    page = Page()
    y = page.paragraph(60, 780, LONG) - 20
    top = y + 14
    for place, (service, fee) in enumerate(FEES):
        font = "F2" if place == 0 else "F1"
        page.text(64, y, service, font=font).text(264, y, fee, font=font)
        y -= 20
    if ruled:
        page.grid((60, 260, 400), [top - 20 * n for n in range(len(FEES) + 1)])
    page.paragraph(60, y - 20, LONG)
    return page


@pytest.mark.parametrize("ruled", [True, False])
def test_a_table_of_terms_has_rows_and_cells_with_or_without_ruled_lines(ruled: bool) -> None:
    reading = read(pdf(fees(ruled=ruled)))
    lines = reading.text.split("\n")
    assert lines == [LONG, *(f"{service}\t{fee}" for service, fee in FEES), LONG]
    assert [value for _, _, value in marked(reading, MarkKind.ROW)] == ["header", "", "", ""]
    assert marked(reading, MarkKind.CELL)[:3] == [
        ("Service", 0, "th"),
        ("Fee", 1, "th"),
        ("Foot passenger", 0, "td"),
    ]
    assert [text for text, _, _ in marked(reading, MarkKind.TABLE)] == ["\n".join(lines[1:-1])]


def test_a_ruled_table_goes_on_over_the_end_of_a_page() -> None:
    first, second = fees(ruled=True), Page()
    first.drawn = first.drawn[:-3]  # without the paragraph below it
    second.text(64, 780, "Lorry").text(264, 780, "90 EUR")
    second.grid((60, 260, 400), (794, 774))
    reading = read(pdf(first, second))
    assert len(marked(reading, MarkKind.TABLE)) == 1
    assert reading.text.endswith("Car\t40 EUR\nLorry\t90 EUR")


def test_two_columns_are_read_one_after_the_other() -> None:
    page = Page()
    page.text(60, 790, "Conditions", font="F2", size=18)
    left = LONG + " We may change the timetable at any time."
    right = "Liability is limited to the value of the ticket. " + LONG
    page.paragraph(60, 760, left, width=36)
    page.paragraph(310, 760, right, width=36)
    assert read(pdf(page)).text.split("\n") == ["Conditions", left, right]


def test_headers_are_read_once_and_page_numbers_not_at_all() -> None:
    pages = []
    for number in range(1, 6):
        page = Page()
        page.text(60, 810, "Ferry Terms, updated 3 March 2025", size=8)
        page.paragraph(60, 760, f"Clause of page number {'abcdef'[number]}. " + LONG)
        page.text(280, 30, f"Page {number} of 5", size=8)
        pages.append(page)
    text = read(pdf(*pages)).text
    assert text.count("Ferry Terms") == 1 and "Page " not in text
    assert text.count(LONG) == 5


def test_anchors_name_the_pages_and_a_paragraph_goes_on_over_them() -> None:
    first, second = Page(), Page()
    lines = [f"word{n} and more words of this sentence that goes on and on and {n:02}" for n in range(20)]
    first.lines(60, 400, lines[:10])
    second.lines(60, 780, [*lines[10:], "and ends."])
    second.text(60, 600, "Another paragraph.")
    reading = read(pdf(first, second))
    assert reading.text.split("\n") == [" ".join([*lines, "and ends."]), "Another paragraph."]
    anchors = [(m.value, reading.text[m.start :][:7]) for m in reading.marks if m.kind is MarkKind.ANCHOR]
    assert anchors == [("page-1", "word0 a"), ("page-2", "Another")]


def test_links_carry_web_addresses_and_nothing_else() -> None:
    page = Page()
    page.text(60, 780, "See the fares, or do not.")
    page.links = [
        ((84, 776, 144, 790), "https://ferry.example/fares"),
        ((162, 776, 300, 790), "javascript:alert(1)"),
    ]
    assert marked(read(pdf(page)), MarkKind.LINK) == [("the fares,", 0, "https://ferry.example/fares")]


def test_a_list_of_contents_is_left_out() -> None:
    page = Page()
    page.lines(
        60, 780, ["1. Fares ................ 2", "2. Rules ................ 3", "3. Claims ............... 4"]
    )
    page.paragraph(60, 700, LONG)
    assert read(pdf(page)).text == LONG


def test_what_runs_sideways_is_turned_and_what_stands_at_an_angle_is_left_out_and_told() -> None:
    page = Page()
    page.drawn.append(b"BT /F1 10 Tf 0 1 -1 0 100 100 Tm (These terms run up the page, all of them.) Tj ET")
    page.drawn.append(b"BT /F1 40 Tf 0.7 0.7 -0.7 0.7 100 100 Tm (DRAFT) Tj ET")
    reading, notes = read_pdf(pdf(page))
    assert reading.text == "These terms run up the page, all of them."
    assert notes == ("5 characters stand at an angle and are left out",)


# files that cannot be read


def reason(body: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        read_pdf(body)
    return caught.value.reason


def test_a_scan_is_refused_as_one() -> None:
    assert reason(pdf(Page().picture(), Page().picture())) == "scanned_pdf"
    assert reason(pdf(contract(), Page().picture(), Page().picture())) == "scanned_pdf"
    _, notes = read_pdf(pdf(contract(), contract(), Page().picture()))
    assert notes == ("pages that are pictures without text: 3",)


def test_a_locked_file_is_refused_and_one_that_only_restricts_is_read() -> None:
    assert reason(pdf(contract(), user_password="secret")) == "encrypted"
    assert LONG in read(pdf(contract(), user_password="")).text


def test_cut_and_broken_files_are_refused_with_that_reason() -> None:
    whole = pdf(contract())
    assert reason(whole[:60]) == "truncated"
    assert reason(b"%PDF-1.7\nnothing of the kind\n%%EOF\n") == "wrong_type"


def test_a_page_tree_that_holds_itself_ends() -> None:
    file = File([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>"])
    _survives(file.finish())


def test_more_pages_and_more_text_than_a_document_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reason(pdf(*[Page()] * 2_001)) == "beyond_limits"
    monkeypatch.setattr("conductatlas.reading.text.pdf_file.MAX_CHARACTERS", 100)
    assert reason(pdf(contract())) == "beyond_limits"


def test_an_outline_that_goes_in_a_circle_ends() -> None:
    body = pdf(contract(), outline=("1. Fares", "1.1 Refunds"))
    assert body.count(b"/Next") == 1
    place = body.index(b"/Title (1.1 Refunds) /Parent")
    looped = body[:place] + body[place:].replace(b"/Parent", b"/Next ", 1)
    assert LONG in read(looped).text


def _survives(body: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        assert_sound(read_pdf(body)[0])


SEEDS = [pdf(contract(), outline=("1. Fares",)), pdf(fees(ruled=True)), pdf(contract(), user_password="")]


@settings(max_examples=60)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6)), max_size=8),
)
def test_any_mutation_gives_a_sound_reading_or_a_typed_refusal(
    body: bytes, edits: list[tuple[float, bytes]]
) -> None:
    changed = bytearray(body)
    for place, patch in edits:
        at = 9 + int(place * (len(changed) - 20))
        changed[at : at + len(patch)] = patch
    _survives(bytes(changed))


@settings(max_examples=30)
@given(st.binary(max_size=300), st.binary(max_size=100))
def test_any_bytes_after_the_magic_give_a_reading_or_a_typed_refusal(body: bytes, drawn: bytes) -> None:
    _survives(b"%PDF-1.7\n" + body)
    file = File([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"])
    file.add(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>")
    file.stream(zlib.compress(b"BT /F1 12 Tf 9 9 Td (terms) Tj ET " + drawn), b"/Filter /FlateDecode")
    _survives(file.finish())


@pytest.mark.parametrize("content_type", ["application/pdf", "application/octet-stream", "text/html", None])
def test_a_file_is_known_by_its_first_bytes_whatever_it_was_served_as(content_type: str | None) -> None:
    assert examine(Answer(pdf(contract()), content_type)).reading.title == "Terms of Carriage"


def test_selectors_do_not_apply_to_a_file_and_that_is_told() -> None:
    found = examine(Answer(pdf(contract()), "application/pdf", "", ("main",)))
    assert LONG in found.reading.text
    assert found.notes == ("selectors do not apply to a file of this type: all of it is read",)
