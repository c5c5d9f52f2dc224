"""`remove`: take a text out of the archive for good, and put a tombstone with a public reason in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import ConfigurationError, NotFoundError
from conductatlas.ids import parse_capture, parse_id, public_id

if TYPE_CHECKING:
    from conductatlas.accounts.models import User
    from conductatlas.archive.models import Capture
    from conductatlas.config import Config
    from conductatlas.history.removal import Extent


def register(app: typer.Typer) -> None:
    app.command("remove")(remove)


def remove(
    identity: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="CA-V (one version), CA-D (all of a document) or capture-KEY (one capture's bytes).",
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why; everyone may read it.")],
    ground: Annotated[
        str, typer.Option("--ground", help="The law, order or notice, public too: `Order 12 O 34/26`.")
    ] = "",
    personal: Annotated[
        bool,
        typer.Option(
            "--personal",
            help="Of capture-KEY only what may be personal: addresses, header fields, redirects.",
        ),
    ] = False,
    by: Annotated[str, typer.Option("--by", metavar="EMAIL", help="The operator who decided.")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it. Without this the command says what would go.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a text and its bytes; ids, dates, digests and changes stay. It cannot be taken back: see `withhold`."""
    from conductatlas.cli.opening import open_archive

    config = open_archive()
    from conductatlas.clock import SystemClock
    from conductatlas.history import removal

    if personal:
        _erase_personal(identity, reason, ground, _operator(by), yes, Output(as_json))
        return
    extent, person, output = _extent(identity), _operator(by), Output(as_json)
    left, at = 0, None
    if yes:
        stone = removal.remove(extent, reason, ground, at=SystemClock().now(), by=person)
        reason, at, left = stone.reason, stone.at.isoformat(), removal.erase(extent)
    copies = _copies(config)
    row = {
        "id": identity,
        "removed": yes,
        "reason": reason,
        "ground": ground,
        "at": at,
        "versions": [version.public_id for version in extent.versions],
        "snapshots": len(extent.snapshots),
        "bytes": sum(snapshot.length for snapshot in extent.snapshots),
        "refused": len(extent.refused),
        "shared": list(extent.shared),
        "same_text": [version.public_id for version in extent.twins],
        "objects_left": left,
        "copies": copies,
    }
    output.row(row, _in_words(identity, extent, reason, ground, done=yes))
    for line in _what_stays(extent, left, copies):
        output.note(line)
    if not yes:
        output.note("Nothing has been removed. Say it again with --yes.")
        raise typer.Exit(1)


def _erase_personal(
    identity: str, reason: str, ground: str, person: User | None, yes: bool, output: Output
) -> None:
    from conductatlas.archive import erasing
    from conductatlas.clock import SystemClock

    capture = _capture(identity)
    if capture is None:
        raise NotFoundError(f"{identity!r} is no capture of this archive", remedy="Write capture-KEY.")
    fields, at = erasing.held(capture), None
    if yes:
        stone = erasing.erase_personal(capture, reason, ground, at=SystemClock().now(), by=person)
        reason, at = stone.reason, stone.at.isoformat()
    verb = "Erased" if yes else "Would be erased"
    output.row(
        {
            "id": identity, "removed": yes, "reason": reason, "ground": ground, "at": at,
            "fields": fields,
        },
        f"{verb} of {identity}: {', '.join(fields) or 'nothing'}. Bytes, digests and moments stay.",
    )  # fmt: skip
    if not yes:
        output.note("Nothing has been erased. Say it again with --yes.")
        raise typer.Exit(1)
    output.note("Backups made before still hold it: delete them, or erase again after restoring one.")


def _extent(identity: str) -> Extent:
    from conductatlas.catalogue.models import Document
    from conductatlas.history import removal
    from conductatlas.history.models import Version

    letter, key = parse_id(identity) or ("", 0)
    if letter == "V" and (version := Version.objects.select_related("document").filter(pk=key).first()):
        return removal.extent_of_version(version)
    if letter == "D" and (document := Document.objects.filter(pk=key).first()):
        return removal.extent_of_document(document)
    if capture := _capture(identity):
        return removal.extent_of_capture(capture)
    raise NotFoundError(f"{identity!r} is no version, document or capture of this archive")


def _capture(identity: str) -> Capture | None:
    """The capture that `capture-KEY` names, also as the file is called that its bytes were downloaded to."""
    from conductatlas.archive.models import Capture

    key = parse_capture(identity.removesuffix(".bin"))
    rows = Capture.objects.select_related("check_row__document")
    return None if key is None else rows.filter(pk=key).first()


def _operator(email: str) -> User | None:
    from conductatlas.accounts.models import User

    person = User.objects.filter(email__iexact=email).first() if email else None
    if email and person is None:
        raise ConfigurationError(
            f"nobody here has the address {email!r}", remedy="Make the operator with `conductatlas operator`."
        )
    return person


def _copies(config: Config) -> list[str]:
    """Copies of the database in the data folder, which still hold everything."""
    return sorted(str(file) for file in (config.data_dir / "backups").glob("*.sqlite3"))


def _in_words(identity: str, extent: Extent, reason: str, ground: str, *, done: bool) -> str:
    size = sum(snapshot.length for snapshot in extent.snapshots) / 1e3
    what = [version.public_id for version in extent.versions]
    parts = [
        ", ".join(what) or identity,
        f"{len(extent.snapshots)} snapshots ({size:.0f} KB)",
        *([f"{len(extent.refused)} refused answers"] if extent.refused else []),
    ]
    verb = "Removed" if done else "Would be removed"
    said = f" Ground: {ground}" if ground else ""
    return f"{verb}: {'; '.join(parts)}. Reason, as everyone reads it: {reason}{said}"


def _what_stays(extent: Extent, left: int, copies: list[str]) -> list[str]:
    """Where the words still are, as far as this archive knows."""
    lines = []
    if extent.shared:
        lines.append(
            f"{len(extent.shared)} snapshots stay, since versions or captures rest on them that are not removed."
        )
    if extent.twins:
        names = ", ".join(public_id("V", version.pk) for version in extent.twins)
        lines.append(f"The same text stands in {names}, not removed.")
    if left:
        lines.append(f"{left} old objects stay until a backup that is running has ended; then run `repack`.")
    lines += [f"A copy made before a migration still holds it: {file}" for file in copies]
    lines.append("Backups made before still hold it: delete them, or remove again after restoring one.")
    return lines
