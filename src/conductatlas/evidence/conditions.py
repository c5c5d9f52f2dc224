"""Under which conditions a capture was made, as far as the record says: what a court, or AFNOR NF Z67-147, asks for.

All of it is the operator's statement. What the record does not hold is told as "not recorded", and never filled in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conductatlas.archive.queries import CaptureRecord

NOT_RECORDED = "not recorded"
_STARTERS = {
    "schedule": "the scheduler of the software, without a person",
    "person": "a person, by command",
    "confirmation": "the software, to see a change a second time",
    "sample world": "the software, on the invented sample world",
    "import": "nobody here: it was taken in from elsewhere",
}
_CLIENTS = {"http": "a program that runs no scripts", "browser": "a browser that runs scripts"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One of them, in words for people."""

    name: str
    value: str

    @property
    def is_recorded(self) -> bool:
        return self.value != NOT_RECORDED


def conditions(
    capture: CaptureRecord, started_by: str, sent: Iterable[tuple[str, str]]
) -> tuple[Condition, ...]:
    """The conditions of a capture, always the same ones in the same order. sent: headers of its request."""
    headers = {name.lower(): value for name, value in sent}
    seen = {name: str(value) for name, value in capture.vantage.items() if value not in ("", None)}
    rendering = capture.rendering
    tls = capture.tls or {}
    clock = "set by a person for this run" if capture.clock_given else seen.get("clock")
    plain = "none: plain HTTP" if capture.final_url.startswith("http:") else ""
    place = f"{seen['place']} (second vantage)" if seen.get("which") == "second" else seen.get("place")
    told = {
        "Made by": _STARTERS.get(started_by, started_by),
        "Date and content rest on the word of": capture.claimed_by or "the operator of this archive",
        "Place and network, as the operator states": place,
        "Client": _CLIENTS.get(seen.get("client", ""), seen.get("client")),
        "User-Agent sent": headers.get("user-agent"),
        "Accept-Language sent": headers.get("accept-language"),
        "Viewport": rendering.viewport if rendering else seen.get("viewport") or _none_for(seen),
        "Browser": rendering.browser if rendering else _none_for(seen),
        "Signed in": seen.get("signed_in"),
        "Cookies": seen.get("cookies"),
        "Cache": seen.get("cache"),
        "Proxy": seen.get("proxy"),
        "Name resolver": seen.get("resolver"),
        "Address that answered": capture.peer_address,
        "Certificate of the server (SHA-256)": tls.get("certificate") or plain,
        "TLS": " ".join(str(tls[name]) for name in ("version", "cipher") if tls.get(name)) or plain,
        "Protocol": capture.http_version,
        "robots.txt": capture.robots_decision,
        "Clock of the machine": clock,
        "Software": capture.software,
        "Build (SHA-256 over its code)": seen.get("build"),
    }
    return tuple(Condition(name, str(value) if value else NOT_RECORDED) for name, value in told.items())


def _none_for(seen: dict[str, str]) -> str:
    return "none: no page was drawn" if seen.get("client") == "http" else ""
