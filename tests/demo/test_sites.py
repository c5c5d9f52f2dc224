"""The written material itself: is it believable, invented, complete and of a reasonable size?"""

from __future__ import annotations

import re
from datetime import date

import pytest

from conductatlas.demo.moments import LAST
from conductatlas.demo.sites import FAULTS, LAYOUTS, VALIDATORS, Page, Site, load_sites, world_folder
from conductatlas.demo.texts import write_dates
from conductatlas.demo.world import World

SITES = load_sites()
PAGES = [pytest.param(site, page, id=f"{site.slug}-{page.name}") for site in SITES for page in site.pages]
REAL_NAMES = re.compile(
    r"\b(google|alphabet|apple|amazon|aws|azure|microsoft|openai|chatgpt|anthropic|claude|meta|facebook|instagram|"
    r"whatsapp|tiktok|youtube|twitter|linkedin|ebay|etsy|paypal|stripe|revolut|wise|uber|lyft|careem|bolt|fitbit|"
    r"garmin|strava|github|gitlab|twilio|cloudflare|netflix|spotify|snapchat|reddit|mistral|jams|aaa)\b",
    re.IGNORECASE,
)
FILLER = re.compile(r"lorem ipsum|\bTODO\b|\bTBD\b|\bXXX\b|\bfoo\b", re.IGNORECASE)
SECTION_REFERENCE = re.compile(r"\b[Ss]ection (\d+)(?:\.\d+)?\b")


@pytest.mark.parametrize(("site", "page"), PAGES)
def test_texts_are_invented_and_finished(site: Site, page: Page) -> None:
    for moment in range(LAST + 1):
        text = page.text.at(moment)
        assert not REAL_NAMES.search(text)
        assert not FILLER.search(text)
        assert "{{" not in write_dates(text, date(2026, 11, 22), page.dates)


@pytest.mark.parametrize(("site", "page"), PAGES)
def test_texts_are_as_long_as_real_ones_and_have_sections(site: Site, page: Page) -> None:
    text = page.text.at(LAST)
    assert 250 <= len(text.split()) <= 1_800
    assert text.count("\n## ") >= 3


@pytest.mark.parametrize(("site", "page"), PAGES)
def test_sections_are_numbered_without_gaps_and_references_lead_somewhere(site: Site, page: Page) -> None:
    for moment in range(LAST + 1):
        text = page.text.at(moment)
        numbers = [int(n) for n in re.findall(r"^## (?:Article )?(\d+)", text, re.MULTILINE)]
        if (site.slug, page.name) == ("wendlebarrow", "terms") and moment < 5:
            assert 7 not in numbers  # the gap that the renumbering closes
        else:
            assert numbers == list(range(1, len(numbers) + 1))
        named = {int(n) for n in SECTION_REFERENCE.findall(text)}
        assert named <= set(numbers), (moment, named - set(numbers))


@pytest.mark.parametrize(("site", "page"), PAGES)
def test_links_within_a_platform_lead_to_its_pages_or_to_places_outside_the_documents(
    world: World, site: Site, page: Page
) -> None:
    known = ("/help", "/report", "/security", "/status")
    for target in re.findall(r"\]\((/[^)]*)\)", page.text.at(LAST)):
        if not (target.startswith(known) and target != "/help/cookies"):
            assert world.page(f"http://{site.host}{target}", LAST).status in {200, 301}


@pytest.mark.parametrize(("site", "page"), PAGES)
def test_a_platform_says_when_its_text_was_written(site: Site, page: Page) -> None:
    assert re.search(r"\{\{-\d+\}\}", " ".join(page.text.at(0).split()[:40]))


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.slug)
def test_sites_use_known_words(site: Site) -> None:
    assert site.host == f"{site.slug}.example"
    assert site.layout in LAYOUTS
    assert site.validators in VALIDATORS
    assert site.robots[0].moment == 0
    for page in site.pages:
        assert all(fault.kind in FAULTS for fault in page.faults)
        assert all(site.page(fault.other) for fault in page.faults if fault.other)


def test_all_kinds_of_site_and_of_fault_occur() -> None:
    assert {site.layout for site in SITES} == set(LAYOUTS)
    assert {site.validators for site in SITES} == set(VALIDATORS)
    assert {fault.kind for site in SITES for page in site.pages for fault in page.faults} == set(FAULTS)
    assert {page.language for site in SITES for page in site.pages} == {"en", "de", "ar"}


def test_the_world_stays_small() -> None:
    size = sum(
        len(file.read_bytes())
        for folder in world_folder().iterdir()
        if folder.is_dir()
        for file in folder.iterdir()
    )
    assert size < 400_000
