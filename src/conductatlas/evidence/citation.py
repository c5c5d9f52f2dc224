"""How to cite a version or a change: as a sentence, for BibTeX, and as CSL-JSON. With the permanent address, the moment
of the capture with its zone, and the digest of the text.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from conductatlas.catalogue.queries import DocumentRecord
from conductatlas.clock import in_minutes
from conductatlas.history.records import ChangeRecord, VersionRecord

ARCHIVE = "ConductAtlas"  # what one is called that does not say who runs it

_BIBTEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # BibTeX counts braces that are escaped, too
    "}": r"\textbraceright{}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}


@dataclass(frozen=True, slots=True)
class Citation:
    """A version, or a change, to be cited.

    publisher: the platform. at: when it was first captured, or a change first seen. digest: SHA-256 of the text (of
    the newer one of a change), hexadecimal. archive: what the archive is called. claimed_by: on whose word the moment
    rests, "" if it was captured here. since: of a change, when the text before it was last seen.
    """

    id: str
    title: str
    publisher: str
    at: datetime
    digest: str
    permalink: str
    language: str = ""
    archive: str = ARCHIVE
    claimed_by: str = ""
    since: datetime | None = None

    @property
    def plain(self) -> str:
        """One sentence to be pasted, in one line."""
        return _line(
            f"{self.publisher}, “{self.title}”, {self._note}. {self.archive}, {self.id}, "
            f"{self.permalink} (text SHA-256 {self.digest})."
        )

    @property
    def bibtex(self) -> str:
        """An entry `@misc`. Addresses stand in \\url{}, which takes them as they are."""
        fields = {
            "author": f"{{{_tex(self.publisher)}}}",  # its own braces: a company has no first name
            "title": f"{{{_tex(self.title)}}}",
            "year": f"{self._at:%Y}",
            "month": f"{self._at:%b}".lower(),
            "howpublished": f"{_tex(self.archive)}, {self.id}, \\url{{{_address(self.permalink)}}}",
            "note": _tex(f"{self._note[0].upper()}{self._note[1:]}. Text SHA-256 {self.digest}"),
        }
        body = "".join(
            f"  {name} = {value},\n" if name == "month" else f"  {name} = {{{value}}},\n"
            for name, value in fields.items()
        )
        return f"@misc{{{self.id.lower()},\n{body}}}\n"

    @property
    def csl(self) -> dict[str, object]:
        """An item of CSL-JSON 1.0.2."""
        at = self._at
        item: dict[str, object] = {
            "id": self.id,
            "type": "webpage",
            "title": _line(self.title),
            "author": [{"literal": _line(self.publisher)}],
            "issued": {"date-parts": [[at.year, at.month, at.day]]},
            "archive": _line(self.archive),
            "archive_location": self.id,
            "URL": _address(self.permalink),
            "note": f"{self._note[0].upper()}{self._note[1:]}. Text SHA-256: {self.digest}",
        }
        return item | ({"language": self.language} if self.language else {})

    @property
    def csl_json(self) -> str:
        """That item in a list, as programs read it from a file."""
        return json.dumps([self.csl], ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    @property
    def _at(self) -> datetime:
        return self.at.astimezone(UTC)

    @property
    def _note(self) -> str:
        when = f"{in_minutes(self.at)} UTC"
        if self.since is not None:
            told = f"changed between {in_minutes(self.since)} UTC and {when}, as captured"
        else:
            told = f"as captured {when}"
        return _line(f"{told}, date as stated by {self.claimed_by}" if self.claimed_by else told)


def of_version(
    document: DocumentRecord,
    version: VersionRecord,
    site: str,
    *,
    archive: str = ARCHIVE,
    claimed_by: str = "",
) -> Citation:
    """How a version is cited. site: public address of the archive, "" if it has none."""
    return Citation(
        id=version.public_id,
        title=document.title,
        publisher=document.platform.name,
        at=version.first_seen_at,
        digest=version.digest,
        permalink=f"{site.rstrip('/')}/id/{version.public_id}",
        language=version.language,
        archive=archive,
        claimed_by=claimed_by,
    )


def of_change(
    change: ChangeRecord, newer: VersionRecord, site: str, *, archive: str = ARCHIVE, claimed_by: str = ""
) -> Citation:
    """How a change is cited; `newer` is the version it led to."""
    version = of_version(change.document, newer, site, archive=archive, claimed_by=claimed_by)
    return replace(
        version,
        id=change.public_id,
        at=change.seen_at,
        permalink=f"{site.rstrip('/')}/id/{change.public_id}",
        since=change.old_last_seen_at,
    )


def _line(text: str) -> str:
    """In one line, without what no reader sees."""
    shown = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    return " ".join(shown.split())


def _tex(text: str) -> str:
    return "".join(_BIBTEX.get(letter, letter) for letter in _line(text))


def _address(url: str) -> str:
    """An address in which nothing ends \\url{}, or is read by TeX before it gets there."""
    return re.sub(r"[{}\\^\s%#\"<>]|[^\x21-\x7e]", _escaped, url)


def _escaped(match: re.Match[str]) -> str:
    if match[0] in "%#":  # what an address means by them stays: \url{} takes them
        return match[0]
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))
