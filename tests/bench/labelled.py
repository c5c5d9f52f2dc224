"""The classifier on labelled sets, and what it found written down (docs/reference/classification.md).

    python -m tests.bench.labelled     measure, log the run on the validation splits, write the page

unfair_tos: what `provisions classify` says of the sentences of the validation split, through the map of the taxonomy.
opp115: our types through the map; and a linear model made from its own train split, which never ships (CC BY-NC).
tosdr: quotes with their case, through the map; measured only (CC BY-SA).
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold
from sklearn.svm import LinearSVC
from training.sentences import KINDS, unfair_tos

from conductatlas.reading.clauses.classify import classify
from conductatlas.reading.clauses.finding import Typed
from conductatlas.reading.clauses.leaning import leaning
from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.rules import hits
from conductatlas.reading.clauses.signals import signals
from conductatlas.reading.clauses.taxonomy import taxonomy

ROOT = Path(__file__).resolve().parents[2]
LABELLED = ROOT.parent / "shared" / "labelled"
RUNS = Path(__file__).with_name("labelled_runs.jsonl")
PAGE = ROOT / "docs" / "reference" / "classification.md"
LEAST = 30  # points of a type, for it to have figures of its own
NONE = "none of them"
# Chosen on train by cross-validation.
OPP_COST, OPP_FOLDS, OPP_RULES, OPP_LEANING = 0.5, 5, 0.3, 0.5

Labels = NDArray[np.int64]


def run(labelled: Path) -> dict[str, Any]:
    """Figures of each set, shares 0 to 1."""
    return {"unfair_tos": _unfair(labelled), "opp115": _opp115(labelled), "tosdr": _tosdr(labelled)}


def _unfair(labelled: Path) -> dict[str, Any]:
    sentences = unfair_tos(labelled, "validation")
    true = np.zeros((len(sentences), len(KINDS)), dtype=np.int64)
    for n, sentence in enumerate(sentences):
        true[n, list(sentence.kinds)] = 1
    typed = classify([Passage(sentence.text) for sentence in sentences], alone=True)
    said = _mapped(typed, "unfair_tos", KINDS)
    return {
        "sentences": len(sentences),
        **_lexglue(true, said),
        "kinds": _each(true, said, KINDS),
        "confusion": _confusion(true, said),
    }


def _lexglue(true: Labels, said: Labels) -> dict[str, float]:
    """LexGLUE counts a sentence of no kind as one of a ninth (Chalkidis et al. 2022)."""
    true9, said9 = (np.c_[of, of.sum(axis=1) == 0] for of in (true, said))
    return {
        "micro9": _f1(true9, said9, "micro"),
        "macro9": _f1(true9, said9, "macro"),
        "micro8": _f1(true, said, "micro"),
        "macro8": _f1(true, said, "macro"),
    }


def _f1(true: Labels, said: Labels, average: str) -> float:
    return round(float(f1_score(true, said, average=average, zero_division=0)), 4)


def _each(true: Labels, said: Labels, names: Sequence[str]) -> dict[str, dict[str, float]]:
    return {name: _counts(true[:, n], said[:, n]) for n, name in enumerate(names)}


def _counts(true: Labels, said: Labels) -> dict[str, float]:
    right = int((true * said).sum())
    return {
        "n": int(true.sum()),
        "precision": round(right / max(int(said.sum()), 1), 3),
        "recall": round(right / max(int(true.sum()), 1), 3),
    }


def _confusion(true: Labels, said: Labels) -> list[list[int]]:
    """Rows: kinds and none, as labelled; columns: as said. Of a sentence of several, what fits is paired first."""
    size = len(KINDS)
    table = [[0] * (size + 1) for _ in range(size + 1)]
    for row, column in zip(true, said, strict=True):
        has, got = set(np.flatnonzero(row).tolist()), set(np.flatnonzero(column).tolist())
        for kind in has & got:
            table[kind][kind] += 1
        for kind in has - got or ({size} if not has else set()):
            for other in got - has or {size}:
                table[kind][other] += 1
        if has and not has - got:
            for other in got - has:
                table[size][other] += 1
    return table


def _opp115(labelled: Path) -> dict[str, Any]:
    train, validation = (_rows(labelled / "opp115" / f"{split}.jsonl") for split in ("train", "validation"))
    names = sorted({label for row in train for label in row["labels"]})
    true, seen = (
        np.array([[name in row["labels"] for name in names] for row in rows]).astype(np.int64)
        for rows in (validation, train)
    )
    typed = classify([Passage(row["text"], kind="privacy") for row in validation], alone=True)
    mapped = _mapped(typed, "opp115", names)
    said = _learned(train, validation, seen)
    return {
        "segments": len(validation),
        "mapped_micro": _f1(true, mapped, "micro"),
        "mapped_macro": _f1(true, mapped, "macro"),
        "mapped": _each(true, mapped, names),
        "micro": _f1(true, said, "micro"),
        "macro": _f1(true, said, "macro"),
        "learned": _each(true, said, names),
    }


def _learned(train: Sequence[Any], validation: Sequence[Any], labels: Labels) -> Labels:
    """What a linear model over words, our rules and what our types score says, thresholds by cross-validation."""
    parts: list[tuple[csr_matrix, csr_matrix]] = []
    for make, read, share in (
        (TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2), _words, 1.0),
        (TfidfVectorizer(analyzer=list, min_df=2, binary=True), _rules, OPP_RULES),
    ):
        parts.append(
            (
                make.fit_transform([read(r["text"]) for r in train]) * share,
                make.transform([read(r["text"]) for r in validation]) * share,
            )
        )
    parts.append((_leanings(train), _leanings(validation)))
    known, asked = (hstack(side).tocsr() for side in zip(*parts, strict=True))
    said = np.zeros((len(validation), labels.shape[1]), dtype=np.int64)
    for n in range(labels.shape[1]):
        held = np.zeros(len(train))
        for some, others in KFold(OPP_FOLDS).split(held):
            held[others] = (
                LinearSVC(C=OPP_COST).fit(known[some], labels[some, n]).decision_function(known[others])
            )
        scores = LinearSVC(C=OPP_COST).fit(known, labels[:, n]).decision_function(asked)
        said[:, n] = scores >= _threshold(held, labels[:, n])
    return said


def _leanings(rows: Sequence[Any]) -> csr_matrix:
    """How strongly a segment speaks for each of our types as a whole, and the strongest of its sentences."""
    learned = leaning()
    found = []
    for row in rows:
        texts = [row["text"], *re.split(r"(?<=[.!?])\s+", row["text"])]
        parts = [Passage(text, kind="privacy") for text in texts if text.strip()]
        scores = learned.scores([signals(part, hits(part), ()) for part in parts])
        found.append(np.r_[scores[0], scores[1:].max(axis=0)])
    return csr_matrix(OPP_LEANING / (1 + np.exp(-3 * np.array(found))))


def _threshold(scores: NDArray[np.float64], labels: Labels) -> float:
    order = np.argsort(-scores, kind="stable")
    f1 = 2 * np.cumsum(labels[order]) / (np.arange(1, len(order) + 1) + labels.sum())
    return float(scores[order][np.convolve(f1, np.ones(9) / 9, "same").argmax()])


def _words(text: str) -> str:
    return re.sub(r"\d+", "0", text.lower())


def _rules(text: str) -> list[str]:
    found = hits(Passage(text, kind="privacy"))
    return [
        name for hit in found for name in (hit.type, hit.rule, *taxonomy()[hit.type].labels.get("opp115", ()))
    ]


def _tosdr(labelled: Path) -> dict[str, Any]:
    """A point is right if one of the types of its case is among ours. Only cases that the taxonomy names count."""
    types = defaultdict(set)
    for name, type_ in taxonomy().items():
        for case in type_.labels.get("tosdr", ()):
            types[case].add(name)
    points = [(row, types.get(_case(row["case"]))) for row in _rows(labelled / "tosdr" / "points.jsonl")]
    covered = [(row, wanted) for row, wanted in points if wanted]
    typed = classify([Passage(row["quote"]) for row, _ in covered], alone=True)
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for (_, wanted), found in zip(covered, typed, strict=True):
        names = {one.type for one in found}
        (right if names & wanted else missed).update(names & wanted or wanted)
        if names and not names & wanted:
            wrong[found[0].type] += 1
    some = sum(bool(found) for found in typed)
    fits = sum(
        bool({one.type for one in found} & wanted) for (_, wanted), found in zip(covered, typed, strict=True)
    )
    return {
        "points": len(points),
        "covered": len(covered),
        "cases": len({_case(row["case"]) for row, _ in covered}),
        "precision": round(fits / some, 4),
        "recall": round(fits / len(covered), 4),
        "types": {
            name: {
                "n": right[name] + missed[name],
                "precision": round(right[name] / max(right[name] + wrong[name], 1), 3),
                "recall": round(right[name] / (right[name] + missed[name]), 3),
            }
            for name in taxonomy()
            if right[name] + missed[name] >= LEAST
        },
    }


def _case(title: str) -> str:
    return hashlib.sha256(title.encode()).hexdigest()[:8]


def _mapped(typed: Sequence[Sequence[Typed]], labels: str, names: Sequence[str]) -> Labels:
    said = np.zeros((len(typed), len(names)), dtype=np.int64)
    for n, found in enumerate(typed):
        for one in found:
            for label in taxonomy()[one.type].labels.get(labels, ()):
                said[n, names.index(label)] = 1
    return said


def _rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def log(found: Mapping[str, Any], what: str) -> None:
    """One line for a run on validation splits: they are looked at seldom, and each look is kept."""
    figures = {
        "unfair_tos": {key: found["unfair_tos"][key] for key in ("micro9", "macro9", "micro8", "macro8")},
        "opp115": {key: found["opp115"][key] for key in ("micro", "macro", "mapped_micro", "mapped_macro")},
        "tosdr": {key: found["tosdr"][key] for key in ("precision", "recall")},
    }
    line = {"at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"), "what": what, **figures}
    with RUNS.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(line) + "\n")


def page(found: Mapping[str, Any]) -> str:
    """The reference page."""
    unfair, opp, tosdr = found["unfair_tos"], found["opp115"], found["tosdr"]
    head = [*(kind for kind in KINDS), NONE]
    lines = [
        "# Classification",
        "",
        "How well clauses are typed, measured on labelled sets. Written by `python -m tests.bench.labelled`. How types",
        "are told: [rules](../adr/0030-rules-are-phrases.md), [sentences](../adr/0031-the-learned-model.md),",
        "[clauses](../adr/0041-types-are-learned-from-labelled-clauses.md).",
        f"A type with fewer than {LEAST} examples has no figures. The parts of these sets that were held back from us",
        "are not in here. Which type stands for which label is said in [the taxonomy](taxonomy.md).",
        "",
        "## Sentences of terms of service (unfair_tos, validation split)",
        "",
        f"{unfair['sentences']:,} sentences of ten contracts, as `provisions classify` types them, each alone. The",
        "labels are kinds of *potentially unfair* clauses: a fair choice of law counts as none.",
        "",
        "| F1 | micro | macro |",
        "| --- | --- | --- |",
        f"| with “no kind” as a ninth (LexGLUE) | {unfair['micro9']:.3f} | {unfair['macro9']:.3f} |",
        f"| the eight kinds | {unfair['micro8']:.3f} | {unfair['macro8']:.3f} |",
        "",
        *_table("kind", unfair["kinds"]),
        "",
        "Confusion: rows as labelled, columns as said. Of a sentence of several kinds, what fits is paired first.",
        "",
        "| | " + " | ".join(head) + " |",
        "| --- |" + " --- |" * len(head),
        *(
            f"| {name} | " + " | ".join(map(str, row)) + " |"
            for name, row in zip(head, unfair["confusion"], strict=True)
        ),
        "",
        "## Segments of privacy policies (opp115, validation split)",
        "",
        f"{opp['segments']:,} segments of policies of 2015, each of one paragraph or several. The labels are coarser",
        "than our types and were given by majority of annotators; one segment has what any of its sentences is about.",
        "",
        "| F1 | micro | macro |",
        "| --- | --- | --- |",
        f"| our types through the map | {opp['mapped_micro']:.3f} | {opp['mapped_macro']:.3f} |",
        f"| a linear model of its train split with our rules (not shipped) | {opp['micro']:.3f} | {opp['macro']:.3f} |",
        "",
        "Our types through the map:",
        "",
        *_table("label", opp["mapped"]),
        "",
        "## Quotes that volunteers found (ToS;DR)",
        "",
        f"{tosdr['covered']:,} of {tosdr['points']:,} quotes belong to one of the {tosdr['cases']} cases that stand",
        f"for one of our types. Of those that are typed {tosdr['precision']:.1%} have a type of their case; of all,",
        f"{tosdr['recall']:.1%}. Precision of a type counts against it what it was the first type of, and wrongly.",
        "",
        *_table("type", tosdr["types"]),
    ]
    return "\n".join(lines) + "\n"


def _table(what: str, rows: Mapping[str, Mapping[str, float]]) -> list[str]:
    return [
        f"| {what} | examples | precision | recall |",
        "| --- | --- | --- | --- |",
        *(
            f"| {name} | {row['n']} | "
            + (f"{row['precision']:.2f} | {row['recall']:.2f} |" if row["n"] >= LEAST else "– | – |")
            for name, row in rows.items()
        ),
    ]


def main() -> int:
    found = run(LABELLED)
    log(found, " ".join(sys.argv[1:]) or "labelled")
    PAGE.write_text(page(found), "utf-8")
    print(
        json.dumps(
            {name: {k: v for k, v in of.items() if isinstance(v, float)} for name, of in found.items()}
        )
    )
    print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
