"""What was promised of clauses and their lineage, and how the figures are shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.bench import analyses, clauses, lineage, questions, typed
from tests.bench.report import Figure, Section

FULL, QUICK = 3, 24  # every so many documents are followed, each with all its versions


def find(shared: Path, quick: bool) -> Section:
    found: Any = clauses.run(shared / "corpus")
    curve = ", ".join(f"{share:.1%} at {least}" for least, share in found["curve"].items())
    return Section(
        "Clauses",
        "The newest capture of each document of the corpus, its text read before: segments, types, facts, severity, "
        f"definitions, references. Time is that of pages of {clauses.SIZES[0] // 1000} to {clauses.SIZES[1] // 1000} "
        f"KB, the best of {clauses.TURNS}; memory is of a process that did nothing else but read the pages. Coverage: "
        "words of English terms and privacy policies that lie in a provision, of all but headings and link labels.",
        (
            *(Figure(name, found[name]) for name in ("documents", "clauses", "findings", "facts")),
            Figure("quotes that are not exact", found["inexact"], most=0),
            Figure("documents of 150 KB a second and core", found["documents_a_second"], least=40),
            Figure("CPU of one, median", found["ms_median"], "ms"),
            Figure("CPU of one, p95", found["ms_p95"], "ms"),
            Figure("memory at its peak", found["peak_mb"], "MB", most=400),
            Figure("memory before the first document", found["start_mb"], "MB"),
            Figure("words in a provision", round(100 * found["coverage"], 1), "%", least=85),
        ),
        (
            ("Words in a provision that is so sure at least", [curve]),
            ("Clauses by kind", [f"{kind}: {n:,}" for kind, n in found["kinds"].items()]),
            ("The slowest ten", found["slowest"]),
            ("The ten least covered", found["least_covered"]),
        ),
    )


def follow(shared: Path, quick: bool) -> Section:
    found: Any = lineage.run(shared, QUICK if quick else FULL)
    counts = found["counts"]
    told = ("unchanged", "moved", "renumbered", "reworded", "returned", "new", "removed")
    return Section(
        "Lineage",
        f"Provisions of every {FULL}rd document followed from version to version through the histories of well-known "
        f"platforms and every {lineage.CORPUS_EVERY}th capture of the corpus. A clause is unchanged if its words, "
        f"{lineage.LEAST_WORDS} or more, stand once in a provision of either version; it kept its id if that "
        "provision's is the same. Two things: less than "
        f"{lineage.LITTLE} of the words are in both texts of one id, from one version to the next.",
        (
            *(Figure(name, counts[name]) for name in ("documents", "versions", "pairs")),
            *(Figure(f"provisions {name}", counts.get(name, 0)) for name in told),
            Figure("clauses unchanged in words", counts["clauses unchanged"]),
            Figure("of these kept their id", found["kept"], "%", least=97),
            Figure("ids that mean two things", found["two_things"], most=0),
            Figure("removed and new alike, of one type", found["missed"]),
        ),
        (
            ("Unchanged clauses that did not keep their id, some", found["lost"]),
            ("Ids that mean two things", found["two_things_cases"]),
            ("Removed and new alike", found["missed_cases"]),
        ),
    )


def name_types(shared: Path, quick: bool) -> Section:
    found = typed.run(shared / "corpus")
    return Section(
        "Types of clauses",
        "Three hundred clauses of English terms and privacy policies of the corpus, drawn by a seed, labelled by one "
        "reader, who saw no classifier. A clause is right if the first type it is given is one of the reader's.",
        (
            Figure("clauses labelled", found["labelled"]),
            Figure("of these in a provision", found["typed"]),
            Figure("first type right, of the clause", round(found["by_clause"], 3), least=0.90),
            Figure("type right, of the provision it lies in", round(found["by_provision"], 3)),
        ),
        (
            (
                "Confidence, share of clauses that are so sure, share of them right",
                [f"≥ {least}: {share:.0%}, {right:.0%}" for least, share, right in found["curve"]],
            ),
        ),
    )


def ask(shared: Path, quick: bool) -> Section:
    found, asked = questions.run(shared / "corpus"), questions.asked_of_histories(shared / "histories")
    total = found["fair"].total()
    return Section(
        "Questionnaire",
        "Fifty questions of ten platforms of the corpus, answered by hand by one reader; strictly, and with the values "
        "that the reader held to be right as well. Then asked of the newest terms and privacy policies of well-known "
        "platforms, where nobody answered by hand.",
        (
            *(
                Figure(f"{name}, strictly", round(100 * found["strict"][name] / total, 1), "%")
                for name in ("right", "abstained", "wrong")
            ),
            Figure("right", round(100 * found["fair"]["right"] / total, 1), "%", least=95),
            Figure("abstained", round(100 * found["fair"]["abstained"] / total, 1), "%"),
            Figure("wrong", round(100 * found["fair"]["wrong"] / total, 1), "%", most=1),
            Figure("well-known platforms asked", asked["platforms"]),
            Figure("answers a platform", asked["a_platform"]),
            Figure("CPU of one platform", asked["ms"], "ms"),
        ),
        (
            ("Wrong", found["wrong"]),
            (
                "Keys that are not always right",
                [
                    f"{key}: " + ", ".join(f"{name} {count}" for name, count in verdicts.items())
                    for key, verdicts in found["by_key"].items()
                    if set(verdicts) != {"right"}
                ],
            ),
        ),
    )


def write_about(shared: Path, quick: bool) -> Section:
    found: Any = analyses.run(shared / "corpus")
    return Section(
        "Analyses",
        "The analyses of all provisions in the newest capture of each document of the corpus, each sentence held "
        "against its grounds. Alike: words that two analyses of one type on different platforms have in common, of all "
        f"their words (Jaccard index), {analyses.PAIRS} pairs a type at random. General: words of sentences that are "
        "true of a type or an article. Time: composing with the law and the terms beside the clause, its facts known.",
        (
            *(Figure(name, found[name]) for name in ("findings", "sentences")),
            Figure("sentences with a fault", found["faults"], most=0),
            Figure(
                "sentences that read the same for different facts", found["same_for_different_facts"], most=0
            ),
            Figure("alike, median", found["alike_median"], most=0.6),
            Figure("alike, p90", found["alike_p90"]),
            Figure("pairs compared", found["pairs"]),
            Figure("words of general sentences", found["general"], "%", most=30),
            Figure("analyses with more than 30 % of them", found["general_above"], "%"),
            Figure("words of an analysis, median", found["words_median"]),
            Figure("analyses a second and core", found["findings_a_second"], least=200),
            Figure("checked a second and core", found["checked_a_second"]),
        ),
    )
