"""What an archive must hold after it has checked the sample world at every moment.

Read from `world/expected.toml`, which is written by hand from the story that the package's docstring tells:
an end-to-end test that loads the world compares the archive with it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from conductatlas.demo.sites import world_folder

CHANGE_KINDS = ("substantive", "editorial", "reverted")
OUTCOMES = ("refused", "failed")


@dataclass(frozen=True, slots=True)
class Held:
    """A check that must make no version: its capture ends in `outcome` for `reason`."""

    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """One document's record.

    versions: the moments whose check makes a version, the first included.
    changes: the kind of each later version's change, in order.
    held: the checks that must not become versions, by moment. All others find the text unchanged.
    """

    platform: str
    document: str
    versions: tuple[int, ...]
    changes: tuple[str, ...]
    held: dict[int, Held]


def load_expectations() -> tuple[Expectation, ...]:
    """The expectations of all declared documents, by platform and document slug."""
    tables = tomllib.loads(world_folder().joinpath("expected.toml").read_text("utf-8"))
    return tuple(
        Expectation(
            platform=platform,
            document=document,
            versions=tuple(record["versions"]),
            changes=tuple(record["changes"]),
            held={
                moment: Held(held["outcome"], held["reason"])
                for held in record.get("held", ())
                for moment in held["moments"]
            },
        )
        for platform, documents in tables.items()
        for document, record in documents.items()
    )


EXPECTED: tuple[Expectation, ...] = load_expectations()
