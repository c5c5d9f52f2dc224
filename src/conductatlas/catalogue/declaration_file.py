"""One file of declarations: from its bytes to a platform, or to everything that is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from conductatlas.catalogue import values
from conductatlas.catalogue.faults import Fault, Severity, WrongValueError
from conductatlas.catalogue.toml_lines import Path, TomlLines
from conductatlas.reading.text.filters import Filter
from conductatlas.reading.text.kinds import kind_title
from conductatlas.reading.text.page import Selector

LARGEST = 1_000_000  # bytes
DAILY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DeclaredSource:
    """A page to read. `select`, `remove` and `filters`: see reading.text.page."""

    url: str
    select: tuple[Selector, ...] = ()
    remove: tuple[Selector, ...] = ()
    fetcher: str = "http"
    filters: tuple[Filter, ...] = ()


TAKEN = frozenset({"drift"})  # addresses of a platform's own pages, where its documents have theirs


@dataclass(frozen=True, slots=True)
class DeclaredPast:
    """What a document was read from before: until a moment, and since the moment at which the one before it ended."""

    valid_until: datetime
    sources: tuple[DeclaredSource, ...]


@dataclass(frozen=True, slots=True)
class DeclaredDocument:
    """A document and its sources in reading order. verified: when someone last looked that they are right. history:
    in order of time."""

    slug: str
    kind: str
    title: str
    language: str
    region: str
    audience: str
    cadence: timedelta
    verified: date | None
    sources: tuple[DeclaredSource, ...]
    history: tuple[DeclaredPast, ...] = ()


@dataclass(frozen=True, slots=True)
class DeclaredPlatform:
    """A platform and its documents. publish_text: None where the declaration does not say, and so the admin may."""

    slug: str
    name: str
    category: str
    website: str
    documents: tuple[DeclaredDocument, ...]
    publish_text: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table: what its value means, and what is taken where it is missing."""

    parse: Callable[[object], Any]
    default: Any = None
    is_required: bool = False


SOURCE = {
    "url": Key(values.url, is_required=True),
    "select": Key(values.selectors, ()),
    "remove": Key(values.selectors, ()),
    "filters": Key(values.filters, ()),
    "fetcher": Key(values.fetcher, "http"),
}
DOCUMENT = {
    "slug": Key(values.slug),
    "kind": Key(values.kind, is_required=True),
    "title": Key(values.text(300)),
    "language": Key(values.language, ""),
    "region": Key(values.text(40, may_be_empty=True), ""),
    "audience": Key(values.text(80, may_be_empty=True), ""),
    "cadence": Key(values.cadence, DAILY),
    "verified": Key(values.verified),
    "sources": Key(values.tables),
    "history": Key(values.tables),
}
PAST = {
    "valid_until": Key(values.moment, is_required=True),
    "sources": Key(values.tables),
}


def _short(keys: Mapping[str, Key]) -> dict[str, Key]:
    """What has a single source may say `url` itself, and the rest of SOURCE with it."""
    return {name: key for name, key in keys.items() if name != "sources"} | SOURCE


PLATFORM = {
    "name": Key(values.text(200), is_required=True),
    "slug": Key(values.slug, is_required=True),
    "category": Key(values.category, ""),
    "website": Key(values.url, ""),
    "publish_text": Key(values.publish_text),
    "documents": Key(values.tables, is_required=True),
}


