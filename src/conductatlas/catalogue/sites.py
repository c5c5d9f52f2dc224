"""Whose an address is: the site it belongs to, and when two addresses are the same page."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

# Second-level names under which others register theirs (co.uk, com.br); the whole list is the Public Suffix List's.
_SHARED = frozenset(("ac", "co", "com", "edu", "go", "gob", "gov", "gv", "ne", "net", "nom", "or", "org"))


def site_of(url: str) -> str:
    """The registrable name of the address's host: "brambleway.example" for https://legal.brambleway.example/.

    An IP address or a name without dots is its own site, port and all. "" for what is no address. Told by a rule of
    thumb: where many sites share one name (github.io), they count as one.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError:
        return ""
    labels = host.split(".")
    if _is_number(host) or len(labels) == 1:
        return f"{host}:{port}" if port else host
    keep = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED else 2
    return ".".join(labels[-keep:])


def page_key(url: str) -> str:
    """What two addresses of one page have in common: no scheme, `www.`, fragment, or slash at the end."""
    try:
        parts = urlsplit(url)
        host = re.sub(r"^www\.", "", parts.netloc.lower())
    except ValueError:
        return url
    host = re.sub(r":(?:80|443)$", "", host)
    return f"{host}{parts.path.rstrip('/')}{'?' if parts.query else ''}{parts.query}"


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
