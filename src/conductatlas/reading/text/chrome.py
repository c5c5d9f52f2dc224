"""What surrounds a document on its page: navigation, banners, dialogs, contents lists.

Losing a sentence of a policy is worse than keeping a menu, so most rules have a limit: an element that holds more
than a share of the page's text is no chrome, whatever its name. Names and words: chrome.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from selectolax.lexbor import LexborNode

from conductatlas.reading.text.content import content
from conductatlas.reading.text.lines import Line
from conductatlas.reading.text.marks import Mark, MarkKind

Attributes = Mapping[str, str | None]

# Elements and ARIA roles, with the share of the page's text above which they are no chrome.
ROLES = {
    "navigation": 0.3,
    "banner": 0.3,
    "contentinfo": 0.3,
    "search": 0.1,
    "complementary": 0.2,
    "dialog": 0.5,
    "alertdialog": 0.5,
    "menu": 0.1,
    "menubar": 0.2,
    "toolbar": 0.1,
    "tooltip": 0.05,
    "progressbar": 0.05,
    "status": 0.05,
    "combobox": 0.05,
    "listbox": 0.5,
}
FRAMES = frozenset(("banner", "contentinfo", "complementary"))
ROLE_OF_TAG = {
    "nav": "navigation",
    "aside": "complementary",
    "dialog": "dialog",
    "footer": "contentinfo",
    "header": "banner",
    "search": "search",
}
HEADINGS = "h1,h2,h3,h4,h5,h6,[role=heading]"
NAMED = frozenset(
    (
        "div",
        "section",
        "ul",
        "ol",
        "aside",
        "header",
        "footer",
        "nav",
        "article",
        "table",
        "p",
        "a",
        "span",
        "dialog",
    )
)
HIDDEN = re.compile(
    r"(?<![\w-])(?:sr-only|visually-?hidden|screen-reader-text|screenreader|a11y-hidden)(?![\w-])", re.I
)
MENU = 8  # links in one line that holds nothing else
PERMALINK = frozenset(("", "#", "¶", "§", "🔗", "⚓", "link", "permalink", "direct link"))


@dataclass(frozen=True, slots=True)
class NameRule:
    """Names of one kind of chrome; `links`: the least part of the text that is links or buttons, 0 for any."""

    what: str
    pattern: re.Pattern[str]
    share: float
    links: float


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The content of chrome.toml."""

    rules: tuple[NameRule, ...]
    any_name: re.Pattern[str]
    jumps: frozenset[str]
    contents_title: frozenset[str]


@cache
def knowledge() -> Knowledge:
    """What chrome.toml says, compiled."""
    data = tomllib.loads(
        resources.files("conductatlas.reading.text").joinpath("chrome.toml").read_text("utf-8")
    )
    rules = tuple(
        NameRule(row["what"], _names(row["names"]), float(row["share"]), float(row.get("links", 0)))
        for row in data["name"]
    )
    every = _names([name for row in data["name"] for name in row["names"]])
    lines = data["lines"]
    return Knowledge(rules, every, frozenset(lines["jumps"]), frozenset(lines["contents_title"]))


def _names(names: Sequence[str]) -> re.Pattern[str]:
    # A capital inside a name starts a word: "LanguageSwitcher" is "language-switcher".
    flexible = [re.sub(r"[-_]+", "[-_]*", re.escape(name).replace(r"\-", "-").lower()) for name in names]
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(sorted(flexible, key=len, reverse=True))})(?![a-z0-9])")


def _spelt(names: str) -> str:
    """Names in lower case, as they are and with their words parted: "cookieBanner" as "cookiebanner cookie-banner"."""
    if names == names.lower():
        return names
    return f"{names} {re.sub('(?<=[a-z0-9])(?=[A-Z])', '-', names)}".lower()


@lru_cache(maxsize=4096)  # a page has hundreds of elements and a dozen classes
def _look(names: str, name: str) -> tuple[bool, bool]:
    """Whether classes and id name what is only heard, and whether any rule knows them."""
    spelt = f"{_spelt(names)} {_spelt(name)}"
    return HIDDEN.search(names or name) is not None, knowledge().any_name.search(spelt) is not None


