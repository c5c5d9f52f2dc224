"""One service of an Open Terms Archive collection: from its files to a platform of ours, and what could not be taken.

A fault that is an error left something out: a document, a past declaration, the service. A notice is a loss in what
was taken. What their JavaScript filters do we cannot know, so each is named and none is run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from conductatlas.catalogue import values
from conductatlas.catalogue.declaration_file import DAILY, DeclaredDocument, DeclaredPast, DeclaredPlatform
from conductatlas.catalogue.faults import Fault, WrongValueError
from conductatlas.catalogue.json_file import JsonFile
from conductatlas.catalogue.json_lines import Path
from conductatlas.catalogue.ota_names import Named, in_part, kind_of, named, slug_of, told_apart
from conductatlas.catalogue.ota_source import END, sources
from conductatlas.reading.text.kinds import kind_for_alias

MOST_TERMS = 1000  # of a service; the largest has some dozens

_FUNCTION = re.compile(
    r"^export\s{1,9}(?:default\s{1,9})?(?:async\s{1,9})?(?:function|const|let|var)\s{1,9}([\w$]{1,200})",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class OtaFile:
    """A file of the collection. `name` is what faults call it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OtaFiles:
    """The files of one service: `<stem>.json`, `<stem>.history.json`, and the scripts of its filters."""

    stem: str
    declaration: OtaFile
    history: OtaFile | None = None
    scripts: tuple[OtaFile, ...] = ()


@dataclass(slots=True)
class OtaService:
    """A service, read. `platform` is None if nothing of it could be taken; its slug is made of the stem."""

    platform: DeclaredPlatform | None = None
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def read(cls, files: OtaFiles, kinds: Mapping[str, str] | None = None) -> OtaService:
        """Never raises: whatever is wrong with the files becomes a fault. kinds: terms type → kind of ours, as
        someone decided."""
        declaration = JsonFile.read(files.declaration.content, files.declaration.name)
        history = JsonFile.read(files.history.content, files.history.name) if files.history else None
        platform = _platform(files.stem, declaration, history, kinds or {})
        faults = [*declaration.faults, *(history.faults if history else ())]
        return cls(platform, faults + [fault for script in files.scripts for fault in _functions(script)])


def _platform(
    stem: str, file: JsonFile, history: JsonFile | None, kinds: Mapping[str, str]
) -> DeclaredPlatform | None:
    if file.table is None:
        return None
    file.note_unknown((), file.table, ("name", "terms"))
    name = file.value(("name",), "name", values.text(200), file.table.get("name", stem))
    terms = file.table.get("terms")
    if not isinstance(terms, dict) or not 0 < len(terms) <= MOST_TERMS:
        file.add(
            ("terms",),
            f"terms must hold declarations, {MOST_TERMS:,} at most",
            'Write {"terms": {"Terms of Service": {"fetch": …}}}.',
        )
        return None
    past = _history(history, terms.keys()) if history and history.table else {}
    documents = []
    for terms_type, (kind, slug, title) in _names(file, terms.keys(), kinds).items():
        read_from = sources(file, ("terms", terms_type), terms[terms_type])
        if read_from:
            documents.append(
                DeclaredDocument(
                    slug=slug,
                    kind=kind,
                    title=title,
                    language="",
                    region="",
                    audience="",
                    cadence=DAILY,
                    verified=None,
                    sources=read_from,
                    history=past.get(terms_type, ()),
                )
            )
    if not name or not documents:
        file.add((), "nothing of this service could be taken", "The other faults say why.")
        return None
    return DeclaredPlatform(
        slug=slug_of(stem), name=name, category="", website="", documents=tuple(documents)
    )


def _names(file: JsonFile, terms: Collection[str], kinds: Mapping[str, str]) -> dict[str, Named]:
    """Terms type → what our document is called, each slug once."""
    found: dict[str, Named] = {}
    for terms_type in terms:
        at = ("terms", terms_type)
        if file.value(at, "the terms type", values.text(200), terms_type) is None:
            continue
        words = " ".join(terms_type.split())
        kind, base = kind_of(words, kinds), words.partition(" #")[0]
        if not kind:
            file.add(
                at,
                f"{terms_type!r} is no terms type that a kind of ours stands for",
                f'Decide which it is, with --kind "{base}=KIND", or declare the document by hand.',
            )
            continue
        if not kinds.keys() & {base, words} and not kind_for_alias(base):
            file.add(
                at,
                f"{base!r} is no terms type that we know; by its name it was taken as {kind!r}",
                f'If it is another, say so with --kind "{base}=KIND".',
                severity="notice",
            )
        found[terms_type] = named(words, kind)
    natural = {name.slug for name in found.values()}
    taken: set[str] = set()
    for terms_type, name in found.items():
        if name.slug in taken:
            name = in_part(name.kind, told_apart(name.slug, natural | taken))
            found[terms_type] = name
            file.add(
                ("terms", terms_type),
                f"{terms_type!r} would have the slug of another document, and became {name.slug!r}",
                "Nothing to do, unless you want another slug and title.",
                severity="notice",
            )
        taken.add(name.slug)
    return found


def _history(file: JsonFile, declared: Collection[str]) -> dict[str, tuple[DeclaredPast, ...]]:
    """Terms type → its past declarations in order of time."""
    found = {}
    for terms_type, entries in (file.table or {}).items():
        at = (terms_type,)
        if not isinstance(entries, list):
            file.add(at, "a history must be a list", 'Write [{"fetch": …, "validUntil": …}].')
        elif terms_type not in declared:
            file.add(
                at,
                f"{terms_type!r} is declared no more, and its {len(entries)} past declarations are left out",
                "Declare the document by hand if its past matters: a document needs a source of today.",
            )
        else:
            found[terms_type] = _in_order(file, terms_type, entries)
    return found


def _in_order(file: JsonFile, terms_type: str, entries: list[Any]) -> tuple[DeclaredPast, ...]:
    kept: dict[datetime, DeclaredPast] = {}
    for n, raw in enumerate(entries):
        at: Path = (terms_type, n)
        end = file.value((*at, END), END, _moment, raw.get(END) if isinstance(raw, dict) else None)
        read_from = sources(file, at, raw)
        if end in kept:
            file.add(at, "two past declarations end at the same moment", "The first of them was taken.")
        elif end and read_from:
            kept[end] = DeclaredPast(end, read_from)
    return tuple(kept[end] for end in sorted(kept))


def _functions(script: OtaFile) -> list[Fault]:
    """A notice for each function that a script of filters brings, or for the script if none can be told."""
    text = script.content.decode("utf-8", "replace")
    remedy = "What declarations name as a filter is told at its place; the rest is used nowhere."
    found = [
        Fault(
            script.name,
            text.count("\n", 0, function.start()) + 1,
            f"the JavaScript function {function[1]!r} is not taken",
            remedy,
            "notice",
        )
        for function in _FUNCTION.finditer(text)
    ]
    return found or [Fault(script.name, 1, "JavaScript is not taken", remedy, "notice")]


def _moment(value: object) -> datetime:
    """ISO 8601; UTC where it names no zone."""
    if value is None:
        raise WrongValueError("is missing", f'Add "{END}": "2024-05-01T12:00:00Z".')
    written = values.text(40)(value)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise WrongValueError(f"{written!r} is no moment", "Write it as 2024-05-01T12:00:00Z.") from None
    return values.moment(moment)
