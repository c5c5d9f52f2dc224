"""Values of facts in words, as analyses have them."""

from __future__ import annotations

from conductatlas.reading.writing.values import fact_in_words, in_words, period_in_words

__all__ = ["fact_in_words", "in_words", "period_in_words"]
