"""`provisions`: what documents say, clause by clause: list, show, search, look again; type single texts."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import NotFoundError
from conductatlas.ids import parse_id, public_id

if TYPE_CHECKING:
    from conductatlas.provisions.records import FindingRecord

commands = typer.Typer(help="Provisions: what documents say, clause by clause.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="provisions")


@commands.command("list")
def list_(
    document: Annotated[str, typer.Argument(help="`platform`, or `platform/document`; none: all.")] = "",
    type_: Annotated[str, typer.Option("--type", help="Only those of this type.")] = "",
    group: Annotated[str, typer.Option("--group", help="Only those of this group of types.")] = "",
    severity: Annotated[str, typer.Option("--severity", help="high, medium or low.")] = "",
    removed: Annotated[
        bool, typer.Option("--removed", help="Those that their documents no longer have.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="At most so many.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """The provisions of documents as they stand, the newest first."""
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.provisions import queries
    from conductatlas.provisions.records import ProvisionFilter

    platform, _, slug = document.strip("/").partition("/")
    asked = ProvisionFilter(
        type=_known_type(type_),
        group=group,
        severity=severity,
        platform=platform,
        document=slug,
        state="removed" if removed else "active",
    )
    output = Output(as_json)
    for found in queries.listed(None, asked, limit=limit):
        output.row(
            as_row(found),
            f"{found.public_id}  {found.severity or '—':6}  {found.type}  {found.document.path}  {_start(found.quote)}",
        )


@commands.command("show")
def show(
    provision: Annotated[str, typer.Argument(metavar="CA-P", help="The id of a provision.")],
    as_json: AsJson = False,
) -> None:
    """One provision: its exact words, facts, severity with what it rests on, what happened to it, its analysis."""
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.provisions import life_queries, made, queries
    from conductatlas.provisions.analysing import analysis_of
    from conductatlas.provisions.analysis_records import as_dict
    from conductatlas.provisions.values import fact_in_words

    identity = parse_id(provision)
    found = queries.provision(None, identity[1]) if identity and identity[0] == "P" else None
    life = life_queries.life(None, found[1], found[0].pk) if found else None
    if life is None:
        raise NotFoundError(f"{provision} is no provision of this archive")
    finding = life.finding
    analysis = analysis_of(None, finding)
    stored = made.current([finding.pk]).get(finding.pk) if finding.quote and not finding.is_cut else None
    lines = [
        f"{finding.title} ({finding.type}), {finding.document.path}, {life.state}",
        finding.quote,
        *(
            f"{fact.type}.{fact.name}: {fact_in_words(fact.type, fact.name, fact.value)}"
            for fact in finding.facts
        ),
        f"Severity: {finding.severity or 'not rated'}" + (", partial" if finding.is_partial else ""),
        *(f"  {factor.name}: {factor.points} ({factor.row})" for factor in finding.factors),
        *(f"{step.at:%Y-%m-%d}  {step.how}  {step.version_id}" for step in life.steps),
    ]
    for part, sentences in (analysis.parts if analysis else {}).items():
        lines += ["", part.upper(), *(one.text for one in sentences)]
    Output(as_json).row(
        {
            **as_row(finding),
            "state": life.state,
            "model_analysis": made.as_row(stored) if stored else None,
            "first_at": life.first_at.isoformat(),
            "facts": [
                {
                    "type": fact.type,
                    "name": fact.name,
                    "value": fact.value,
                    "quotes": list(fact.quotes),
                    "scope": {
                        "audience": fact.audience,
                        "region": fact.region,
                        "plan": fact.plan,
                        "product": fact.product,
                    },
                    "condition": fact.condition,
                    "limit": fact.limit,
                }
                for fact in finding.facts
            ],
            "factors": {
                factor.name: {"points": factor.points, "row": factor.row, "quotes": list(factor.quotes)}
                for factor in finding.factors
            },
            "steps": [
                {
                    "how": step.how,
                    "version": step.version_id,
                    "at": step.at.isoformat(),
                    "change": step.change or None,
                }
                for step in life.steps
            ],
            "analysis": as_dict(analysis) if analysis else None,
        },
        "\n".join(lines),
    )


@commands.command("search")
def search(
    question: Annotated[
        str, typer.Argument(metavar="WORDS", help='All must occur; "in quotation marks" in that order.')
    ],
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many.")] = 20,
    everything: Annotated[
        bool, typer.Option("--sections", help="Also sections that hold no provision.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Full text over provisions, the best first."""
    from conductatlas.cli.opening import open_archive

    open_archive()
    from conductatlas.provisions.search import search as find

    output = Output(as_json)
    for hit in find(None, question, limit, provisions_only=not everything):
        entry = hit.entry
        snippet = "".join(part for part, _ in hit.snippet)
        output.row(
            {
                "id": public_id("P", entry.provision_id) if entry.provision_id else None,
                "document": f"{entry.document.platform.slug}/{entry.document.slug}",
                "version": public_id("V", entry.reading.version_id),
                "section": entry.anchor,
                "title": entry.title,
                "snippet": [{"text": part, "found": found} for part, found in hit.snippet],
            },
            f"{entry.document.platform.slug}/{entry.document.slug}  {entry.title}\n  {snippet}",
        )


@commands.command("extract")
def extract(as_json: AsJson = False) -> None:
    """Look for provisions in every text where that is still to be done, as after an upgrade."""
    from conductatlas.cli.opening import open_archive
    from conductatlas.cli.running import bar

    open_archive()
    from conductatlas.clock import SystemClock
    from conductatlas.work import extracting

    output = Output(as_json)
    looked = 0

    def turns(keys: list[int]) -> Any:
        nonlocal looked
        with bar(output, keys, "Looking for provisions") as found:
            for key in found:
                yield key
                looked += 1

    extracting.look_all(None, SystemClock(), turns)
    extracting.ask_all(SystemClock())
    output.row({"looked_at": looked}, f"{looked} texts looked at.")


@commands.command("classify")
def classify(
    file: Annotated[Path | None, typer.Argument(help="JSON lines; standard input if none is named.")] = None,
) -> None:
    """Type single texts: of each line `{id, text, kind?}` one `{id, types: [{type, confidence}]}`. No database."""
    from conductatlas.cli.lines import typed_lines

    with file.open("rb") if file else nullcontext(sys.stdin.buffer) as lines:
        for row in typed_lines(lines):
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def as_row(found: FindingRecord) -> dict[str, Any]:
    """A provision as commands print it."""
    return {
        "id": found.public_id,
        "document": found.document.path,
        "version": public_id("V", found.version),
        "type": found.type,
        "types": list(found.types),
        "title": found.title,
        "severity": found.severity,
        "confidence": round(found.confidence, 3),
        "quote": found.quote,
        "start": found.start,
        "end": found.end,
        "section": found.anchor,
    }


def _known_type(name: str) -> str:
    from conductatlas.reading.clauses.taxonomy import taxonomy

    if name and name not in taxonomy():
        raise typer.BadParameter("no type has this name", param_hint="--type")
    return name


def _start(quote: str) -> str:
    line = " ".join(quote.split())
    return line if len(line) <= 80 else line[:79] + "…"
