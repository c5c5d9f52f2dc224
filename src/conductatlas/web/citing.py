"""How a version or a change is cited: in a line, as BibTeX, as CSL-JSON (citationstyles.org, data schema 1.0)."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from conductatlas.clock import in_minutes

# Braces become words: BibTeX counts them even where they are escaped.
_IN_TEX = {letter: f"\\{letter}" for letter in "&%$#_"} | {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True, slots=True)
class Citation:
    """What is cited.

    publisher: the platform. at: when it was first captured, or a change first seen. digest: SHA-256 of the text (of
    the newer one of a change), hexadecimal. permalink: where the id resolves for good. claimed_by: on whose word the
    moment rests, "" if it was captured here. since: of a change, when the text before it was last seen.
    """

    id: str
    title: str
    publisher: str
    at: datetime
    digest: str
    permalink: str
    claimed_by: str = ""
    since: datetime | None = None

    @property
    def plain(self) -> str:
        """One line."""
        what = f"{_line(self.publisher)}, “{_line(self.title)}”, {self._note}"
        return f"{what}. ConductAtlas, {self.id}, {self.permalink} (text SHA-256 {self.digest})."

    @property
    def bibtex(self) -> str:
        """An entry `@misc`, with what TeX reads as its own escaped."""
        fields = {
            "author": f"{{{_tex(self.publisher)}}}",  # braces of its own: a company has no first name
            "title": f"{{{_tex(self.title)}}}",
            "year": f"{self.at.astimezone(UTC):%Y}",
            "howpublished": f"ConductAtlas, {self.id}, \\url{{{self.permalink}}}",
            "note": f"{_tex(self._note)}. Text SHA-256 {self.digest}",
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        return f"@misc{{{self.id},\n{lines}}}\n"

    @property
    def csl_json(self) -> str:
        """A list of one item, as reference managers read it."""
        day = self.at.astimezone(UTC)
        item = {
            "id": self.id,
            "type": "webpage",
            "author": [{"literal": self.publisher}],
            "title": self.title,
            "issued": {"date-parts": [[day.year, day.month, day.day]]},
            "archive": "ConductAtlas",
            "archive_location": self.id,
            "URL": self.permalink,
            "note": f"{self._note}. Text SHA-256 {self.digest}",
        }
        return json.dumps([item], ensure_ascii=False, indent=2)

    @property
    def _note(self) -> str:
        when = f"{in_minutes(self.at)} UTC"
        told = f"as captured {when}"
        if self.since is not None:
            told = f"changed between {in_minutes(self.since)} UTC and {when}, as captured"
        return _line(f"{told}, date as stated by {self.claimed_by}" if self.claimed_by else told)


def _line(text: str) -> str:
    """In one line, without what no reader sees."""
    return " ".join("".join(" " if unicodedata.category(one) == "Cc" else one for one in text).split())


def _tex(text: str) -> str:
    return "".join(_IN_TEX.get(letter, letter) for letter in _line(text))
