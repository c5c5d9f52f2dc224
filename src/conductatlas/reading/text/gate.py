"""The gate: is what came back the document at all? Nothing is versioned before it says so.

A page is refused only on positive evidence. Its lines are shared out: what only navigates, what is program
code, what a wall, an error or a cookie banner says. The rest is the page's own text; if that talks as
policies talk, or stands under the name of one, the page is the policy, whatever banners and forms surround it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conductatlas.reading.text.kinds import KINDS, guess_kind
from conductatlas.reading.text.language import detect, primary
from conductatlas.reading.text.marks import MarkKind, Reading
from conductatlas.reading.text.page import Page
from conductatlas.reading.text.signs import (
    Shares,
    Weight,
    claims,
    fold,
    has_end,
    is_cut,
    lore,
    markers,
    names_a_document,
    opening,
    page_headings,
    page_title,
    share_out,
    size,
    visible_lines,
    weigh,
)

LONG = 250  # words of its own from which a text can no longer be a wall, an error or a banner
ENOUGH = 20  # words of its own with which a page that carries a policy's name is the policy
STRAY_SHARE = 0.02  # of a long text are the words of policies: with less, only its name tells that it is one
SHORT_SHARE = 0.04  # … and of a short text this share, …
HITS = 4  # … and so many words at least
TOP = 3  # how many lines stand at the top of a page
HEADINGS = 4  # how many of the first headings may carry the name
WALL_WORDS = 60  # words of its own from which a page that is no policy is a page rather than a wall
HUB_LINKS = 6  # links that name documents, …
HUB_SHARE = 0.5  # … that are this share of all its links …
HUB_KINDS = 3  # … and of so many kinds, …
HUB_WORDS = 20  # … with fewer words of text for each: a list of documents. So is a page …
HUB_OFFERS = 2  # … with so many lines that offer to show a document …
HUB_TEXT = 400  # … and fewer words than this
CONSENT_SHARE = 0.2  # of the lines of a text without a name ask about cookies: it is a wall, however long
LANGUAGE_WORDS = 40  # fewer do not tell a language surely enough to set a text apart
SHRUNK = 0.4  # of the words of the text before: less, in a page without its end, is a cut page


class Reason(StrEnum):
    """What a page is. `policy` lets it in; everything else says why it is not versioned."""

    POLICY = "policy"
    LOGIN_WALL = "login_wall"
    BOT_CHALLENGE = "bot_challenge"
    SOFT_404 = "soft_404"
    ERROR_PAGE = "error_page"
    REGION_WALL = "region_wall"
    COOKIE_WALL = "cookie_wall"
    EMPTY_SHELL = "empty_shell"
    REDIRECT_PAGE = "redirect_page"
    LINK_HUB = "link_hub"
    OTHER_PAGE = "other_page"
    OTHER_LANGUAGE = "other_language"  # a policy, but in another language: the caller keeps it as a variant
    WRONG_TYPE = "wrong_type"
    SCANNED_PDF = "scanned_pdf"
    ENCRYPTED = "encrypted"
    BEYOND_LIMITS = "beyond_limits"
    TRUNCATED = "truncated"
    SCRIPT_TEXT = "script_text"
    TOO_SHORT = "too_short"
    NO_TEXT = "no_text"

    @property
    def label(self) -> str:
        """A label of two or three words."""
        return str(lore()["reasons"][self.value]["title"])

    @property
    def sentence(self) -> str:
        """What a public page says of such a capture."""
        return str(lore()["reasons"][self.value]["sentence"])


# A page with scripts that is refused for these may hold its text once they have run.
SCRIPTED = frozenset({Reason.EMPTY_SHELL, Reason.NO_TEXT})


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the catalogue says of the document; all of it may be unknown.

    language: BCP 47 tag. kind: slug of KINDS. title: the document's title. previous_words: words of the last
    accepted reading.
    """

    language: str = ""
    kind: str = ""
    title: str = ""
    previous_words: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the page is, and the words, marker or figure that told."""

    verdict: Reason
    evidence: str

    @property
    def accepted(self) -> bool:
        return self.verdict is Reason.POLICY


ANYTHING = Expectation()

# Which wall is named when several speak at once: a challenge page talks of cookies, an error page offers to
# sign in, and hardly any page does without a banner.
PRECEDENCE = (
    Reason.BOT_CHALLENGE,
    Reason.REGION_WALL,
    Reason.SOFT_404,
    Reason.ERROR_PAGE,
    Reason.LOGIN_WALL,
    Reason.REDIRECT_PAGE,
    Reason.COOKIE_WALL,
    Reason.EMPTY_SHELL,
)
# These make a page what it is when its title says so; a title that speaks of cookies may be a policy's.
TITLED = PRECEDENCE[:6]


def judge(page: Page, reading: Reading | None, expectation: Expectation = ANYTHING) -> Verdict:
    """Whether the page is the document, and if not, what it is.

    `reading` is None where the reader found the bytes unreadable. Pure and deterministic; raises nothing.
    """
    if not page.body.strip():
        return Verdict(Reason.NO_TEXT, f"{len(page.body)} bytes")
    if reading is None:
        return Verdict(Reason.WRONG_TYPE, page.content_type or "no Content-Type")
    if is_cut(page) or _has_shrunk(page, reading, expectation):
        return Verdict(Reason.TRUNCATED, _quoted(reading.text[-100:] or repr(page.body[-40:])))
    shares = share_out(reading, page)
    if sum(map(len, shares.code)) > sum(map(len, shares.own)):
        return Verdict(Reason.SCRIPT_TEXT, _quoted(shares.code[0]))

    if said := opening(shares.own[:TOP]):
        return Verdict(Reason(said[0]), _quoted(said[1]))

    text = "\n".join(shares.own)
    language = detect(text)
    spoken = language or primary(reading.language) or "en"
    own = shares.own if len(text) > LONG * 20 or size(text) >= LONG else _without_walls(shares.own, spoken)
    weight = weigh(own, spoken)
    titles = tuple(title for title in (page_title(page), reading.title) if title)
    if fault := _fault_in(titles, weight, spoken):
        return fault
    if weight.words < HUB_TEXT and _is_hub(shares, weight, spoken):
        return Verdict(Reason.LINK_HUB, f"{len(shares.links)} links: {_quoted(' | '.join(shares.links))}")
    named = _is_named(titles, reading, expectation) or (weight.words < LONG and _is_named_around(page))
    if not named and (asked := _consent(own, spoken)):
        return Verdict(Reason.COOKIE_WALL, _quoted(asked))
    if not _is_policy(weight, named):
        return _refusal(page, reading, shares, weight)
    wanted = primary(expectation.language)
    if wanted and language and language != wanted and weight.words >= LANGUAGE_WORDS:
        return Verdict(Reason.OTHER_LANGUAGE, f"{language}, not {wanted}")
    return Verdict(Reason.POLICY, f"{weight.hits} of {weight.words} words")


def _has_shrunk(page: Page, reading: Reading, expectation: Expectation) -> bool:
    if not expectation.previous_words or has_end(page):
        return False
    return reading.words < SHRUNK * expectation.previous_words


def _without_walls(lines: tuple[str, ...], language: str) -> tuple[str, ...]:
    """A short text without what a wall, an error or a banner says (a long one may well quote such phrases)."""
    claimed = {line for found in claims(lines, language).values() for line in found}
    return tuple(line for line in lines if line not in claimed)


def _fault_in(titles: tuple[str, ...], weight: Weight, language: str) -> Verdict | None:
    if weight.words >= LONG and weight.share is not None and weight.share >= STRAY_SHARE:
        return None
    claimed = claims(titles, language)
    for reason in TITLED:
        if reason in claimed:
            return Verdict(reason, _quoted(claimed[reason][0]))
    return None


def _is_hub(shares: Shares, weight: Weight, language: str) -> bool:
    """Most links name documents, of several kinds, with no more text than introduces such a list."""
    named = [guess_kind(link) for link in shares.links if names_a_document(link)]
    if (
        len(named) >= HUB_LINKS
        and len(named) >= HUB_SHARE * len(shares.links)
        and len(set(named)) >= HUB_KINDS
    ):
        return weight.words < HUB_WORDS * len(named)
    return len(claims(shares.links, language).get(Reason.LINK_HUB, ())) >= HUB_OFFERS


def _is_named(titles: tuple[str, ...], reading: Reading, expectation: Expectation) -> bool:
    """Whether the page carries the name of a document, in its title or as one of its first headings."""
    headings = [reading.text[m.start : m.end] for m in reading.marks if m.kind is MarkKind.HEADING][:HEADINGS]
    aliases = KINDS[expectation.kind].aliases if expectation.kind in KINDS else ()
    wanted = [f" {fold(name)} " for name in (expectation.title, *aliases) if name]
    return any(
        names_a_document(title) or any(name in f" {fold(title)} " for name in wanted)
        for title in (*titles, *headings)
    )


def _is_named_around(page: Page) -> bool:
    """Whether the name stands in the page but outside of what was selected from it."""
    return bool(page.select) and any(map(names_a_document, page_headings(page)))


def _consent(own: tuple[str, ...], language: str) -> str:
    """A line of a long text that asks for consent, if so many do that it does nothing else; else ""."""
    asking = claims(own, language).get(Reason.COOKIE_WALL, [])
    return asking[0] if asking and len(asking) >= CONSENT_SHARE * len(own) else ""


def _is_policy(weight: Weight, named: bool) -> bool:
    if named:
        return weight.words >= ENOUGH
    if weight.share is None:  # a language without a list: nothing but its length speaks for or against it
        return weight.words >= LONG
    return weight.hits >= HITS and weight.share >= (STRAY_SHARE if weight.words >= LONG else SHORT_SHARE)


def _refusal(page: Page, reading: Reading, shares: Shares, weight: Weight) -> Verdict:
    """What a page is that is no policy: what most decidedly speaks in all that a visitor sees of it."""
    if weight.words >= WALL_WORDS:
        return Verdict(Reason.OTHER_PAGE, f"{weight.hits} of {weight.words} words are a policy's")
    seen = tuple(visible_lines(page))
    if page.select and (whole := weigh(seen, "en")).words >= LONG and (whole.share or 0) >= STRAY_SHARE:
        return Verdict(
            Reason.TOO_SHORT, f"the selectors find {reading.words} words of a page that has many more"
        )
    claimed, marked = claims(seen), markers(page)
    for reason in PRECEDENCE:
        if reason in claimed:
            return Verdict(reason, _quoted(claimed[reason][0]))
        if reason in marked:
            return Verdict(reason, marked[reason])
    if not seen:
        return Verdict(Reason.NO_TEXT, f"{len(page.body)} bytes")
    if len(shares.links) >= HUB_LINKS:
        return Verdict(Reason.LINK_HUB, f"{len(shares.links)} links: {_quoted(' | '.join(shares.links))}")
    return Verdict(Reason.TOO_SHORT, f"{weight.words} words: {_quoted(' | '.join(shares.own))}")


def _quoted(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 120 else text[:117] + "…"
