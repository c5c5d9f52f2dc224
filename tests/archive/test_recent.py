from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conductatlas.archive.recent import RecentBytes

WRITES = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 60)), max_size=60)


@given(WRITES)
def test_never_more_than_its_room_and_never_a_wrong_value(writes: list[tuple[str, int]]) -> None:
    recent = RecentBytes(room=100)
    first_of: dict[str, bytes] = {}
    for key, length in writes:
        value = first_of.setdefault(key, key.encode() * length)
        recent.put(key, value)
        assert recent.size <= 100
        assert recent.get(key) == value


def test_what_was_used_last_stays() -> None:
    recent = RecentBytes(room=3)
    for key in "abc":
        recent.put(key, b"x")
    recent.get("a")
    recent.put("d", b"x")
    assert recent.get("a") is not None
    assert recent.get("b") is None


def test_a_value_without_room_pushes_nothing_out() -> None:
    recent = RecentBytes(room=3)
    recent.put("a", b"x")
    recent.put("large", b"xxxx")
    assert recent.get("a") == b"x"
    assert recent.get("large") is None


def test_cleared_is_empty() -> None:
    recent = RecentBytes(room=3)
    recent.put("a", b"x")
    recent.clear()
    assert recent.get("a") is None
    assert recent.size == 0
