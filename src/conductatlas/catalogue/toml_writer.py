"""A declared platform as the TOML file that declares it: what is read from the file is the platform again.

Keys stand in the order of the reference, one a line; what a key would say anyway is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from conductatlas.catalogue.declaration_file import (
    DAILY,
    DeclaredDocument,
    DeclaredPast,
    DeclaredPlatform,
    DeclaredSource,
)
from conductatlas.reading.text.filters import to_row
from conductatlas.reading.text.kinds import kind_title

WIDE = 110  # characters of a line, from which on a list is written one item a line

_UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "m"))


def to_toml(platform: DeclaredPlatform) -> str:
    """The file, ending in a line feed. `declaration_file.DeclarationFile.read` gives the platform back."""
    lines = list(
        _keys(
            {
                "name": platform.name,
                "slug": platform.slug,
                "category": platform.category,
                "website": platform.website,
            }
        )
    )
    for document in platform.documents:
        lines += ["", "[[documents]]", *_document(document)]
    return "\n".join(lines) + "\n"


def cadence(span: timedelta) -> str:
    """`"6h"` for six hours: the largest unit of which it is a whole number."""
    unit, letter = next((unit, letter) for unit, letter in _UNITS if span % unit == timedelta())
    return f"{span // unit}{letter}"


def _document(document: DeclaredDocument) -> Iterator[str]:
    said = {
        "slug": document.slug if document.slug != document.kind else "",
        "kind": document.kind,
        "title": document.title if document.title != kind_title(document.kind) else "",
        "language": document.language,
        "region": document.region,
        "audience": document.audience,
        "cadence": cadence(document.cadence) if document.cadence != DAILY else "",
        "verified": document.verified,
    }
    yield from _keys(said)
    yield from _sources(document.sources, "documents")
    for past in document.history:
        yield from _past(past)


def _past(past: DeclaredPast) -> Iterator[str]:
    yield from ("", "[[documents.history]]", f"valid_until = {_value(past.valid_until)}")
    yield from _sources(past.sources, "documents.history")


def _sources(sources: tuple[DeclaredSource, ...], table: str) -> Iterator[str]:
    """The keys of a single source where they stand; several sources as tables."""
    if len(sources) == 1:
        yield from _source(sources[0])
        return
    for source in sources:
        yield from ("", f"[[{table}.sources]]", *_source(source))


def _source(source: DeclaredSource) -> Iterator[str]:
    yield from _keys(
        {
            "url": source.url,
            "select": list(source.select),
            "remove": list(source.remove),
            "filters": [to_row(noise) for noise in source.filters],
            "fetcher": source.fetcher if source.fetcher != "http" else "",
        }
    )


def _keys(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if value:
            yield f"{name} = {_value(value, room=WIDE - len(name) - 3)}"


def _value(value: object, room: int = WIDE) -> str:
    match value:
        case str():
            return _string(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case list():
            return _list([_value(item) for item in value], room)
        case Mapping():
            return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    raise TypeError(f"declarations hold no {type(value).__name__}")


def _list(items: Iterable[str], room: int) -> str:
    items = list(items)
    line = "[" + ", ".join(items) + "]"
    if len(line) <= room:
        return line
    return "[\n" + "".join(f"  {item},\n" for item in items) + "]"


def _string(value: str) -> str:
    """A basic string. TOML's escapes are JSON's, but that it also wants U+007F written as one."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
