"""`python -m tests.bench.judging draw|count`: see the package."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.__main__ import ROOT, SHARED
from tests.bench.backfill import QUICK, prepare, timed
from tests.bench.judging import verdicts
from tests.bench.judging.sample import EACH, SEED, draw
from tests.bench.machine import replaying

if TYPE_CHECKING:
    from tests.bench.judging.population import Difference

DONE = "taken-in.json"  # beside the archive, once all of the corpus is in it
LEADING = ("captures", "versions", "in another language", "distinct texts", "changes")


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.bench.judging", description=__doc__)
    verbs = words.add_subparsers(dest="verb", required=True)
    drawing = verbs.add_parser("draw", help="replay the corpus, print what came of it, write sheets")
    drawing.add_argument("folder", type=Path)
    drawing.add_argument("--quick", action="store_true", help="one platform only: for a look")
    counting = verbs.add_parser("count", help="sum up what two readers found, and keep it")
    counting.add_argument("folder", type=Path)
    counting.add_argument(
        "readers", type=Path, nargs=2, metavar="VERDICTS", help="JSONL of {id, verdict, reader}"
    )
    chosen = words.parse_args()
    folder: Path = chosen.folder.resolve()
    if folder.is_relative_to(ROOT):
        print("The sheets hold words of platforms: choose a folder outside the checkout.", file=sys.stderr)
        return 1
    if chosen.verb == "count":
        return count(folder, chosen.readers)
    if not (SHARED / "corpus").is_dir():
        print("The corpus of real captures is not beside this checkout.", file=sys.stderr)
        return 1
    if (folder / "data").exists() and not (folder / DONE).exists():
        print(
            f"{folder} holds a replay that was cut off: remove it, or name another folder.", file=sys.stderr
        )
        return 1
    replay(folder, quick=chosen.quick)
    return write(folder)


def replay(folder: Path, *, quick: bool) -> None:
    """The corpus taken in, in the order of time, into FOLDER/data; one that is there already is used as it is."""
    home = folder / "data"
    if (folder / DONE).exists():
        print("an archive is there already and is used as it is", file=sys.stderr)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        with replaying(SHARED) as server:
            _, take_in = prepare(SHARED, server, home, only=QUICK if quick else ())
            spent = timed(take_in, home)
        (folder / DONE).write_text(json.dumps(spent), "utf-8")
        print(f"taken in: {spent['wall_s']} s, {spent['cpu_s']} s of CPU", file=sys.stderr)
    for name in [name for name in os.environ if name.startswith("CONDUCTATLAS_")]:
        del os.environ[name]
    from conductatlas.cli.opening import open_archive

    open_archive(home)


def write(folder: Path) -> int:
    """Prints what the archive holds; writes sheets, the index for readers, and the key that they do not see."""
    from tests.bench.judging.population import by_platform, differences
    from tests.bench.judging.sheets import sheet

    print(table(by_platform()), flush=True)
    found = list(differences())
    samples = {
        "published": [difference for difference in found if difference.is_published],
        "suppressed": [difference for difference in found if not difference.is_published],
    }
    key: list[dict[str, str]] = []
    drawn: dict[str, Difference] = {}
    for sample, population in samples.items():
        taken = draw(population)
        print(f"\n{sample}: {len(taken):,} of {len(population):,} drawn (seed {SEED}, at most {EACH})")
        reasons = Counter(difference.reason for difference in population)
        chosen = Counter(difference.reason for difference in taken)
        for reason, number in reasons.most_common():
            print(f"  {reason:<18} {chosen[reason]:>5} of {number:,}")
        drawn |= {difference.id: difference for difference in taken}
        key += [{"id": one.id, "sample": sample, "reason": one.reason} for one in taken]
    sheets = folder / "sheets"
    sheets.mkdir(exist_ok=True)
    index = []
    for number, difference in enumerate(sorted(drawn.values(), key=lambda one: one.id.rpartition("/")[2]), 1):
        name = f"{number:03}.txt"
        (sheets / name).write_text(f"id                      {difference.id}\n{sheet(difference)}", "utf-8")
        index.append({"id": difference.id, "sheet": f"sheets/{name}", "title": difference.title})
    _write_lines(folder / "index.jsonl", index)
    _write_lines(folder / "key.jsonl", key)
    print(f"\n{len(index):,} sheets: {folder}/index.jsonl is for the readers, key.jsonl is not")
    return 0


def count(folder: Path, readers: list[Path]) -> int:
    rows = map(json.loads, (folder / "key.jsonl").read_text("utf-8").splitlines())
    drawn = {row["id"]: (row["sample"], row["reason"]) for row in rows}
    try:
        judged = verdicts.merged(drawn, readers)
    except ValueError as fault:
        print(fault, file=sys.stderr)
        return 1
    for total in verdicts.sums(judged):
        if not total.judged:
            continue
        print(
            f"{total.sample}: {total.right} of {total.judged} right ({total.right / total.judged:.1%}), "
            f"{total.disputed} disputed; right at least {total.right_at_least:.2%}, "
            f"wrong at most {total.wrong_at_most:.2%} ({verdicts.BOUND})"
        )
        wrong = [row for row in judged if row.sample == total.sample and not row.is_right]
        for row in wrong:
            told = ", ".join(f"{reader}: {verdict}" for reader, verdict in sorted(row.verdicts.items()))
            print(f"  {row.id} ({row.reason}) {told}")
    verdicts.keep(judged)
    print(f"kept: {verdicts.FILE.relative_to(ROOT)}")
    return 0


def table(counted: Mapping[str, Counter[str]]) -> str:
    """Platforms and all of them together down, what was counted across."""
    total: Counter[str] = Counter()
    for own in counted.values():
        total.update(own)
    columns = [*LEADING, *sorted(name for name in total if name not in LEADING and total[name])]
    widths = [max(len(name), 7) for name in columns]
    lines = ["  ".join([f"{'':<24}", *(f"{n:>{w}}" for n, w in zip(columns, widths, strict=True))])]
    for platform, own in [*counted.items(), ("in all", total)]:
        cells = (f"{own[name]:>{width},}" for name, width in zip(columns, widths, strict=True))
        lines.append("  ".join([f"{platform[:24]:<24}", *cells]))
    return "\n".join(lines)


def _write_lines(file: Path, rows: list[dict[str, str]]) -> None:
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
