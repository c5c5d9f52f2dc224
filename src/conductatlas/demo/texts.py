"""The text of one invented page through time: a base in Markdown and dated edits.

An edit replaces strings that occur exactly once in the text it meets, so a maintainer who touches a base text
learns at once which edit lost its hold. Dates are written `{{-241}}`, "241 days before the world's last
moment" (`{{+4}}`: after it), so that the world is always recent and its stated dates fit its timeline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from conductatlas.demo.moments import LAST
from conductatlas.errors import ConfigurationError

_DATE = re.compile(r"\{\{([+-]\d+)\}\}")
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}
_STYLES = {
    "us": ("en", "{month} {day}, {year}"),
    "uk": ("en", "{day} {month} {year}"),
    "de": ("de", "{day}. {month} {year}"),
    "ar": ("ar", "{day} {month} {year}"),
}


@dataclass(frozen=True, slots=True)
class Edit:
    """Replacements visible at the moments from `moment` on, up to but not including `until`.

    what: one sentence for people who read the sample world.
    changes: pairs (find, replace), applied in order; each `find` occurs exactly once.
    """

    moment: int
    until: int
    what: str
    changes: tuple[tuple[str, str], ...]

    def visible_at(self, moment: int) -> bool:
        return self.moment <= moment < self.until

    def apply(self, text: str) -> str:
        """The text after this edit. ConfigurationError if a string to replace is not there exactly once."""
        for find, replacement in self.changes:
            if text.count(find) != 1:
                raise ConfigurationError(
                    f"edit {self.what!r}: {find!r} occurs {text.count(find)} times, not once",
                    remedy="Choose a longer or a newer string in the page's TOML file of the sample world.",
                )
            text = text.replace(find, replacement)
        return text


@dataclass(frozen=True, slots=True)
class Text:
    """A base text and its edits in the order of their application."""

    base: str
    edits: tuple[Edit, ...]

    def at(self, moment: int) -> str:
        """The Markdown readers see at this moment, with dates still in their relative form."""
        text = self.base
        for edit in self.edits:
            if edit.visible_at(moment):
                text = edit.apply(text)
        return text

    def touched_at(self, moment: int) -> int:
        """The latest moment, not after `moment`, at which the text became what it is now."""
        return next((m for m in range(moment, 0, -1) if self.at(m) != self.at(m - 1)), 0)


def write_dates(text: str, last: date, style: str) -> str:
    """The text with every `{{-N}}` written out as the date N days before `last`.

    style: "us" (March 4, 2026), "uk" (4 March 2026), "de" (4. März 2026) or "ar" (4 مارس 2026).
    """
    language, pattern = _STYLES[style]
    months = _MONTHS[language].split()

    def written(match: re.Match[str]) -> str:
        day = last + timedelta(days=int(match.group(1)))
        return pattern.format(day=day.day, month=months[day.month - 1], year=day.year)

    return _DATE.sub(written, text)


def edit_from_table(table: dict[str, object]) -> Edit:
    """An `[[edits]]` table of a page file as an Edit; it stays for ever if it states no `until`."""
    changes = table["changes"]
    assert isinstance(changes, list)
    return Edit(
        moment=int(str(table["moment"])),
        until=int(str(table.get("until", LAST + 1))),
        what=str(table["what"]),
        changes=tuple((str(pair["find"]), str(pair["replace"])) for pair in changes),
    )
