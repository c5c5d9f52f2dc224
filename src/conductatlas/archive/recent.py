"""Snapshots decoded a moment ago, by digest: the next delta and the next reader mostly want one of them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock


@dataclass(slots=True)
class RecentBytes:
    """At most `room` bytes of values, those used last. Safe between threads."""

    room: int
    _held: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    _size: int = 0
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: str) -> bytes | None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Remember `value`, and forget what was not used for longest until all fits. What can't fit is not
        taken."""
        with self._lock:
            if key in self._held or len(value) > self.room:
                return
            self._held[key] = value
            self._size += len(value)
            while self._size > self.room:
                self._size -= len(self._held.popitem(last=False)[1])

    def forget(self, key: str) -> None:
        with self._lock:
            self._size -= len(self._held.pop(key, b""))

    def clear(self) -> None:
        with self._lock:
            self._held.clear()
            self._size = 0

    @property
    def size(self) -> int:
        """Bytes held now."""
        return self._size
