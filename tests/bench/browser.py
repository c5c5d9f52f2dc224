"""The browser: seconds to render a page whose text is put in by a script, cold and warm, and what its processes hold.

Memory is the sum of the proportional set sizes (PSS) of the browser's process group: what is shared counts once.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from conductatlas.archive.answer import Answer
from conductatlas.archive.chromium import ChromiumBrowser
from conductatlas.archive.guard import Guard
from conductatlas.archive.resolver import MappedResolver
from conductatlas.clock import SystemClock

WARM = 5
PAGE = b"""<!doctype html><title>Terms of Service</title><div id=root></div><script>
root.innerHTML = '<h1>Terms of Service</h1>' + Array.from({length: 400}, (_, i) =>
  `<p>${i + 1}. You agree to these terms, and we may change them with ${i + 7} days notice.</p>`).join('')
</script>"""


def run() -> dict[str, object]:
    """Seconds of the first page, the median of WARM more, and MiB of the browser while it is up."""
    browser = ChromiumBrowser(
        guard=Guard([], MappedResolver({})), clock=SystemClock(), user_agent="ConductAtlas/bench"
    )
    try:
        seconds = [_render(browser) for _ in range(1 + WARM)]
        held = _held(browser)
    finally:
        browser.close()
    return {
        "cold_s": round(seconds[0], 2),
        "warm_s": round(median(seconds[1:]), 2),
        "memory_mib": round(held / 2**20),
    }


def _render(browser: ChromiumBrowser) -> float:
    now, url = datetime.now(UTC), "https://bench.example/terms"
    fields = (("Content-Type", "text/html; charset=utf-8"),)
    answer = Answer(url, url, 200, "HTTP/2", (), (), fields, PAGE, True, "", len(PAGE), "", None, now, now)
    began = time.perf_counter()
    rendered = browser.render(answer)
    assert rendered.dom.count(b"days notice.") >= 400
    return time.perf_counter() - began


def _held(browser: ChromiumBrowser) -> int:
    process = browser._process
    assert process is not None
    found = 0
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and os.getpgid(int(folder.name)) == process._group:
                for line in (folder / "smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        found += int(line.split()[1]) * 1024
        except OSError:
            continue
    return found


if __name__ == "__main__":
    print(run())
