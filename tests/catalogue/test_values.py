from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.catalogue import values
from conductatlas.catalogue.categories import CATEGORIES
from conductatlas.catalogue.faults import WrongValueError
from conductatlas.reading.text.filters import Filter, QueryParameters, Replace, Strip

PARSERS = [
    values.text(20),
    values.slug,
    values.category,
    values.kind,
    values.fetcher,
    values.url,
    values.cadence,
    values.language,
    values.verified,
    values.selectors,
    values.filters,
    values.names,
    values.moment,
    values.tables,
    values.publish_text,
]
ANYTHING = st.recursive(
    st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("parse", PARSERS)
@given(value=ANYTHING)
def test_a_value_is_taken_or_refused_with_a_remedy(parse: values.Callable, value: object) -> None:
    try:
        parse(value)
    except WrongValueError as fault:
        assert fault.message
        assert fault.remedy


@pytest.mark.parametrize(
    ("value", "meant"), [("5m", 300), ("90m", 5400), ("6h", 21600), ("24h", 86400), ("7d", 604800)]
)
def test_cadence(value: str, meant: int) -> None:
    assert values.cadence(value) == timedelta(seconds=meant)


@pytest.mark.parametrize(
    "value", ["", "24", "h", "1.5h", "-1h", "24 h", "1w", "0h", "4m", "400d", "999999d", 24]
)
def test_no_cadence(value: object) -> None:
    with pytest.raises(WrongValueError):
        values.cadence(value)


@pytest.mark.parametrize(
    ("value", "cased"),
    [
        ("", ""),
        ("EN", "en"),
        ("pt-br", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("gsw", "gsw"),
    ],
)
def test_language(value: str, cased: str) -> None:
    assert values.language(value) == cased


@pytest.mark.parametrize("value", ["english", "e", "en_US", "en-", "-en", "en-USA-", "en us", "12", "en-u"])
def test_no_language(value: str) -> None:
    with pytest.raises(WrongValueError, match="language"):
        values.language(value)


@pytest.mark.parametrize(
    "value",
    [
        "https://quill.example/terms",
        "http://quill.example:8080/a?b=c&d=%20e",
        "https://[2001:db8::1]/terms",
        "https://bücher.example/agb",
    ],
)
def test_url(value: str) -> None:
    assert values.url(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "quill.example/terms",
        "//quill.example/terms",
        "ftp://quill.example/terms",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https:///terms",
        "https://user:secret@quill.example/",
        "https://quill.example:port/",
        "https://quill.example:99999/",
        "https://[::1/",
        "https://quill .example/",
        "https://quill.example/two words",
        "https://quill..example/",
        "https://quill.example/#terms",
        "https://quill.example/a\nb",
        "https://quill.example/" + "a" * 2000,
    ],
)
def test_no_url(value: str) -> None:
    with pytest.raises(WrongValueError):
        values.url(value)


@pytest.mark.parametrize("value", ["main", "#a .b > p:not([class*='x'])", "[style] ~ ol", "h1, h2"])
def test_a_selector(value: str) -> None:
    assert values.selectors(value) == (value,)
    assert values.selectors([value, "p"]) == (value, "p")


def test_a_range_of_a_page() -> None:
    span = {"startAfter": "h1", "endBefore": "footer"}
    assert values.selectors(span) == (span,)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "p[",
        "p:nth-child(",
        ".a >",
        "p::before",
        5,
        ["p", 5],
        {},
        {"startBefore": "h1"},
        {"startBefore": "h1", "startAfter": "h2"},
        {"startBefore": "h1", "endBefore": "p["},
        {"startBefore": "h1", "endBefore": "p", "x": "y"},
        "a" * 2000,
    ],
)
def test_no_selector(value: object) -> None:
    with pytest.raises(WrongValueError):
        values.selectors(value)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ({"replace": "Page built on {date}"}, Replace("Page built on {date}")),
        ({"replace": "Viewed {number} times", "with": "Viewed"}, Replace("Viewed {number} times", "Viewed")),
        ({"strip": "id"}, Strip(("id",))),
        ({"strip": ["data-*", "id", "id"], "at": "h2 > a"}, Strip(("data-*", "id"), "h2 > a")),
        ({"query_parameters": ["sid", "a b"]}, QueryParameters(("sid", "a b"))),
    ],
)
def test_a_filter(value: object, meant: Filter) -> None:
    assert values.filters(value) == values.filters([value]) == (meant,)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "no filter"),
        ("replace", "no filter"),
        ({"replace": "a", "strip": "id"}, "no filter: strip"),
        ({"replace": "a", "at": "p"}, "no filter: at"),
        ({"with": "a"}, "no filter: with"),
        ({"replace": "{number} days"}, "too little wording"),
        ({"replace": "Built on {day}"}, "unknown token"),
        ({"replace": 5}, "must be text"),
        ({"replace": "abc", "with": "a  b"}, "no text as readings hold it"),
        ({"strip": "ID"}, "no name of an attribute"),
        ({"strip": "*"}, "no name of an attribute"),
        ({"strip": "href"}, "never left out"),
        ({"strip": "hr*"}, "never left out"),
        ({"strip": []}, "names nothing"),
        ({"strip": "id", "at": "p["}, "no CSS selector"),
        ({"query_parameters": []}, "names nothing"),
        ({"query_parameters": [5]}, "must be text"),
    ],
)
def test_no_filter(value: object, message: str) -> None:
    with pytest.raises(WrongValueError) as caught:
        values.filters(value)
    assert message in caught.value.message
    assert caught.value.remedy


def test_a_moment_is_in_utc() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert values.moment(datetime(2026, 3, 1, 12)) == values.moment(noon) == noon
    assert values.moment(datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2)))) == noon
    assert values.moment(date(2026, 3, 1)) == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("odd", ["\0", "\x1b", "\n", "\u2028", "\u202e", "\x7f"])
def test_control_characters_are_named(odd: str) -> None:
    with pytest.raises(WrongValueError, match=f"U\\+{ord(odd):04X}"):
        values.text(20)(f"Te{odd}rms")


@pytest.mark.parametrize(
    ("parse", "value", "hint"),
    [
        (values.kind, "privcy", "Did you mean 'privacy'"),
        (values.kind, "Terms of Service", 'kind = "terms"'),
        (values.category, "comerce", "Did you mean 'commerce'"),
        (values.fetcher, "https", "Did you mean 'http'"),
        (values.kind, "qqqqqq", "Known: terms, "),
    ],
)
def test_a_word_nearly_right_is_suggested(parse: values.Callable, value: str, hint: str) -> None:
    with pytest.raises(WrongValueError) as caught:
        parse(value)
    assert hint in caught.value.remedy


def test_verified_is_a_day() -> None:
    assert values.verified(date(2026, 3, 1)) == date(2026, 3, 1)
    assert values.verified(False) is None
    for wrong in ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC), True):
        with pytest.raises(WrongValueError, match="date"):
            values.verified(wrong)


def test_categories_are_slugs_with_words() -> None:
    for slug, category in CATEGORIES.items():
        assert values.slug(slug) == category.slug
        assert len(slug) <= 40
        assert category.title
        assert category.covers.endswith(".")
