"""A text that stands on its page twice, as one edition for each width of the window: what the second copy says (N4).

Only where one text is about twice the other: a section that is copied into another one is no second copy of the text.
A passage is one of a copy where it stands in the other text with what goes before it, with what follows or amid both,
however its lines are broken.
"""

from __future__ import annotations

from conductatlas.reading.compare.normal import Span

_TWICE = 1.6  # times the length of the other text, from which a text may hold it twice
_AROUND = 300  # characters before a passage or behind it that stand with it
_LONGEST = 500_000  # characters of a text beyond which nobody looks


class Copies:
    """Two texts of one page."""

    def __init__(self, old: str, new: str) -> None:
        shorter, longer = sorted((len(old), len(new)))
        self._is_doubled = _TWICE * shorter <= longer <= _LONGEST
        self._texts = (old, new)
        self._squeezed = (_squeezed(old), _squeezed(new)) if self._is_doubled else ("", "")

    def hold(self, side: int, span: Span) -> bool:
        """Whether a passage of the old (0) or the new text (1) stands in the other text, too."""
        if not self._is_doubled:
            return False
        text, other = self._texts[side], self._squeezed[1 - side]
        words = _squeezed(text[slice(*span)])
        before = _squeezed(text[max(span.start - 2 * _AROUND, 0) : span.start])[-_AROUND:]
        behind = _squeezed(text[span.end : span.end + 2 * _AROUND])[:_AROUND]
        half = _AROUND // 2
        runs = (before + words, words + behind, before[-half:] + words + behind[:half])
        return any(len(run) >= _AROUND and run in other for run in runs)


def _squeezed(text: str) -> str:
    return "".join(text.split())
