"""One sentence that says what a change is, made of its counts and nothing else (house rule 6)."""

from __future__ import annotations

from typing import Protocol

from django.utils.translation import gettext, ngettext


class Counted(Protocol):
    """What a change or a comparison counts."""

    @property
    def sentences_added(self) -> int: ...
    @property
    def sentences_removed(self) -> int: ...
    @property
    def sentences_modified(self) -> int: ...
    @property
    def words_added(self) -> int: ...
    @property
    def words_removed(self) -> int: ...
    @property
    def clauses_moved(self) -> int: ...
    @property
    def links_changed(self) -> int: ...


def summary(counts: Counted, *, is_return: bool = False) -> str:
    """For example: "2 sentences added, 1 sentence modified; 31 words added, 4 removed."

    is_return: the text is that of an earlier version again, which is said first.
    """
    said = counted(counts)
    if is_return:
        said = gettext("the text is that of an earlier version again: %(said)s") % {"said": said}
    return said[0].upper() + said[1:] + "."


def counted(counts: Counted) -> str:
    """The same as a clause of a sentence: "2 sentences added, 1 sentence modified; 31 words added, 4 words removed"."""
    parts = [part for part in (_sentences(counts), _words(counts), _rest(counts)) if part]
    return "; ".join(parts) or gettext("no word differs")


def _sentences(counts: Counted) -> str:
    added, removed, modified = counts.sentences_added, counts.sentences_removed, counts.sentences_modified
    parts = (
        (added, ngettext("%(n)d sentence added", "%(n)d sentences added", added)),
        (removed, ngettext("%(n)d sentence removed", "%(n)d sentences removed", removed)),
        (modified, ngettext("%(n)d sentence modified", "%(n)d sentences modified", modified)),
    )
    return ", ".join(text % {"n": n} for n, text in parts if n)


def _words(counts: Counted) -> str:
    added, removed = counts.words_added, counts.words_removed
    parts = (
        (added, ngettext("%(n)d word added", "%(n)d words added", added)),
        (removed, ngettext("%(n)d word removed", "%(n)d words removed", removed)),
    )
    return ", ".join(text % {"n": n} for n, text in parts if n)


def _rest(counts: Counted) -> str:
    moved, links = counts.clauses_moved, counts.links_changed
    parts = (
        (moved, ngettext("%(n)d clause moved", "%(n)d clauses moved", moved)),
        (links, ngettext("%(n)d link leads elsewhere", "%(n)d links lead elsewhere", links)),
    )
    return ", ".join(text % {"n": n} for n, text in parts if n)
