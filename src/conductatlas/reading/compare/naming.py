"""Names: the legal entities that a passage names (S6), and a brand that was renamed in the whole of a text (N7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.normal import Span, Token, tokens

_HEAD_LINES = 3  # lines at the head of a text in which its own brand stands
_LONGEST_NAME = 90  # characters before the form of a legal entity in which its name is looked for
_IN_ENTITIES = 40  # occurrences of a word beyond which it does not stand in names of entities alone
_LEAST = 3  # occurrences from which a name is the brand of a text
_COMMON = frozenset(
    [
        "The",
        "This",
        "These",
        "Our",
        "Your",
        "We",
        "You",
        "Terms",
        "Policy",
        "Privacy",
        "Service",
        "Services",
        "Notice",
    ]
)


@dataclass(frozen=True, slots=True)
class Rename:
    """The words of a brand before and after."""

    old: tuple[str, ...]
    new: tuple[str, ...]

    def applied(self, words: Sequence[Token], text: str) -> list[Token]:
        """`words` of the old `text` with the new brand, but for the names of legal entities and for addresses."""
        size = len(self.old)
        kept_names = entities(text)
        kept: list[Token] = []
        n = 0
        while n < len(words):
            run = words[n : n + size]
            tail = _tail(run[-1].key, self.old[-1])
            keys = [*(word.key for word in run[:-1]), run[-1].key.removesuffix(tail)]
            if (
                tuple(keys) == self.old
                and _is_apart(text, run[0].start, run[-1].end)
                and not any(e.start <= run[0].start < e.end for e in kept_names)
            ):
                renamed = [*self.new[:-1], self.new[-1] + tail]
                kept.extend(Token(run[0].start, run[-1].end, key) for key in renamed)
                n += size
            else:
                kept.append(words[n])
                n += 1
        return kept


def entities(text: str) -> list[Span]:
    """Where a passage names a legal entity: "Pelican, Inc.", "Heron International Company"."""
    found: list[Span] = []
    if not _letters_of_form().search(text):  # far faster than the pattern
        return found
    for form in _form().finditer(text):
        before = text[max(0, form.start() - _LONGEST_NAME) : form.start()]
        name = _name().search(before)
        if name and name[1] not in _not_names():
            found.append(Span(form.start() - len(before) + name.start(), form.end()))
    return found


def entity_names(text: str) -> list[str]:
    """The legal entities that a passage names, without punctuation, in lower case."""
    return [
        " ".join(re.findall(r"\w+", text[slice(*span)].replace(".", ""))).casefold()
        for span in entities(text)
    ]


def rename(old: str, new: str) -> Rename | None:
    """The brand that one text has in its head and the other nowhere, and the name that came in its place; else None.

    A name that stays anywhere, outside the names of legal entities and addresses, was not renamed at every
    occurrence alike.
    """
    before, after = _Text(old), _Text(new)
    went = before.lost_of_head(after)
    came = after.lost_of_head(before)
    if went and not came:
        came = after.lost(before)
    elif came and not went:
        went = before.lost(after)
    return Rename(went, came) if went and came else None


class _Text:
    """A text in which names are counted, outside the names of legal entities."""

    def __init__(self, text: str) -> None:
        self._text = text

    def lost_of_head(self, other: _Text) -> tuple[str, ...]:
        """The one name of the head that the other text does not hold."""
        return self._lost("\n".join(self._text.split("\n", _HEAD_LINES)[:_HEAD_LINES])[:1_000], other)

    def lost(self, other: _Text) -> tuple[str, ...]:
        """The one name anywhere in the text that the other text does not hold: a head may name the entity alone."""
        return self._lost(self._text, other)

    def _lost(self, passage: str, other: _Text) -> tuple[str, ...]:
        runs: set[tuple[str, ...]] = set()
        run: list[str] = []
        gone: dict[str, bool] = {}
        for key in [*(token.key for token in tokens(passage)), ""]:
            name = key.split("'")[0]
            if name[:1].isupper() and name not in _COMMON:
                if name not in gone:
                    # What stands as often in both texts was not renamed: a quick look, for most names do.
                    differs = self._text.count(name) != other._text.count(name)
                    gone[name] = differs and other.lacks(name) and self.holds(name)
                if gone[name]:
                    run.append(name)
                    continue
            if run:
                runs.add(tuple(run))
            run = []
        return runs.pop() if len(runs) == 1 else ()

    def lacks(self, name: str) -> bool:
        # Most names are common; a name that only entities and addresses keep stands in few places.
        return self._text.count(name) <= _IN_ENTITIES and next(self._places(name), None) is None

    def holds(self, name: str) -> bool:
        return len(list(islice(self._places(name), _LEAST))) == _LEAST

    def _places(self, name: str) -> Iterator[int]:
        """Where a name stands as a word of its own and of no legal entity."""
        start = self._text.find(name)
        while start >= 0:
            end = start + len(name)
            if _is_apart(self._text, start, end) and not self._is_of_entity(start, end):
                yield start
            start = self._text.find(name, end)

    def _is_of_entity(self, start: int, end: int) -> bool:
        around = max(0, start - _LONGEST_NAME)
        near = entities(self._text[around : end + 2 * _LONGEST_NAME])
        return any(around + span.start <= start < around + span.end for span in near)


def _is_apart(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is part of no longer word, address or path."""
    behind = text[end : end + 2]
    return not (
        (start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_@.-/"))
        or behind[:1].isalnum()
        or behind[:1] in ("_", "-", "/")
        or (behind[:1] == "." and behind[1:].isalnum())
    )


def _tail(key: str, name: str) -> str:
    """The possessive ending behind a name."""
    return key[len(name) :] if key.startswith(f"{name}'") else ""


@cache
def _forms() -> str:
    known = sorted(table("significance")["entities"]["forms"], key=len, reverse=True)
    return "|".join(map(re.escape, known))


@cache
def _form() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_forms()})(?!\w)")


@cache
def _letters_of_form() -> re.Pattern[str]:
    return re.compile(_forms())


@cache
def _name() -> re.Pattern[str]:
    return re.compile(r"\b([A-Z][\w&'’-]*)(?:[ ](?:&[ ])?[A-Z][\w&'’-]*){0,4},?[ ]$")


@cache
def _not_names() -> frozenset[str]:
    return frozenset(table("significance")["entities"]["not_names"])
