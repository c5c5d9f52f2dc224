"""What tells one text from another: its words in normal form, and where its rules lead."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.compare.forms import form_digest, leads_elsewhere, leads_to, links_digest
from conductatlas.reading.compare.normal import normal_digest
from conductatlas.reading.text.marks import Mark, MarkKind, Reading

TEXT = "Terms\nOur sub-processors are listed here.\nBirds are shown here."


def linked(rule: str, chat: str = "https://pelican.example/birds", text: str = TEXT) -> Reading:
    first = text.index("here")
    second = text.index("here", first + 1)
    marks = (
        Mark(first, first + 4, MarkKind.LINK, value=rule),
        Mark(second, second + 4, MarkKind.LINK, value=chat),
    )
    return Reading(text, marks, "", "en")


ONE, TWO = "https://pelican.example/list", "https://pelican.example/parties"


def test_the_place_a_rule_leads_to_is_part_of_the_form() -> None:
    assert form_digest(linked(ONE)) != form_digest(linked(TWO))
    assert form_digest(linked(ONE)) == form_digest(linked(f"{ONE}/?utm_source=mail"))
    assert form_digest(linked(ONE)) == form_digest(linked(ONE, chat=TWO))
    assert form_digest(linked(ONE)) == form_digest(
        linked(ONE, text=TEXT.replace(" are listed", "  are listed"))
    )


def test_without_links_of_rules_it_is_that_of_the_words() -> None:
    assert form_digest(Reading(TEXT, (), "", "en")) == normal_digest(TEXT)
    assert form_digest(Reading("", (), "", "en")) == normal_digest("")


def test_the_quick_look_sees_any_link() -> None:
    assert links_digest(linked(ONE)) != links_digest(linked(ONE, chat=TWO))
    assert links_digest(linked(ONE)) == links_digest(linked(ONE))


def test_only_a_rule_leads_elsewhere() -> None:
    assert leads_elsewhere(linked(ONE), linked(TWO))
    assert not leads_elsewhere(linked(ONE), linked(ONE, chat=TWO))
    assert not leads_elsewhere(linked(ONE), Reading(TEXT, (), "", "en"))
    assert leads_to(linked(ONE), f"{ONE}#top")
    assert not leads_to(linked(ONE), TWO)


@given(st.text(max_size=200), st.lists(st.tuples(st.integers(0, 199), st.text(max_size=20)), max_size=5))
def test_any_text_has_a_form(text: str, links: list[tuple[int, str]]) -> None:
    marks = tuple(
        Mark(start, min(start + 3, len(text)), MarkKind.LINK, value=target)
        for start, target in sorted(links)
        if start < len(text)
    )
    reading = Reading(text.replace("\x00", ""), (), "", "en")
    assert len(form_digest(reading)) == 64
    assert len(form_digest(Reading(text, marks, "", "en"))) == 64
