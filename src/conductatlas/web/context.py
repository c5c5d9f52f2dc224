"""What every template may use: `site` (see `Site`)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from conductatlas import __version__


@dataclass(frozen=True, slots=True)
class Site:
    """`url` has no slash at its end and is the address to cite; `address` is this page's, without its query."""

    name: str
    url: str
    address: str
    operator: str
    contact: str
    software: str
    is_sample: bool


def site(request: HttpRequest) -> dict[str, object]:
    """The context processor."""
    return {"site": describe(site_url(request), request.path)}


def site_url(request: HttpRequest) -> str:
    """The address of the site without a closing slash: as configured, else as it was asked."""
    return settings.CONFIG.site_url.rstrip("/") or f"{request.scheme}://{request.get_host()}"


def describe(url: str, path: str) -> Site:
    config = settings.CONFIG
    return Site(
        name="ConductAtlas",
        url=url,
        address=url + path,
        operator=config.operator,
        contact=config.contact,
        software=f"ConductAtlas {__version__}",
        is_sample=config.sample_world,
    )
