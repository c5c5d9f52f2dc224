"""Figures that cost a walk through whole tables, made once in a while and shown with the time they are of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from django.core.cache import cache

from conductatlas.catalogue.models import Viewer

Figures = TypeVar("Figures")


def kept(name: str, viewer: Viewer, make: Callable[[], Figures], seconds: int) -> Figures:
    """What `make` returned at most `seconds` ago for this person; for all who are not signed in it is the same."""
    whose = viewer.pk if viewer is not None and viewer.is_authenticated else None
    return cast(Figures, cache.get_or_set(f"{name}-{whose}", make, seconds))
