"""The child process of `confined`: reads one PDF or DOCX file from stdin, and says on stdout what it found.

stdin: one line of JSON (content_type, url, selected, limits), then the bytes. stdout: one object of JSON, either the
reading or an error. It limits itself before it looks at a single byte of the file; the limits cannot be raised again.
It opens no connection and no file but those of its own code.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from conductatlas.errors import UnreadableError
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.reader import examine


def main() -> None:
    """Answer one question. Dies without an answer where the limits are met."""
    head = json.loads(sys.stdin.buffer.readline(100_000))
    limit(head["limits"])
    select = ("*",) if head["selected"] else ()  # only whether there are any matters to a file
    page = Page(sys.stdin.buffer.read(), head["content_type"], head["url"], select)
    sys.stdout.buffer.write(json.dumps(_answer(page), ensure_ascii=False).encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def limit(limits: dict[str, int]) -> None:
    """Bound this process's memory, processor time, files and size of files, where the system can."""
    try:
        import resource
    except ImportError:  # not a Unix: the parent's clock is all there is
        return
    for what, most in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(what, (bound, bound))
        except (ValueError, OSError):  # a system that does not have this limit
            continue


def _answer(page: Page) -> dict[str, Any]:
    try:
        found = examine(page)
    except UnreadableError as fault:
        return {"error": {"message": fault.message, "reason": fault.reason, "remedy": fault.remedy}}
    reading = found.reading
    return {
        "text": reading.text,
        "marks": [mark.to_row() for mark in reading.marks],
        "title": reading.title,
        "language": reading.language,
        "notes": list(found.notes),
    }


if __name__ == "__main__":
    main()
