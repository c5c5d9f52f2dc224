"""What files of other archives hold of our documents: each capture's place, date and digest, and how to read it.

Every file is gone through once. A record goes to the document that a map names, or else to each that declares its
address; a text of a repository to the one of its platform's name and its kind. No body is held.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from conductatlas.archive import versions_repository, warc
from conductatlas.archive.answer import Answer
from conductatlas.archive.services import Claim
from conductatlas.archive.versions_repository import RepositoryVersion
from conductatlas.archive.warc import WarcFault, WarcRecord
from conductatlas.catalogue.models import Document
from conductatlas.errors import ImportSourceError
from conductatlas.reading.text.kinds import kind_for_alias
from conductatlas.work.mapping import Addresses, Rule


@dataclass(frozen=True, slots=True)
class Given:
    """One capture to be taken in. read: its answer, as a fetcher would give it. mapped: whether a map named the
    document; its address need not be a declared one then."""

    url: str
    at: datetime
    digest: str
    claim: Claim
    read: Callable[[], Answer]
    is_mapped: bool = False
    is_their_doing: bool = False  # its giver says that only its own declaration or software differs

    @property
    def key(self) -> tuple[datetime, str]:
        return self.at, self.digest


@dataclass(frozen=True, slots=True)
class WarcAnswer:
    """Reads one record when it is asked to; can be sent to another process, which a closure cannot."""

    record: WarcRecord
    max_body: int

    def __call__(self) -> Answer:
        return warc.answer(self.record, self.max_body)


@dataclass(slots=True)
class Found:
    """What the files hold: the captures of each document (its key), and what is of no use."""

    documents: dict[int, list[Given]] = field(default_factory=lambda: defaultdict(list))
    records: int = 0
    unmatched: Counter[str] = field(default_factory=Counter)  # address → records that belong to no document
    left_out: int = 0  # as the map says, or our own export: see `WarcRecord.is_part`
    faults: list[WarcFault] = field(default_factory=list)


def find(
    files: Iterable[Path],
    rules: Sequence[Rule],
    *,
    source: str,
    licence: str,
    now: datetime,
    max_body: int,
    on_record: Callable[[WarcRecord], None] = lambda _: None,
) -> Found:
    """Go through the files and give each record to its documents. ImportSourceError: one cannot be read, or a map
    names a document that is none."""
    found, addresses = Found(), Addresses.declared()
    paths = {document.path: document.pk for document in Document.objects.select_related("platform")}
    bodies: dict[str, WarcRecord] = {}
    revisits: list[WarcRecord] = []

    def assign(record: WarcRecord) -> None:
        keys, is_mapped = (None, False) if record.is_part else _documents(record, rules, addresses, paths)
        if keys is None:
            found.left_out += 1
            return
        if not keys and not record.url:
            message = "the record names no address, and no rule of the map speaks of it"
            found.faults.append(WarcFault(record.file, record.offset, message))
        elif not keys:
            found.unmatched[record.url] += 1
        elif record.at > now:
            message = f"the record of {record.url} is dated {record.at:%Y-%m-%d %H:%M}, in the future"
            found.faults.append(WarcFault(record.file, record.offset, message))
            return
        claim = Claim(
            source=source or record.file.name,
            licence=licence,
            record_id=record.record_id,
            file=record.file.name,
            note=f"WARC {record.kind} record",
            taken_in_at=now,
        )
        for key in keys:
            read = WarcAnswer(record, max_body)
            found.documents[key].append(
                Given(record.asked_url, record.at, record.digest, claim, read, is_mapped)
            )

    for file in files:
        for record in warc.index(file):
            if isinstance(record, WarcFault):
                found.faults.append(record)
                continue
            found.records += 1
            on_record(record)
            if record.kind == "revisit":
                revisits.append(record)
                continue
            for name in warc.payload_names(record):
                bodies.setdefault(name, record)
            assign(record)
    for record in revisits:
        whole = warc.resolve(record, bodies)
        if whole is None and _documents(record, rules, addresses, paths)[0]:
            message = f"the body that the revisit of {record.url} repeats is in none of the files"
            found.faults.append(WarcFault(record.file, record.offset, message))
        elif whole is not None:
            assign(whole)
    return found


@dataclass(frozen=True, slots=True)
class RepositoryAnswer:
    """Reads one text of a repository when it is asked to."""

    version: RepositoryVersion
    max_body: int

    def __call__(self) -> Answer:
        return versions_repository.answer(self.version, self.max_body)


def find_versions(
    folder: Path,
    rules: Sequence[Rule],
    *,
    source: str,
    licence: str,
    now: datetime,
    max_body: int,
    on_record: Callable[[int], None] = lambda _: None,
) -> Found:
    """Give each text of a repository of versions to its document: as the map says, or to the one of the platform of
    that name and of the kind that the terms type is a name of; where there are several, the one with that address.
    Errors as of `find`."""
    found = Found()
    by_name = _by_platform_and_kind()
    paths = {document.path: document.pk for document in Document.objects.select_related("platform")}
    addresses = Addresses.declared()
    for version in versions_repository.versions(folder):
        found.records += 1
        on_record(found.records)
        url = version.addresses[0] if version.addresses else ""
        key = _ruled(rules, paths, url, {}, version.name)
        if key == 0:
            found.left_out += 1
            continue
        if key is None:
            key = _named(version, by_name, addresses)
        if key is None:
            found.unmatched[version.name] += 1
            continue
        if version.at > now:
            message = f"commit {version.commit[:12]} is dated {version.at:%Y-%m-%d %H:%M}, in the future"
            found.faults.append(WarcFault(folder, 0, message))
            continue
        claim = Claim(
            source=source or folder.resolve().name,
            licence=licence,
            record_id=version.commit,
            file=version.name + ".md",
            note="text as extracted there" + (f" by its engine {version.engine}" if version.engine else ""),
            taken_in_at=now,
            is_text=True,
        )
        read = RepositoryAnswer(version, max_body)
        found.documents[key].append(
            Given(url, version.at, version.digest, claim, read, True, version.is_their_doing)
        )
    return found


def _by_platform_and_kind() -> dict[tuple[str, str], list[int]]:
    """(name or slug of a platform in small letters, kind) → its documents of that kind."""
    named: dict[tuple[str, str], list[int]] = defaultdict(list)
    for document in Document.objects.select_related("platform").order_by("pk"):
        for name in {document.platform.name.casefold(), document.platform.slug}:
            named[name, document.kind].append(document.pk)
    return named


def _named(
    version: RepositoryVersion, by_name: dict[tuple[str, str], list[int]], addresses: Addresses
) -> int | None:
    kind = kind_for_alias(version.terms_type)
    keys = by_name.get((version.service.casefold(), kind), []) if kind else []
    if len(keys) > 1:
        declaring = {key for url in version.addresses for key in addresses.documents(url)}
        keys = [key for key in keys if key in declaring]
    return keys[0] if len(keys) == 1 else None


def _ruled(
    rules: Sequence[Rule], paths: dict[str, int], url: str, fields: Mapping[str, str], name: str = ""
) -> int | None:
    """The document that the first rule which speaks of a capture names; 0 if it leaves it out, None if none speaks."""
    for rule in rules:
        path = rule.document_of(url, fields, name)
        if path == "":
            return 0
        if path is not None:
            if path not in paths:
                raise ImportSourceError(
                    f"the map names {path!r}, and no document is called so",
                    remedy="Declare it, or mend the map; `conductatlas catalogue list` shows the documents.",
                )
            return paths[path]
    return None


def _documents(
    record: WarcRecord, rules: Sequence[Rule], addresses: Addresses, paths: dict[str, int]
) -> tuple[list[int] | None, bool]:
    """(keys of the record's documents, whether a map named them); None if the map leaves it out."""
    key = _ruled(rules, paths, record.asked_url, record.fields)
    if key is None:
        return addresses.documents(record.asked_url), False
    return ([key] if key else None), True
