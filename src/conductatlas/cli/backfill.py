"""`import-captures` and `import-versions`: take in what other archives hold."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.cli.running import progress, stopping

if TYPE_CHECKING:
    from conductatlas.config import Config
    from conductatlas.work.backfill import Tally
    from conductatlas.work.holdings import Found, Given

UNMATCHED_SHOWN = 10  # addresses without a document that are named

Map = Annotated[
    Path | None,
    typer.Option("--map", metavar="FILE", help="Which captures are of which document: TOML, JSON or CSV."),
]
Source = Annotated[
    str, typer.Option("--source", metavar="NAME", help="Whose archive it is; every page says so.")
]
Licence = Annotated[
    str,
    typer.Option("--licence", metavar="TEXT", help="Under which licence they give it, and how to name them."),
]


def register(app: typer.Typer) -> None:
    app.command("import-captures")(import_captures)
    app.command("import-versions")(import_versions)


def import_captures(
    files: Annotated[list[Path], typer.Argument(help="WARC files, plain or gzip.")],
    map_file: Map = None,
    source: Source = "",
    licence: Licence = "",
    as_json: AsJson = False,
) -> None:
    """Take in captures that another archive made, each at the moment which that archive claims.

    Run twice it takes nothing in twice; stopped, it goes on where it was. Exit code 1 if a part of a file could not
    be used, a document's captures could not be taken in, or the run was stopped.
    """
    from conductatlas.cli.opening import load_catalogue, open_archive

    config = open_archive()
    load_catalogue(config)
    from conductatlas.work import holdings
    from conductatlas.work.mapping import read_map

    output = Output(as_json)
    rules = read_map(map_file) if map_file else []
    with progress(output, "Indexing", sum(file.stat().st_size for file in files if file.exists())) as told:
        sizes = {file: sum(f.stat().st_size for f in files[:n] if f.exists()) for n, file in enumerate(files)}
        found = holdings.find(
            files,
            rules,
            source=source,
            licence=licence,
            now=datetime.now(UTC),
            max_body=config.max_body,
            on_record=lambda record: told(sizes[record.file] + record.offset),
        )
    _finish(output, config, found)


def import_versions(
    repository: Annotated[Path, typer.Argument(help="Folder of a git repository of versions.")],
    map_file: Map = None,
    source: Source = "",
    licence: Licence = "",
    as_json: AsJson = False,
) -> None:
    """Take in the texts of an Open Terms Archive repository of versions: as readings, since it holds no pages.

    Only texts from before a document's own pages are on record are taken in. Run twice it takes nothing in twice.
    Exit code as of `import-captures`.
    """
    from conductatlas.cli.opening import load_catalogue, open_archive

    config = open_archive()
    load_catalogue(config)
    from conductatlas.work import holdings
    from conductatlas.work.mapping import read_map

    output = Output(as_json)
    found = holdings.find_versions(
        repository,
        read_map(map_file) if map_file else [],
        source=source,
        licence=licence,
        now=datetime.now(UTC),
        max_body=config.max_body,
    )
    _finish(output, config, found)


def _finish(output: Output, config: Config, found: Found) -> None:
    """Take in what was found, and end the command."""
    for fault in found.faults:
        output.row(
            {"fault": fault.message, "file": str(fault.file), "offset": fault.offset},
            f"{fault.file}, offset {fault.offset}: {fault.message}",
        )
    is_whole = _take_in(output, config, found.documents)
    _tell_unmatched(output, found)
    raise typer.Exit(0 if is_whole and not found.faults else 1)


def _take_in(output: Output, config: Config, documents: Mapping[int, Sequence[Given]]) -> bool:
    """Take in and tell each document's tally; whether all of it was taken in."""
    from conductatlas.work.processes import back_fill

    stop = threading.Event()
    total = sum(map(len, documents.values()))
    processes = min(os.cpu_count() or 1, max(1, config.workers))
    tallies: list[Tally] = []
    with stopping(stop), progress(output, "Taking in", total) as told:
        for tally in back_fill(config, documents, processes=processes, stop=stop, on_captures=told):
            tallies.append(tally)
            output.row(_as_row(tally), _as_line(tally))
            for fault in tally.faults:
                output.note(f"  {fault}")
    is_whole = all(tally.is_whole and not tally.faults for tally in tallies)
    taken = sum(sum(tally.outcomes.values()) for tally in tallies)
    known = sum(tally.known for tally in tallies)
    summary = {
        "documents": len(tallies),
        "captures": total,
        "checks": taken,
        "known": known,
        "versions": sum(tally.versions for tally in tallies),
        "changes": sum(tally.changes for tally in tallies),
        "superseded": sum(tally.superseded for tally in tallies),
        "whole": is_whole,
    }
    output.row(
        {"summary": summary},
        f"{total} captures of {len(tallies)} documents: {taken} checks recorded, {known} were there already; "
        f"{summary['versions']} versions, {summary['changes']} changes, {summary['superseded']} superseded."
        + ("" if is_whole else " Not all was taken in: run it again to go on."),
    )
    return is_whole


def _tell_unmatched(output: Output, found: Found) -> None:
    """Records of no document: not a fault, since a crawl holds much else."""
    number = sum(found.unmatched.values())
    if not number and not found.left_out:
        return
    most = found.unmatched.most_common(UNMATCHED_SHOWN)
    output.row(
        {"unmatched": number, "left_out": found.left_out, "addresses": [url for url, _ in most]},
        f"{number} of {found.records} belong to no document, {found.left_out} were left out, as map or file say."
        + "".join(f"\n  {times} × {url}" for url, times in most),
    )


def _as_row(tally: Tally) -> dict[str, object]:
    return {
        "document": tally.document,
        "path": tally.path,
        "captures": tally.captures,
        "known": tally.known,
        "covered": tally.covered,
        "outcomes": dict(sorted(tally.outcomes.items())),
        "reasons": dict(sorted(tally.reasons.items())),
        "versions": tally.versions,
        "changes": tally.changes,
        "superseded": tally.superseded,
        "faults": tally.faults,
        "whole": tally.is_whole,
    }


def _as_line(tally: Tally) -> str:
    said = [f"{n} {outcome}" for outcome, n in sorted(tally.outcomes.items())]
    said += [f"{tally.known} known"] if tally.known else []
    said += [f"{tally.covered} from when pages are on record"] if tally.covered else []
    made = f"{tally.versions} versions, {tally.changes} changes"
    made += f", {tally.superseded} superseded" if tally.superseded else ""
    return f"{tally.path}: {', '.join(said) or 'nothing'}; {made}" + (
        "" if tally.is_whole else "; not all taken in"
    )
