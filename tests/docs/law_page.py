"""`python -m tests.docs.law_page` writes docs/reference/law.md from the register (`make docs` calls it)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from conductatlas.reading.clauses.places import place_name
from conductatlas.reading.law.entry import Article, Instrument, Status
from conductatlas.reading.law.register import by_jurisdiction, register, status_words
from conductatlas.reading.law.rules import rules, rules_of_article

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "law.md"

_INTRODUCTION = """\
# The register of law

What a clause may be governed by, as `reading/law/register/*.toml` has it: a file a region, an entry an instrument, a
line an article. What each is about is said in our words. Status and dates are those of the day on which an entry was
last compared with a source; of an entry that could not be compared all is from general knowledge, and its status says
*not verified*. After 180 days the day of the comparison is printed wherever the entry is.

No entry says that an article reaches a clause: [how a clause gets its law, and on which
conditions](../explanation/law.md). The last column has the types of clauses that the rules map to an article.

This page is written by `make docs`.
"""


def page() -> str:
    """The page as it should be."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    held = register()
    articles = sum(len(one.articles) for one in held.values())
    unverified = sum(one.status is Status.UNVERIFIED for one in held.values())
    yield _INTRODUCTION
    yield (
        f"{len(held)} instruments with {articles} articles, {unverified} of the instruments not verified; "
        f"{len(rules())} rules."
    )
    for code, instruments in by_jurisdiction().items():
        yield ""
        yield f"## {place_name(code)}"
        for instrument in instruments:
            yield ""
            yield from _instrument(instrument)


def _instrument(one: Instrument) -> Iterator[str]:
    checked = "not compared" if one.status is Status.UNVERIFIED else f"compared {one.checked_on:%Y-%m-%d}"
    yield f"### {one.short}"
    yield ""
    yield f"{one.name}. [{one.citation}]({one.link}). `{one.id}`, {status_words(one, one.checked_on)}, {checked}."
    if one.authorities:
        yield f"Enforced or supervised by {', '.join(one.authorities)}."
    if one.note:
        yield one.note
    yield ""
    yield "| article | what it is about | stands | types of clauses |"
    yield "| --- | --- | --- | --- |"
    yield from (_row(one, article) for article in one.articles)


def _row(one: Instrument, article: Article) -> str:
    own = (article.status, article.since, article.until) != (one.status, one.since, one.until)
    types = dict.fromkeys(name for rule in rules_of_article().get(article.id, ()) for name in rule.types)
    cells = (
        article.number,
        article.about,
        status_words(article, one.checked_on) if own else "",
        ", ".join(f"`{name}`" for name in types),
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"written: docs/reference/{PAGE.name}")
