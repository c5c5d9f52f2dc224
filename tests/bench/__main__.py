"""`python -m tests.bench [--only NAME …] [--quick]`: measure, print, and write the reference page."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.bench.machine import describe
from tests.bench.promises import SECTIONS
from tests.bench.report import as_text, write

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
PAGE = ROOT / "docs" / "reference" / "benchmarks.md"


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    words.add_argument("--only", nargs="+", choices=SECTIONS, metavar="NAME", help=", ".join(SECTIONS))
    words.add_argument("--quick", action="store_true", help="smaller samples: for a look, nothing is written")
    chosen = words.parse_args()
    if not (SHARED / "corpus").is_dir():
        print("The corpus of real captures is not beside this checkout.", file=sys.stderr)
        return 1
    machine = describe()
    print("\n".join(f"{name:<18} {value}" for name, value in machine))
    sections = []
    for name in chosen.only or SECTIONS:
        began = time.monotonic()
        sections.append(SECTIONS[name](SHARED, chosen.quick))
        print(as_text(sections[-1]), flush=True)
        print(f"measured in {time.monotonic() - began:.0f} s", file=sys.stderr)
    if chosen.quick:
        return 0
    write(PAGE, machine, sections, "make bench")
    print(f"\nwritten: {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
