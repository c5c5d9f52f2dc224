"""Addresses that pages hold by the dozen, made without asking Django's resolver for each."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse

from conductatlas.ids import public_id


def version_address(platform_slug: str, slug: str, version: int) -> str:
    """As `reverse("version", …)` gives it."""
    return f"{_versions(platform_slug, slug)}{public_id('V', version)}/"


def change_address(slug: str) -> str:
    """As `reverse("change", …)` gives it."""
    return f"{_changes()}{slug}/"


@lru_cache(maxsize=4096)
def _versions(platform_slug: str, slug: str) -> str:
    return reverse("version", args=(platform_slug, slug, 1)).removesuffix(f"{public_id('V', 1)}/")


@lru_cache(maxsize=1)
def _changes() -> str:
    return reverse("change", args=("x",)).removesuffix("x/")
