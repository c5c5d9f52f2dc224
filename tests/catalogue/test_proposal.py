"""Proposed declarations, and how they are written: whatever a page calls itself, the file is a good one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conductatlas.catalogue.declaration_file import (
    DeclarationFile,
    DeclaredDocument,
    DeclaredPlatform,
    DeclaredSource,
)
from conductatlas.catalogue.proposal import Found, free_slug, platform_name, platform_slug, propose, slug_of
from conductatlas.catalogue.regions import stated_region
from conductatlas.catalogue.registering import declaration_text, register
from conductatlas.catalogue.sites import page_key, site_of
from conductatlas.errors import DeclarationError
from conductatlas.reading.text.leads import leads
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import read

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"


def found(markup: str, url: str = "https://brambleway.example/legal/terms", hint: str = "") -> Found:
    page = Page(markup.encode("utf-8", "replace"), "text/html; charset=utf-8", url)
    reading = read(page)
    return Found(page, reading, leads(page, reading), hint)


CLAUSES = "".join(
    f"<p>You agree that clause {n} governs your use of the service in full.</p>" for n in range(60)
)


def declared(title: str, slug: str = "terms") -> DeclaredDocument:
    source = DeclaredSource("https://brambleway.example/terms")
    return DeclaredDocument(slug, "terms", title, "en", "", "", timedelta(days=1), None, (source,))


def test_a_page_says_title_kind_language_and_region() -> None:
    proposal = propose(found(f"<html lang=en><h1>Terms of Use for Europe</h1>{CLAUSES}"), ["terms"])
    assert proposal is not None
    document = proposal.document
    assert (document.kind, document.title, document.language, document.region, document.slug, document.verified) == (
        "terms", "Terms of Use for Europe", "en", "Europe", "terms-europe", None,
    )  # fmt: skip


def test_the_link_is_a_hint_for_the_kind_and_nothing_else() -> None:
    page = found(f"<h1>What we promise</h1>{CLAUSES}", "https://brambleway.example/p/17", "Privacy policy")
    proposal = propose(page, [])
    assert proposal is not None
    assert (proposal.document.kind, proposal.document.title) == ("privacy", "What we promise")
    assert propose(found(f"<h1>What we promise</h1>{CLAUSES}", "https://brambleway.example/p/17"), []) is None


def test_a_selector_is_proposed_only_for_what_stands_around_the_document() -> None:
    around = (
        "<div>Walks and maps</div><div class=policy-text><h1>Terms of use</h1>"
        + CLAUSES
        + "</div><div>Top</div>"
    )
    proposal = propose(found(around), [])
    assert proposal is not None
    assert proposal.document.sources[0].select == (".policy-text",)
    hashed = propose(found(around.replace("policy-text", "css-1x9z0q")), [])
    assert hashed is not None
    assert hashed.document.sources[0].select == ()
    dated = propose(found(around.replace("Walks and maps", "In force since 3 March 2026")), [])
    assert dated is not None
    assert dated.document.sources[0].select == ()


@pytest.mark.parametrize(
    ("names", "url", "name"),
    [
        (["Brambleway Help Center"], "https://help.brambleway.example/", "Brambleway"),
        (["Privacy & Terms – Brambleway"], "https://brambleway.example/", "Brambleway"),
        (["Walk. Talk. Done."], "https://www.brambleway.co.uk/", "Brambleway"),
        ([], "http://127.0.0.1:8731/", "127.0.0.1:8731"),
    ],
)
def test_a_platform_is_named_as_its_pages_name_it(names: list[str], url: str, name: str) -> None:
    assert platform_name(names, url) == name


def test_a_region_is_named_only_where_it_is_meant() -> None:
    assert stated_region("Privacy notice for California", "") == "California"
    assert stated_region("EU-U.S. Data Privacy Framework", "https://a.example/eu/privacy") == "EU"
    assert stated_region("Terms of use", "https://a.example/en-us/terms") == ""


def test_addresses_of_one_page_have_one_key() -> None:
    assert page_key("http://www.a.example/t/#x") == page_key("https://A.example:443/t")
    assert page_key("https://a.example/t?hl=en") != page_key("https://a.example/t")
    assert (site_of("https://x.y.co.uk/"), site_of("https://a.b.example/")) == ("y.co.uk", "b.example")


@given(st.text(max_size=120), st.lists(st.text(max_size=20), max_size=3))
def test_slugs_are_slugs(name: str, more: list[str]) -> None:
    import re

    assert re.fullmatch(SLUG, platform_slug(name, "https://a.example/"))
    taken: set[str] = set()
    for _ in range(3):
        slug = free_slug([name, *more], taken)
        assert re.fullmatch(SLUG, slug)
        assert len(slug) <= 80
        assert slug not in taken
        taken.add(slug)
    assert slug_of(name) == "" or re.fullmatch(SLUG, slug_of(name))


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(st.text(max_size=80), st.text(max_size=60))
def test_whatever_a_page_calls_itself_the_file_is_a_good_one(title: str, name: str) -> None:
    page = f"<meta property='og:site_name' content='{name.replace(chr(39), '')}'><h1>{title}</h1>{CLAUSES}"
    proposal = propose(found(page), [])
    assert proposal is not None
    told = platform_name([found(page).leads.site_name], "https://brambleway.example/")
    platform = DeclaredPlatform(platform_slug(told, "https://brambleway.example/"), told, "travel", "", ())
    text = declaration_text("", "x.toml", platform, (proposal.document,))
    file = DeclarationFile.read(text.encode(), "x.toml")
    assert file.faults == []
    assert file.platform is not None
    assert file.platform.documents == (proposal.document,)


def test_a_file_keeps_its_lines_and_its_comments(tmp_path: Path) -> None:
    file = tmp_path / "mine" / "brambleway.toml"
    platform = DeclaredPlatform(
        "brambleway", 'The "Bramble"\\way', "travel", "https://brambleway.example/", ()
    )
    register(file, platform, (declared("Terms"),))
    mine = file.read_text() + "# mine\r\n".replace("\r", "")
    file.write_text(mine)
    text = register(file, platform, (declared("More [[documents]]\u2003terms", "more"),))
    assert text.startswith(mine.rstrip())
    read = DeclarationFile.read(file.read_bytes(), str(file)).platform
    assert read is not None
    assert [document.slug for document in read.documents] == ["terms", "more"]
    assert [path.name for path in file.parent.iterdir()] == ["brambleway.toml"]


@pytest.mark.parametrize(
    "before", ["name = ", 'name = "A"\nslug = "a"\ndocuments = [{kind = "terms", url = "https://a.b/"}]\n']
)
def test_a_file_that_cannot_be_added_to_stays_as_it_is(tmp_path: Path, before: str) -> None:
    file = tmp_path / "a.toml"
    file.write_text(before)
    with pytest.raises(DeclarationError):
        register(file, DeclaredPlatform("a", "A", "", "", ()), (declared("Terms", "more"),))
    assert file.read_text() == before
