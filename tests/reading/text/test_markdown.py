"""Markdown out and in: what is written reads back as the same text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.text.html import read_html
from conductatlas.reading.text.markdown import read_markdown, to_markdown
from conductatlas.reading.text.marks import MarkKind, Reading

WORDS = st.text(
    st.sampled_from("aB9é第 .-+*_`~#>|[](){}!<&\\\"':;=/\t"), min_size=1, max_size=14
).map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;"))  # fmt: skip
INLINE = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.builds(
            lambda tag, text: f"<{tag}>{text}</{tag}>",
            st.sampled_from(["b", "i", "code", "span lang=de"]),
            inner,
        ),
        st.builds(lambda text: f"<a href='https://acme.example/a_(b)?c=<d>'>{text}</a>", inner),
    ),
    max_leaves=6,
)
BLOCK = st.recursive(
    st.one_of(
        INLINE.map(lambda text: f"<p>{text}</p>"),
        st.builds(lambda n, text: f"<h{n}>{text}</h{n}>", st.integers(1, 6), INLINE),
        WORDS.map(lambda text: f"<pre>{text}\n{text}</pre>"),
        st.lists(st.lists(INLINE, min_size=2, max_size=3), min_size=1, max_size=3).map(
            lambda rows: (
                "<table>"
                + "".join("<tr>" + "".join(f"<td>{c}</td>" for c in r) + "</tr>" for r in rows)
                + "</table>"
            )
        ),
        st.builds(lambda term, text: f"<dl><dt>{term}</dt><dd>{text}</dd></dl>", INLINE, INLINE),
    ),
    lambda inner: st.one_of(
        st.lists(st.lists(inner, min_size=1, max_size=2).map("".join), min_size=1, max_size=3).map(
            lambda items: "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
        ),
        st.builds(
            lambda start, items: (
                f"<ol start={start}>" + "".join(f"<li>{item}</li>" for item in items) + "</ol>"
            ),
            st.integers(0, 12),
            st.lists(st.one_of(inner, INLINE), min_size=1, max_size=3),
        ),
        inner.map(lambda text: f"<blockquote>{text}</blockquote>"),
    ),
    max_leaves=8,
)
DOCUMENT = st.lists(BLOCK, max_size=5).map(lambda blocks: f"<main>{''.join(blocks)}</main>")


@given(DOCUMENT)
def test_the_text_survives(markup: str) -> None:
    reading = read_html(markup).reading
    assert read_markdown(to_markdown(reading)).text == reading.text


def test_it_reads_well() -> None:
    reading = read_html(
        "<main><h1>Terms</h1><p>You <b>must</b> pay (<i>monthly</i>), see <a href='https://a.example/x'>fees</a>.</p>"
        "<ol start=2><li>two<ul><li>a<li>b</ul><li>three<p>more</ol><table><tr><th>K<th>V<tr><td>1<td>2|3</table>"
        "<pre>x\ny</pre><blockquote>q</blockquote><p>1986. A year</main>"
    ).reading
    assert to_markdown(reading) == (
        "# Terms\n\nYou **must** pay (_monthly_), see [fees](<https://a.example/x>).\n\n"
        "2. two\n\n   - a\n   - b\n\n3. three\n\n   more\n\n"
        "| K | V |\n| --- | --- |\n| 1 | 2\\|3 |\n\n```\nx\ny\n```\n\n> q\n\n1986\\. A year\n"
    )


def test_marks_come_back() -> None:
    reading = read_html(
        "<main><h2>F<b>ee</b>s</h2><p>a <b>b</b> <a href='https://a.example/'>c</a> <code>d`e</code></p>"
        "<ol start=4><li>x<li>y</ol><ol start=9><li>z</ol></main>"
    ).reading
    again = read_markdown(to_markdown(reading))
    assert again.marks == reading.marks


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>\n\nhi", "hi <img src=x onerror=y>", "[hi](javascript:x)"]
)
def test_html_in_markdown_is_read_like_a_page(text: str) -> None:
    reading = read_markdown(text)
    assert reading.text.endswith("hi") or reading.text == "[hi](javascript:x)"
    assert not any(mark.kind is MarkKind.LINK for mark in reading.marks)


@pytest.mark.parametrize(
    "bomb", ["> " * 5_000 + "x", "- " * 2_000 + "x", "[" * 5_000, "*a " * 5_000, "`" * 5_000]
)
def test_nesting_is_bounded(bomb: str) -> None:
    assert isinstance(read_markdown(bomb), Reading)


def test_an_empty_text_is_empty() -> None:
    assert to_markdown(Reading("", (), "", "")) == ""
