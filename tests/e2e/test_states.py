"""Pages in the states that the sample world has none of, in a real browser: rules, policy, width, weight, words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.e2e.states import OPERATOR, PASSWORD, States
from tests.e2e.test_pages_in_browser import HEAVIEST
from tests.e2e.test_words_on_pages import FORBIDDEN, Read

pytestmark = pytest.mark.browser

# What Django's own admin does, in markup that is not ours.
DJANGOS = {"empty-table-header", "scrollable-region-focusable"}


def _sign_in(seen: Any) -> None:
    seen.open("/admin/login/?next=/admin/")
    seen.page.fill("[name=username]", OPERATOR)
    seen.page.fill("[name=password]", PASSWORD)
    seen.page.press("[name=password]", "Enter")
    seen.page.wait_for_url("**/admin/")


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (768, "dark"), (1440, "light")])
@pytest.mark.parametrize("who", ["public", "desk"])
def test_each_state_keeps_the_rules_and_fits(
    watch: Any, states: States, axe: str, who: str, width: int, scheme: str
) -> None:
    violations, too_wide, heavy = [], [], []
    with watch(at=states.site, viewport={"width": width, "height": 900}, color_scheme=scheme) as seen:
        if who == "desk":
            _sign_in(seen)
        for name, path in getattr(states, who).items():
            assert seen.open(path) < 500, name
            if seen.page.evaluate("document.documentElement.scrollWidth") > width:
                too_wide.append(name)
            html = seen.page.content()
            quoted = re.search(r'<(article|div) class="text.*</\1>', html, re.DOTALL)
            if not path.startswith("/admin/") and len(html) - len(quoted[0] if quoted else "") > HEAVIEST:
                heavy.append(name)
            seen.page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
            seen.page.evaluate(axe)  # preload: it would write styles of its own, which the policy refuses
            result = seen.page.evaluate("axe.run(document, {preload: false, resultTypes: ['violations']})")
            violations += [
                (name, rule["id"], node["target"])
                for rule in result["violations"]
                for node in rule["nodes"]
                if not (path.startswith("/admin/") and rule["id"] in DJANGOS)
            ]
        assert seen.faults == []
    assert (violations, too_wide, heavy) == ([], [], [])


def test_no_state_says_more_than_the_record_shows(watch: Any, states: States) -> None:
    said = {}
    with watch(at=states.site) as seen:
        for name, path in states.public.items():
            status = seen.open(path)
            said[name] = FORBIDDEN.findall(Read(path, status, seen.page.content()).own_words)
    assert {name: words for name, words in said.items() if words} == {}


def test_what_stands_in_the_place_of_a_superseded_change_is_reached_by_keyboard(
    watch: Any, states: States
) -> None:
    with watch(at=states.site, viewport={"width": 390, "height": 900}) as seen:
        seen.open(states.paths["superseded change"])
        ways = seen.page.locator(".state .links a")
        assert ways.count() == 2
        ways.first.focus()
        seen.page.keyboard.press("Shift+Tab")
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        words, links = seen.page.locator(".state p").first.bounding_box(), ways.first.bounding_box()
        assert abs(words["x"] - links["x"]) < 1  # under the words, not under their sign
        seen.page.emulate_media(media="print")
        assert ways.first.is_visible()
