"""What the page of a change tells of its differences: quoted, ranked, each with the place it stands at.

Everything quoted is cut out of the two readings at the places that the record names, and nothing is written here.
Like a redline it is kept in the memory of the process, and made anew when the software or the summary is another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.cache.backends.locmem import LocMemCache

from conductatlas.history import change_queries, hunk_queries
from conductatlas.history.excerpts import Excerpt, Piece, Role, excerpt, start_of
from conductatlas.history.hunk_queries import HunkRecord, Place, SummaryRecord
from conductatlas.history.records import ChangeRecord, VersionRecord
from conductatlas.reading.compare import definitions
from conductatlas.reading.compare.normal import Span
from conductatlas.reading.compare.redline import Op
from conductatlas.web.texts import MADE_BY

OPEN, FOLDED, EDITORIAL = 8, 22, 12  # differences told at once, behind a disclosure, and of form only
AUDIENCES = 8
TOUCHED = 12  # clauses that are told of those that use a term
LONGEST_CLAUSE = 160  # characters that are told of each
LONGEST_QUOTE = 420  # characters of a quotation, ellipsis included

# In the memory of one process: a page of them is some tens of KB.
_kept = LocMemCache("told", {"TIMEOUT": None, "OPTIONS": {"MAX_ENTRIES": 64}})


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of one of the two texts, exactly, and the number of the hunk they belong to (None: of none).

    word: what a summary calls it (the route of an action), "" where nothing does.
    """

    words: str
    number: int | None
    word: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A hunk with the words that tell it. told: what went and what came, as the summary cuts it or as an excerpt.
    terms: that it defines otherwise (S10), used in so many clauses (`touches`), of which `touched` begins with some."""

    hunk: HunkRecord
    told: tuple[Excerpt, ...]
    audience: tuple[str, ...]
    terms: tuple[str, ...] = ()
    touches: int = 0
    touched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """differences: what may matter, most telling first, `rest` of them behind a disclosure, `unlisted` in the redline
    only. editorial: differences of form, `editorial_unlisted` of them in the redline only. is_ranked: whether they
    were ranked, else they stand as the text has them."""

    differences: tuple[Difference, ...]
    rest: tuple[Difference, ...]
    unlisted: int
    editorial: tuple[Difference, ...]
    editorial_unlisted: int
    audience: tuple[Quote, ...]
    actions: tuple[Quote, ...]
    is_ranked: bool

    @property
    def further(self) -> int:
        """Differences that may matter and are not told at once."""
        return len(self.rest) + self.unlisted

    @property
    def of_form(self) -> int:
        return len(self.editorial) + self.editorial_unlisted


def told(change: ChangeRecord, old: VersionRecord, new: VersionRecord) -> Told | None:
    """What the page tells of a change; None if one of its two versions may not be shown."""
    if not (old.is_shown and new.is_shown):
        return None
    summary = hunk_queries.summary(change.pk)
    key = f"{change.pk}-{summary.made_by if summary else 0}-{MADE_BY}"
    kept: Told | None = _kept.get(key)
    if kept is None:
        kept = _told(change, summary)
        _kept.set(key, kept)
    return kept


def _told(change: ChangeRecord, summary: SummaryRecord | None) -> Told:
    before, after = change_queries.compared_readings(change.pk)
    teller = _Teller(before.text, after.text, after.language, summary)
    found = hunk_queries.hunks(change.pk)
    matter = [hunk for hunk in found if not hunk.is_editorial]
    form = [hunk for hunk in found if hunk.is_editorial]
    return Told(
        differences=teller.differences(matter[:OPEN]),
        rest=teller.differences(matter[OPEN : OPEN + FOLDED]),
        unlisted=max(0, len(matter) - OPEN - FOLDED),
        editorial=teller.differences(form[:EDITORIAL]),
        editorial_unlisted=max(0, len(form) - EDITORIAL),
        audience=teller.audience(matter),
        actions=teller.actions(),
        is_ranked=any(hunk.rank is not None for hunk in found),
    )


@dataclass(frozen=True, slots=True)
class _Teller:
    old: str
    new: str
    language: str
    summary: SummaryRecord | None

    def differences(self, hunks: Iterable[HunkRecord]) -> tuple[Difference, ...]:
        return tuple(map(self._difference, hunks))

    def _difference(self, hunk: HunkRecord) -> Difference:
        touched = definitions.touched(hunk, self.old, self.new)
        text = self.new if hunk.new else self.old
        return Difference(
            hunk,
            self._words(hunk),
            self._audience(hunk),
            definitions.terms(hunk, self.old, self.new),
            len(touched),
            tuple(start_of(text[slice(*span)], LONGEST_CLAUSE) for span in touched[:TOUCHED]),
        )

    def audience(self, hunks: Iterable[HunkRecord]) -> tuple[Quote, ...]:
        """For whom the differences hold, as the text has it, each wording once."""
        said: dict[str, int] = {}
        for hunk in hunks:
            for words in self._audience(hunk):
                said.setdefault(words, hunk.number)
        return tuple(Quote(words, number) for words, number in said.items())[:AUDIENCES]

    def actions(self) -> tuple[Quote, ...]:
        found = self.summary.actions if self.summary else ()
        return tuple(Quote(self._at(one.new, self.new), one.number, one.word) for one in found if one.new)

    def _words(self, hunk: HunkRecord) -> tuple[Excerpt, ...]:
        sentences = self.summary.sentences if self.summary else ()
        own = [self._of(place, hunk) for place in sentences if place.number == hunk.number]
        return tuple(one for one in own if one.pieces) or self._excerpt(hunk)

    def _of(self, place: Place, hunk: HunkRecord) -> Excerpt:
        """A sentence of the summary. Where both texts have it, only the words that differ are struck and marked."""
        if place.old and place.new:
            pieces = tuple(self._edited(hunk.ops, place.old, place.new))
            is_edited = any(piece.role != "same" for piece in pieces)
            if is_edited and sum(len(piece.words) for piece in pieces) <= LONGEST_QUOTE:
                return Excerpt(pieces, self.language)
        went, came = self._at(place.old, self.old), self._at(place.new, self.new)
        if went == came:
            return Excerpt((Piece("same", came),) if came else (), self.language)
        said: tuple[tuple[Role, str], ...] = (("removed", went), ("added", came))
        return Excerpt(tuple(Piece(role, words) for role, words in said if words), self.language)

    def _edited(self, ops: Iterable[Op], old: Span, new: Span) -> Iterator[Piece]:
        for op in ops:
            went = self.old[max(op.old_start, old.start) : min(op.old_end, old.end)]
            came = self.new[max(op.new_start, new.start) : min(op.new_end, new.end)]
            if op.op == "equal":
                if came:
                    yield Piece("same", start_of(came, len(came)))
                continue
            if went:
                yield Piece("removed", start_of(went, len(went)))
            if came:
                yield Piece("added", start_of(came, len(came)))

    def _excerpt(self, hunk: HunkRecord) -> tuple[Excerpt, ...]:
        went = self.old[slice(*hunk.old)] if hunk.old else ""
        came = self.new[slice(*hunk.new)] if hunk.new else ""
        starts = (hunk.old.start if hunk.old else 0, hunk.new.start if hunk.new else 0)
        pieces = excerpt(hunk.ops, went, came, *starts)
        if not pieces:  # it only moved, or a link in it leads elsewhere
            words = self._at(hunk.new or hunk.old, self.new if hunk.new else self.old)
            pieces = (Piece("same", words),) if words else ()
        return (Excerpt(pieces, self.language),) if pieces else ()

    def _audience(self, hunk: HunkRecord) -> tuple[str, ...]:
        text = self.new if hunk.new else self.old
        return tuple(words for span in hunk.audience if (words := self._at(span, text)))

    def _at(self, span: Span | None, text: str) -> str:
        return start_of(text[slice(*span)], LONGEST_QUOTE) if span else ""