class Chrome:
    """Judges the elements of one page. Ask from the outside in: the inside of chrome is not asked about."""

    def __init__(self, body: LexborNode, length: int) -> None:
        """`length`: of the text under `body`, in characters."""
        self._length = max(1, length)
        self._titles = len(body.css("h1"))
        ticked = body.css("input[type=checkbox][id],input[type=radio][id]")
        self._opened = {
            node.attributes.get("id") for node in ticked
        }  # by labels, in accordions without scripts

    def covers(self, node: LexborNode, tag: str, attributes: Attributes, *, in_main: bool) -> bool:
        """Whether `node` and all in it is chrome. `in_main`: it stands inside <main> or <article>."""
        role = attributes.get("role") or ROLE_OF_TAG.get(tag, "")
        if role in ROLES and self._role(node, role, in_main=in_main):
            return True
        if tag == "button" or role == "button":
            return not _is_title(node, attributes, in_main=in_main)
        if tag in ("form", "fieldset"):
            return self._is_small_form(node)
        if tag == "a" and _is_permalink(node, attributes):
            return True
        if tag == "label":
            return "for" in attributes and attributes["for"] not in self._opened
        names, name = attributes.get("class") or "", attributes.get("id") or ""
        if tag not in NAMED or not (names or name):
            return False
        look = (
            _look if len(names) + len(name) < 200 else _look.__wrapped__
        )  # what is long does not come again
        hidden, named = look(names, name)
        if hidden and node.css_first(HEADINGS) is None and _text_length(node) < 200:
            return True
        return named and self._named(node, _spelt(names), _spelt(name))

    def _role(self, node: LexborNode, role: str, *, in_main: bool) -> bool:
        if role in FRAMES:
            titles = len(node.css("h1"))
            if titles and (titles == self._titles or self._is_passage(node)):
                return False  # the document's title stands here
            if in_main and _link_share(node) < 0.6:
                return False  # the <header> of an article holds its date, an <aside> its summary
        return self._share(node) <= ROLES[role]

    def _named(self, node: LexborNode, names: str, name: str) -> bool:
        return any(
            (rule.pattern.search(names) or any(rule.pattern.fullmatch(spelt) for spelt in name.split()))
            and self._share(node) <= rule.share
            and (rule.links == 0 or _link_share(node) >= rule.links)
            for rule in knowledge().rules
        )

    def _is_passage(self, node: LexborNode) -> bool:
        return len(content(node)) > 150 and _link_share(node) < 0.5

    def _is_small_form(self, node: LexborNode) -> bool:
        return (
            _text_length(node) < 600
            and node.css_first("input:not([type=hidden]),textarea,select") is not None
        )

    def _share(self, node: LexborNode) -> float:
        return _text_length(node) / self._length


def _text_length(node: LexborNode) -> int:
    return len(content(node))


def _link_share(node: LexborNode) -> float:
    """How much of the text stands in links and buttons, 0 to 1; 1 if there is no text."""
    total = len("".join(content(node).split()))
    linked = sum(len("".join(content(n).split())) for n in node.css("a,button,[role=button]"))
    return linked / total if total else 1.0


def _is_title(node: LexborNode, attributes: Attributes, *, in_main: bool) -> bool:
    """Whether a button is the title of a part that it opens (an accordion), or a whole passage."""
    parent = node.parent
    if node.css_first(HEADINGS) is not None or len(content(node)) > 200:
        return True
    if parent is not None and parent.tag in ("h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt"):
        return True
    if "aria-expanded" not in attributes or attributes.get("aria-haspopup") not in (None, "false"):
        return False
    return in_main or (parent is not None and _link_share(parent) < 0.6)


def _is_permalink(node: LexborNode, attributes: Attributes) -> bool:
    href = attributes.get("href") or ""
    return "#" in href and content(node).strip().lower() in PERMALINK


def contents_lines(lines: Sequence[Line], url: str) -> set[int]:
    """Positions of lines that only lead elsewhere: a contents list with its title, "back to top", a menu in one line.

    A contents list is a run of three or more lines that are wholly links into the page.
    """
    known = knowledge()
    page = url.split("#", 1)[0]
    found: set[int] = set()
    run: list[int] = []
    for position, line in enumerate([*lines, Line("", [])]):
        link = _whole_link(line)
        if _is_menu(line):
            found.add(position)
        inside = link is not None and "#" in link.value and link.value.split("#", 1)[0] in ("", page)
        if inside and _plain(line.text) in known.jumps:
            found.add(position)
        elif inside and not any(m.kind is MarkKind.HEADING for m in line.marks):
            run.append(position)
        else:
            if len(run) >= 3:
                found.update(run)
                if run[0] > 0 and _plain(lines[run[0] - 1].text) in known.contents_title:
                    found.add(run[0] - 1)
            run = []
    return found


def _whole_link(line: Line) -> Mark | None:
    """The link that holds all words of the line but a number before it."""
    for mark in line.marks:
        if mark.kind is MarkKind.LINK:
            rest = line.text[: mark.start] + line.text[mark.end :]
            return None if re.search(r"[^\W\d_]{2,}", rest) else mark
    return None


def _is_menu(line: Line) -> bool:
    """Whether a line is many links side by side and no word between them; a row of a table is none."""
    links = [mark for mark in line.marks if mark.kind is MarkKind.LINK]
    if len(links) < MENU or any(mark.kind is MarkKind.CELL for mark in line.marks):
        return False
    linked = {place for link in links for place in range(link.start, link.end)}
    return not any(char.isalnum() and place not in linked for place, char in enumerate(line.text))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
