"""Declarations written to files: documents added to a platform's own file, which keeps every line it has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from conductatlas.catalogue.declaration_file import DeclarationFile, DeclaredDocument, DeclaredPlatform
from conductatlas.catalogue.toml_writer import to_toml
from conductatlas.errors import DeclarationError, StoreUnavailableError


def declaration_text(
    before: str, name: str, platform: DeclaredPlatform, new: tuple[DeclaredDocument, ...]
) -> str:
    """The text of the platform's file with `new` documents in it; `before` is "" where there is no file yet.

    What stands in the file stays as it is, comments too: new documents come at its end. DeclarationError, with `name`
    as the file, if it is at fault, or so written that nothing can be added at the end.
    """
    if not before:
        return to_toml(replace(platform, documents=new))
    standing = _read(before, name)
    written = to_toml(replace(standing, documents=new))
    added = written[written.index("\n[[documents]]") :]
    line_end = "\r\n" if "\r\n" in before else "\n"
    text = before.rstrip() + line_end + added.replace("\n", line_end)
    wanted = (*standing.documents, *new)
    if _read(text, name).documents != wanted:
        raise DeclarationError(
            "documents cannot be added at the end of this file",
            file=name,
            remedy="Write its documents as [[documents]] tables, the last tables of the file.",
        )
    return text


def register(file: Path, platform: DeclaredPlatform, new: tuple[DeclaredDocument, ...]) -> str:
    """Add `new` documents to the platform's file, which is made if need be. Returns the text that it now has.

    The file changes as a whole or not at all. DeclarationError: see declaration_text. StoreUnavailableError if it
    cannot be read or written.
    """
    try:
        before = file.read_bytes().decode("utf-8-sig") if file.exists() else ""
        text = declaration_text(before, str(file), platform, new)
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f".{file.name}.part")
        part.write_bytes(text.encode())
        part.replace(file)
    except UnicodeDecodeError:
        raise DeclarationError("not UTF-8", file=str(file), remedy="Save the file as UTF-8.") from None
    except OSError as fault:
        raise StoreUnavailableError(f"{file} cannot be written: {fault.strerror or fault}") from None
    return text


def _read(text: str, name: str) -> DeclaredPlatform:
    file = DeclarationFile.read(text.encode(), name)
    if file.platform is None:
        fault = file.faults[0]
        raise DeclarationError(fault.message, file=name, line=fault.line, remedy=fault.remedy)
    return file.platform
