"""What the machinery of a page leaves among the words of a clause, and what counts as nothing there (N1, N8).

Signs of markup that nobody rendered ("###", "](mailto:…)"), what is said to screen readers alone ("opens in a new
tab"), and the words that stand where a protection of the page hides an e-mail address.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.normal import EMAIL, Span

SIGNS = frozenset("\\_*#`|•·◦▪●○■□")  # tokens that are markup or bullets wherever they stand

_MARKUP = re.compile(
    r"""[\[(](?=[^\s\[\]()]{1,200}\]\()                  # "[" of "[address](address)"
      | \]\((?:mailto:|https?://)[^\s()]{1,500}\)
      | \[/?a\b[^\]\n]{0,300}\]                         # "[ahref="…"]", "[/a]"
      | \[a(?=href=)[^\]\n]{0,300}\]""",
    re.VERBOSE,
)
# What stands before the sign of an address may be left beside what hides it: "help[email protected]".
_PROTECTED = re.compile(r"(?:(?<![\w.+-])[\w.+-]{1,64})?\[email[\s\u00a0]protected\]")
_ADDRESS = re.compile(EMAIL)


class Residue(NamedTuple):
    """Stretches of a passage that count as nothing, in order."""

    old: tuple[Span, ...]
    new: tuple[Span, ...]


def residue(old: str, new: str) -> Residue:
    """The residue in two passages that are compared.

    An address counts as nothing where the other passage hides one, if both have as many.
    """
    hides = _PROTECTED.search(old) or _PROTECTED.search(new)
    addresses = [[*_PROTECTED.finditer(text), *_ADDRESS.finditer(text)] for text in (old, new)]
    hidden = addresses if hides and len(addresses[0]) == len(addresses[1]) else [[], []]
    return Residue(*(_of(text, own) for text, own in zip((old, new), hidden, strict=True)))


def _of(text: str, hidden: list[re.Match[str]]) -> tuple[Span, ...]:
    found = [*hidden]
    if "[" in text or "](" in text:
        found += _MARKUP.finditer(text)
    folded = text.casefold()
    if any(words in folded for words in table("furniture")["announced"]):
        found += _announced().finditer(text)
    spans: list[Span] = []
    for match in sorted(found, key=lambda match: match.span()):
        if not spans or match.start() >= spans[-1].end:
            spans.append(Span(*match.span()))
    return tuple(spans)


@cache
def _announced() -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, table("furniture")["announced"]), key=len, reverse=True))
    return re.compile(rf"\s*[(\[]?\b(?:{words})\b[)\]]?", re.IGNORECASE)
