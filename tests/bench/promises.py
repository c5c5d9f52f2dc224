"""What was promised of each measurement, and how its figures are shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench import (
    backfill,
    browser,
    checks,
    compare,
    comparison,
    gate,
    histories,
    labelled,
    ledger,
    memos,
    packs,
    pages,
    pdf,
    peers,
    provisions,
    reader,
    search,
    seeded,
    watchers,
)
from tests.bench.judging import verdicts
from tests.bench.judging.sample import SEED
from tests.bench.report import Figure, Section

QUICK = 12  # every so many captures, for a quick run


def read(shared: Path, quick: bool) -> Section:
    found: Any = reader.run(shared / "corpus", QUICK if quick else 1)
    return Section(
        "Reader",
        "The text that the reader finds by itself, against the text that curators' selectors name on the same page: "
        "words as multisets, over captures on which every selector matches and yields 200 words or more.",
        (
            Figure("captures compared", found["captures"]),
            Figure("recall, median", found["recall"]["median"], least=0.97),
            Figure("recall, 10th percentile", found["recall"]["p10"], least=0.93),
            Figure("precision, median", found["precision"]["median"], least=0.95),
            Figure("recall within sections, median", found["recall_in_section"]["median"]),
            Figure("precision within sections, median", found["precision_in_section"]["median"]),
            Figure("CPU of a page of 150 KB", found["cpu_ms_per_150_kb"], "ms"),
        ),
        (
            ("Captures left out", [f"{reason}: {n:,}" for reason, n in found["left_out"].items()]),
            ("The ten with the least recall", [_scored(case) for case in found["worst"]]),
            ("The ten with the least precision", [_scored(case) for case in found["least_precise"]]),
        ),
    )


def files(shared: Path, quick: bool) -> Section:
    found: Any = pdf.run(shared, quick)
    each, start = found["files"], found["start"]
    shares = {name: [one[name] for one in each.values()] for name in ("recall", "precision")}
    least = {name: None if None in values else min(values) for name, values in shares.items()}
    pages = sum(one["pages"] for one in each.values())
    spent = sum(one["pages"] * one["cpu_ms_per_page"] for one in each.values())
    return Section(
        "PDF",
        "Every PDF capture of the corpus: the reader's words against those of `pdftotext`, as multisets. pdftotext has "
        "the lines that recur on each page, which the reader leaves out, and the signs before items, which the reader "
        "keeps as marks; it cuts a word whose first letter is set apart. Files are read in a process of their own; its "
        "start is timed as a whole answer on a file of one line.",
        (
            Figure("files", len(each)),
            Figure("pages", pages),
            Figure("recall, the least of a file", least["recall"]),
            Figure("precision, the least of a file", least["precision"]),
            Figure("CPU of a page", round(spent / pages, 2), "ms"),
            Figure("a process of its own, on the clock", start["wall_s"], "s"),
            Figure("a process of its own, CPU", start["cpu_s"], "s"),
        ),
        (
            (
                "By file",
                [
                    f"{name}: {one['pages']} pages, {one['words']:,} words, recall {one['recall']}, "
                    f"precision {one['precision']}, {one['cpu_ms_per_page']} ms a page"
                    for name, one in each.items()
                ],
            ),
            (
                "Words that only one has, the most frequent",
                [
                    f"{name}: pdftotext {' '.join(one['only there']) or 'none'}; "
                    f"the reader {' '.join(one['only here']) or 'none'}"
                    for name, one in each.items()
                ],
            ),
        ),
    )


def judge(shared: Path, quick: bool) -> Section:
    found = gate.run(shared / "corpus", QUICK if quick else 1)
    return Section(
        "Gate",
        "Every capture of the corpus, judged as a check would. Each refused one was looked at; "
        "`tests/corpus/gate_verdicts.toml` names them.",
        (
            Figure("captures judged", found["captures"]),
            Figure("let in", found["accepted"]),
            *(Figure(f"refused: {reason}", n) for reason, n in found["refused"].items()),
            Figure("CPU of a page, median", found["cpu_ms_median"], "ms"),
            Figure("CPU of a page, p95", found["cpu_ms_p95"], "ms"),
        ),
        (
            (
                "Refused, by document",
                [
                    f"{reason}: " + ", ".join(f"{name} ({len(ids)})" for name, ids in sorted(by.items()))
                    for reason, by in found["refused_captures"].items()
                ],
            ),
        ),
    )


def difference(_shared: Path, _quick: bool) -> Section:
    found = compare.run()
    return Section(
        "Comparison",
        "A made policy of 7,500 words against itself with one number and one clause changed, and with every third "
        "word new: the best of five, in this process.",
        (
            Figure("light edit, CPU", found["light_edit_ms"], "ms", most=10),
            Figure("rewrite, CPU", found["rewrite_ms"], "ms", most=80),
        ),
    )


def recall_memos(shared: Path, _quick: bool) -> Section:
    found = memos.run(shared)
    return Section(
        "Memos",
        "Pairs of texts on which a person wrote a memo. Which words each memo means was marked by hand before this was "
        "measured (`tests/corpus/memos.toml`); a pair's place is that of the first hunk that touches marked words, "
        "most important first, or in reading order as long as hunks have no rank.",
        (
            Figure("pairs", found["pairs"]),
            Figure("kind as expected", found["as_expected"], least=found["pairs"]),
            Figure(f"marked words among the first {memos.FIRST} hunks", found["early"], least=50),
            Figure("of these, where the memo names its passage", found["early_of_the_certain"]),
            Figure("pairs whose memo names its passage", found["certain"]),
            Figure("marked words in the first hunk", found["first"]),
            Figure("hunks of a pair, median", found["median_hunks"]),
        ),
        (
            ("Places of the marked words", found["places"]),
            ("Not as expected", found["otherwise"]),
            (f"Not among the first {memos.FIRST}", found["late"]),
        ),
    )


def follow(shared: Path, quick: bool) -> Section:
    found = histories.run(shared, QUICK if quick else 1)
    return Section(
        "Histories",
        "Every two neighbouring versions in the histories of 88 well-known platforms; reading the texts is not timed.",
        (
            *(Figure(name, found[name]) for name in ("versions", "documents", "pairs")),
            *(Figure(kind, n) for kind, n in found["kinds"].items()),
            *(
                Figure(f"{name}: {value}", n)
                for name, counted in found["judged"].items()
                for value, n in counted.items()
            ),
            Figure("new text states a date", found["with_a_stated_date"]),
            Figure("hunks", found["hunks"]),
            Figure("CPU of a comparison, median", found["ms_median"], "ms"),
            Figure("CPU of a comparison, p95", found["ms_p95"], "ms"),
            Figure("CPU of all comparisons", found["s_total"], "s"),
        ),
        (
            (
                "Kinds by the guessed size of what changed",
                [
                    f"{hint}: " + ", ".join(f"{n:,} {kind}" for kind, n in counted.items())
                    for hint, counted in found["by_hint"].items()
                ],
            ),
            ("The slowest ten", found["slowest"]),
        ),
    )


def believe(_shared: Path, _quick: bool) -> Section:
    published, suppressed = verdicts.sums(verdicts.kept())
    return Section(
        "Judged samples",
        f"Differences that two readers judged (`tests/corpus/verdicts.jsonl`), drawn by seed {SEED} from what a replay "
        "of the corpus published as substantive and from what it did not. A verdict on which they disagree counts as "
        f"wrong. Bounds: {verdicts.BOUND}.",
        (
            Figure("published, judged", published.judged),
            Figure("of these real changes of meaning", published.right),
            Figure("disputed", published.disputed),
            Figure("real, at least", _percent(published, published.right_at_least), "%", least=95),
            Figure("suppressed, judged", suppressed.judged),
            Figure("of these rightly not told", suppressed.right),
            Figure("disputed", suppressed.disputed),
            Figure(
                "should have been told, at most", _percent(suppressed, suppressed.wrong_at_most), "%", most=2
            ),
        ),
    )


def _percent(total: verdicts.Sum, share: float) -> float | None:
    return round(share * 100, 2) if total.judged else None


def keep(shared: Path, quick: bool) -> Section:
    found = packs.run(shared)
    promised = {
        "bytes on disk per snapshot": 8_000,
        "snapshot by date p50 ms": 3.0,
        "snapshot by date p95 ms": 10.0,
    }
    return Section(
        "Packs",
        "Every capture of the corpus kept in time order; then 150,000 captures in the table, and the snapshot of a "
        "random source at a random moment read by a process that has just started.",
        [Figure(name, value, most=promised.get(name)) for name, value in found.items()],
    )


def check(shared: Path, quick: bool) -> Section:
    found = checks.run(shared, quick)
    page, shown = found["page"], found["meanwhile"]
    figures = []
    for database, long_run in found["long_run"].items():
        resident = long_run["resident_mb"]
        figures += [
            Figure(f"{database}: checks in one process", long_run["checks"]),
            Figure(f"{database}: memory at its peak", long_run["peak_mb"], "MB", most=150),
            Figure(
                f"{database}: growth over the second half",
                round(resident[-1] - resident[len(resident) // 2 - 1], 1),
                "MB",
                most=5,
            ),
            Figure(f"{database}: a check's transaction, median", long_run["transaction"]["p50_ms"], "ms"),
            Figure(
                f"{database}: a check's transaction, p95", long_run["transaction"]["p95_ms"], "ms", most=5
            ),
            Figure(f"{database}: CPU of a check, mean", long_run["cpu_ms_per_check"], "ms"),
        ]
    worst = max(case["peak_mb"] for case in found["hostile"].values())
    figures += [
        Figure("hostile pages: memory at its peak", worst, "MB", most=300),
        Figure("one page, mean length", page["mean_kb"], "KB"),
        Figure("one page changed: CPU in all, median", page["changed"]["p50_ms"], "ms", most=15),
        Figure("one page changed: CPU in all, p95", page["changed"]["p95_ms"], "ms"),
        Figure("same text, other bytes: CPU, median", page["unchanged, other bytes"]["p50_ms"], "ms"),
        Figure("answered 304: CPU, median", page["unchanged, 304"]["p50_ms"], "ms"),
        Figure("a document's page while nothing else runs, p95", shown["alone"]["p95_ms"], "ms"),
        Figure(f"the same while {shown['checks']} checks run, median", shown["meanwhile"]["p50_ms"], "ms"),
        Figure(f"the same while {shown['checks']} checks run, p95", shown["meanwhile"]["p95_ms"], "ms"),
        Figure("checks a second meanwhile", shown["checks_per_second"]),
    ]
    return Section(
        "Checks",
        "141 documents of the corpus over HTTP at one moment after another, in one process with four workers where "
        "nothing else is said; pages made to hurt; whole checks of real pages of 120 to 180 KB, whose text differs "
        "from the one before. A transaction is timed from after its BEGIN to after its COMMIT.",
        figures,
        (
            (
                "Memory after each moment",
                [
                    f"{database}: " + " · ".join(f"{mb:.0f}" for mb in run["resident_mb"]) + " MB"
                    for database, run in found["long_run"].items()
                ],
            ),
            (
                "Hostile pages",
                [
                    f"{name}: {case['outcome'].replace('_', ' ')}, {case['seconds']} s, "
                    f"peak so far {case['peak_mb']:.0f} MB"
                    for name, case in found["hostile"].items()
                ],
            ),
        ),
    )


def show(shared: Path, quick: bool) -> Section:
    found = pages.run(quick)
    promised = ("document", "version", "change")
    kinds = [name for name in found if isinstance(found[name], Mapping)]
    return Section(
        "Pages",
        "CPU of a request through Django. `first`: nobody had asked for that page before; `again`: it was asked for "
        "a moment ago.",
        [
            Figure("versions in the tables", found["versions"]),
            *(
                Figure(f"{kind}, {share}", found[kind][f"{share}_ms"], "ms", most=target)
                for kind in kinds
                for share, target in (
                    ("p50", None),
                    ("p95", 30 if kind.partition(",")[0] in promised else None),
                )
            ),
        ],
    )


def stand(shared: Path, quick: bool) -> Section:
    measured = peers.run(shared, quick)
    found, left_out = measured["phases"], measured["left_out"]
    promised = {"first check": 1.0, "unchanged, 304": 1.5, "other bytes, same text": 0.7}
    figures = []
    for phase, by_name in found.items():
        for which, word in (("wall", "wall"), ("cpu", "CPU")):
            for name, costs in by_name.items():
                if name != "here":
                    most = promised.get(phase) if name == "urlwatch" else None
                    ratio = costs[f"{which}_ratio"]
                    figures.append(Figure(f"{phase}: {word}, as a multiple of {name}", ratio, "×", most=most))
    peaks = [max(by_name["here"]["peak_mb"].values()) for by_name in found.values()]
    figures.append(Figure("memory at its peak", max(peaks), "MB", most=150))
    return Section(
        "Beside peers",
        "Pages of 100 KB on loopback, made and served by `shared/tools`; a page costs (time for 1,000 pages − time for "
        f"200) / 800. {watchers.WORKERS} workers each, no pause between requests; the watchers take turns, "
        f"{peers.TURNS} times, medians of the ratios of a turn; after each run what each has on record is counted. "
        "urlwatch, on SQLite too, selects the policy's element and converts it with html2text; `tags stripped` is "
        "its cheapest filter, which leaves entities and layout as they stand. It keeps no page, and no row for a check "
        "that found nothing new. changedetection.io, for the record, in its batch mode: the policy's element by XPath, "
        "text by inscriptis; it asks for the whole page each time, and keeps texts that differ and the newest page, in "
        "files; its batch mode ends after 300 s, so a page of it costs (time for 500 − time for 100) / 400.",
        figures,
        (
            (
                "A page, in ms on the clock / of CPU; in brackets, the run over one page, in s",
                [
                    f"{phase}: "
                    + ", ".join(
                        f"{name} {c['wall_ms']} / {c['cpu_ms']} ({c['wall_start_s']} / {c['cpu_start_s']})"
                        for name, c in by_name.items()
                    )
                    for phase, by_name in found.items()
                ],
            ),
            *([("Left out", left_out)] if left_out else []),
            (
                "Memory at its peak, in MB, by pages",
                [
                    f"{phase}: "
                    + "; ".join(
                        f"{name} " + " · ".join(f"{mb:.0f}" for mb in costs["peak_mb"].values())
                        for name, costs in by_name.items()
                    )
                    for phase, by_name in found.items()
                ],
            ),
        ),
    )


def render(_shared: Path, _quick: bool) -> Section:
    found: Any = browser.run()
    return Section(
        "Browser",
        "A page whose text is put in by a script, rendered by the system's Chromium: the first, for which the browser "
        "starts, and the median of five more. Memory is that of all its processes, what they share counted once.",
        (
            Figure("first page, browser started for it", found["cold_s"], "s", most=3),
            Figure("page, browser up", found["warm_s"], "s", most=3),
            Figure("memory of the browser", found["memory_mib"], "MiB"),
        ),
    )


def take_in(shared: Path, quick: bool) -> Section:
    found: Any = backfill.run(shared, quick)
    return Section(
        "Back-fill",
        f"`import-captures` on one web archive of {found['mb']} MB that holds every capture of the corpus, with two "
        "workers, on SQLite; then the same file again.",
        (
            *(Figure(name, number) for name, number in found["rows"].items()),
            Figure("first import, on the clock", found["first"]["wall_s"], "s", most=600),
            Figure("first import, CPU", found["first"]["cpu_s"], "s"),
            Figure("second import, which takes in nothing, on the clock", found["again"]["wall_s"], "s"),
        ),
    )


def seed(shared: Path, quick: bool) -> Section:
    found = seeded.run(shared, quick)
    figures: list[Figure] = []
    for name, edits in found.items():
        fault = "missed" if name.startswith("S") else "told"
        rate = round(100 * edits["wrong"] / edits["n"], 2) if edits["n"] else None
        figures += [
            Figure(f"{name}: edits", edits["n"]),
            Figure(f"{name}: {fault}", edits["wrong"]),
            Figure(f"{name}: {fault}, rate", rate, "%", most=0.5),
            Figure(f"{name}: named by its rule", edits["named"]),
        ]
    return Section(
        "Seeded edits",
        "Each rule of significance as one small edit, up to 500 times, in some 500 real pages (readings of the "
        f"histories and of the corpus, drawn with the seed {seeded.SEED}). An edit of substance (S) is missed where "
        "the comparison comes out editorial, one that is none (N) is told where it comes out substantive.",
        figures,
        [
            (
                "Edits that came out wrong",
                [f"{name}: {edits['wrong']}" for name, edits in found.items() if edits["wrong"]],
            )
        ],
    )


def prove(shared: Path, quick: bool) -> Section:
    found: Any = ledger.run(shared, quick)
    growth, kept = found["growth"], found["kept"]
    unchanged, fresh, alone = growth["unchanged"], growth["new"], growth["transaction"]
    return Section(
        "Ledger",
        "Whole checks of one page after the other by one thread, which is the one writer too, each commit forced to "
        f"the disk (`synchronous=FULL`), the ledger sealed every {ledger.SEAL_EVERY} checks; then everything that they "
        "left, verified. A second of CPU is one in which nothing else ran and no disk was waited for. Proofs: CPU, of "
        f"{ledger.PROOFS} leaves among {ledger.LEAVES:,}, from tiles made as they are asked for. Disk: snapshots of "
        "one document in so many of the corpus, in the same order, here (objects, and what the database grew by) and "
        "in a git repository after `git gc --aggressive`, by `du`.",
        (
            Figure("fsync of 4 KB, median", growth["fsync"]["p50_ms"], "ms"),
            Figure("unchanged checks a second", unchanged["a second"], least=300),
            Figure("unchanged checks a second of CPU", unchanged["a second of CPU"]),
            Figure("the transaction alone, a second", alone["a second"]),
            Figure("the transaction alone, median", alone["p50_ms"], "ms"),
            Figure("new snapshots a second", fresh["a second"], least=100),
            Figure("new snapshots a second of CPU", fresh["a second of CPU"]),
            Figure(
                f"inclusion proof among {ledger.LEAVES:,} leaves, p95", found["proof"]["p95_ms"], "ms", most=1
            ),
            Figure("the same out of this database, median", growth["read and proven"]["p50_ms"], "ms"),
            Figure("captures verified a second", growth["verified a second"], least=1000),
            Figure("captures verified a second of CPU", growth["verified a second of CPU"]),
            Figure("bytes an unchanged check", growth["bytes an unchanged check"], most=1024),
            Figure("documents in the comparison with git", kept["documents"]),
            Figure("snapshots in it", kept["snapshots"]),
            Figure("bytes on disk here", kept["ours"]),
            Figure("of these frames in packs", kept["frames"]),
            Figure("of these keyframes", kept["keyframes"]),
            Figure("bytes on disk in git", kept["git"]),
            Figure("here, as a multiple of git", round(kept["ours"] / kept["git"], 2), "×", most=1.0),
        ),
        (
            (
                "Bytes of an unchanged check, by table",
                [f"{n}: {b:,}" for n, b in growth["bytes by table"].items()],
            ),
            ("Of a capture, by column", [f"`{name}`: {mean}" for name, mean in growth["columns"].items()]),
        ),
    )


def seek(_shared: Path, quick: bool) -> Section:
    found = search.run(quick)
    return Section(
        "Search",
        f"Full text over made-up clauses of 60 to 100 words, {search.TIMES} questions of each kind that the database "
        "had not been asked, on the clock: from the question to hits with snippets. Those that many clauses answer are "
        f"ranked among {found['SQLite']['ranked']:,} of them.",
        [
            Figure("provisions", search.PROVISIONS if not quick else search.PROVISIONS // 20),
            *(
                Figure(f"{database}: {name}, {share}", timed[f"{share}_ms"], "ms", most=most)
                for database, of in found.items()
                for name, timed in of.items()
                if isinstance(timed, Mapping)
                for share, most in (("p50", 50), ("p95", None))
            ),
            *(Figure(f"{database}: all entries made", of["made_s"], "s") for database, of in found.items()),
        ],
    )


def type_labelled(shared: Path, _quick: bool) -> Section:
    found = labelled.run(shared / "labelled")
    unfair, opp, tosdr = found["unfair_tos"], found["opp115"], found["tosdr"]
    return Section(
        "Labelled clauses",
        "unfair_tos: sentences of the validation split, each alone, as `provisions classify` types them; LexGLUE "
        "counts a sentence of no kind as one of a ninth. opp115: validation split. ToS;DR: quotes of cases that "
        "stand for a type of ours. By type: [classification](classification.md).",
        (
            Figure("unfair_tos, LexGLUE's counting, micro-F1", unfair["micro9"], least=0.96),
            Figure("unfair_tos, LexGLUE's counting, macro-F1", unfair["macro9"], least=0.83),
            Figure("unfair_tos, eight kinds, micro-F1", unfair["micro8"], least=0.78),
            Figure("unfair_tos, eight kinds, macro-F1", unfair["macro8"], least=0.80),
            Figure("opp115, a linear model of its train split, micro-F1", opp["micro"], least=0.83),
            Figure("opp115, a linear model of its train split, macro-F1", opp["macro"], least=0.79),
            Figure("opp115, our types through the map, micro-F1", opp["mapped_micro"]),
            Figure("opp115, our types through the map, macro-F1", opp["mapped_macro"]),
            Figure("ToS;DR, quotes of cases that we cover", tosdr["covered"]),
            Figure("ToS;DR, precision", tosdr["precision"], least=0.80),
            Figure("ToS;DR, recall", tosdr["recall"], least=0.80),
        ),
    )


def put_beside(_shared: Path, quick: bool) -> Section:
    found: Any = comparison.run(quick)
    pdf_s = found["report_s"]["pdf"]
    return Section(
        "Comparisons",
        f"Made-up clauses of one type on {comparison.PLATFORMS} platforms, {comparison.OF_A_PLATFORM} each, with one "
        "of four periods, and answers to all questions. CPU of what a page asks for before it is drawn; a report with "
        f"all that it is written from, of {comparison.IN_A_REPORT} platforms.",
        (
            Figure("clauses of the type", found["clauses"]),
            Figure("peers of one clause, median", found["peers"]["p50_ms"], "ms"),
            Figure("peers of one clause, p95", found["peers"]["p95_ms"], "ms", most=10),
            Figure("six platforms over a type, p95", found["beside"]["p95_ms"], "ms", most=150),
            Figure("matrix of 38 platforms, p95", found["matrix"]["p95_ms"], "ms"),
            Figure("report as Markdown", found["report_s"]["md"], "s", most=20),
            Figure("report as HTML", found["report_s"]["html"], "s", most=20),
            Figure("report as PDF", pdf_s, "s", most=20),
        ),
    )


SECTIONS = {
    "reader": read,
    "pdf": files,
    "gate": judge,
    "compare": difference,
    "memos": recall_memos,
    "histories": follow,
    "judged": believe,
    "seeded": seed,
    "clauses": provisions.find,
    "lineage": provisions.follow,
    "analyses": provisions.write_about,
    "labelled": type_labelled,
    "typed": provisions.name_types,
    "questions": provisions.ask,
    "packs": keep,
    "ledger": prove,
    "checks": check,
    "pages": show,
    "search": seek,
    "comparison": put_beside,
    "peers": stand,
    "browser": render,
    "backfill": take_in,
}


def _scored(case: Mapping[str, Any]) -> str:
    return f"{case['capture']}: recall {case['recall']}, precision {case['precision']}"
