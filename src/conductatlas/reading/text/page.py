"""What a reader is given: the bytes of one source, and which part of the page to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conductatlas.reading.text.filters import Filter

Selector = str | Mapping[str, str]
"""A CSS selector, or a range of the page: one of `startBefore` | `startAfter` and one of `endBefore` | `endAfter`,
each a CSS selector. A range runs from its start to the first end that follows it."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a web server, ready to be read.

    content_type: the header's value, None if the server sent none.
    url: the address that answered, against which links are resolved; "" if unknown.
    select: what to read, in the order of the page; empty leaves it to the reader to find the main block.
    remove: what to leave out of it.
    filters: what of the rest is noise, in the order in which it is taken out: see filters.py.
    """

    body: bytes
    content_type: str | None
    url: str = ""
    select: tuple[Selector, ...] = ()
    remove: tuple[Selector, ...] = ()
    filters: tuple[Filter, ...] = ()
