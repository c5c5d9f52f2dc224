"""The addresses of links: joined as the standard has it, whichever way is taken."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.text.addresses import LONGEST, Addresses

BASES = (
    "https://heron.example/legal/terms?x=1#top",
    "http://HERON.example:8080/a/b/../c",
    "HTTPS://heron.example",
)


@pytest.mark.parametrize("base", BASES)
@given(href=st.text(st.sampled_from("/ab.-_~%?#=&+:;@\\é"), max_size=30).map(lambda path: f"/{path}"))
def test_a_path_from_the_root_is_joined_as_any_other(base: str, href: str) -> None:
    expected = urljoin(base, href)
    if expected.startswith(("http://", "https://")):
        assert Addresses(base).of(href) == expected


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("/privacy", "https://heron.example/privacy"),
        ("/legal/help/3?ref=policy#top", "https://heron.example/legal/help/3?ref=policy#top"),
        ("/a/../b", "https://heron.example/b"),
        ("//stork.example/x", "https://stork.example/x"),
        ("other", "https://heron.example/legal/other"),
        ("mailto:a@heron.example", "mailto:a@heron.example"),
        ("javascript:alert(1)", ""),
        ("http://[", ""),
        ("/" + "a" * LONGEST, ""),
        (None, ""),
        (" ", ""),
    ],
)
def test_addresses(href: str | None, address: str) -> None:
    assert Addresses(BASES[0]).of(href) == address


def test_without_a_base_what_is_relative_stays_so() -> None:
    assert Addresses("").of("/privacy") == "/privacy"
