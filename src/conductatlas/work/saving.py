"""A page that a person saved in a browser, taken in as a check: same gate, same reading, same comparison.

For pages that this archive may not or cannot fetch: robots.txt forbids it, or a wall stands before it. No request was
made, so none is recorded: the capture says `manual`, when it was saved as that person states, and beside it stands who
saved it. A page that the gate refuses stays refused, whoever saved it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conductatlas.accounts.models import User
from conductatlas.archive import services as archive
from conductatlas.archive.answer import Answer
from conductatlas.archive.models import Capture
from conductatlas.archive.services import Claim, Observation
from conductatlas.catalogue import values
from conductatlas.catalogue.faults import WrongValueError
from conductatlas.catalogue.models import Document, Source
from conductatlas.errors import LeaseLostError, SaveError
from conductatlas.history import services as history
from conductatlas.work import due
from conductatlas.work.models import Due
from conductatlas.work.pipeline import Result, Tools, check
from conductatlas.writing import storage_faults, writing

MANUAL = "manual"
SAVED_BY = "an operator of this archive"  # in public; the person's name stands in the provenance row
LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A file as it came from a browser. file: its name. url: the address it was saved from, "" for the source's."""

    body: bytes
    file: str
    url: str = ""


def save(
    document: Document,
    pages: Sequence[SavedPage],
    *,
    at: datetime,
    by: User,
    tools: Tools,
    largest: int,
    note: str = "",
) -> Result:
    """Take in one saved page for each source of a document, in their order, as a check that `by` made.

    at: when they were saved, as that person states. largest: bytes that a page may have. SaveError says what is wrong
    with them, LeaseLostError that the document is being checked at this moment; nothing is written then.
    """
    sources = list(document.sources.filter(retired_at__isnull=True).order_by("position", "pk"))
    now = tools.clock.now()
    _require_person(by)
    _require_pages(document, sources, pages, largest)
    _require_moment(document, at, now)
    addresses = [_address(page.url or source.url) for source, page in zip(sources, pages, strict=True)]

    def observe(earlier: Mapping[int, Capture]) -> list[Observation]:
        return [
            archive.take(
                source,
                lambda page=page, url=url: _answer(page, url, at),  # type: ignore[misc]
                at,
                Claim(SAVED_BY, now, file=page.file, note=note, provenance=MANUAL, saved_by=by),
                earlier.get(source.pk),
            )
            for source, page, url in zip(sources, pages, addresses, strict=True)
        ]

    holder = due.holder_name()
    with writing():
        due.ensure(now)
        taken = due.claim([document.pk], holder, LEASE)
    if not taken:
        raise LeaseLostError(
            f"{document.path} is being checked at this moment", remedy="Try again in a minute."
        )
    try:
        with storage_faults():
            held = Document.objects.select_related("platform", "due").get(pk=document.pk)
            return check(held, tools, started_by="person", holder=holder, observe=observe)
    finally:
        with writing():
            # A check that was recorded has given it back itself.
            Due.objects.filter(document=document.pk, holder=holder).update(holder="", lease_until=None)


def _require_person(person: User) -> None:
    if not (person.is_active and person.is_staff):
        raise SaveError(
            f"{person.email} is no operator", remedy="Make one with `conductatlas operator EMAIL`."
        )


def _require_pages(
    document: Document, sources: Sequence[Source], pages: Sequence[SavedPage], largest: int
) -> None:
    if document.retired_at is not None or not sources:
        raise SaveError(f"{document.path} is not watched", remedy="Declare it, with the address of its page.")
    if len(pages) != len(sources):
        addresses = ", ".join(source.url for source in sources)
        raise SaveError(
            f"{document.path} is read from {len(sources)} pages, and {len(pages)} were given",
            remedy=f"Give one file for each, in this order: {addresses}",
        )
    for page in pages:
        if not page.body.strip():
            raise SaveError(f"{page.file} is empty")
        if len(page.body) > largest:
            raise SaveError(
                f"{page.file} has {len(page.body):,} bytes", remedy=f"At most {largest:,} (setting max_body)."
            )
        if b"multipart/related" in page.body[:4096].lower():
            raise SaveError(
                f"{page.file} is a web archive of several parts (MHTML)",
                remedy="Save it again as “HTML only”, so that the page itself is kept.",
            )


def _require_moment(document: Document, at: datetime, now: datetime) -> None:
    if at > now:
        raise SaveError(f"{at:%Y-%m-%d %H:%M} UTC lies ahead", remedy="Say when the page was saved, in UTC.")
    last = history.last_read_at(document)
    if last is not None and at <= last:
        raise SaveError(
            f"{document.path} was read {last:%Y-%m-%d %H:%M} UTC, after that page was saved",
            remedy="A saved page continues the record; it is not put between what was recorded since.",
        )


def _address(url: str) -> str:
    try:
        return values.url(url.partition("#")[0])
    except WrongValueError as fault:
        raise SaveError(f"the address {fault.message}", remedy=fault.remedy) from None


def _answer(page: SavedPage, url: str, at: datetime) -> Answer:
    """The page as if it had been answered, with nothing of a request or an answer: there was none that we saw."""
    return Answer(
        url=url,
        final_url=url,
        status=0,
        http_version="",
        hops=(),
        request_headers=(),
        headers=(),
        body=page.body,
        decoded=True,
        wire_digest="",
        wire_length=0,
        peer_address="",
        tls=None,
        started_at=at,
        finished_at=at,
    )
