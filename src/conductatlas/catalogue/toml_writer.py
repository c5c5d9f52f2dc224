"""A declared platform as the TOML file that declares it: what is read from the file is the platform again.

Keys stand in the order of the reference, one a line; what a key would say anyway is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from conductatlas.catalogue.declaration_file import (
    DAILY,
    DeclaredDocument,
    DeclaredPlatform,
    DeclaredSource,
)
from conductatlas.reading.text.kinds import kind_title

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


def _document(document: DeclaredDocument) -> Iterator[str]:
    yield from _keys(
        {
            "slug": document.slug if document.slug != document.kind else "",
            "kind": document.kind,
            "title": document.title if document.title != kind_title(document.kind) else "",
            "language": document.language,
            "region": document.region,
            "audience": document.audience,
            "cadence": _cadence(document.cadence) if document.cadence != DAILY else "",
            "verified": document.verified,
        }
    )
    if len(document.sources) == 1:
        yield from _source(document.sources[0])
        return
    for source in document.sources:
        yield from ("", "[[documents.sources]]", *_source(source))


def _source(source: DeclaredSource) -> Iterator[str]:
    yield from _keys(
        {
            "url": source.url,
            "select": list(source.select),
            "remove": list(source.remove),
            "fetcher": source.fetcher if source.fetcher != "http" else "",
        }
    )


def _cadence(span: timedelta) -> str:
    unit, letter = next((unit, letter) for unit, letter in _UNITS if span % unit == timedelta())
    return f"{span // unit}{letter}"


def _keys(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if value:
            yield f"{name} = {_value(value)}"


def _value(value: object) -> str:
    match value:
        case str():  # TOML's escapes are JSON's, but that it also wants U+007F written as one
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case date():
            return value.isoformat()
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
        case Mapping():
            return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    raise TypeError(f"declarations hold no {type(value).__name__}")
