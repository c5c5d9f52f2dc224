"""How right the reading of clauses was, as the methodology page tells it.

    python -m tests.bench.accuracy

measures, and writes src/conductatlas/web/accuracy.json: of each figure its name, value, what it is of, n; and
provisions/reports/accuracy.json: of each question how many answers were right, not stated, wrong.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import labelled, questions, typed

from conductatlas.reading.clauses.extractor import EXTRACTOR_VERSION

SHARED = Path(__file__).parents[2].parent / "shared"
MEASURED = Path(__file__).parents[2] / "training" / "measured.json"
LEAST = 30  # clauses of a type, for it to have figures of its own
FILE = Path(__file__).parents[2] / "src" / "conductatlas" / "web" / "accuracy.json"
BY_QUESTION = FILE.parents[1] / "provisions" / "reports" / "accuracy.json"
PLATFORMS = 10  # whose answers were made by hand


def by_question(asked: dict[str, Any]) -> str:
    """Of each question how its answers were, a line a question."""
    rows = [
        f"  {json.dumps(key)}: "
        + json.dumps({"right": one["right"], "not_stated": one["abstained"], "wrong": one["wrong"]})
        for key, one in asked["by_key"].items()
    ]
    return (
        f'{{\n "measured_on": "{datetime.now(UTC).date()}",\n "extractor": {EXTRACTOR_VERSION},\n'
        f' "platforms": {PLATFORMS},\n "keys": {{\n' + ",\n".join(rows) + "\n }\n}\n"
    )


def measured(asked: dict[str, Any]) -> dict[str, object]:
    """The figures as they are written."""
    types = typed.run(SHARED / "corpus")
    sets = labelled.run(SHARED / "labelled")
    total = asked["fair"].total()
    return {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "extractor": EXTRACTOR_VERSION,
        "types": {
            "clauses": types["labelled"],
            "typed": types["typed"],
            "right": round(types["by_clause"], 3),
            "curve": [[least, round(share, 3), round(right, 3)] for least, share, right in types["curve"]],
        },
        "labelled": json.loads(MEASURED.read_text("utf-8"))["clauses"],
        "by_type": _by_type(),
        "questions": {
            "answers": total,
            "right": round(asked["fair"]["right"] / total, 3),
            "not_stated": round(asked["fair"]["abstained"] / total, 3),
            "wrong": round(asked["fair"]["wrong"] / total, 3),
        },
        "unfair_tos": {name: round(sets["unfair_tos"][name], 3) for name in ("micro9", "macro9")},
        "tosdr": {name: round(sets["tosdr"][name], 3) for name in ("precision", "recall")},
    }


def _by_type() -> dict[str, list[float]]:
    """Of types with enough labelled clauses, how many, and on platforms that were not seen precision and recall."""
    kept = json.loads(MEASURED.read_text("utf-8"))
    return {
        name: [labelled, round(right / said, 2) if said else 0.0, round(found / labelled, 2)]
        for name, (labelled, said, right, found) in kept["types"].items()
        if labelled >= LEAST
    }


if __name__ == "__main__":
    answers = questions.run(SHARED / "corpus")
    FILE.write_text(json.dumps(measured(answers), indent=1) + "\n", "utf-8")
    BY_QUESTION.write_text(by_question(answers), "utf-8")
