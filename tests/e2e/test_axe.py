"""axe-core finds no violation on any public page, narrow or wide, light or dark."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_no_page_violates_a_rule(
    watch: Any, addresses: dict[str, str], axe: str, width: int, scheme: str
) -> None:
    violations = []
    with watch(viewport={"width": width, "height": 900}, color_scheme=scheme) as seen:
        for name, path in addresses.items():
            seen.open(path)
            for details in seen.page.query_selector_all("details"):
                details.evaluate("e => { e.open = true }")
            seen.page.evaluate(axe)
            result = seen.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            violations += [
                (name, rule["id"], node["target"], node["failureSummary"])
                for rule in result["violations"]
                for node in rule["nodes"]
            ]
    assert violations == []


def test_a_violation_would_be_found(watch: Any, axe: str) -> None:
    with watch() as seen:
        seen.open("/")
        seen.page.evaluate("document.querySelector('label').remove()")
        seen.page.evaluate("document.querySelector('#q').removeAttribute('placeholder')")
        seen.page.evaluate(axe)
        result = seen.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert "label" in {rule["id"] for rule in result["violations"]}
