"""Texts that commands are given: a file, an address, or the id of a version."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from conductatlas.archive.confined import read
from conductatlas.errors import NotFoundError, RemovedError, RobotsRefusedError, UnreadableError
from conductatlas.ids import parse_id
from conductatlas.reading.text.formats import DOCX_TYPE
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.page import Page

FILE_LIMIT = 200_000_000  # bytes; larger files are no legal documents
TYPES = {
    ".pdf": "application/pdf",
    ".docx": DOCX_TYPE,
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".xhtml": "application/xhtml+xml",
}


def open_text(
    what: str, *, select: tuple[str, ...] = (), remove: tuple[str, ...] = ()
) -> tuple[Page, Reading]:
    """The page behind a file name or an address, and its reading.

    NotFoundError, FetchError or UnreadableError. An address is asked for as captures are: guarded, one request,
    robots.txt respected.
    """
    page = (
        _fetched(what, select, remove)
        if what.startswith(("http://", "https://"))
        else _file(what, select, remove)
    )
    return page, read(page)


def open_reading(what: str) -> Reading:
    """The reading of a file, an address, or a version's id (CA-V-…) in the archive."""
    identity = parse_id(what)
    if identity and identity[0] == "V" and not Path(what).exists():
        return _version(identity[1], what)
    return open_text(what)[1]


def _file(name: str, select: tuple[str, ...], remove: tuple[str, ...]) -> Page:
    path = Path(name)
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise UnreadableError(f"{name} is larger than {FILE_LIMIT} bytes")
        body = path.read_bytes()
    except OSError as fault:
        raise NotFoundError(
            f"{name}: {fault.strerror}", remedy="Name a file that can be read, or an address."
        ) from None
    kind = TYPES.get(path.suffix.lower()) or mimetypes.guess_type(name)[0]
    return Page(body=body, content_type=kind, url="", select=select, remove=remove)


def _fetched(url: str, select: tuple[str, ...], remove: tuple[str, ...]) -> Page:
    from conductatlas.cli.opening import open_settings

    config = open_settings()
    from conductatlas.archive.answer import Request
    from conductatlas.archive.fetch import PRODUCT_TOKEN
    from conductatlas.archive.hosts import ask_robots, origin_of
    from conductatlas.archive.robots import RobotsPolicy
    from conductatlas.clock import SystemClock
    from conductatlas.work.tools import make_fetcher

    fetcher = make_fetcher(config, SystemClock())

    def allow(address: str) -> None:
        status, body, _ = ask_robots(fetcher, origin_of(address))
        verdict = RobotsPolicy.from_answer(status, body).decision(address, PRODUCT_TOKEN)
        if not verdict.allowed:
            raise RobotsRefusedError(f"robots.txt: {verdict.why}")

    answer = fetcher.fetch(Request(url), allow=allow)
    return Page(
        body=answer.body, content_type=answer.content_type, url=answer.final_url, select=select, remove=remove
    )


def _version(key: int, name: str) -> Reading:
    from conductatlas.cli.opening import open_archive
    from conductatlas.clock import SystemClock

    open_archive()
    from conductatlas.history.models import Version
    from conductatlas.history.services import current_reading, was_removed

    version = Version.objects.filter(pk=key).first()
    if version is None:
        raise NotFoundError(f"{name} is no version of this archive")
    if was_removed(version):
        raise RemovedError(f"the text of {name} was removed from this archive")
    return current_reading(version, SystemClock().now()).value()
