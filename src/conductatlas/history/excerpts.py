"""A few words that say what a change is: one of its edits with the words beside it, short enough for a list.

Everything shown is quoted: each piece is a run of one of the two texts, letter by letter, but for line breaks and
tabs, which show as spaces. What is cut is cut between words, and an ellipsis says where.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from conductatlas.reading.compare.normal import normal
from conductatlas.reading.compare.redline import Op

LONGEST = 160  # characters of an excerpt, ellipses included
_BESIDE = 24  # characters of context on either side for which long edits leave room
_ELLIPSIS = "…"
_DIGIT = re.compile(r"\d")
_CELL = "\N{EM SPACE}"  # between the cells of a row

Role = Literal["same", "removed", "added"]


class Piece(NamedTuple):
    """A run of words that stands in both texts, went, or came."""

    role: Role
    words: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One edit: what stands before it, what went, what came, what stands after. language: of the newer text, ""
    where it is not known."""

    pieces: tuple[Piece, ...]
    language: str

    @property
    def words(self) -> str:
        """All of it in a row."""
        return "".join(piece.words for piece in self.pieces)


def excerpt(ops: Sequence[Op], old: str, new: str, old_start: int, new_start: int) -> tuple[Piece, ...]:
    """The edit of a hunk that tells most, in at most LONGEST characters; nothing if the hunk holds none.

    `old` and `new` are its clauses (or as much of them as was loaded), which begin at `old_start` and `new_start` of
    the readings that `ops` count in. An edit that touches a number comes before others; edits of quotes, dashes and
    spaces alone come last.
    """
    edits = [place for place, op in enumerate(ops) if op.op != "equal"]
    if not edits:
        return ()

    def sides(place: int) -> tuple[str, str]:
        op = ops[place]
        return (
            old[op.old_start - old_start : op.old_end - old_start] if op.op != "insert" else "",
            new[op.new_start - new_start : op.new_end - new_start] if op.op != "delete" else "",
        )

    def beside(place: int) -> str:
        return new[ops[place].new_start - new_start : ops[place].new_end - new_start]

    def worth(place: int) -> int:
        went, came = sides(place)
        if normal(went) == normal(came):
            return 0
        return 2 if _DIGIT.search(went) or _DIGIT.search(came) else 1

    best = max(edits, key=lambda place: (worth(place), -place))
    went, came = map(_flat, sides(best))
    if not went + came:
        return ()
    before = _flat(beside(best - 1)) if best > 0 else ""
    after = _flat(beside(best + 1)) if best + 1 < len(ops) else ""
    went, came = _shared(went, came, LONGEST - 2 * _BESIDE * bool(before or after))
    left = LONGEST - len(went) - len(came)
    before = _end_of(before, max(left // 2, left - len(after) - 1), goes_on=best > 1)
    after = _start_of(after, left - len(before), goes_on=best + 2 < len(ops))
    said: tuple[tuple[Role, str], ...] = (
        ("same", before),
        ("removed", went),
        ("added", came),
        ("same", after),
    )
    return tuple(Piece(role, words) for role, words in said if words)


def start_of(words: str, room: int) -> str:
    """A quotation in one line, cut between words where it is longer than `room` characters."""
    return _start_of(_flat(words), room)


def _flat(words: str) -> str:
    return words.replace("\t", _CELL).replace("\n", " ")


def _shared(went: str, came: str, room: int) -> tuple[str, str]:
    """Both in `room` characters: the shorter one whole if it takes no more than half."""
    went = _start_of(went, max(room // 2, room - len(came)))
    return went, _start_of(came, room - len(went))


def _start_of(words: str, room: int, *, goes_on: bool = False) -> str:
    """The beginning of `words` in `room` characters; with `goes_on` an ellipsis follows even if all fits."""
    if len(words) + goes_on <= room:
        return words.rstrip() + _ELLIPSIS if goes_on else words
    if room < 1:
        return ""
    cut = words[: room - 1]
    if words[room - 1 : room].strip():  # inside a word; a script without spaces has no other place to be cut
        cut = cut.rpartition(" ")[0] or cut
    return cut.rstrip() + _ELLIPSIS


def _end_of(words: str, room: int, *, goes_on: bool) -> str:
    """The same of the end of `words`."""
    return _start_of(words[::-1], room, goes_on=goes_on)[::-1]
