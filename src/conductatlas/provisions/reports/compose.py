"""A report as blocks: sentences from templates with numerator, denominator and list; every value with its place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from conductatlas.provisions.comparison import State, listed
from conductatlas.provisions.matrix import MatrixCell
from conductatlas.provisions.reports.blocks import (
    Block,
    Chart,
    Heading,
    Items,
    Link,
    Part,
    Quotation,
    Silence,
    Table,
    Words,
    said,
)
from conductatlas.provisions.reports.data import checksum
from conductatlas.provisions.reports.definition import Definition
from conductatlas.provisions.reports.made import Finding, Report
from conductatlas.reading.clauses.questions import questions
from conductatlas.reading.text.kinds import KINDS

QUOTES = 12  # of one question
BARS = 8  # of one chart, silence aside
LONGEST = 400  # characters of a quote
CHANGES = 40
HEAD_SCOPE = "consumer, US main rule"


def compose(report: Report) -> list[Block]:
    """The blocks of a report after its title and lead."""
    return [block for name in report.definition.sections for block in SECTIONS[name](report)] + [
        *_closing(report)
    ]


def many(number: int, what: str) -> str:
    """ "1 document", "2 documents"."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def day(at: datetime) -> str:
    """ "27 November 2026"."""
    return f"{at.day} {at:%B %Y}"


def _findings(report: Report) -> Iterator[Block]:
    yield Heading("In short", "in-short")
    yield Items(tuple((sentence(one),) for one in report.findings))
    yield said(
        "Each sentence counts platforms whose documents of that kind could be read. A platform that is in none of its "
        "lists states something else, or no words were found: that is not “no”."
    )


def sentence(one: Finding) -> str:
    """A headline in words: "9 of 36 platforms whose terms could be read require …: A, B and C. In what could be
    read of 13 of the 36 no answer was found."."""
    kinds = " or ".join(KINDS[kind].title.lower() for kind in questions()[one.headline.question].kinds)
    says = one.headline.says_one if one.number == 1 else one.headline.says
    names = f": {listed(platform.name for platform in one.platforms)}" if one.platforms else ""
    silent = (
        f" In what could be read of {one.silent} of the {one.read} no answer was found." if one.silent else ""
    )
    conflict = f" The texts of {one.conflicting} state different things." if one.conflicting else ""
    return (
        f"{one.number} of {one.read} platforms whose {kinds} could be read {says}{names}.{silent}{conflict}"
    )


def _charts(report: Report) -> Iterator[Block]:
    yield Heading("Question by question", "questions")
    for key in report.definition.charts:
        place = report.definition.questions.index(key)
        head = report.matrix.heads[place]
        cells = [row.cells[place] for row in report.matrix.rows]
        counted = Counter(cell.said for cell in cells if cell.state is State.STATED)
        values = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
        conflicting = sum(cell.is_conflict and cell.state is not State.STATED for cell in cells)
        silence = [
            ("no words found: not stated", head.not_stated - conflicting),
            ("conflicting: the texts state different things", conflicting),
            ("not read", head.not_read),
        ]
        silence = [one for one in silence if one[1]]
        rows = [*values, *silence]
        yield Heading(head.title, f"chart-{key}", 3)
        yield said(
            f"{head.stated} of {head.read} platforms that could be read state it ({HEAD_SCOPE}). ",
            Link("Each with its words", f"/questions/{key}/"),
            ".",
        )
        yield Chart(head.title, tuple(_most_frequent(values)), tuple(silence))
        yield Table(
            f"{head.title}: platforms by value",
            ("Value", "Platforms"),
            tuple(
                ((value if n < len(values) else Silence(value),), (str(number),))
                for n, (value, number) in enumerate(rows)
            ),
            is_of_chart=True,
        )
        yield said(_accuracy_of(key))


