from __future__ import annotations

import ctypes
import gc

import pytest

from conductatlas.work.allocator import M_ARENA_MAX, set_apart_what_is_loaded, share_heap


def test_one_arena_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    class Library:
        def mallopt(self, option: int, value: int) -> int:
            asked.append((option, value))
            return 1

    monkeypatch.setattr(ctypes, "CDLL", lambda _name: Library())
    share_heap()
    assert asked == [(M_ARENA_MAX, 1)]


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    share_heap()


def test_what_is_loaded_is_set_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[None] = []
    monkeypatch.setattr(gc, "freeze", lambda: calls.append(None))
    set_apart_what_is_loaded.cache_clear()
    set_apart_what_is_loaded()
    set_apart_what_is_loaded()
    assert len(calls) == 1
