"""Slips of the pen: a word that is none, where a word one or two letters away was meant (N2).

Only for English, for which the list of words is held (words.xz: what a spelling checker of English knows, and what
three platforms or more write in their terms). Names and numbers are never slips, nor is another first or last letter:
"licensor" is another party than "licensee", whatever a list knows. A first letter may have been lost ("ervices").
A name may be a slip of one that both documents give time and again, if no other place has it.
"""

from __future__ import annotations

import lzma
import re
from collections.abc import Collection
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz.distance import OSA

_SHORTEST = 5  # letters of a word that is looked up
_DISTANCE = 2
_OFTEN = 3  # times that a text has a name of which another is a slip
_MOST = 2  # words that differ on a side


def slips(old: Collection[str], new: Collection[str], language: str) -> dict[str, str]:
    """Slip -> what was meant, of the plain words that stand on one side only; empty unless all of them pair up."""
    if language not in ("", "en") or not 0 < len(old) == len(new) <= _MOST:
        return {}
    found: dict[str, str] = {}
    for word in sorted(old):
        partner = next((other for other in sorted(new) if _are_near(word, other)), None)
        if partner is None or is_known(word) == is_known(partner):
            return {}
        slip, meant = (partner, word) if is_known(word) else (word, partner)
        found[slip] = meant
    return found if len(set(found.values()) | set(found)) == 2 * len(old) else {}


def slipped_name(word: str, other: str, old: str, new: str) -> dict[str, str]:
    """Slip -> name, where the old text has `word` and the new one `other`, one letter away; empty where either may be
    a name of its own: the slip stands once in one text, and the name often in both."""
    if is_known(word.casefold()) or is_known(other.casefold()) or min(len(word), len(other)) < _SHORTEST:
        return {}
    ends = word[0] == other[0] and word[-1] == other[-1]
    if not (word[0].isupper() and ends) or OSA.distance(word, other, score_cutoff=1) > 1:
        return {}
    times = {name: (_times(name, old), _times(name, new)) for name in (word, other)}
    for slip, meant in ((word, other), (other, word)):
        if sum(times[slip]) == 1 and min(times[meant]) >= _OFTEN:
            return {slip: meant}
    return {}


def _times(name: str, text: str) -> int:
    return len(re.findall(rf"\b{re.escape(name)}\b", text))


@lru_cache(maxsize=4_096)
def is_known(word: str) -> bool:
    """Whether the list holds a word in lower case."""
    return f"\n{word}\n".encode() in _words()


def _are_near(word: str, other: str) -> bool:
    plain = all(one.isascii() and one.isalpha() and one.islower() for one in (word, other))
    if not plain or min(len(word), len(other)) < _SHORTEST:
        return False
    if word == other[1:] or other == word[1:]:
        return True
    ends = word[0] == other[0] and word[-1] == other[-1]
    return ends and OSA.distance(word, other, score_cutoff=_DISTANCE) <= _DISTANCE


@cache
def _words() -> bytes:
    """All words, each between line breaks: 1.2 MB, searched as they are."""
    return lzma.decompress(files(__package__).joinpath("words.xz").read_bytes())
