"""Words of a text are counted in little memory, wherever it is cut for that."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.text import marks
from conductatlas.reading.text.marks import count_words


@given(st.text(st.sampled_from("ab \n\t\x1c\u00a0\u2003\u200b")), st.integers(1, 4))
def test_pieces_have_the_words_of_the_whole(text: str, piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marks, "PIECE", piece)
        assert count_words(text) == len(text.split())


def test_a_long_text_takes_no_list_of_its_words() -> None:
    text = "no " * 1_000_000
    tracemalloc.start()
    try:
        assert count_words(text) == 1_000_000
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
