"""What a capture's conditions say of the machine that made it: how far its clock can be trusted, which build it ran.

Both stand in `Capture.vantage`, as the operator's statement.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from conductatlas.clock import Clock

OF_THE_MACHINE = frozenset({"clock", "build", "resolver"})  # keys of a vantage that tell of no place
_UNSYNCHRONISED, _NANOSECONDS = 0x40, 0x2000  # bits of `status` (Linux: adjtimex(2))
_CODE = (".py", ".toml", ".js", ".html", ".css")


class _Timex(ctypes.Structure):
    """`struct timex` of Linux, up to what is read here; the rest is room for the kernel to write to."""

    _fields_ = [
        ("modes", ctypes.c_int),
        ("offset", ctypes.c_long),
        ("frequency", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("room", ctypes.c_long * 40),
    ]


def clock_state(clock: Clock) -> str:
    """How the kernel judges its clock: "synchronised, offset 0.000123 s, error at most 0.25 s", or "not synchronised";
    "" where a person set the time, or the system does not tell (adjtimex(2), which NTP daemons feed)."""
    if clock.given or not sys.platform.startswith("linux"):
        return ""
    state = _Timex()
    try:
        if ctypes.CDLL(None).adjtimex(ctypes.byref(state)) < 0:
            return ""
    except (OSError, AttributeError):
        return ""
    if state.status & _UNSYNCHRONISED:
        return "not synchronised"
    unit = 1e9 if state.status & _NANOSECONDS else 1e6
    return f"synchronised, offset {state.offset / unit:.6f} s, error at most {state.maxerror / 1e6:.3f} s"


@cache
def build_digest() -> str:
    """SHA-256 over the code of this build: over the names and digests of the package's files, a line each, by name."""
    lines = sorted(_lines(files("conductatlas"), ""))
    return sha256("".join(lines).encode()).hexdigest()


def _lines(folder: Traversable, path: str) -> list[str]:
    found: list[str] = []
    for entry in folder.iterdir():
        name = f"{path}{entry.name}"
        if entry.is_dir():
            found += _lines(entry, f"{name}/") if entry.name != "__pycache__" else []
        elif entry.name.endswith(_CODE):
            found.append(f"{sha256(entry.read_bytes()).hexdigest()}  {name}\n")
    return found
