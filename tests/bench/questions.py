"""The questionnaire against answers made by hand for ten platforms, and asked of the well-known ones."""

from __future__ import annotations

import json
import lzma
import time
import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from tests.corpus.texts import reading_of

from conductatlas.reading.clauses.extractor import extract
from conductatlas.reading.clauses.questions import Answerable, answer
from conductatlas.reading.text.kinds import guess_kind
from conductatlas.reading.text.markdown import read_markdown

GOLD = Path(__file__).parents[1] / "corpus" / "questions_gold.toml"


def run(corpus: Path) -> dict[str, Any]:
    """Answers by "right", "abstained" (not stated, though it is) and "wrong": strictly, and with the values that the
    gold holds to be right as well; by key; the wrong ones by name."""
    platforms = tomllib.loads(GOLD.read_text("utf-8"))["platforms"]
    strict: Counter[str] = Counter()
    fair: Counter[str] = Counter()
    by_key: defaultdict[str, Counter[str]] = defaultdict(Counter)
    wrong = []
    for platform in platforms:
        asked = []
        for row in platform["documents"]:
            reading = reading_of(row, corpus)
            asked.append(Answerable(row["file"], row["kind"], reading, extract(reading, row["kind"])))
        found = answer(asked)
        for key, gold in platform["answers"].items():
            value = found[key].value
            strict[judged(value, [gold.get("value")], key)] += 1
            also = [gold.get("value"), *gold.get("also", []), *([None] if gold.get("null_ok") else [])]
            verdict = judged(value, also, key)
            fair[verdict] += 1
            by_key[key][verdict] += 1
            if verdict == "wrong":
                wrong.append(f"{platform['slug']}, {key}: {value!r}")
    return {"strict": strict, "fair": fair, "by_key": dict(by_key), "wrong": wrong}


def judged(value: object, right: list[object], key: str) -> str:
    """right, abstained or wrong. Order in a list says nothing; of periods the names of what is kept are not compared;
    of something that is not mentioned "false" is as good as nothing."""
    if key.endswith("_mentioned") and None in right:
        right = [*right, False]
    if any(_folded(value) == _folded(one) for one in right):
        return "right"
    return "abstained" if value is None else "wrong"


def _folded(value: object) -> object:
    if isinstance(value, list):
        return sorted({str(one["period"]) if isinstance(one, dict) else str(one) for one in value})
    return json.dumps(value, sort_keys=True)


def asked_of_histories(histories: Path) -> dict[str, Any]:
    """The newest terms and privacy policy of each platform: answers a platform, and CPU of one."""
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for file in sorted(histories.glob("*.jsonl.xz")):
        with lzma.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                kind = guess_kind(row["document"])
                if kind in {"terms", "privacy"}:
                    newest[row["service"], kind] = row
    by_service: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for (service, kind), row in newest.items():
        by_service[service].append((kind, row["text"]))
    answered: Counter[str] = Counter()
    began = time.process_time()
    for documents in by_service.values():
        asked = []
        for kind, text in documents:
            reading = read_markdown(text)
            asked.append(Answerable(kind, kind, reading, extract(reading, kind)))
        answered.update(key for key, one in answer(asked).items() if one.value is not None)
    seconds = time.process_time() - began
    return {
        "platforms": len(by_service),
        "a_platform": round(sum(answered.values()) / max(1, len(by_service)), 1),
        "ms": round(1000 * seconds / max(1, len(by_service))),
        "by_key": answered,
    }
