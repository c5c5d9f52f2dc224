"""The invented platforms' web sites as their files in `world/` describe them.

`world/<platform>/site.toml` says how the site behaves; beside it lies, for each page, `<page>.md` (the text
at moment 0) and `<page>.toml` (address, language, edits, faults). Faults and moves are dated by moments.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from conductatlas.demo.texts import Text, edit_from_table

FAULTS = {
    "login-wall": "a sign-in form with status 200 instead of the text",
    "bot-challenge": "a page that checks the browser, status 200",
    "soft-404": "a friendly page that says there is no such page, status 200",
    "empty-shell": "a page whose text only a script would fetch, status 200",
    "other-language": "the page named in `other` instead of this one, status 200",
    "unavailable": "503 with Retry-After",
    "truncated": "the connection ends after half of the stated Content-Length",
}
VALIDATORS = ("none", "etag", "modified", "rotating")
LAYOUTS = ("main", "article", "soup", "table", "accordion", "docs", "app")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is served instead of the page at `moments`; `other` names a page for `other-language`."""

    kind: str
    moments: frozenset[int]
    other: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a site.

    addresses: (moment, path) in order; older paths redirect to the one that holds.
    dates: how dates are written, see `texts.write_dates`.
    charset: the encoding of the body, told in the Content-Type only if `declared`.
    """

    name: str
    title: str
    language: str
    dates: str
    text: Text
    addresses: tuple[tuple[int, str], ...]
    faults: tuple[Fault, ...]
    charset: str
    declared: bool

    def path_at(self, moment: int) -> str:
        return [path for since, path in self.addresses if since <= moment][-1]

    def fault_at(self, moment: int) -> Fault | None:
        return next((fault for fault in self.faults if moment in fault.moments), None)


@dataclass(frozen=True, slots=True)
class Robots:
    """What /robots.txt answers from `moment` on."""

    moment: int
    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Site:
    """One host.

    layout: one of LAYOUTS. validators: one of VALIDATORS. gzip: whether it packs bodies for clients that ask.
    """

    slug: str
    host: str
    name: str
    tagline: str
    layout: str
    validators: str
    gzip: bool
    pages: tuple[Page, ...]
    robots: tuple[Robots, ...]

    def page(self, name: str) -> Page:
        return next(page for page in self.pages if page.name == name)

    def robots_at(self, moment: int) -> Robots:
        return [robots for robots in self.robots if robots.moment <= moment][-1]


def load_sites() -> tuple[Site, ...]:
    """All sites of the sample world, by slug."""
    folders = (entry for entry in world_folder().iterdir() if entry.is_dir())
    return tuple(_site(folder) for folder in sorted(folders, key=lambda entry: entry.name))


def world_folder() -> Traversable:
    return files("conductatlas.demo").joinpath("world")


def _site(folder: Traversable) -> Site:
    about = tomllib.loads(folder.joinpath("site.toml").read_text("utf-8"))
    names = sorted(entry.name.removesuffix(".md") for entry in folder.iterdir() if entry.name.endswith(".md"))
    return Site(
        slug=folder.name,
        host=about["host"],
        name=about["name"],
        tagline=about["tagline"],
        layout=about["layout"],
        validators=about["validators"],
        gzip=about.get("gzip", False),
        pages=tuple(_page(folder, name) for name in names),
        robots=tuple(
            Robots(robots["moment"], robots.get("status", 200), robots.get("text", ""))
            for robots in about["robots"]
        ),
    )


def _page(folder: Traversable, name: str) -> Page:
    about = tomllib.loads(folder.joinpath(f"{name}.toml").read_text("utf-8"))
    return Page(
        name=name,
        title=about["title"],
        language=about["language"],
        dates=about["dates"],
        text=Text(
            base=folder.joinpath(f"{name}.md").read_text("utf-8"),
            edits=tuple(edit_from_table(table) for table in about.get("edits", ())),
        ),
        addresses=((0, about["path"]), *((move["moment"], move["path"]) for move in about.get("moves", ()))),
        faults=tuple(
            Fault(fault["kind"], frozenset(fault["moments"]), fault.get("other", ""))
            for fault in about.get("faults", ())
        ),
        charset=about.get("charset", "utf-8"),
        declared=about.get("declared", True),
    )
