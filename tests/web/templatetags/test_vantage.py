"""A vantage in words."""

from __future__ import annotations

import pytest

from conductatlas.web.templatetags.vantage import seen_from


@pytest.mark.parametrize(
    ("vantage", "said"),
    [
        (None, ""),
        ({}, ""),
        (
            {
                "place": "Ghent",
                "network": "office line",
                "language": "nl",
                "client": "http",
                "signed_in": "never",
            },
            "Place, as the operator states it: Ghent, office line. Asked for in Dutch, by a program that runs no"
            " scripts, without signing in.",
        ),
        (
            {"place": "not stated", "client": "a browser"},
            "The operator has not stated the place that captures are made from. By a browser.",
        ),
        (
            {"place": "CH, hosted", "client": "http", "proxy": "proxy.example:3128", "which": "second"},
            "Place, as the operator states it: CH, hosted. By a program that runs no scripts, through a forward"
            " proxy.",
        ),
        ({"place": "Ghent", "proxy": "none"}, "Place, as the operator states it: Ghent."),
        ({"place": "Ghent"}, "Place, as the operator states it: Ghent."),
    ],
)
def test_what_is_known_is_said_and_nothing_else(vantage: dict[str, object] | None, said: str) -> None:
    assert seen_from(vantage) == said
