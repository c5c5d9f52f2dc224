"""The HTML pages of the sample world: a template file a kind of page, filled for one request.

The layouts stand for the kinds of site that a reader meets:

    main       a <main>, related articles beside it                                     Quillomere
    article    an <article> with a counter of readers inside, a cookie dialog           Pictavane
    soup       nested <div>s with hashed class names, a session id in every link        Wendlebarrow
    table      a page laid out in a table, today's date and a visitor count in cells    Dukatello
    accordion  sections folded away as [hidden] under buttons                           Pulsewren
    docs       a sidebar of contents, a csrf token, a feedback form                     Nethercoil
    app        a web view of a phone application, left to right or right to left        Zuvaroo

Beside them lie the pages that a site serves in place of a document, named for the faults of `sites.FAULTS`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from conductatlas.demo.markup import fold, sections, to_soup
from conductatlas.demo.sites import Page, Site

_RIGHT_TO_LEFT = frozenset({"ar", "he"})


@dataclass(frozen=True, slots=True)
class Scene:
    """One request: `page` of `site`, asked for at `url` at the instant `when` of `moment`."""

    site: Site
    page: Page
    url: str
    moment: int
    when: datetime

    def noise(self, word: str) -> str:
        """Hexadecimal noise that differs per address, moment and word, and is the same at every run."""
        return hashlib.sha256(f"{self.url}|{self.moment}|{word}".encode("utf-8", "replace")).hexdigest()[:12]

    def count(self, word: str) -> int:
        """A number that grows with the moments, as counters of visitors do."""
        return 4_711 + 1_913 * self.moment + int(self.noise(word)[:2], 16)


def render(scene: Scene, content: str) -> str:
    """The site's page around `content`, the HTML of the document's text."""
    return _template(scene.site.layout).substitute(_Values(scene, content))


def render_stand_in(name: str, scene: Scene) -> str:
    """A page served in place of a document: a fault of `sites.FAULTS`, "hub" or "not-found"."""
    return _template(name).substitute(_Values(scene, ""))


class _Values(Mapping[str, str]):
    """What the templates may name: facts of the scene, and `noise_<word>` and `count_<word>` without end."""

    def __init__(self, scene: Scene, content: str) -> None:
        site, page = scene.site, scene.page
        self._scene = scene
        self._values = {
            "language": page.language,
            "direction": "rtl" if page.language in _RIGHT_TO_LEFT else "ltr",
            "name": escape(site.name),
            "host": site.host,
            "tagline": escape(site.tagline),
            "title": escape(page.title),
            "page": page.name,
            "url": scene.url,
            "year": str(scene.when.year),
            "today": f"{scene.when:%A}, {scene.when.day} {scene.when:%B %Y}",
            "links": _links(scene),
            "content": _arranged(scene, content),
            "contents": "".join(
                f'<li><a href="#{a}">{text}</a></li>' for a, text, _ in sections(content)[1:]
            ),
            "style": _file("style.css"),
            "invented": "An invented platform of the ConductAtlas sample world.",
        }

    def __getitem__(self, name: str) -> str:
        kind, _, word = name.partition("_")
        match kind:
            case "noise":
                return self._scene.noise(word)
            case "count":
                return f"{self._scene.count(word):,}"
            case _:
                return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _links(scene: Scene) -> str:
    """Links to the site's legal pages; with a session id where the site tracks its visitors like that."""
    session = f"?sid={scene.noise('session')}" if scene.site.layout == "soup" else ""
    return " ".join(
        f'<a href="{page.path_at(scene.moment)}{session}">{escape(page.title)}</a>'
        for page in scene.site.pages
    )


def _arranged(scene: Scene, content: str) -> str:
    match scene.site.layout:
        case "accordion":
            return fold(content)
        case "soup":
            return to_soup(content, scene.noise("session"))
        case _:
            return content


@cache
def _template(name: str) -> Template:
    return Template(_file(f"{name}.html"))


@cache
def _file(name: str) -> str:
    return files("conductatlas.demo").joinpath("templates", name).read_text("utf-8")
