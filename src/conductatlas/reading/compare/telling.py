"""A summary in sentences: what the text states now, no longer states, or states otherwise, in its own words.

Nothing is said that a hunk, a rule or a quotation does not say. Of a platform it is only ever told what its text
states, permits, reserves, requires or excludes; a direction is printed with its rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from conductatlas.reading.compare.hunks import Hunk
from conductatlas.reading.compare.normal import Span
from conductatlas.reading.compare.phrasebook import Phrasebook
from conductatlas.reading.compare.scales import Direction, Severity, highest, overall
from conductatlas.reading.compare.significance import ChangeKind
from conductatlas.reading.compare.summary import Action, Item, Summary, routes
from conductatlas.reading.text.marks import Reading

_LONGEST_QUOTE = 320  # characters; of a longer passage the beginning is quoted


class Quote(NamedTuple):
    """Exact words of one of the two readings. is_cut: the passage goes on behind them."""

    side: Literal["old", "new"]
    span: Span
    words: str
    is_cut: bool

    def __str__(self) -> str:
        return f"“{self.words}”{' …' if self.is_cut else ''}"


class Sentence(NamedTuple):
    """Our words and quotations, in order. hunk: the one it tells of, by its place in the comparison."""

    parts: tuple[str | Quote, ...]
    hunk: int | None = None

    def __str__(self) -> str:
        return "".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class Told:
    """A summary in sentences."""

    opening: Sentence
    items: tuple[Sentence, ...]
    rest: Sentence | None
    actions: tuple[Sentence, ...]

    def __iter__(self) -> Iterator[Sentence]:
        yield self.opening
        yield from self.items
        if self.rest is not None:
            yield self.rest
        yield from self.actions


DIRECTIONS = {
    Direction.MORE_FAVOURABLE: "more favourable to {reader} than the earlier wording",
    Direction.LESS_FAVOURABLE: "less favourable to {reader} than the earlier wording",
    Direction.BOTH: "in part more, in part less favourable to {reader} than the earlier wording",
    Direction.NEITHER: "neither more nor less favourable to {reader}",
    Direction.NOT_DETERMINED: "whether more or less favourable to {reader} is not determined",
}
"""How a direction is printed."""

# The first kind of which a word is found says what a passage does; else it states. English only.
_VOICES = (
    (
        "excludes",
        [
            "not be|held liable|responsible",
            "not liable|responsible",
            "no liability",
            "disclaim|disclaims",
            "as is",
            "no warranties",
        ],
    ),
    ("reserves", ["reserve the right", "reserves the right", "sole discretion"]),
    ("requires", ["you|users|user|customer must|shall", "is|are required", "you agree", "must"]),
    (
        "permits",
        ["we|you|users|user|customer|company may", "is|are permitted|allowed", "you can", "we allow"],
    ),
)


def tell(
    summary: Summary, hunks: Sequence[Hunk], old: Reading, new: Reading, reader: str = "the user"
) -> Told:
    """The summary of a comparison in English sentences. reader: whom the document binds, with the article."""
    weighty = [hunk for hunk in hunks if hunk.significance is ChangeKind.SUBSTANTIVE]
    more = len(weighty) - len(summary.items)
    editorial = len(hunks) - len(weighty)
    return Told(
        Sentence((_opening(weighty, editorial, reader),)),
        tuple(_told(item, hunks[item.hunk], old, new, reader) for item in summary.items),
        Sentence((_counted(more, "more difference", "more differences") + " not told here.",))
        if more > 0
        else None,
        tuple(filter(None, (_offered(action, new) for action in summary.actions))),
    )


def _opening(weighty: Sequence[Hunk], editorial: int, reader: str) -> str:
    if not weighty:
        return (
            f"The two texts differ in {_counted(editorial, 'place', 'places')}, none of which is substantive."
        )
    kinds = {"added": 0, "removed": 0, "altered": 0}
    for hunk in weighty:
        kinds["added" if hunk.old is None else "removed" if hunk.new is None else "altered"] += 1
    told = ", ".join(f"{n} {verb}" for verb, n in kinds.items() if n)
    severity = highest(hunk.severity or Severity.LOW for hunk in weighty)
    direction = overall(hunk.direction or Direction.NOT_DETERMINED for hunk in weighty)
    return (
        f"The text differs in {_counted(len(weighty), 'place', 'places')} of substance ({told}); severity {severity}; "
        f"{DIRECTIONS[direction].format(reader=reader)}."
    )


def _told(item: Item, hunk: Hunk, old: Reading, new: Reading, reader: str) -> Sentence:
    before = _quote("old", old, item.old)
    after = _quote("new", new, item.new)
    grounds = f" ({_grounds(hunk, reader)})."
    if (item.old and before is None) or (item.new and after is None):
        return Sentence((f"Words that are no longer kept{grounds}",), item.hunk)
    if before is None and after is not None:
        return Sentence((f"The text now {_voice(after, new)}: ", after, grounds), item.hunk)
    if after is None and before is not None:
        return Sentence((f"The text no longer {_voice(before, old)}: ", before, grounds), item.hunk)
    assert before is not None and after is not None, "an item tells of words"
    if item.verb == "moved":
        return Sentence(("In another place than before, the text states: ", after, grounds), item.hunk)
    if before.words == after.words and not before.is_cut:
        return Sentence(("With the same words, the text states: ", after, grounds), item.hunk)
    return Sentence(
        ("Where the earlier text stated ", before, f", the text now {_voice(after, new)}: ", after, grounds),
        item.hunk,
    )


def _grounds(hunk: Hunk, reader: str) -> str:
    rules = [rule for rule in hunk.rules if not rule.startswith("N")]
    said = f"{_ids(rules)}; severity {hunk.severity or Severity.LOW}, {hunk.severity_rule or 'V6'}"
    if hunk.rules == ("U",):
        said = f"reworded, no difference of fact found, {said}"
    if hunk.direction in (None, Direction.NOT_DETERMINED):
        return said
    return f"{said}; {DIRECTIONS[hunk.direction].format(reader=reader)}, {_ids(hunk.direction_rules)}"


def _ids(rules: Sequence[str]) -> str:
    return f"rule{'s' if len(rules) > 1 else ''} {', '.join(rules)}"


def _offered(action: Action, new: Reading) -> Sentence | None:
    quote = _quote("new", new, action.new)
    return (
        None
        if quote is None
        else Sentence((f"The text offers, to {routes()[action.route]}: ", quote), action.hunk)
    )


def _quote(side: Literal["old", "new"], reading: Reading, span: Span | None) -> Quote | None:
    if span is None or span.end > len(reading.text):  # the text may have had to be removed
        return None
    end = span.end
    if end - span.start > _LONGEST_QUOTE:
        cut = reading.text.rfind(" ", span.start, span.start + _LONGEST_QUOTE)
        end = cut if cut > span.start else span.start + _LONGEST_QUOTE
    return Quote(side, Span(span.start, end), reading.text[span.start : end], end < span.end)


def _counted(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _voice(quote: Quote, reading: Reading) -> str:
    if reading.language not in ("en", ""):
        return "states"
    held = {phrase.value for phrase in _phrases().find(quote.words)}
    return next((voice for voice, _ in _VOICES if voice in held), "states")


@cache
def _phrases() -> Phrasebook[str]:
    return Phrasebook((phrase, voice) for voice, phrases in _VOICES for phrase in phrases)
