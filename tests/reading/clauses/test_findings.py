"""The composition: which clauses make one provision, its title, span and types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.clauses.finding import Typed
from conductatlas.reading.clauses.findings import Classify, Found, find
from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.text.markdown import read_markdown
from conductatlas.reading.text.marks import Reading


def by_word(words: Mapping[str, Sequence[str]], confidence: float = 0.9) -> Classify:
    """A classifier that knows types by words, in the order given; each a little less sure than the one before."""

    def classify(passages: Sequence[Passage]) -> list[tuple[Typed, ...]]:
        return [
            tuple(
                Typed(name, confidence - position * 0.3, "rule:test")
                for word, names in words.items()
                if word in passage.text
                for position, name in enumerate(names)
            )
            for passage in passages
        ]

    return classify


def provisions(
    markdown: str, words: Mapping[str, Sequence[str]], confidence: float = 0.9
) -> list[tuple[str, str]]:
    """Type and quote of each."""
    reading = read_markdown(markdown)
    return [(f.type, f.span.of(reading.text)) for f in found(reading, words, confidence).findings]


def found(reading: Reading, words: Mapping[str, Sequence[str]], confidence: float = 0.9) -> Found:
    return find(reading, "terms", by_word(words, confidence))


def test_neighbours_of_one_type_and_section_are_one_provision() -> None:
    text = "# Terms\n\n## Fees\n\nFees are due.\n\nFees are high.\n\n## Tax\n\nFees are taxed.\n"
    assert provisions(text, {"Fees are": ["fees"]}) == [
        ("fees", "Fees are due.\nFees are high."),
        ("fees", "Fees are taxed."),
    ]


def test_what_is_untyped_and_short_between_two_of_a_type_goes_with_them_but_not_at_an_end() -> None:
    text = "Hello.\n\nFees are due.\n\nSo be it.\n\nFees are high.\n\nBye.\n"
    assert provisions(text, {"Fees": ["fees"]}) == [("fees", "Fees are due.\nSo be it.\nFees are high.")]


def test_a_list_is_one_provision_with_its_introduction() -> None:
    text = "You may not:\n\n- steal;\n- lie;\n- cheat.\n"
    assert provisions(text, {"You may not": ["acceptable_use"]}) == [
        ("acceptable_use", "You may not:\nsteal;\nlie;\ncheat.")
    ]


def test_an_item_that_surely_says_something_else_is_a_provision_of_its_own() -> None:
    text = "You may not:\n\n- steal;\n- scrape the Service;\n- cheat.\n"
    words = {"You may not": ["acceptable_use"], "scrape": ["scraping"]}
    assert provisions(text, words) == [
        ("acceptable_use", "You may not:\nsteal;\nscrape the Service;\ncheat."),
        ("scraping", "scrape the Service;"),
    ]
    assert provisions(text, words, confidence=0.55) == [
        ("acceptable_use", "You may not:\nsteal;\nscrape the Service;\ncheat.")
    ]


def test_items_of_one_other_type_are_one_provision_and_its_quote_is_the_first_run_of_them() -> None:
    text = "You may not:\n\n- scrape us;\n- scrape others;\n- lie;\n- scrape anyone.\n"
    reading = read_markdown(text)
    findings = found(reading, {"You may not": ["acceptable_use"], "scrape": ["scraping"]}).findings
    assert [(f.type, f.clauses) for f in findings] == [("acceptable_use", (0, 3)), ("scraping", (1, 2, 4))]
    assert findings[1].span.of(reading.text) == "scrape us;\nscrape others;"


def test_what_follows_a_list_goes_with_it_whatever_its_last_item_is() -> None:
    text = "You may not:\n\n- lie;\n- scrape us.\n\nYou may not steal.\n"
    words = {"You may not": ["acceptable_use"], "scrape": ["scraping"]}
    assert [name for name, _ in provisions(text, words)] == ["acceptable_use", "scraping"]


def test_a_list_without_a_typed_introduction_is_of_the_type_of_most_of_its_words() -> None:
    text = "Here is more:\n\n- fees are due each month and never paid back;\n- courts decide.\n"
    words = {"fees": ["fees"], "courts": ["venue"]}
    assert [name for name, _ in provisions(text, words)] == ["fees", "venue"]


def test_the_heading_is_the_title_if_it_names_the_subject_and_of_one_provision_only() -> None:
    text = "# Terms\n\n## 4. REFUNDS AND FEES\n\nFees are due.\n\nMoney comes back.\n\n## Odds\n\nCourts decide.\n"
    reading = read_markdown(text)
    findings = found(reading, {"Fees are": ["fees"], "comes back": ["refunds"], "Courts": ["venue"]}).findings
    assert [(f.title, f.number, f.path) for f in findings] == [
        ("Refunds and fees", "4", ("Terms", "REFUNDS AND FEES")),
        ("Refunds", "4", ("Terms", "REFUNDS AND FEES")),
        ("Jurisdiction and venue", "", ("Terms", "Odds")),
    ]


def test_definitions_are_no_provisions_and_are_counted_as_understood() -> None:
    reading = read_markdown('# Terms\n\n## Definitions\n\n"Fees" means money.\n\n## More\n\nFees are due.\n')
    result = found(reading, {"Fees": ["fees"]})
    assert [f.span.of(reading.text) for f in result.findings] == ["Fees are due."]
    assert [d.term for d in result.definitions] == ["Fees"]
    assert result.coverage == 1.0


def test_coverage_is_the_share_of_words_in_provisions() -> None:
    result = found(
        read_markdown("# Terms\n\nFees are due now.\n\n## Other\n\nWe like you a lot, all of us.\n"),
        {"Fees": ["fees"]},
    )
    assert (result.words, result.typed_words) == (12, 4)
    assert result.coverage == 4 / 12


def test_the_other_types_of_its_clauses_follow_the_one_it_is_called_by() -> None:
    reading = read_markdown("Fees are due.\n\nFees come back.\n")
    types = found(reading, {"Fees": ["fees"], "come back": ["refunds", "taxes"]}, 0.9).findings[0].types
    assert [t.type for t in types] == ["fees", "refunds", "taxes"]


def test_a_label_of_a_link_is_never_a_provision() -> None:
    result = found(read_markdown("[Fees policy](https://example.org/fees)\n"), {"Fees": ["fees"]})
    assert result.findings == ()
    assert result.coverage == 0.0


def test_an_empty_text_says_nothing() -> None:
    result = find(Reading("", (), "", ""), "", by_word({}))
    assert (result.clauses, result.findings, result.references, result.coverage) == ((), (), (), 0.0)


_LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "- ", "    - ", "## ", "1. "]),
        st.lists(
            st.sampled_from(["fee", "law.", "tax", "we", "may:", "(a)", "“Term” means"]),
            min_size=1,
            max_size=6,
        ),
    ),
    max_size=20,
)


@given(_LINES)
def test_no_clause_is_in_two_provisions_and_every_span_is_of_its_clauses(
    lines: list[tuple[str, list[str]]],
) -> None:
    reading = read_markdown("\n\n".join(mark + " ".join(words) for mark, words in lines))
    result = find(reading, "terms", by_word({"fee": ["fees", "taxes"], "tax": ["taxes"], "law": ["venue"]}))
    seen: set[int] = set()
    for finding in result.findings:
        assert not seen.intersection(finding.clauses)
        seen.update(finding.clauses)
        assert finding.span.start == result.clauses[finding.clauses[0]].start
        assert finding.span.end in [result.clauses[place].end for place in finding.clauses]
        assert finding.types[0].type == finding.type
        assert list(finding.clauses) == sorted(finding.clauses)
    assert [f.span.start for f in result.findings] == sorted(f.span.start for f in result.findings)
