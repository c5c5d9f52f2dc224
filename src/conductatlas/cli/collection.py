"""`catalogue import` and `catalogue export`: declarations of others brought in, ours given back."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conductatlas.cli.output import AsJson, Output

if TYPE_CHECKING:
    from conductatlas.catalogue.faults import Fault
    from conductatlas.catalogue.ota_writer import Loss
    from conductatlas.catalogue.placing import Placed

Replacing = Annotated[bool, typer.Option("--replace", help="Write over files that say something else.")]


class Format(StrEnum):
    TOML = "toml"
    OTA = "ota"


def register(commands: typer.Typer) -> None:
    commands.command("import")(bring_in)
    commands.command("export")(give_back)


def bring_in(
    collection: Annotated[
        Path, typer.Argument(help="A folder of Open Terms Archive declarations, or one of its files.")
    ],
    to: Annotated[Path, typer.Option("--to", help="The folder to write ours into, one file a platform.")],
    category: Annotated[str, typer.Option("--category", help="The category of the platforms.")] = "",
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="TYPE=KIND", help="What a terms type is that we do not know."),
    ] = None,
    replace: Replacing = False,
    as_json: AsJson = False,
) -> None:
    """Write the declarations of an Open Terms Archive collection as ours, and say what could not be taken.

    Exit code 1 if something was left out, or a file stood in the way.
    """
    import dataclasses

    from conductatlas.catalogue import values
    from conductatlas.catalogue.ota_collection import read_collection
    from conductatlas.catalogue.placing import Placed, place
    from conductatlas.catalogue.toml_writer import to_toml

    category = _parsed("--category", values.category, category) if category else ""
    kinds = {}
    for pair in kind or []:
        terms_type, _, slug = pair.rpartition("=")
        if not terms_type:
            raise typer.BadParameter(f'{pair!r} names no terms type: write "TYPE=KIND".', param_hint="--kind")
        kinds[terms_type] = _parsed("--kind", values.kind, slug)
    found = read_collection(collection, kinds)
    output = Output(as_json)
    documents, stands = 0, 0
    for platform in found.platforms:
        platform = dataclasses.replace(platform, category=category)
        file = to / f"{platform.slug}.toml"
        placed = place(file, to_toml(platform).encode(), may_replace=replace)
        documents += len(platform.documents)
        stands += placed == Placed.STANDS
        output.row(
            {
                "platform": platform.slug,
                "name": platform.name,
                "file": str(file),
                "outcome": placed.value,
                "documents": len(platform.documents),
                "past": sum(len(document.history) for document in platform.documents),
            },
            f"{_words(placed)} {file}: {platform.name}, {len(platform.documents)} documents",
        )
    _tell(output, found.faults)
    left_out = sum(fault.severity == "error" for fault in found.faults)
    output.note(
        f"{len(found.platforms)} platforms, {documents} documents; {left_out} things left out, "
        f"{len(found.faults) - left_out} notices, {stands} files stood in the way."
    )
    raise typer.Exit(1 if left_out or stands else 0)


def give_back(
    folder: Annotated[Path, typer.Argument(help="Where to write.")],
    form: Annotated[
        Format, typer.Option("--format", help="Ours, or that of Open Terms Archive.")
    ] = Format.TOML,
    platform: Annotated[
        list[str] | None,
        typer.Option("--platform", metavar="SLUG", help="Only this platform; may be repeated."),
    ] = None,
    replace: Replacing = False,
    as_json: AsJson = False,
) -> None:
    """Write what this archive declares, and say what the format has no words for.

    Exit code 1 if a declaration is at fault and so left out, or a file stood in the way.
    """
    from conductatlas.catalogue.ota_writer import to_ota
    from conductatlas.catalogue.placing import Placed, place
    from conductatlas.catalogue.toml_writer import to_toml
    from conductatlas.cli.declared import declared
    from conductatlas.cli.opening import open_settings
    from conductatlas.errors import NotFoundError

    catalogue = declared(open_settings())
    if unknown := set(platform or ()) - {declared.slug for declared in catalogue.platforms}:
        raise NotFoundError(
            f"no platform is declared as {', '.join(sorted(unknown))}",
            remedy="`conductatlas catalogue list` shows the platforms; `catalogue lint` shows files at fault.",
        )
    output = Output(as_json)
    stands = 0
    for one in catalogue.platforms:
        if platform and one.slug not in platform:
            continue
        losses: tuple[Loss, ...] = ()
        if form == Format.TOML:
            files = [(folder / f"{one.slug}.toml", to_toml(one).encode())]
        else:
            theirs, losses = to_ota(one)
            written = [theirs.declaration, *([theirs.history] if theirs.history else [])]
            files = [(folder / "declarations" / file.name, file.content) for file in written]
        for file, content in files:
            placed = place(file, content, may_replace=replace)
            stands += placed == Placed.STANDS
            output.row(
                {"platform": one.slug, "file": str(file), "outcome": placed.value}, f"{_words(placed)} {file}"
            )
        for loss in losses:
            output.row(
                {"path": loss.path, "lost": list(loss.keys), "remarks": list(loss.remarks)},
                f"  {loss.path}: "
                + " ".join([f"without {', '.join(loss.keys)}."] * bool(loss.keys) + list(loss.remarks)),
            )
    errors = [fault for fault in catalogue.faults if fault.severity == "error"]
    _tell(output, errors)
    raise typer.Exit(1 if errors or stands else 0)


def _parsed(option: str, parse: Callable[[object], str], value: str) -> str:
    from conductatlas.catalogue.faults import WrongValueError

    try:
        return parse(value)
    except WrongValueError as fault:
        raise typer.BadParameter(f"{fault.message}. {fault.remedy}", param_hint=option) from None


def _words(placed: Placed) -> str:
    return {"written": "Wrote", "same": "As it was:", "stands": "Left, as it says something else:"}[
        placed.value
    ]


def _tell(output: Output, faults: tuple[Fault, ...] | list[Fault]) -> None:
    for fault in faults:
        output.row(
            fault.to_dict(), f"{fault.file}:{fault.line}: {fault.severity}: {fault.message}. {fault.remedy}"
        )
