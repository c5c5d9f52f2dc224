"""Every public page in a real browser: what it loads, how it fits, what works without a mouse or a script."""

from __future__ import annotations

import re
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

WIDTHS = (390, 768, 1440)
HEAVIEST = 60_000  # bytes of HTML beside the document's own text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_keeps_to_its_policy_and_its_origin_and_fits(
    watch: Any, addresses: dict[str, str], scheme: str
) -> None:
    too_wide = []
    for width in WIDTHS:
        size = {"width": width, "height": 900}
        with watch(viewport=size, color_scheme=scheme) as seen:
            for name, path in addresses.items():
                assert seen.open(path) < 500, path
                found = seen.page.evaluate("document.documentElement.scrollWidth")
                if found > width:
                    too_wide.append((name, width, found))
            assert seen.faults == []
    assert too_wide == []


def test_a_document_that_breaks_the_policy_would_be_noticed(watch: Any) -> None:
    with watch() as seen:
        seen.open("/")
        seen.page.evaluate(
            "() => { const s = document.createElement('style'); s.textContent = 'p{}'; document.head.append(s); }"
        )
        seen.page.wait_for_function("window.refusedByPolicy.length > 0")


def test_dark_and_light_are_both_drawn(watch: Any) -> None:
    grounds = set()
    for scheme in ("light", "dark"):
        with watch(color_scheme=scheme) as seen:
            seen.open("/")
            grounds.add(seen.page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2


def test_text_is_set_in_the_fonts_that_are_shipped(watch: Any, addresses: dict[str, str]) -> None:
    with watch() as seen:
        seen.open(addresses["version"])
        loaded = seen.page.evaluate(
            "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
        )
    assert {"Atlas Text", "Atlas Plain", "Atlas Mono"} <= {family.strip('"') for family in loaded}


def test_no_page_needs_a_script(browser: Browser, site: str, addresses: dict[str, str]) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        for path in addresses.values():
            page.goto(site + path)
            assert page.locator("h1").count() == 1, path
            assert (
                page.locator("script:not([type='application/ld+json']), [style], [onclick], [onload]").count()
                == 0
            ), path
        page.goto(site + "/")
        page.fill("#q", "terms")
        page.press("#q", "Enter")
        assert page.url.startswith(site + "/platforms/?q=terms")
        page.goto(site + addresses["versions"])
        page.click("form[action$='/compare/'] button")
        assert "/compare/CA-V-" in page.url


@pytest.mark.parametrize("name", ["home", "compare"])
def test_the_keyboard_reaches_everything_in_the_order_of_the_page(
    watch: Any, addresses: dict[str, str], name: str
) -> None:
    can_take_focus = "a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']"
    with watch(viewport={"width": 1440, "height": 900}) as seen:
        seen.open(addresses[name])
        page = seen.page
        expected = page.evaluate(
            """selector => [...document.querySelectorAll(selector)]
                .filter(e => e.checkVisibility())
                .map((e, n) => (e.dataset.stop = n))""",
            can_take_focus,
        )
        reached = []
        for _ in expected:
            page.keyboard.press("Tab")
            stop, is_seen = page.evaluate(
                """() => {
                    const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
                    const parts = [e, ...e.querySelectorAll('circle')];
                    const drawn = parts.some(p => getComputedStyle(p).outlineStyle !== 'none'
                        || (p !== e && getComputedStyle(p).strokeWidth === '4px'));
                    return [Number(e.dataset.stop), drawn && box.width > 0];
                }"""
            )
            reached.append(stop)
            assert is_seen, f"stop {stop} has no visible focus"
        assert reached == expected

        seen.open(addresses[name])
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_pages_are_light(site: str, addresses: dict[str, str]) -> None:
    heavy = {}
    for name, path in addresses.items():
        try:
            with urlopen(site + path) as answer:
                html = answer.read()
        except HTTPError as answer:
            html = answer.read()
        text = re.search(rb'<(article|div) class="text.*</\1>', html, re.DOTALL)
        beside = html.replace(text[0], b"") if text else html
        weight = len(beside) - sum(map(len, re.findall(rb"<q[ >].*?</q>", beside, re.DOTALL)))
        if weight > HEAVIEST:
            heavy[name] = weight
    assert heavy == {}


def test_motion_stops_when_reduced_motion_is_asked_for(watch: Any) -> None:
    with watch(reduced_motion="reduce") as seen:
        seen.open("/methodology/")
        seen.page.focus("main a")
        assert seen.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_print_leaves_out_what_only_a_screen_needs(watch: Any, addresses: dict[str, str]) -> None:
    with watch() as seen:
        seen.open(addresses["version"])
        seen.page.emulate_media(media="print")
        shown = {
            selector: seen.page.locator(selector).first.is_visible()
            for selector in (".mast nav", ".contents", "article.text", ".cite", ".paper-only")
        }
    assert shown == {
        ".mast nav": False,
        ".contents": False,
        "article.text": True,
        ".cite": True,
        ".paper-only": True,
    }
