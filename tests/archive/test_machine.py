"""What a capture says of its machine: nothing that is not known, and the same build always by the same name."""

from __future__ import annotations

import ctypes
import re
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from conductatlas.archive import machine
from conductatlas.clock import SetClock, SystemClock


def test_a_clock_that_a_person_set_says_nothing_of_the_kernel() -> None:
    assert machine.clock_state(SetClock(datetime(2026, 1, 1, tzinfo=UTC))) == ""


def test_the_system_clock_is_told_as_the_kernel_judges_it() -> None:
    said = machine.clock_state(SystemClock())
    shapes = r"|not synchronised|synchronised, offset -?\d+\.\d{6} s, error at most \d+\.\d{3} s"
    assert re.fullmatch(shapes, said)


class Kernel:
    """A C library whose adjtimex answers what it is told to."""

    def __init__(self, status: int, offset: int, maxerror: int, answer: int = 0) -> None:
        self.state, self.answer = (status, offset, maxerror), answer

    def adjtimex(self, pointer: Any) -> int:
        state = pointer._obj
        state.status, state.offset, state.maxerror = self.state
        return self.answer


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="adjtimex(2) is of Linux")
@pytest.mark.parametrize(
    ("kernel", "said"),
    [
        (Kernel(0x2001, -1_234_000, 250_000), "synchronised, offset -0.001234 s, error at most 0.250 s"),
        (Kernel(0x0001, 1_234, 250_000), "synchronised, offset 0.001234 s, error at most 0.250 s"),
        (Kernel(0x0040, 0, 16_000_000), "not synchronised"),
        (Kernel(0, 0, 0, answer=-1), ""),
        (object(), ""),  # a C library without it
    ],
)
def test_both_units_and_every_refusal(monkeypatch: pytest.MonkeyPatch, kernel: Any, said: str) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: kernel)
    assert machine.clock_state(SystemClock()) == said


def test_a_build_is_named_by_its_code() -> None:
    first = machine.build_digest()
    machine.build_digest.cache_clear()
    assert machine.build_digest() == first and re.fullmatch(r"[0-9a-f]{64}", first)