@dataclass(slots=True)
class DeclarationFile:
    """One file, read. `platform` is None if there is an error among `faults`; `slug` is then the best
    guess."""

    name: str
    slug: str
    platform: DeclaredPlatform | None = None
    faults: list[Fault] = field(default_factory=list)
    _lines: TomlLines = field(default_factory=TomlLines)

    @classmethod
    def read(cls, content: bytes, name: str, stem: str = "") -> DeclarationFile:
        """Never raises: whatever is wrong with `content` becomes a fault. `name` is what faults call the
        file."""
        file = cls(name, stem)
        try:
            text = decoded(content)
            table = tomllib.loads(text)
            file._lines = TomlLines.of(text)
        except WrongValueError as fault:
            file._add(fault.message, fault.remedy)
        except tomllib.TOMLDecodeError as fault:
            place = re.search(r"at line (\d+)", str(fault))
            file._add(
                f"not TOML: {fault}",
                "https://toml.io shows the format."
                if place
                else "Look for a quote or a bracket that is never closed.",
                line=int(place[1]) if place else len(content.splitlines()) or 1,
            )
        except (ValueError, RecursionError) as fault:
            file._add(f"not usable as TOML: {fault}", "Write numbers and nesting of a sane size.")
        else:
            file._take(table)
        return file

    def line(self, *path: str | int) -> int:
        """The line (from 1) of a value, or of the innermost table around it."""
        return self._lines.at(*path)

    def _take(self, table: dict[str, object]) -> None:
        if isinstance(guess := table.get("slug"), str):
            self.slug = guess
        given = self._table(table, (), PLATFORM)
        documents = [self._document(raw, ("documents", n)) for n, raw in enumerate(given["documents"] or [])]
        self._refuse_repeated_slugs(documents)
        if not any(fault.severity == "error" for fault in self.faults):
            self.slug = given["slug"]
            self.platform = DeclaredPlatform(
                slug=given["slug"],
                name=given["name"],
                category=given["category"],
                website=given["website"],
                publish_text=given["publish_text"],
                documents=tuple(document for document in documents if document),
            )

    def _document(self, raw: dict[str, object], at: Path) -> DeclaredDocument | None:
        before = len(self.faults)
        given, sources = self._sourced(raw, at, DOCUMENT)
        history = [self._past(past, (*at, "history", n)) for n, past in enumerate(given["history"] or [])]
        self._refuse_repeated_ends(history, at)
        if any(fault.severity == "error" for fault in self.faults[before:]):
            return None
        return DeclaredDocument(
            slug=given["slug"] or given["kind"],
            kind=given["kind"],
            title=given["title"] or kind_title(given["kind"]),
            language=given["language"],
            region=given["region"],
            audience=given["audience"],
            cadence=given["cadence"],
            verified=given["verified"],
            sources=sources,
            history=tuple(sorted((past for past in history if past), key=lambda past: past.valid_until)),
        )

    def _past(self, raw: dict[str, object], at: Path) -> DeclaredPast | None:
        given, sources = self._sourced(raw, at, PAST)
        return DeclaredPast(given["valid_until"], sources) if given["valid_until"] else None

    def _sourced(
        self, raw: dict[str, object], at: Path, keys: Mapping[str, Key]
    ) -> tuple[dict[str, Any], tuple[DeclaredSource, ...]]:
        """A table that names its sources, in either form: its values and the sources."""
        is_short = "sources" not in raw
        if not is_short and (both := raw.keys() & SOURCE.keys()):
            self._add(
                f"{min(both)!r} stands beside `sources`",
                f"Move it into [[{'.'.join(part for part in at if isinstance(part, str))}.sources]], or remove those.",
                at=(*at, min(both)),
            )
            raw = {name: value for name, value in raw.items() if name not in both}
        given = self._table(raw, at, _short(keys) if is_short else keys)
        if is_short:
            return given, (self._source(given),)
        sources = [
            self._source(self._table(part, (*at, "sources", n), SOURCE))
            for n, part in enumerate(given["sources"] or [])
        ]
        for position, source in enumerate(sources):
            if source.url and source in sources[:position]:
                self._add("the same source twice", "Remove one.", at=(*at, "sources", position))
        return given, tuple(sources)

    def _source(self, given: Mapping[str, Any]) -> DeclaredSource:
        return DeclaredSource(
            given["url"] or "", given["select"], given["remove"], given["fetcher"], given["filters"]
        )

    def _table(self, raw: Mapping[str, object], at: Path, keys: Mapping[str, Key]) -> dict[str, Any]:
        """Every key of `keys` with its value; what is missing or wrong has its default, and a fault."""
        for name in sorted(raw.keys() - keys.keys()):
            self._add(
                f"no key is called {name!r} here",
                values.closest(name, keys) + f"Known here: {', '.join(keys)}.",
                at=(*at, name),
            )
        given = {name: key.default for name, key in keys.items()}
        for name, key in keys.items():
            if name in raw:
                try:
                    given[name] = key.parse(raw[name])
                except WrongValueError as fault:
                    self._add(f"{name} {fault.message}", fault.remedy, at=(*at, name))
            elif key.is_required:
                self._add(f"{name!r} is missing", f"Add a line: {name} = …", at=at)
        return given

    def _refuse_repeated_slugs(self, documents: list[DeclaredDocument | None]) -> None:
        seen: set[str] = set()
        for position, document in enumerate(documents):
            if document and document.slug in seen:
                self._add(
                    f"a second document with the slug {document.slug!r}",
                    "Give it a `slug` of its own; without one the kind is taken.",
                    at=("documents", position),
                )
            elif document:
                seen.add(document.slug)
            if document and document.slug in TAKEN:
                self._add(
                    f"{document.slug!r} is the address of another page of each platform",
                    "Give it another `slug`.",
                    at=("documents", position),
                )

    def _refuse_repeated_ends(self, history: list[DeclaredPast | None], at: Path) -> None:
        seen: set[datetime] = set()
        for position, past in enumerate(history):
            if past and past.valid_until in seen:
                self._add(
                    f"two past declarations end on {past.valid_until:%Y-%m-%d %H:%M}",
                    "Name several pages of one time in `sources`, or give each its own `valid_until`.",
                    at=(*at, "history", position, "valid_until"),
                )
            elif past:
                seen.add(past.valid_until)

    def _add(
        self,
        message: str,
        remedy: str,
        *,
        at: Path = (),
        line: int | None = None,
        severity: Severity = "error",
    ) -> None:
        self.faults.append(Fault(self.name, line or self.line(*at), message, remedy, severity))


def decoded(content: bytes) -> str:
    """The text of a file, its lines ending in line feeds. WrongValueError: too long, or not UTF-8."""
    if len(content) > LARGEST:
        raise WrongValueError(f"the file is longer than {LARGEST:,} bytes", "Declare one platform a file.")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as fault:
        raise WrongValueError(
            f"not UTF-8: byte {fault.start} is {content[fault.start]:#04x}", "Save the file as UTF-8."
        ) from None
