"""robots.txt (RFC 9309): what a body says, and what follows from it for one address. Pure.

Written here, though good parsers exist, because the record keeps *why* a page was not fetched: the rule
that decided, as it stands in the file. They do not tell. A test holds the decisions against Protego's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

from conductatlas.archive.address import WebAddress

MAX_LENGTH = 500 * 1024  # bytes that are read of a robots.txt (section 2.5)

_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
_TOKEN = re.compile(r"\*|[A-Za-z_-]+")


@dataclass(frozen=True, slots=True)
class Decision:
    """why: a short phrase for a reader. crawl_delay: seconds the file asks for, None if it does not."""

    allowed: bool
    why: str
    crawl_delay: float | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    allows: bool
    pattern: str  # in comparable form
    written: str  # as in the file

    def matches(self, target: str) -> bool:
        """Section 2.2.3: a prefix of the target, with "*" for anything and a final "$" for its end."""
        to_the_end = self.pattern.endswith("$")
        first, *others = self.pattern.removesuffix("$").split("*")
        if not target.startswith(first):
            return False
        position = len(first)
        last = others.pop() if others else None
        for part in others:
            found = target.find(part, position)
            if found < 0:
                return False
            position = found + len(part)
        if last is None:
            return not to_the_end or position == len(target)
        if to_the_end:
            return target.endswith(last) and len(target) - len(last) >= position
        return target.find(last, position) >= 0


@dataclass(slots=True)
class _Group:
    agents: set[str]
    rules: list[_Rule]
    crawl_delay: float | None = None


class RobotsPolicy:
    """What one robots.txt answer means for its origin."""

    def __init__(self, groups: list[_Group], verdict: Decision | None = None) -> None:
        self._groups, self._verdict = groups, verdict

    @classmethod
    def from_answer(cls, status: int | None, body: bytes = b"") -> Self:
        """The policy after redirects. status None: the file could not be had (section 2.3.1.4)."""
        if status is None:
            return cls([], Decision(False, "disallowed: robots.txt could not be had"))
        if status >= 500:
            return cls([], Decision(False, f"disallowed: robots.txt answered {status}"))
        if not 200 <= status < 300:
            return cls([], Decision(True, f"allowed: robots.txt answered {status}"))
        return cls(_groups(body))

    def decision(self, url: str, product_token: str) -> Decision:
        """Whether the crawler of that name may ask for `url`, an absolute address of this origin.

        AddressRefusedError if `url` is no web address.
        """
        target = _target(url)
        if target.partition("?")[0] == "/robots.txt":
            return Decision(True, "allowed: it is robots.txt itself")
        if self._verdict is not None:
            return self._verdict
        groups = self._groups_for(product_token.lower())
        delay = max((group.crawl_delay for group in groups if group.crawl_delay is not None), default=None)
        matching = [rule for group in groups for rule in group.rules if rule.matches(target)]
        if not matching:
            return Decision(True, "allowed: no rule matches", delay)
        rule = max(matching, key=lambda rule: (len(rule.pattern), rule.allows))
        word = "allowed" if rule.allows else "disallowed"
        return Decision(rule.allows, f"{word} by {rule.written!r}", delay)

    def _groups_for(self, token: str) -> list[_Group]:
        """Section 2.2.1: all groups that name the crawler count as one; those for "*" only if none does."""
        named = [group for group in self._groups if token in group.agents]
        return named or [group for group in self._groups if "*" in group.agents]


def robots_url(origin: str) -> str:
    """Where the robots.txt of an origin (scheme://host[:port]) is."""
    return f"{origin}/robots.txt"


def _groups(body: bytes) -> list[_Group]:
    groups: list[_Group] = []
    naming = False  # agents may still join the last group; other records than rules do not end its head
    for name, value, written in _records(body):
        if name == "user-agent":
            if not naming:
                groups.append(_Group(set(), []))
                naming = True
            if token := _TOKEN.match(value):
                groups[-1].agents.add(token[0].lower())
        elif groups and name in {"allow", "disallow"}:
            naming = False
            if value:
                groups[-1].rules.append(_Rule(name == "allow", _pattern(value), written))
        elif groups and name == "crawl-delay" and re.fullmatch(r"\d{1,6}(\.\d{1,6})?", value, re.ASCII):
            groups[-1].crawl_delay = float(value)
    return groups


def _records(body: bytes) -> Iterator[tuple[str, str, str]]:
    """Name in lower case, value, and the record as written, at most 200 characters of it."""
    text = body.removeprefix(b"\xef\xbb\xbf")[:MAX_LENGTH].decode("utf-8", "replace").replace("\0", "")
    lines = re.split(r"\r\n|\r|\n", text)
    if len(body) > MAX_LENGTH:
        lines.pop()  # half a rule is another rule
    for line in lines:
        written = line.partition("#")[0].strip()
        name, colon, value = written.partition(":")
        if colon:
            yield name.strip().lower(), value.strip(), written[:200]


def _pattern(value: str) -> str:
    end = "$" if value.endswith("$") else ""
    return _comparable(value.removesuffix("$")) + end


def _target(url: str) -> str:
    return _comparable(WebAddress.parse(url).target.replace("*", "%2A"))


def _comparable(text: str) -> str:
    """Section 2.2.2, the same for a pattern and for a target: unreserved characters and "/" plain; "?" and, in
    a pattern, "*" as they stand; all else as upper-case escapes.
    """
    escaped = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", quote(text, safe="/?*%"))
    return re.sub(r"%[0-9A-Fa-f]{2}", _plain_if_unreserved, escaped)


def _plain_if_unreserved(escape: re.Match[str]) -> str:
    character = chr(int(escape[0][1:], 16))
    return character if character in _PLAIN else escape[0].upper()
