"""Whose duty became a choice, or whose choice a duty: "may" for "will" and the reverse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.lexicon import FALLBACK_LANGUAGE
from conductatlas.reading.compare.touched import Region

PLATFORM, USER, SANCTION = "F42", "F43", "F44"
_WORD = re.compile(r"\w+")
_BEFORE, _AFTER = 300, 80  # characters around the modal verb in which its subject and its verb are looked for
_BETWEEN = frozenset(
    {"not", "also", "only", "always", "then", "be", "to", "promptly", "either", "nicht", "auch"}
)


class Words(NamedTuple):
    """The words of one language that say whether something is owed, by whom, and what."""

    bound: frozenset[str]
    free: frozenset[str]
    platform: frozenset[str]
    user: frozenset[str]
    owed: frozenset[str]
    sanction: frozenset[str]


def modality(region: Region, old: str, new: str, language: str) -> Iterator[tuple[str, int | None]]:
    """(rule, sign) for each difference in which a modal verb was swapped for one of the other kind."""
    known = _words(language.casefold().split("-")[0] or FALLBACK_LANGUAGE)
    for op in region.ops:
        went = _WORD.findall(old[op.old_start : op.old_end].lower())
        came = _WORD.findall(new[op.new_start : op.new_end].lower())
        looser = _swapped(went, known.bound, came, known.free)
        if not looser and not _swapped(went, known.free, came, known.bound):
            continue
        ahead = (
            _WORD.findall(new[max(region.new.start, op.new_start - _BEFORE) : op.new_start].lower()) + came
        )
        behind = _WORD.findall(new[op.new_start : min(region.new.end, op.new_end + _AFTER)].lower())
        sign = 1 if looser else -1
        if known.sanction & set(behind):
            yield from ((SANCTION, 1), (SANCTION, -1))
            continue
        subject = next((word for word in reversed(ahead) if word in known.platform | known.user), "")
        if subject in known.user:
            yield USER, sign
        elif subject:
            verb = next(
                (w for w in behind if w not in known.bound | known.free | _BETWEEN and w != subject), ""
            )
            yield PLATFORM, -sign if verb in known.owed else None


def _swapped(went: list[str], before: frozenset[str], came: list[str], after: frozenset[str]) -> bool:
    return bool(before & set(went) and after & set(came)) and not (after & set(went) or before & set(came))


@cache
def _words(language: str) -> Words:
    known = table("directions")["modality"]
    return Words(*(frozenset(known[field].get(language, ())) for field in Words._fields))
