"""A platform of ours as the files of an Open Terms Archive service, and what their format has no words for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from conductatlas.catalogue.declaration_file import (
    DAILY,
    DeclaredDocument,
    DeclaredPlatform,
    DeclaredSource,
)
from conductatlas.catalogue.ota_names import TERMS_TYPES, file_stem, kind_of, named, terms_type
from conductatlas.catalogue.ota_service import OtaFile, OtaFiles
from conductatlas.catalogue.ota_source import END
from conductatlas.reading.text.filters import QueryParameters
from conductatlas.reading.text.page import Selector


@dataclass(frozen=True, slots=True)
class Loss:
    """What of a platform or document is not in the files. path: `quill`, `quill/terms`. keys: of our declarations.
    remarks: sentences on what their tools will make of the rest."""

    path: str
    keys: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def to_ota(platform: DeclaredPlatform) -> tuple[OtaFiles, tuple[Loss, ...]]:
    """The files, and the losses, if any, of the platform and each of its documents.

    Read again by OtaService they give the same documents, by slug, kind, sources and history, but for the losses.
    """
    stem = file_stem(platform.name, platform.slug)
    names = {terms_type(document): document for document in platform.documents}
    terms = {name: _declaration(document.sources) for name, document in names.items()}
    history = {
        name: [{**_declaration(past.sources), END: _moment(past.valid_until)} for past in document.history]
        for name, document in names.items()
        if document.history
    }
    losses = [
        Loss(platform.slug, tuple(key for key in ("category", "website") if getattr(platform, key))),
        *(_loss(f"{platform.slug}/{document.slug}", name, document) for name, document in names.items()),
    ]
    return (
        OtaFiles(
            stem=stem,
            declaration=OtaFile(f"{stem}.json", _json({"name": platform.name, "terms": terms})),
            history=OtaFile(f"{stem}.history.json", _json(history)) if history else None,
        ),
        tuple(loss for loss in losses if loss.keys or loss.remarks),
    )


def _declaration(sources: tuple[DeclaredSource, ...]) -> dict[str, Any]:
    if len(sources) == 1:
        return dict(_source(sources[0]))
    return {"combine": [dict(_source(source)) for source in sources]}


def _source(source: DeclaredSource) -> Iterator[tuple[str, Any]]:
    yield "fetch", source.url
    if source.select:
        yield "select", _selectors(source.select)
    if source.remove:
        yield "remove", _selectors(source.remove)
    if parameters := [noise for noise in source.filters if isinstance(noise, QueryParameters)]:
        yield "filter", [{"removeQueryParams": list(noise.names)} for noise in parameters]
    if source.fetcher == "browser":
        yield "executeClientScripts", True


def _selectors(selectors: tuple[Selector, ...]) -> Selector | list[Selector]:
    return selectors[0] if len(selectors) == 1 else list(selectors)


def _loss(path: str, name: str, document: DeclaredDocument) -> Loss:
    every = [*document.sources, *(source for past in document.history for source in past.sources)]
    lost = {
        "title": document.title != named(name, kind_of(name, {})).title,
        "language": document.language,
        "region": document.region,
        "audience": document.audience,
        "cadence": document.cadence != DAILY,
        "verified": document.verified,
        "filters": any(
            not isinstance(noise, QueryParameters) for source in every for noise in source.filters
        ),
    }
    return Loss(path, tuple(key for key, is_lost in lost.items() if is_lost), tuple(_remarks(name, every)))


def _remarks(name: str, sources: Iterable[DeclaredSource]) -> Iterator[str]:
    if name not in TERMS_TYPES:
        yield f"{name!r} is none of their terms types: their own checks may refuse it."
    if any(
        not source.select and not urlsplit(source.url).path.lower().endswith(".pdf") for source in sources
    ):
        yield "It names no `select`, and so they take the page for a PDF."


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
