"""The expectations against the world they speak of, with a reader as plain as can be."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import as_file, files
from typing import Any
from urllib.parse import urljoin

import pytest

from conductatlas.catalogue.declarations import load_folders
from conductatlas.demo.expected import CHANGE_KINDS, EXPECTED, OUTCOMES, Expectation
from conductatlas.demo.moments import LAST
from conductatlas.demo.sites import Page
from conductatlas.demo.world import World
from conductatlas.reading.text import gate as reading_gate
from conductatlas.reading.text import page as reading_page
from conductatlas.reading.text.reader import join, read

DECLARED: dict[tuple[str, str], dict[str, Any]] = {
    (platform["slug"], document["slug"]): document
    for file in files("conductatlas.demo").joinpath("declarations").iterdir()
    for platform in [tomllib.loads(file.read_text("utf-8"))]
    for document in platform["documents"]
}
NAMED = [pytest.param(one, id=f"{one.platform}-{one.document}") for one in EXPECTED]


def page_of(world: World, url: str) -> Page:
    """The page that a declared address leads to, now that all moves are done."""
    site = next(site for site in world.sites if url.startswith(f"http://{site.host}/"))
    path = url.removeprefix(f"http://{site.host}")
    return next(page for page in site.pages if path in (old for _, old in page.addresses))


def served(world: World, source: dict[str, Any], moment: int) -> reading_page.Page:
    """What a client gets that follows redirects, as the reader takes it."""
    url = source["url"]
    while (answer := world.page(url, moment)).status == 301:
        url = urljoin(url, answer.header("Location"))
    return reading_page.Page(
        answer.body,
        answer.header("Content-Type"),
        url,
        tuple(source.get("select", ())),
        tuple(source.get("remove", ())),
    )


def words_of(world: World, document: dict[str, Any], moment: int) -> list[str]:
    """The words that a reader sees of all sources, without markup and link targets."""
    text = "\n".join(world.text(page_of(world, source["url"]), moment) for source in document["sources"])
    return re.sub(r"\]\([^)]*\)|<[^>]*>", " ", text).split()


def test_expectations_cover_the_declared_documents() -> None:
    assert {(one.platform, one.document) for one in EXPECTED} == set(DECLARED)
    assert 12 <= len(DECLARED) <= 16


@pytest.mark.parametrize("one", NAMED)
def test_expectations_are_wellformed(one: Expectation) -> None:
    assert 3 <= len(one.versions) <= 5
    assert one.versions[0] == 0
    assert list(one.versions) == sorted(set(one.versions))
    assert len(one.changes) == len(one.versions) - 1
    assert set(one.changes) <= set(CHANGE_KINDS)
    assert not set(one.versions) & set(one.held)
    for held in one.held.values():
        assert held.outcome in OUTCOMES
        assert (
            held.reason in {*reading_gate.Reason, "robots"}
            if held.outcome == "refused"
            else {"status", "broken_answer"}
        )


@pytest.mark.parametrize("one", NAMED)
def test_versions_are_where_the_text_that_can_be_read_differs(world: World, one: Expectation) -> None:
    document = DECLARED[one.platform, one.document]
    seen: list[list[str]] = []
    versions = []
    for moment in set(range(LAST + 1)) - set(one.held):
        words = words_of(world, document, moment)
        if words not in seen:  # what was found before is a sighting
            versions.append(moment)
            seen.append(words)
    assert tuple(versions) == one.versions
    assert "reverted" not in one.changes  # nothing comes back and stays for three checks


@pytest.mark.parametrize("one", NAMED)
def test_checks_are_held_where_a_fault_or_the_robots_file_says_so(world: World, one: Expectation) -> None:
    sources = [source["url"] for source in DECLARED[one.platform, one.document]["sources"]]
    pages = [page_of(world, url) for url in sources]
    robots = urljoin(sources[0], "/robots.txt")
    for moment in range(LAST + 1):
        rules = world.page(robots, moment)
        forbidden = rules.status >= 500 or any(
            f"Disallow: {page.path_at(moment)}\n" in rules.body.decode() for page in pages
        )
        kinds = {fault.kind for page in pages if (fault := page.fault_at(moment))}
        reasons = {
            {"unavailable": "status", "truncated": "broken_answer"}.get(k, k.replace("-", "_")) for k in kinds
        }
        expected = {"robots"} if forbidden else reasons
        assert expected == ({one.held[moment].reason} if moment in one.held else set())


@pytest.mark.parametrize("one", NAMED)
def test_documents_are_declared_as_they_are(world: World, one: Expectation) -> None:
    document = DECLARED[one.platform, one.document]
    pages = [page_of(world, source["url"]) for source in document["sources"]]
    assert {page.language for page in pages} == {document["language"]}
    assert document["title"] in world.text(pages[0], 0).replace("# Framework", "Framework")


def test_the_declarations_are_without_fault() -> None:
    with as_file(files("conductatlas.demo").joinpath("declarations")) as folder:
        catalogue = load_folders([folder])
    assert catalogue.faults == ()
    assert len(catalogue.platforms) == 7


@pytest.mark.parametrize("one", NAMED)
def test_reader_and_gate_see_what_is_expected(world: World, one: Expectation) -> None:
    """Of what a fetcher hands on: robots.txt, errors and broken answers never get as far as the reader."""
    document = DECLARED[one.platform, one.document]
    expectation = reading_gate.Expectation(document["language"], document["kind"], document["title"])
    versions: list[int] = []
    seen: set[str] = set()
    for moment in range(LAST + 1):
        held = one.held.get(moment)
        if held and held.reason in {"robots", "status", "broken_answer"}:
            continue
        pages = [served(world, source, moment) for source in document["sources"]]
        readings = [read(page) for page in pages]
        verdicts = {
            reading_gate.judge(p, r, expectation).verdict for p, r in zip(pages, readings, strict=True)
        }
        assert verdicts == {held.reason if held else "policy"}, moment
        text = join(readings).text
        if not held and text not in seen:
            versions.append(moment)
            seen.add(text)
    assert tuple(versions) == one.versions


def test_one_document_combines_two_sources_and_most_need_no_selectors() -> None:
    sources = {key: document["sources"] for key, document in DECLARED.items()}
    assert [len(found) for found in sources.values()].count(2) == 1
    plain = [key for key, found in sources.items() if not any("select" in s or "remove" in s for s in found)]
    assert len(plain) > len(DECLARED) / 2
