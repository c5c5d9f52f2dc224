"""A folder of Open Terms Archive declarations as it lies there, read into platforms of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from conductatlas.catalogue.declaration_file import LARGEST, DeclaredPlatform
from conductatlas.catalogue.faults import Fault
from conductatlas.catalogue.ota_names import told_apart
from conductatlas.catalogue.ota_service import OtaFile, OtaFiles, OtaService

DECLARATION, HISTORY = ".json", ".history.json"
SCRIPTS = (".filters.js", ".filters.history.js", ".history.filters.js")


@dataclass(frozen=True, slots=True)
class OtaCollection:
    """What could be taken, each platform with a slug of its own, and what could not."""

    platforms: tuple[DeclaredPlatform, ...]
    faults: tuple[Fault, ...] = ()


def read_collection(path: Path, kinds: Mapping[str, str] | None = None) -> OtaCollection:
    """All services of a collection, of its folder `declarations`, or of one file. Never raises.

    kinds: terms type → kind of ours, where someone decided. Services come in the order of their files' names.
    """
    faults: list[Fault] = []
    services = [
        OtaService.read(files, kinds) for stem in _stems(path, faults) if (files := _files(*stem, faults))
    ]
    for service in services:
        faults += service.faults
    return OtaCollection(
        _with_own_slugs([service.platform for service in services if service.platform]), tuple(faults)
    )


def _with_own_slugs(platforms: list[DeclaredPlatform]) -> tuple[DeclaredPlatform, ...]:
    """The first of those with one slug keeps it; another's own slug is never taken from it."""
    natural = {platform.slug for platform in platforms}
    taken: set[str] = set()
    found = []
    for platform in platforms:
        if platform.slug in taken:
            platform = replace(platform, slug=told_apart(platform.slug, natural | taken))
        taken.add(platform.slug)
        found.append(platform)
    return tuple(found)


def _stems(path: Path, faults: list[Fault]) -> list[tuple[Path, str]]:
    """(folder, stem) of each service, by stem."""
    try:
        if not path.is_dir():
            return [(path.parent, path.name.removesuffix(DECLARATION))]
        folder = path / "declarations" if (path / "declarations").is_dir() else path
        names = {file.name for file in folder.iterdir()}
    except OSError as fault:
        faults.append(_unreadable(path, fault))
        return []
    stems = sorted(
        n.removesuffix(DECLARATION) for n in names if n.endswith(DECLARATION) and not n.endswith(HISTORY)
    )
    if not stems:
        faults.append(
            Fault(
                str(folder),
                1,
                "holds no declarations",
                "Name the folder whose files are called <Service>.json.",
            )
        )
    for name in sorted(names):
        if name.endswith(HISTORY) and name.removesuffix(HISTORY) not in stems:
            faults.append(
                Fault(
                    str(folder / name),
                    1,
                    "the history of a service that is declared no more is left out",
                    "Declare the service by hand if its past matters: a document needs a source of today.",
                )
            )
    return [(folder, stem) for stem in stems]


def _files(folder: Path, stem: str, faults: list[Fault]) -> OtaFiles | None:
    def read(suffix: str, *, must_be: bool = False) -> OtaFile | None:
        file = folder / f"{stem}{suffix}"
        try:
            with file.open("rb") as stream:
                return OtaFile(str(file), stream.read(LARGEST + 1))
        except FileNotFoundError as fault:
            if must_be:
                faults.append(_unreadable(file, fault))
        except (OSError, ValueError) as fault:  # ValueError: a name that no file can have
            faults.append(_unreadable(file, fault))
        return None

    declaration = read(DECLARATION, must_be=True)
    if declaration is None:
        return None
    scripts = tuple(script for suffix in SCRIPTS if (script := read(suffix)))
    return OtaFiles(stem, declaration, read(HISTORY), scripts)


def _unreadable(path: Path, fault: Exception) -> Fault:
    reason = getattr(fault, "strerror", None) or fault
    return Fault(str(path), 1, f"cannot be read: {reason}", "Check the name, and that this user may read it.")
