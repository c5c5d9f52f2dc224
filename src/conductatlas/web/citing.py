"""How a version or a change is cited: in a line, as BibTeX, as CSL-JSON (citationstyles.org, data schema 1.0)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_SPECIAL = re.compile(r"[\\{}&%$#_~^]")
_IN_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Citation:
    """What is cited. whose: the platform. when: how its moment is known ("as captured"). digest: SHA-256 of the text,
    hexadecimal, "" of a change. url: where the id resolves for good."""

    public_id: str
    whose: str
    title: str
    when: str
    at: datetime
    url: str
    digest: str = ""

    @property
    def plain(self) -> str:
        """One line."""
        digest = f", SHA-256 {self.digest}" if self.digest else ""
        what = f"{self.whose}, “{self.title}”, {self.when} {self._moment}"
        return f"{what}, ConductAtlas {self.public_id}, {self.url}{digest}"

    @property
    def bibtex(self) -> str:
        """An entry `@misc`, with what TeX reads as its own escaped."""
        fields = {
            "author": f"{{{_tex(self.whose)}}}",
            "title": f"{{{_tex(self.title)}}}",
            "year": f"{self.at.astimezone(UTC):%Y}",
            "howpublished": f"{_tex(self.when)} {self._moment}, ConductAtlas {self.public_id}",
            "url": self.url,
        }
        if self.digest:
            fields["note"] = f"SHA-256 {self.digest}"
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        return f"@misc{{{self.public_id},\n{lines}}}\n"

    @property
    def csl_json(self) -> str:
        """A list of one item, as reference managers read it."""
        day = self.at.astimezone(UTC)
        item: dict[str, Any] = {
            "id": self.public_id,
            "type": "webpage",
            "author": [{"literal": self.whose}],
            "title": self.title,
            "archive": "ConductAtlas",
            "archive_location": self.public_id,
            "accessed": {"date-parts": [[day.year, day.month, day.day]]},
            "URL": self.url,
            "note": f"{self.when} {self._moment}" + (f"; SHA-256 {self.digest}" if self.digest else ""),
        }
        return json.dumps([item], ensure_ascii=False, indent=2)

    @property
    def _moment(self) -> str:
        at = self.at.astimezone(UTC)
        return f"{at.day} {at:%B %Y, %H:%M} UTC"


def _tex(text: str) -> str:
    flat = _CONTROL.sub(" ", text)
    return _SPECIAL.sub(lambda match: _IN_TEX.get(match[0], f"\\{match[0]}"), flat)
