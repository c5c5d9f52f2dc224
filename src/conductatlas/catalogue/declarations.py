"""The catalogue as it is declared: folders of TOML files, one a platform.

A faulty file is left out with every fault it has, and stops no other. What may stand in a file:
docs/reference/declarations.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from conductatlas.catalogue.declaration_file import LARGEST, DeclarationFile, DeclaredPlatform
from conductatlas.catalogue.faults import Fault


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is declared, and what is wrong with the rest.

    left_out: slugs of platforms whose file is at fault; where no slug can be read, the file's name stands for
    it. is_whole: whether every folder and file could be opened at all.
    """

    platforms: tuple[DeclaredPlatform, ...]
    faults: tuple[Fault, ...] = ()
    left_out: frozenset[str] = frozenset()
    is_whole: bool = True

    def has_dropped(self, slug: str) -> bool:
        """Whether a platform is absent because nobody declares it any more, and not because a file is at
        fault."""
        return self.is_whole and slug not in self.left_out and all(slug != p.slug for p in self.platforms)


def load_folders(paths: Iterable[Path]) -> Catalogue:
    """All `*.toml` of these folders (not of folders within them), or these files. Never raises.

    Where two files declare one platform the first counts, and the second is at fault.
    """
    platforms: dict[str, DeclaredPlatform] = {}
    origins: dict[str, str] = {}
    faults: list[Fault] = []
    left_out: set[str] = set()
    is_whole = True
    for file in (file for path in paths for file in _files(path)):
        if isinstance(file, Fault):
            faults.append(file)
            is_whole = False
        elif file.platform is None:
            faults += file.faults
            left_out.add(file.slug)
        elif file.slug in origins:
            faults.append(_declared_twice(file, origins[file.slug]))
        else:
            faults += file.faults
            platforms[file.slug], origins[file.slug] = file.platform, file.name
    return Catalogue(tuple(platforms.values()), tuple(faults), frozenset(left_out), is_whole)


def _files(path: Path) -> Iterator[DeclarationFile | Fault]:
    """The files of a folder by name, or the one file; a Fault for what can't be opened."""
    try:
        found = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    except OSError as fault:
        yield _unreadable(path, fault)
        return
    for file in found:
        try:
            with file.open("rb") as stream:
                content = stream.read(LARGEST + 1)
        except OSError as fault:
            yield _unreadable(file, fault)
        else:
            yield DeclarationFile.read(content, str(file), file.stem)


def _unreadable(path: Path, fault: OSError) -> Fault:
    remedy = "Check the name in the setting `declarations`, and that this user may read it."
    return Fault(str(path), 1, f"cannot be read: {fault.strerror or fault}", remedy)


def _declared_twice(file: DeclarationFile, origin: str) -> Fault:
    message = f"the platform {file.slug!r} is declared in {origin} too"
    return Fault(file.name, file.line("slug"), message, "Remove one of the two, or give it another slug.")
