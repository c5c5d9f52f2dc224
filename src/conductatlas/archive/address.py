"""A web address, taken apart once: what the guard judges is what is asked for and what is recorded.

Two parsers that disagree about one address are how requests end up at hosts nobody checked. So each address
is parsed here only (RFC 3986, with the WHATWG rules where browsers and servers go by those), and connection,
Host header, robots.txt and record all use the result.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, urljoin, urlsplit

import idna

from conductatlas.errors import AddressRefusedError

MAX_LENGTH = 2000  # characters; what a capture row holds
_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")  # underscores do occur in names of real hosts
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"<>\\^`{|}')
_REMEDY = "Give an http or https address with a host name, and neither a user name nor a password."


@dataclass(frozen=True, slots=True)
class WebAddress:
    """scheme: "http" or "https". host: lower-case ASCII, a name or an IP address (IPv6 without brackets).
    target: path and query, percent-encoded, without dot segments. Fragments are dropped: they are not sent.
    """

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """The address that `url` names. AddressRefusedError if it is not one that may be asked for:
        another scheme, user information, a host in disguise (an IP address written in octal, hexadecimal or
        as one number), control characters, or more than MAX_LENGTH characters.
        """
        url = url.strip(" \t\r\n")
        if len(url) > MAX_LENGTH:
            raise _refused(url, f"it is longer than {MAX_LENGTH} characters")
        if any(character < " " or character == "\x7f" for character in url):
            raise _refused(url, "it holds control characters")
        try:
            parts = urlsplit(url)
            port = parts.port
            path, query = (quote(part, safe=_SAFE) for part in (parts.path, parts.query))
        except ValueError as error:  # also UnicodeEncodeError, for a lone surrogate
            raise _refused(url, "it is malformed") from error
        if parts.scheme not in _PORTS:
            raise _refused(url, f"its scheme is {parts.scheme or 'missing'!r}")
        if "@" in parts.netloc:
            raise _refused(url, "it holds a user name or a password")
        if port == 0:
            raise _refused(url, "port 0 cannot be connected to")
        target = _without_dot_segments(path or "/") + (f"?{query}" if query else "")
        host = _ipv6(parts.hostname, url) if "[" in parts.netloc else _name(parts.hostname, url)
        address = cls(parts.scheme, host, port or _PORTS[parts.scheme], target)
        if len(str(address)) > MAX_LENGTH:
            raise _refused(url, f"it is longer than {MAX_LENGTH} characters")
        return address

    def join(self, location: str) -> Self:
        """The address that a Location of this page points to (RFC 3986, section 5). AddressRefusedError."""
        try:
            return self.parse(urljoin(str(self), location.strip(" \t\r\n")))
        except ValueError as error:
            raise _refused(location, "it is malformed") from error

    @property
    def authority(self) -> str:
        """Host and, where it is not the usual one, port: the value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """scheme://host[:port], which one robots.txt stands for."""
        return f"{self.scheme}://{self.authority}"

    def __str__(self) -> str:
        return f"{self.origin}{self.target}"


def _ipv6(host: str | None, url: str) -> str:
    try:
        address = ipaddress.IPv6Address(host or "")
    except ValueError as error:
        raise _refused(url, "its host is no IPv6 address") from error
    if address.scope_id is not None:
        raise _refused(url, "its host is an address of this machine's own links")
    return address.compressed


def _name(host: str | None, url: str) -> str:
    """A host name in its ASCII form, or an IPv4 address in the usual notation."""
    host = host or ""
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise _refused(url, "its host name is not a valid international name") from error
    labels = name.lower().removesuffix(".").split(".")
    name = ".".join(labels)
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused(url, "its host name is not valid")
    if not _NUMBER.fullmatch(labels[-1]):
        return name
    try:  # a host that ends in a number is an IPv4 address or a disguise of one
        return str(ipaddress.IPv4Address(name))
    except ValueError as error:
        raise _refused(url, "its host is a number that is no plain IPv4 address") from error


def _without_dot_segments(path: str) -> str:
    """RFC 3986, section 5.2.4; "%2e" counts as a dot, as it does for browsers."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for position, segment in enumerate(segments):
        plain = segment.lower().replace("%2e", ".")
        if plain == ".." and kept:
            kept.pop()
        if plain not in {".", ".."}:
            kept.append(segment)
        elif position == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def _refused(url: str, why: str) -> AddressRefusedError:
    return AddressRefusedError(f"{url[:200]!a} cannot be fetched: {why}", remedy=_REMEDY)
