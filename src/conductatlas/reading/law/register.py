"""The register of law (register/*.toml, one file a region): instruments, their articles, and how each stands.

[<id>] is one instrument. Keys:
  short, name, citation   as lawyers know it, and officially
  jurisdiction            ISO 3166-1 or 3166-2 code, or EU
  authorities             who enforces or supervises it; [] if courts alone is not worth saying
  status                  of Status; "unverified" if no official or documented source could be consulted
  since, until            in force from, to; left out where not known
  link                    official, https
  checked_on              the day on which status and dates were last compared with a source
  note                    what a reader has to know of its status
  unit                    what is printed before the number of an article ("art.", "§")
  articles                number -> what it is about, in our words; or a table with `about` and, where they differ from
                          the instrument's, `number` (as printed), `status`, `since`, `until`
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from conductatlas.reading.clauses.places import place_name
from conductatlas.reading.law.entry import Article, Instrument, Status

STALE_AFTER = timedelta(days=180)
"""How long an entry may be printed without the date on which it was checked."""


@cache
def register() -> Mapping[str, Instrument]:
    """All instruments by id, in the order of the files (sorted by name) and in them."""
    found: dict[str, Instrument] = {}
    folder = files(__package__).joinpath("register")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            entries = tomllib.loads(file.read_text(encoding="utf-8"))
            found.update({name: _instrument(name, entry) for name, entry in entries.items()})
    return found


@cache
def by_jurisdiction() -> Mapping[str, tuple[Instrument, ...]]:
    """Code of a jurisdiction -> its instruments: the Union, the United Kingdom and the United States first."""
    found: dict[str, list[Instrument]] = {"EU": [], "GB": [], "US": []}
    for code in sorted({one.jurisdiction for one in register().values()}, key=place_name):
        found.setdefault(code, [])
    for one in register().values():
        found[one.jurisdiction].append(one)
    return {code: tuple(held) for code, held in found.items()}


def instrument_of(id: str) -> Instrument:
    """The instrument that "gdpr" or "gdpr/22" is of. Raises KeyError if the register has none of that id."""
    return register()[id.partition("/")[0]]


def article(id: str) -> Article:
    """The article "gdpr/22"; of "gdpr" the instrument as a whole. Raises KeyError if the register has none."""
    return _articles()[id]


def checked_words(instrument: Instrument, today: date) -> str:
    """What has to be said beside an entry of how old it is: "" if it was compared within 180 days."""
    if instrument.status is Status.UNVERIFIED:
        return "not compared with an official source"
    if today - instrument.checked_on > STALE_AFTER:
        return f"last checked on {_day(instrument.checked_on)}"
    return ""


def status_words(entry: Instrument | Article, today: date) -> str:
    """How an instrument or article stands, as a phrase: "in effect since 25 May 2018". `today` only tells whether a day
    that was ahead when the entry was written has passed."""
    since, until = entry.since, entry.until
    match entry.status:
        case Status.IN_FORCE:
            return f"in effect since {_day(since)}" if since else "in effect"
        case Status.PARTLY:
            return f"in effect in part, since {_day(since)}" if since else "in effect in part"
        case Status.ADOPTED | Status.DELAYED:
            word = "adopted" if entry.status is Status.ADOPTED else "delayed"
            if since is None:
                return f"{word}, no date set"
            return f"{word}, to take effect on {_day(since)}" + (
                ", a day that has passed since this was checked" if since <= today else ""
            )
        case Status.VACATED:
            return f"set aside by a court on {_day(until)}" if until else "set aside by a court"
        case Status.REPEALED:
            return f"repealed with effect from {_day(until)}" if until else "repealed"
        case Status.UNVERIFIED:
            return "status not verified"


@cache
def _articles() -> Mapping[str, Article]:
    found: dict[str, Article] = {}
    for one in register().values():
        found[one.id] = Article(one.id, "", one.name, one.status, one.since, one.until)
        found.update({article.id: article for article in one.articles})
    return found


def _instrument(name: str, entry: Mapping[str, Any]) -> Instrument:
    return Instrument(
        name,
        entry["short"],
        entry["name"],
        entry["citation"],
        entry["jurisdiction"],
        tuple(entry["authorities"]),
        Status(entry["status"]),
        entry.get("since"),
        entry.get("until"),
        entry["link"],
        entry["checked_on"],
        entry["note"],
        tuple(_article(name, key, value, entry) for key, value in entry["articles"].items()),
    )


def _article(name: str, key: str, value: str | Mapping[str, Any], entry: Mapping[str, Any]) -> Article:
    own: Mapping[str, Any] = {"about": value} if isinstance(value, str) else value
    has_own = "status" in own
    unit = entry["unit"]
    number = key if not unit else f"{unit}{key}" if unit.endswith("/") else f"{unit} {key}"
    return Article(
        f"{name}/{key}",
        own.get("number", number),
        own["about"],
        Status(own.get("status", entry["status"])),
        own.get("since", None if has_own else entry.get("since")),
        own.get("until", None if has_own else entry.get("until")),
    )


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""
