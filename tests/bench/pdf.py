"""The reader of PDF files: its words against those of pdftotext, what a page costs, what a process of its own costs.

Words are runs of letters and digits without case, compared as multisets: recall is the share of pdftotext's words
that the reader found, precision the share of its words that pdftotext has. Two things are among pdftotext's words
and not in the reader's text: what recurs at the head and foot of each page, and the signs before items, which the
reader keeps as marks.
"""

from __future__ import annotations

import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pypdfium2
from tests import pdf_writer
from tests.bench.machine import in_process

from conductatlas.archive import confined
from conductatlas.reading.text import reader
from conductatlas.reading.text.page import Page

TIMES = 5
MEDIA_TYPE = "application/pdf"
NAMED = 12  # words that only one side has, of each file


def run(shared: Path, quick: bool = False) -> dict[str, Any]:
    """files: name → pages, recall, precision (None without pdftotext), cpu_ms_per_page, and the words that only one
    side has. start: seconds on the clock and of CPU for a file of one line, in a process of its own."""
    return dict(in_process(__name__, shared, 1 if quick else TIMES))


def files(corpus: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each PDF capture."""
    for line in (corpus / "index.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["media_type"] == MEDIA_TYPE:
            with lzma.open(corpus / row["platform"] / f"{row['document']}.xz") as bodies:
                bodies.seek(row["offset"])
                yield f"{row['platform']} / {row['document']}", bodies.read(row["length"])


def measure(corpus: Path, times: int) -> dict[str, Any]:
    line = pdf_writer.Page().text(72, 770, "You agree to these terms.")
    return {
        "start": start(pdf_writer.pdf(line), times),
        "files": {name: compared(body, times) for name, body in files(corpus)},
    }


def compared(body: bytes, times: int) -> dict[str, Any]:
    """One file: read here, in this process, beside what pdftotext makes of it."""
    page = Page(body, MEDIA_TYPE)
    spent = []
    for _ in range(times):
        began = time.process_time()
        reading = reader.read(page)
        spent.append(time.process_time() - began)
    told = pdftotext(body)
    found, wanted = words(reading.text), words(told or "")
    pages = len(pypdfium2.PdfDocument(body))
    both = (found & wanted).total()
    return {
        "pages": pages,
        "words": found.total(),
        "recall": round(both / wanted.total(), 4) if wanted else None,
        "precision": round(both / found.total(), 4) if wanted else None,
        "cpu_ms_per_page": round(min(spent) / pages * 1000, 2),
        "only there": [word for word, _ in (wanted - found).most_common(NAMED)],
        "only here": [word for word, _ in (found - wanted).most_common(NAMED)],
    }


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", text.casefold()))


def pdftotext(body: bytes) -> str | None:
    """What poppler's converter makes of a file, a form feed after each page; None where it is not installed."""
    program = shutil.which("pdftotext")
    if program is None:
        return None
    done = subprocess.run([program, "-enc", "UTF-8", "-", "-"], input=body, capture_output=True, check=True)
    return done.stdout.decode("utf-8")


def start(body: bytes, times: int) -> dict[str, float]:
    """Medians for a whole answer of the confined process."""
    walls, cpus = [], []
    for _ in range(times):
        began, before = time.perf_counter(), of_children()
        assert confined.read(Page(body, MEDIA_TYPE)).words, "nothing was read"
        walls.append(time.perf_counter() - began)
        cpus.append(of_children() - before)
    return {"wall_s": round(median(walls), 3), "cpu_s": round(median(cpus), 3)}


def of_children() -> float:
    """Seconds of CPU of the children that have ended."""
    spent = os.times()
    return spent.children_user + spent.children_system


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]) / "corpus", int(sys.argv[2]))))
