"""Sections: where they begin, what they are called, and that their anchors stay."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.text.html import read_html
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.sections import Section, sections


def cut(markup: str) -> tuple[Section, ...]:
    return sections(read_html(f"<main>{markup}</main>").reading)


def test_headings_numbers_levels_and_paths() -> None:
    found = cut(
        "<p>Intro<h1>Terms</h1><p>x<h2>4. Fees</h2><p>y<h3>4.2 Late fees</h3><p>z<h2>Section 5: End</h2><p>w"
    )
    assert [(s.anchor, s.number, s.level, s.title, s.path) for s in found] == [
        ("top", "", 0, "", ()),
        ("terms", "", 1, "Terms", ()),
        ("fees", "4", 2, "Fees", ("Terms",)),
        ("late-fees", "4.2", 3, "Late fees", ("Terms", "Fees")),
        ("end", "5", 2, "End", ("Terms",)),
    ]


def test_lines_that_are_set_as_headings() -> None:
    found = cut(
        "<h1>Terms</h1><p><b>Your licence</b><p>Text with <b>bold</b> in it.<p>2. Fees<p>You pay."
        "<p><b>3. Law:</b> Ours applies.<ol><li>Scope of it<ul><li>a<li>b</ul><li>Name<li>Address</ol><p><b>Agree!</b>"
    )
    assert [(s.number, s.title, s.level > 6) for s in found] == [
        ("", "Terms", False),
        ("", "Your licence", True),
        ("2", "Fees", True),
        ("3", "Law", True),
        ("1", "Scope of it", True),
    ]


def test_repeated_titles_get_ordinals() -> None:
    assert [s.anchor for s in cut("<h2>Fees</h2><p>a<h2>Fees</h2><p>b<h2>Fees 2</h2><p>c<h2>Fees</h2>")] == [
        "fees",
        "fees-2",
        "fees-2-2",
        "fees-3",
    ]


def test_titles_in_any_script_have_anchors() -> None:
    assert [
        s.anchor for s in cut("<h2>第一条 范围</h2><p>a<h2>Übermäßige Nutzung</h2><p>b<h2>???</h2><p>c")
    ] == [
        "第一条-范围",
        "übermäßige-nutzung",
        "section",
    ]


def test_an_empty_text_has_none() -> None:
    assert sections(Reading("", (), "", "")) == ()


TITLES = st.lists(
    st.text("abcde ", min_size=1, max_size=6).filter(str.strip),
    min_size=1,
    max_size=8,
    unique_by=lambda title: tuple(title.split()),
)


@given(TITLES, st.data())
def test_a_new_section_changes_no_other_anchor(titles: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(titles)))
    before = {s.anchor for s in cut("".join(f"<h2>{title}</h2><p>text." for title in titles))}
    grown = [*titles[:place], "zzz", *titles[place:]]
    after = {s.anchor for s in cut("".join(f"<h2>{title}</h2><p>text." for title in grown))}
    assert after == before | {"zzz"}


@given(
    st.lists(
        st.sampled_from(["<h1>a</h1>", "<h3>1.1 b</h3>", "<p>text.", "<p><b>c</b>", "<li>d"]), max_size=12
    )
)
def test_sections_hold_every_line_once(parts: list[str]) -> None:
    reading = read_html(f"<main>{''.join(parts)}</main>").reading
    found = sections(reading)
    assert "\n".join(reading.text[s.start : s.end] for s in found) == reading.text
    assert len({s.anchor for s in found}) == len(found)