def _most_frequent(values: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The values that are drawn: the most frequent, and the others together."""
    if len(values) <= BARS:
        return values
    rest = values[BARS - 1 :]
    return [*values[: BARS - 1], (f"{len(rest)} other values", sum(number for _, number in rest))]


def _matrix(report: Report) -> Iterator[Block]:
    yield Heading("All of them in one table", "table")
    yield said(
        "Where a text tells readers apart, answers hold for consumers in the United States, its main rule. “Not "
        "stated” says that no words were found in what could be read, “not read” that no document that may state it "
        "could be read. Each value leads to the version of the text that states it."
    )
    notes = [f"{head.stated} of {head.read} read state it; {HEAD_SCOPE}" for head in report.matrix.heads]
    yield Table(
        "Platforms by what they state",
        ("Platform", *(head.title for head in report.matrix.heads)),
        tuple(
            (
                (Link(row.platform.name, f"/platform/{row.platform.slug}/"),),
                *(_cell(cell) for cell in row.cells),
            )
            for row in report.matrix.rows
        ),
        notes=("", *notes),
    )


def _cell(cell: MatrixCell) -> tuple[Part, ...]:
    if cell.state is not State.STATED:
        return (Silence(cell.said),)
    words = cell.said[:1].upper() + cell.said[1:]
    return (Link(words, f"/id/{cell.version_id}") if cell.version_id else words,)


def _quotes(report: Report) -> Iterator[Block]:
    yield Heading("In their words", "quotes")
    for key in report.definition.quotes:
        place = report.definition.questions.index(key)
        found = [
            (row.platform, row.cells[place])
            for row in report.matrix.rows
            if row.cells[place].quote and row.cells[place].document
        ]
        if not found:
            continue
        yield Heading(questions()[key].title, f"quotes-{key}", 3)
        for platform, cell in found[:QUOTES]:
            assert cell.document is not None
            yield Quotation(
                Words(_short(cell.quote), cell.document.language),
                (
                    f"{platform.name}, {cell.document.title}: {cell.said}. ",
                    Link(cell.version_id, f"/id/{cell.version_id}"),
                ),
            )
        if len(found) > QUOTES:
            more = f"{len(found) - QUOTES} more with their words"
            yield said(Link(more, f"/questions/{key}/"), ".")


def _changes(report: Report) -> Iterator[Block]:
    changes = sorted({one.id for one in report.changes})
    names = sorted({one.platform.name for one in report.changes})
    yield Heading("What changed", "changes")
    window = f"Between {day(report.since)} and {day(report.until)}"
    if not changes:
        yield said(f"{window} no published change touched a clause that this report is about.")
        return
    told = many(len(changes), "published change")
    yield said(f"{window} {told} touched clauses that this report is about, on {listed(names)}.")
    yield Items(
        tuple(
            (
                f"{day(one.at)}: {one.platform.name}, {one.title}, {HOW[one.how]}. ",
                Link(one.id, f"/id/{one.id}"),
            )
            for one in report.changes[:CHANGES]
        )
    )
    if len(report.changes) > CHANGES:
        yield said(f"{len(report.changes) - CHANGES} more are in the data file.")


HOW = {"new": "new in the text", "gone": "no longer in the text", "reworded": "reworded"}


def _coverage(report: Report) -> Iterator[Block]:
    documents = sum(len(one.read) for one in report.covered)
    unread = [row for one in report.covered for row in one.unread]
    yield Heading("What was read", "coverage")
    yield said(
        f"{many(documents, 'document')} of {many(report.read, 'platform')}, as they stand. "
        f"{many(len(unread), 'document')} that {'is' if len(unread) == 1 else 'are'} watched could not be read; "
        f"platforms without one that could: {len(report.matrix.unread)}."
    )
    yield Table(
        "Platforms, documents read and not read",
        ("Platform", "Read", "Not read, and why"),
        tuple(
            (
                (Link(one.platform.name, f"/platform/{one.platform.slug}/"),),
                (str(len(one.read)),),
                (
                    "; ".join(f"{row.document.title}: {row.why.rstrip('.')}" for row in one.unread)
                    or Silence("none"),
                ),
            )
            for one in report.covered
        ),
    )


def _method(report: Report) -> Iterator[Block]:
    languages = listed(report.languages) if report.languages else "not determined"
    readers = listed(map(str, report.readers)) if report.readers else "not recorded"
    yield Heading("How it was made", "method")
    yield said(
        f"The window runs from {day(report.since)} to {day(report.until)}, the last check of these platforms (UTC). "
        "Values are of the texts as they stood then, as published and as we captured them; what governed a contract "
        "may differ."
    )
    yield Items(
        (
            *((f"Asked from: {_vantage(one)}.",) for one in report.vantages or ((),)),
            (f"Languages of the texts: {languages}.",),
            (
                f"Texts were read by reader {readers}; clauses, types and facts by extractor {report.extractor}; "
                "answers follow from the facts by fixed rules. No language model has a part in it.",
            ),
            (
                "Where a text states something for several readers, the widest scope answers, then the United States, "
                "then consumers. Several products of one company count as several platforms.",
            ),
            (
                "Sentences are made from the counts; nothing is estimated. ",
                Link("Methodology", "/methodology/"),
                ".",
            ),
        )
    )


def _vantage(one: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name} {value}" for name, value in one) if one else "not recorded"


def _accuracy(report: Report) -> Iterator[Block]:
    known = accuracy()
    yield Heading("How right the answers are", "accuracy")
    yield said(
        f"Measured on {known['measured_on']} with extractor {known['extractor']}, against answers made by hand for "
        f"{known['platforms']} platforms. A wrong answer is one that the text does not bear; “not stated” is counted "
        "apart, where the text does state it."
    )
    yield Table(
        "Answers against those made by hand",
        ("Question", "Right", "Not stated, though it is", "Wrong"),
        tuple(
            (
                (questions()[key].title,),
                *(
                    (str(known["keys"][key][name]) if key in known["keys"] else Silence("not measured"),)
                    for name in ("right", "not_stated", "wrong")
                ),
            )
            for key in report.definition.questions
        ),
    )


def _accuracy_of(key: str) -> str:
    one = accuracy()["keys"].get(key)
    if one is None:
        return "How right these answers are was not measured."
    total = sum(one.values())
    return (
        f"Of {total} such answers made by hand, {one['right']} were right, {one['not_stated']} not found and "
        f"{one['wrong']} wrong."
    )


def _closing(report: Report) -> Iterator[Block]:
    definition = report.definition
    yield Heading("Cite, correct, answer", "cite")
    yield Items(
        (
            (
                f"Cite as: ConductAtlas, “{report.title}”, data to {day(report.until)}, ",
                _permalink(definition),
                ".",
            ),
            (
                "Data: ",
                Link(f"{definition.slug}.json", f"/reports/{definition.slug}.json"),
                f", SHA-256 {checksum(report)}.",
            ),
            (
                f"Licence of what is written here: {definition.licence}. The words that are quoted belong to their "
                "owners.",
            ),
            (
                "Corrections: this is made anew from the record whenever the record is corrected, and its checksum "
                "then differs. To tell us of a fault: ",
                Link("how to give notice", "/legal/"),
                ".",
            ),
            *_replies(definition),
        )
    )


def _permalink(definition: Definition) -> Link:
    return Link(f"/reports/{definition.slug}/", f"/reports/{definition.slug}/")


def _replies(definition: Definition) -> Iterator[tuple[Part, ...]]:
    for one in definition.replies:
        answer = f"it answered: “{one.answer}”" if one.answer else "it has not answered"
        yield (f"{one.platform} was asked on {one.asked}; {answer}.",)
    if not definition.replies:
        yield (
            "Right of reply: no platform was asked before this was made. A platform's reply is printed here, "
            "unedited and dated.",
        )


def _short(quote: str) -> str:
    line = " ".join(quote.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rsplit(" ", 1)[0] + " …"


@cache
def accuracy() -> Mapping[str, Any]:
    """How right answers were by question: keys → right, not_stated, wrong; measured_on, extractor, platforms."""
    source = files(__package__).joinpath("accuracy.json")
    found: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return found


SECTIONS: Mapping[str, Callable[[Report], Iterator[Block]]] = {
    "findings": _findings,
    "charts": _charts,
    "matrix": _matrix,
    "quotes": _quotes,
    "changes": _changes,
    "coverage": _coverage,
    "method": _method,
    "accuracy": _accuracy,
}
