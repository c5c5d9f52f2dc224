"""What is said of the provisions of the corpus: whether all of it is grounded, how alike it reads, how fast it is."""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from tests.bench.clauses import NEWEST, readings
from tests.bench.machine import in_process, quantile

from conductatlas.reading.clauses.extractor import extract
from conductatlas.reading.clauses.finding import Fact
from conductatlas.reading.clauses.findings import Found
from conductatlas.reading.law.context import context_of
from conductatlas.reading.law.mapping import mappings
from conductatlas.reading.law.register import register
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.writing.analysis import Analysis, GroundKind, PartKey
from conductatlas.reading.writing.compose import compose
from conductatlas.reading.writing.grounding import check
from conductatlas.reading.writing.subject import Beside, Subject, Surety
from conductatlas.reading.writing.terms import used_in

PAIRS = 200  # of analyses of one type on different platforms, at random
STATING = (PartKey.WHAT, PartKey.YOU, PartKey.CONTRACT)  # parts whose sentences state facts
_WORD = re.compile(r"\w+")


def run(corpus: Path) -> dict[str, Any]:
    """The figures, measured in a process of its own."""
    return dict(in_process(__name__, corpus))


def measure(corpus: Path, every: int = NEWEST) -> dict[str, Any]:
    spent = checking = 0.0
    faults: Counter[str] = Counter()
    sentences = general_words = words = 0
    shares: list[float] = []
    by_type: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    stated: dict[str, set[str]] = defaultdict(set)
    lengths: list[float] = []
    for platform, subject, analysis, seconds in written(corpus, every):
        spent += seconds
        began = time.process_time()
        faults.update(fault.kind.value for fault in check(analysis, subject, register()))
        checking += time.process_time() - began
        said = [one for part in analysis.parts for one in part.sentences]
        sentences += len(said)
        own = sum(len(one.text.split()) for one in said)
        general = sum(len(one.text.split()) for one in said if one.is_general)
        words, general_words = words + own, general_words + general
        shares.append(general / own)
        lengths.append(own)
        tokens = frozenset(_WORD.findall(" ".join(one.text for one in said).casefold()))
        by_type[subject.finding.type].append((platform, tokens))
        for text, facts in statements(analysis, subject):
            stated[text].add(facts)
    alike = sorted(likeness(by_type))
    findings = len(shares)
    return {
        "findings": findings,
        "sentences": sentences,
        "faults": sum(faults.values()),
        "by_kind": dict(faults),
        "words_median": quantile(lengths, 0.5),
        "same_for_different_facts": sum(len(facts) > 1 for facts in stated.values()),
        "alike_median": round(quantile(alike, 0.5), 3),
        "alike_p90": round(quantile(alike, 0.9), 3),
        "pairs": len(alike),
        "general": round(100 * general_words / words, 1),
        "general_most": round(100 * max(shares), 1),
        "general_above": round(100 * sum(share > 0.3 for share in shares) / findings, 2),
        "findings_a_second": round(findings / spent),
        "checked_a_second": round(findings / checking),
    }


def written(corpus: Path, every: int) -> Iterator[tuple[str, Subject, Analysis, float]]:
    """Platform, subject, analysis and seconds of CPU of each provision of the newest captures; the law beside it and
    the terms it uses are looked up within that time, its facts are known before."""
    for name, kind, _, reading in readings(corpus, every):
        found = extract(reading, kind)
        platform, document = (words.strip() for words in name.split("@")[0].split("#")[0].split("/")[:2])
        began = time.process_time()
        for subject in of_document(reading, found, kind, platform, document):
            analysis = compose(subject)
            spent = time.process_time() - began
            yield platform, subject, analysis, spent
            began = time.process_time()


def of_document(reading: Reading, found: Found, kind: str, platform: str, document: str) -> Iterator[Subject]:
    context = context_of(reading, kind, found.findings)
    for finding in found.findings:
        own = {(fact.type, fact.name) for fact in finding.facts}
        beside = tuple(
            Beside(fact, other.title)
            for other in found.findings
            if other is not finding
            for fact in other.facts
            if (fact.type, fact.name) not in own and fact.type in (finding.type, "governing_law", "venue")
        )
        yield Subject(
            platform,
            document,
            reading.text,
            finding,
            reading.language,
            mappings(reading.text, finding, context),
            beside,
            used_in(reading.text, finding.span),
            (),
            Surety("high", 92, 100),
        )


def statements(analysis: Analysis, subject: Subject) -> Iterator[tuple[str, str]]:
    """The sentences that state facts, each with the facts it states."""
    for key in STATING:
        for one in analysis.part(key):
            refs = {ground.ref for ground in one.grounds if ground.kind is GroundKind.FACT}
            if refs and not one.is_general:
                spans = {span for ground in one.grounds for span in ground.spans}
                stated = (
                    key for fact in subject.finding.facts if _is_in(fact, refs, spans) for key in _keys(fact)
                )
                yield one.text, repr(sorted(set(stated)))


def _is_in(fact: Fact, refs: set[str], spans: set[Any]) -> bool:
    return f"{fact.type}.{fact.name}" in refs and set(fact.spans) <= spans


def _keys(fact: Fact) -> list[str]:
    """What tells a fact from another; of a list each of its items, since two of them make one sentence."""
    values = fact.value if isinstance(fact.value, list) else [fact.value]
    return [repr((fact.type, fact.name, value, fact.scope)) for value in values]


def likeness(by_type: dict[str, list[tuple[str, frozenset[str]]]]) -> Iterator[float]:
    """Jaccard index of the words of pairs of analyses of one type on different platforms."""
    chance = random.Random(7)
    for said in by_type.values():
        pairs = [(a, b) for (one, a), (other, b) in combinations(said, 2) if one != other]
        for a, b in chance.sample(pairs, min(PAIRS, len(pairs))):
            yield len(a & b) / len(a | b)


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
