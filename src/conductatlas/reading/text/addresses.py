"""Where the links of a page lead: absolute addresses, and nothing else."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import urljoin, urlsplit

LONGEST = 4_000  # characters

# A path from the root of the host, with nothing in it that joining would change: no dot segments, no empty parts.
_ROOTED = re.compile(
    r"(?:/[A-Za-z0-9_%~+,-]+(?:\.[A-Za-z0-9]+)?)+/?(?:\?[A-Za-z0-9_%=&+.~-]+)?(?:#[A-Za-z0-9_%=.~-]+)?"
)
_SCHEMES = ("http", "https", "mailto", "tel")


class Addresses:
    """The addresses of a page's links, against `base`: most of them are paths on its own host."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._origin = ""
        with suppress(ValueError):
            parts = urlsplit(base)
            if parts.scheme in ("http", "https") and parts.netloc:
                self._origin = f"{parts.scheme}://{parts.netloc}"

    def of(self, href: str | None) -> str:
        """The absolute address of a link, "" for one that leads nowhere or is no address."""
        href = "".join((href or "").split())
        if not href or len(href) > LONGEST:
            return ""
        if self._origin and _ROOTED.fullmatch(href):
            return self._origin + href
        try:
            address = urljoin(self._base, href)
            scheme = "https" if address.startswith("https://") else urlsplit(address).scheme
        except ValueError:
            return ""
        if scheme in _SCHEMES or (not scheme and not self._base):
            return address.encode("utf-8", "replace").decode("utf-8")
        return ""
