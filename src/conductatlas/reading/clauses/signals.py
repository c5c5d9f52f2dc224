"""What speaks for the type of a clause in a document: its words, titles above it, what introduces it, what rules say.

Signals are names: "w:licence" a word of its own, "s:licen" the beginning of one, "h0:fees" a word of the innermost
title, "h1:…" of the one above, "l:…" of what introduces an item, "k:terms" the kind of the document, "r:fees" a type
that a rule gives it, "r0:fees" the first of them ("r0+:fees" if it is sure), "c:fees" a type that the title names.
Numbers count as one word. English only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.rules import Hit

MOST_WORDS = 120  # of a passage that are looked at: what a clause is of stands at its beginning
LONGEST = 4_000  # characters in which they are looked for
LEAD_WORDS = 12  # the last ones of what introduces an item
TITLES = 2  # innermost ones that are looked at
SURE = 0.8  # confidence of a rule that says it with a signal of its own
_STEM = 5
_WORD = re.compile(r"[^\W\d_]+|\d+")
_NUMBER = "0"


def signals(passage: Passage, hits: Sequence[Hit], titled: Sequence[str]) -> list[str]:
    """The signals of a passage, each as often as it occurs. hits: what rules say of it, the first first. titled: types
    that the title above names."""
    own = _words(passage.text[:LONGEST])[:MOST_WORDS]
    found = [f"w:{word}" for word in own]
    found += [f"s:{word[:_STEM]}" for word in own]
    for depth, title in enumerate(reversed(passage.path[-TITLES:])):
        found += [f"h{depth}:{word}" for word in _words(title)]
    found += [f"l:{word}" for word in _words(passage.lead[-LONGEST:])[-LEAD_WORDS:]]
    found.append(f"k:{passage.kind}")
    found += [f"r:{hit.type}" for hit in hits]
    if hits:
        found.append(f"r0:{hits[0].type}")
        if hits[0].confidence > SURE:
            found.append(f"r0+:{hits[0].type}")
    found += [f"c:{name}" for name in titled]
    return found


def _words(text: str) -> list[str]:
    return [_NUMBER if word.isdecimal() else word for word in _WORD.findall(text.lower())]
