"""Reading bytes that strangers wrote, whatever is in them: the one door by which captured bytes reach the reader.

HTML, Markdown and plain text are read here and now. PDF and DOCX files are read in a child process that has no
secrets, little memory and little time, one at a time: what makes it die, hang or swell is a page that could not
be read within limits, and costs nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from conductatlas.errors import ReaderUnavailableError, UnreadableError
from conductatlas.reading.text import reader
from conductatlas.reading.text.charset import Decoded
from conductatlas.reading.text.formats import DOCX, PDF, sniff
from conductatlas.reading.text.marks import Mark, Reading
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import Examined

SECONDS = 90  # by the clock on the wall
CPU_SECONDS = 45
MEMORY = 768 * 1024 * 1024  # bytes of address space, of which most are libraries that are never touched
MAX_ANSWER = 24_000_000  # bytes
CHILD = "conductatlas.archive.confined_child"
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "TMPDIR", "TEMP")

_turn = threading.Lock()  # one child at a time: what is hostile is bounded once, not once a worker


def read(page: Page) -> Reading:
    """The reading of `page`. Raises what `examine` raises."""
    return examine(page).reading


def examine(page: Page) -> Examined:
    """As `reader.examine`, for bytes that strangers wrote.

    UnreadableError also if the file could not be read within limits; ReaderUnavailableError if this machine could
    not start a process to read it.
    """
    if sniff(page.body, page.content_type) not in (PDF, DOCX):
        return reader.examine(page)
    if len(page.body) > reader.MAX_BYTES:
        return reader.examine(page)  # refuses it
    with _turn:
        answer = _ask(page)
    if not answer:
        raise UnreadableError(
            "the file could not be read within limits",
            reason="beyond_limits",
            remedy="Open the file in a viewer; if it is sound, declare another source for this document.",
        )
    if "error" in answer:
        fault = answer["error"]
        raise UnreadableError(fault["message"], reason=fault["reason"], remedy=fault["remedy"])
    return reader.without_noise(_examined(answer), page)


def _ask(page: Page) -> dict[str, Any] | None:
    """What the child says of the page; None if it died, took too long or said too much."""
    head = {
        "content_type": page.content_type,
        "url": page.url,
        "selected": bool(page.select or page.remove),
        "limits": {"memory": MEMORY, "cpu_seconds": CPU_SECONDS, "answer": MAX_ANSWER},
    }
    try:
        child = subprocess.Popen(  # noqa: S603 (this program's own module, no shell)
            [sys.executable, "-P", "-m", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
    except OSError as fault:
        raise ReaderUnavailableError(f"no process to read the file in: {fault.strerror}") from None
    assert child.stdin is not None and child.stdout is not None
    alarm = threading.Timer(SECONDS, child.kill)
    alarm.start()
    feeding = threading.Thread(
        target=_feed, args=(child, json.dumps(head).encode() + b"\n", page.body), daemon=True
    )
    feeding.start()
    try:
        said = child.stdout.read(MAX_ANSWER + 1)
    finally:
        child.kill()
        child.wait()
        alarm.cancel()
        feeding.join()
        child.stdout.close()
    try:
        answer = json.loads(said) if len(said) <= MAX_ANSWER else None
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _feed(child: subprocess.Popen[bytes], *chunks: bytes) -> None:
    assert child.stdin is not None
    try:
        for chunk in chunks:
            child.stdin.write(chunk)
        child.stdin.close()
    except OSError:  # the child is dead; what it said decides
        pass


def _environment() -> Mapping[str, str]:
    """What the child needs to find its code, and nothing that is secret."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _examined(answer: Mapping[str, Any]) -> Examined:
    reading = Reading(
        str(answer["text"]),
        tuple(Mark.from_row(row) for row in answer["marks"]),
        str(answer["title"]),
        str(answer["language"]),
    )
    return Examined(reading, Decoded("", "", ""), tuple(map(str, answer["notes"])))
