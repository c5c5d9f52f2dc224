"""How far an audit has come, in a file of the data folder: one that was stopped goes on, and the next one can begin
where the last ended.

The file is a convenience of whoever runs the archive and shows nothing to anyone: who can change it can change the
answer of his own run.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from conductatlas.config import write_private
from conductatlas.errors import RecordError
from conductatlas.evidence.audit.findings import Tally
from conductatlas.evidence.audit.tree import Tree

FORM = 1


@dataclass(slots=True)
class Progress:
    """One audit. Each of its numbers says up to where, and is kept with the tally that goes with it."""

    begun_at: str  # ISO 8601
    note: str = ""  # the checkpoint it goes to
    size: int = 0  # leaves under it that are there
    start: int = 0  # the leaf it began with
    index: int = 0  # leaves looked at
    open_tiles: dict[str, str] = field(default_factory=dict)  # level/number → hexadecimal
    roots: dict[str, str] = field(default_factory=dict)  # size → root, where one was wanted
    root_fails: int | None = None
    keys: dict[str, int] = field(default_factory=dict)  # kind → the last row looked at
    kinds: list[str] = field(default_factory=list)  # whose rows were looked at
    members_after: int = 0  # members of packs that were looked at by the audit before
    members_until: int = 0  # those there were when it began
    pack: int = 0  # packs looked at
    tally: Tally = field(default_factory=Tally)

    @property
    def tree(self) -> Tree:
        places = {
            tuple(map(int, name.split("/"))): bytes.fromhex(one) for name, one in self.open_tiles.items()
        }
        return Tree(self.index, places)  # type: ignore[arg-type]

    def reach(self, tree: Tree) -> None:
        self.index = tree.size
        self.open_tiles = {f"{level}/{n}": content.hex() for (level, n), content in tree.open.items()}

    def followed(self, begun_at: str, note: str, size: int, members: int) -> Progress:
        """An audit of what came after this one."""
        return Progress(
            begun_at,
            note,
            size,
            start=self.index,
            index=self.index,
            open_tiles=dict(self.open_tiles),
            keys=dict(self.keys),
            members_after=self.members_until,
            members_until=members,
        )

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"tally": self.tally.to_dict()}

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Self:
        return cls(**value | {"tally": Tally.from_dict(value["tally"])})


@dataclass(slots=True)
class Kept:
    """The file. seen: the checkpoint of the last audit that found nothing wrong. last: where that one ended, None once
    a whole one found something; now: the one under way."""

    file: Path
    seen: str = ""
    last: Progress | None = None
    now: Progress | None = None

    @classmethod
    def read(cls, file: Path) -> Self:
        """What the file holds; nothing of one that is missing, of another form or unreadable: then all is looked
        at."""
        try:
            value = json.loads(file.read_text("utf-8"))
            if value["form"] != FORM:
                return cls(file)
            last, now = (value[name] and Progress.from_dict(value[name]) for name in ("last", "now"))
            return cls(file, value["seen"], last, now)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(file)

    def write(self) -> None:
        """RecordError where the folder cannot be written."""
        value = {
            "form": FORM,
            "seen": self.seen,
            "last": self.last and self.last.to_dict(),
            "now": self.now and self.now.to_dict(),
        }
        try:
            write_private(self.file, json.dumps(value))
        except OSError as fault:
            raise RecordError(
                f"{self.file} cannot be written: {fault.strerror}",
                remedy="Free some room, or mend the permissions of the data folder.",
            ) from None
