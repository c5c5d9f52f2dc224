"""Which documents a capture of another archive belongs to.

By a map that whoever imports has written, or else by address: every document that declares it, now or earlier.
Two addresses are the same here if they differ in nothing but scheme, usual port, fragment, a slash at the end of
the path and the case of the host. `www.` is left out of account only where no document declares the exact host.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from conductatlas.archive.address import WebAddress
from conductatlas.catalogue.models import Document, Source
from conductatlas.catalogue.queries import sources_at
from conductatlas.errors import AddressRefusedError, ImportSourceError

MAP_REMEDY = (
    "Each rule has a `document` and one of `url`, `prefix`, `header` (with `value`), `name`: "
    "see docs/howto/back-fill.md."
)
_WAYS = ("url", "prefix", "header", "name")
_PLACEHOLDER = re.compile(r"\{([A-Za-z0-9-]+)\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a map. way: url, prefix, header or name; what: the address, the header's name, or the name of a
    text in a repository. document: `platform/document`, in which `{header}` stands for that header's value; "" says
    that the captures are to be left out."""

    way: str
    what: str
    value: str
    document: str

    def document_of(self, url: str, fields: Mapping[str, str], name: str = "") -> str | None:
        """The path of the document, "" if it is to be left out, None if the rule does not speak of this capture."""
        said = fields.get(self.what.lower())
        speaks = {
            "url": bool(url) and address_key(url) == address_key(self.what),
            "prefix": url.startswith(self.what),
            "header": said is not None and self.value in {"", said},
            "name": bool(name) and name == self.what,
        }[self.way]
        if not speaks:
            return None
        return _PLACEHOLDER.sub(lambda match: fields.get(match[1].lower(), ""), self.document)


def read_map(path: Path) -> list[Rule]:
    """The rules of a map file, TOML (`[[map]]` tables), JSON (a list of objects) or CSV (a line of names first).

    ImportSourceError names what cannot be used.
    """
    try:
        text = path.read_text("utf-8-sig")
        rows = _READERS.get(path.suffix.lower(), _csv)(text)
        return [_rule(row, place) for place, row in enumerate(rows, 1)]
    except (OSError, UnicodeDecodeError, ValueError) as fault:
        raise ImportSourceError(f"the map {path.name} cannot be read: {fault}", remedy=MAP_REMEDY) from fault


def address_key(url: str) -> str:
    """What two addresses of one page have in common; "" for one that is no web address."""
    try:
        address = WebAddress.parse(url)
    except AddressRefusedError:
        return ""
    path, mark, query = address.target.partition("?")
    return f"{address.authority}{path.rstrip('/')}{mark}{query}"


@dataclass(slots=True)
class Addresses:
    """Every address that a document declares or has declared: key → (document, source) keys."""

    found: dict[str, list[tuple[int, int]]]

    @classmethod
    def declared(cls) -> Addresses:
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for source, document, url in Source.objects.order_by("pk").values_list("pk", "document", "url"):
            found[address_key(url)].append((document, source))
        found.pop("", None)
        return cls(dict(found))

    def documents(self, url: str) -> list[int]:
        """Keys of the documents that declare this address, or the same one with or without `www.`."""
        key = address_key(url)
        other = key.removeprefix("www.") if key.startswith("www.") else f"www.{key}"
        rows = self.found.get(key) or self.found.get(other) or []
        return list(dict.fromkeys(document for document, _ in rows)) if key else []


def source_of(
    document: Document, url: str, moment: datetime, *, is_mapped: bool, is_text: bool = False
) -> Source | None:
    """The source whose capture this is: declared at that moment, else at any. By a map it may have another address,
    if the document has one source only, or the capture is a text of the whole. None if it is none of its pages."""
    declared = sources_at(document, moment)
    others = Source.objects.filter(document=document).order_by("-pk")
    key = address_key(url).removeprefix("www.")
    match = next((source for source in (*declared, *others) if key and _bare(source.url) == key), None)
    if match is None and is_mapped and declared and (is_text or len(declared) == 1):
        return declared[0]
    return match


def _bare(url: str) -> str:
    return address_key(url).removeprefix("www.")


def _toml(text: str) -> Sequence[Any]:
    found = tomllib.loads(text).get("map", [])
    return found if isinstance(found, list) else [found]


def _json(text: str) -> Sequence[Any]:
    found = json.loads(text)
    return found if isinstance(found, list) else [found]


def _csv(text: str) -> Sequence[Any]:
    return list(csv.DictReader(text.splitlines()))


_READERS: Mapping[str, Callable[[str], Sequence[Any]]] = {".toml": _toml, ".json": _json}


def _rule(row: Any, place: int) -> Rule:
    """ValueError for a row that is no rule."""
    if not isinstance(row, Mapping):
        raise ValueError(f"rule {place} is no table")
    filled = {str(name).strip(): value.strip() for name, value in row.items() if isinstance(value, str)}
    ways = [way for way in _WAYS if filled.get(way)]
    if len(ways) != 1 or "document" not in filled:
        raise ValueError(f"rule {place} needs a document and one of {', '.join(_WAYS)}")
    document = filled["document"]
    if document and document.count("/") != 1:
        raise ValueError(f"rule {place}: {document!r} is no platform/document")
    return Rule(ways[0], filled[ways[0]], filled.get("value", ""), document)
