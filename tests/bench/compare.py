"""Figures of the comparison on the histories of 88 platforms and on the memo pairs.

Run by `make bench`; `run` returns plain numbers and says nothing about good or bad.
"""

from __future__ import annotations

import json
import lzma
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from typing import Any

from conductatlas.reading.compare.comparison import Comparison, compare
from conductatlas.reading.text.markdown import read_markdown
from conductatlas.reading.text.marks import Reading

_WORD = re.compile(r"[^\W\d_]{5,}|\d{2,}")


def run(shared: Path) -> dict[str, Any]:
    """All figures: `policy` (milliseconds of CPU), `histories` and `memos`. `shared` is the folder of the corpora."""
    return {
        "policy": policy_times(),
        "histories": compare_histories(shared / "histories"),
        "memos": compare_memos(shared / "memos"),
    }


def policy_times() -> dict[str, float]:
    """Milliseconds of CPU for a policy of 7,500 words: one number and one clause changed; every third word new."""
    words = [_word(n * 7_919 % 1_800) for n in range(7_500)]
    light = [*words[:3_000], "thirty", *words[3_001:]]
    anew = [_word(n + 2_000) if n % 3 == 0 else word for n, word in enumerate(words)]
    old = _as_policy(words)
    return {
        "light_edit_ms": _best_of(5, old, _as_policy([*light, *light[:30]])),
        "rewrite_ms": _best_of(5, old, _as_policy(anew)),
    }


def compare_histories(folder: Path) -> dict[str, Any]:
    """Every neighbouring pair of versions: kinds by hint, times in milliseconds of CPU, the slowest ten."""
    times: list[tuple[float, str]] = []
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    dated = versions = 0
    for file in sorted(folder.glob("*.jsonl.xz")):
        for name, hint, old, new in _neighbours(file):
            comparison, spent = _timed(old, new)
            versions += 1
            dated += any((comparison.dates.new.updated, comparison.dates.new.effective))
            kinds[hint][comparison.kind.value if comparison.kind else "equal"] += 1
            times.append((spent, f"{name}, {old.words} to {new.words} words, {len(comparison.hunks)} hunks"))
    spent_in_order = sorted(spent for spent, _ in times)
    return {
        "pairs": versions,
        "with_a_stated_date": dated,
        "kinds_by_hint": {hint: dict(counted) for hint, counted in sorted(kinds.items())},
        "ms_median": round(quantiles(spent_in_order, n=100)[49], 1),
        "ms_p95": round(quantiles(spent_in_order, n=100)[94], 1),
        "ms_max": round(spent_in_order[-1], 1),
        "slowest": [f"{spent:.0f} ms: {what}" for spent, what in sorted(times, reverse=True)[:10]],
    }


def compare_memos(folder: Path) -> dict[str, Any]:
    """The memo pairs: kinds, those not substantive, and how many hunks hold most of the summary's words."""
    kinds: Counter[str] = Counter()
    rest: list[str] = []
    unheard: list[str] = []
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        memo = json.loads(line)
        old, new = (
            read_markdown((folder / memo["pair"] / f"{side}.md").read_text("utf-8"))
            for side in ("before", "after")
        )
        comparison = compare(old, new)
        kind = comparison.kind.value if comparison.kind else "equal"
        kinds[kind] += 1
        if kind != "substantive":
            rest.append(memo["pair"])
        if not _speaks_of(comparison, memo["summary"] + " " + memo["title"]):
            unheard.append(memo["pair"])
    return {"kinds": dict(kinds), "not_substantive": rest, "words_of_the_memo_in_no_hunk": unheard}


def _speaks_of(comparison: Comparison, memo: str) -> bool:
    """Whether the hunks hold two of the memo's words (its texts may be in another language: then any hunk will do)."""
    told = {word.casefold() for word in _WORD.findall(memo)}
    old, new = comparison.old.text, comparison.new.text
    edited = " ".join(
        old[slice(*hunk.old)] if hunk.new is None and hunk.old else new[slice(*hunk.new)] if hunk.new else ""
        for hunk in comparison.hunks
    )
    heard = told & {word.casefold() for word in _WORD.findall(edited)}
    return len(heard) >= 2 or comparison.new.language != "en"


def _neighbours(file: Path) -> Iterator[tuple[str, str, Reading, Reading]]:
    before: tuple[tuple[str, str], Reading] | None = None
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            document = row["service"], row["document"]
            reading = read_markdown(row["text"])
            if before and before[0] == document:
                yield f"{' '.join(document)} {row['date'][:10]}", row["hint"], before[1], reading
            before = document, reading


def _timed(old: Reading, new: Reading) -> tuple[Comparison, float]:
    start = time.process_time()
    comparison = compare(old, new)
    return comparison, (time.process_time() - start) * 1_000


def _word(n: int) -> str:
    """A word of letters, another one for each number."""
    return "".join("aeiou"[n // 20**k % 5] + "bcdfghklmnprstvwxyz"[n // 20**k % 19] for k in range(3))


def _best_of(times: int, old: Reading, new: Reading) -> float:
    return round(min(_timed(old, new)[1] for _ in range(times)), 1)


def _as_policy(words: list[str]) -> Reading:
    sentences = [" ".join(words[n : n + 25]).capitalize() + "." for n in range(0, len(words), 25)]
    return Reading(
        "\n".join(" ".join(sentences[n : n + 2]) for n in range(0, len(sentences), 2)), (), "", "en"
    )
