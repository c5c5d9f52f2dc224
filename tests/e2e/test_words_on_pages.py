"""Every page of the sample world, read to its end: what we say in it, and where its links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.error import HTTPError
from urllib.parse import urldefrag, urljoin
from urllib.request import urlopen

import pytest
from selectolax.lexbor import LexborHTMLParser

# What the rules for our words forbid: see tests/web/test_words.py, which reads the sources of the sentences.
FORBIDDEN = re.compile(
    r"\b(?:applied|in force|bound by|silent(?:ly)?|secret(?:ly)?|quietly|backdated|tamper-?proof|admissible"
    r"|court-ready|certified|proves that|real[- ]time|complete archive)\b|\b100\s?%",
    re.IGNORECASE,
)
# Entries of the register of law have the words of the law; a block of data quotes the clause.
QUOTED = ".text, .redline, .side-by-side, q, blockquote, .contents ol[lang], .told .of-law, script"
SPOKEN = ("title", "aria-label", "alt", "placeholder", "content")
FEWEST = 150  # pages that the sample world has at least


@dataclass(frozen=True)
class Read:
    path: str
    status: int
    html: str

    @property
    def own_words(self) -> str:
        """What the page says itself: its text and spoken attributes without what it quotes of platforms."""
        tree = LexborHTMLParser(self.html)
        for node in tree.css(QUOTED):
            node.decompose()
        spoken = [node.attributes.get(name) for node in tree.css("*") for name in SPOKEN]
        return " ".join([tree.text(separator=" "), *filter(None, spoken)])


@pytest.fixture(scope="module")
def pages(site: str) -> list[Read]:
    """All pages that links lead to from the home page, and those of bad requests."""
    return list(_crawl(site))


def test_no_page_says_more_than_the_record_shows(pages: list[Read]) -> None:
    assert len(pages) > FEWEST
    said = {page.path: FORBIDDEN.findall(page.own_words) for page in pages}
    assert {path: words for path, words in said.items() if words} == {}


def test_every_link_leads_to_a_page(pages: list[Read]) -> None:
    assert [page.path for page in pages if page.status != 200 and page.path not in BAD] == []


def test_every_page_names_itself_once_and_keeps_the_order_of_its_headings(pages: list[Read]) -> None:
    faults = []
    for page in pages:
        tree = LexborHTMLParser(page.html)
        for node in tree.css(".text"):  # a platform orders its own headings
            node.decompose()
        levels = [int((node.tag or "h0")[1]) for node in tree.css("h1, h2, h3, h4, h5, h6")]
        jumps = [(a, b) for a, b in pairwise(levels) if b > a + 1]
        if levels.count(1) != 1 or levels[0] != 1 or jumps:
            faults.append((page.path, levels))
    assert faults == []


def test_no_two_pages_have_the_same_title(pages: list[Read]) -> None:
    titles: dict[str, str] = {}
    twice = []
    for page in pages:
        title = LexborHTMLParser(page.html).css_first("title")
        path = page.path.partition("?")[0]
        if titles.setdefault(title.text() if title else "", path) != path and page.status == 200:
            twice.append((path, titles[title.text() if title else ""]))
    assert twice == []


def test_every_id_on_a_page_is_there_once(pages: list[Read]) -> None:
    twice = {}
    for page in pages:
        ids = [node.attributes["id"] for node in LexborHTMLParser(page.html).css("[id]")]
        if len(ids) != len(set(ids)):
            twice[page.path] = sorted({str(one) for one in ids if ids.count(one) > 1})
    assert twice == {}


BAD = {"/nothing/here/", "/id/CA-V-999999", "/platform/quillomere/terms/?on=yesterday"}


def _crawl(site: str) -> Iterator[Read]:
    waiting = ["/", *sorted(BAD)]
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        try:
            with urlopen(site + path) as answer:
                status, kind, body = answer.status, answer.headers.get_content_type(), answer.read()
                ended = answer.url.removeprefix(site)  # an id leads to a page that has an address of its own
        except HTTPError as error:
            status, kind, body = error.code, error.headers.get_content_type(), error.read()
            ended = path
        if kind != "text/html":
            continue
        page = Read(ended, status, body.decode())
        yield page
        for node in LexborHTMLParser(page.html).css("main a[href], nav a[href]"):
            target, _ = urldefrag(urljoin(site + path, node.attributes["href"] or ""))
            inside = target.removeprefix(site)
            if target.startswith(site + "/") and inside not in seen:
                seen.add(inside)
                waiting.append(inside)
