"""A public beacon's value in a checkpoint: what nobody could know before a moment, so that the checkpoint cannot be
older than it. The other half of what a time stamp says (not younger).

The beacon is a drand chain: a round every `period` seconds since `genesis_time`, each with 32 bytes of randomness
that many parties make together. Its signature is kept to be checked with the chain's own tools; here only that the
round's moment is not in the future.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, Self

from conductatlas.archive.answer import Request
from conductatlas.archive.fetch import Fetcher
from conductatlas.errors import BrokenAnswerError, CheckpointError

_LINE = re.compile(r"beacon (\S+) (\d{1,12}) ([0-9a-f]{64})(?: ([0-9a-f]{96,192}))?")
SKEW = timedelta(seconds=30)  # between the beacon's clock and the operator's


@dataclass(frozen=True, slots=True)
class Round:
    """One value of a beacon. chain: the SHA-256 that names it; at: the moment before which nobody could know it."""

    chain: str
    number: int
    randomness: str
    signature: str
    at: datetime

    @property
    def line(self) -> str:
        """The line of extension in a checkpoint."""
        return f"beacon {self.chain} {self.number} {self.randomness} {self.signature}".rstrip()


class Beacon(Protocol):
    def newest(self) -> Round:
        """The newest value. FetchError."""
        ...


@dataclass(frozen=True, slots=True)
class Drand:
    """A drand chain over HTTP: `url` is that of its server, with the chain's hash where it has several."""

    url: str
    fetcher: Fetcher

    def newest(self) -> Round:
        base = self.url.rstrip("/")
        info, latest = self._ask(f"{base}/info"), self._ask(f"{base}/public/latest")
        return Chain.of(info).round(latest)

    def _ask(self, url: str) -> dict[str, object]:
        body = self.fetcher.fetch(Request(url)).body
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise BrokenAnswerError(f"{url} does not answer with a JSON object")
        return found


@dataclass(frozen=True, slots=True)
class Chain:
    """What a chain says of itself."""

    name: str
    genesis: int
    period: int

    @classmethod
    def of(cls, info: dict[str, object]) -> Self:
        name, genesis, period = info.get("hash"), info.get("genesis_time"), info.get("period")
        if not (
            isinstance(name, str)
            and re.fullmatch(r"[0-9a-f]{64}", name)
            and isinstance(genesis, int)
            and isinstance(period, int)
            and period > 0
        ):
            raise BrokenAnswerError("the beacon does not say what chain it is")
        return cls(name, genesis, period)

    def round(self, value: dict[str, object]) -> Round:
        number, randomness, signature = (value.get(name) for name in ("round", "randomness", "signature"))
        if not (
            isinstance(number, int)
            and 0 < number < 10**12
            and isinstance(randomness, str)
            and re.fullmatch(r"[0-9a-f]{64}", randomness)
            and isinstance(signature, str)
            and re.fullmatch(r"(?:[0-9a-f]{96,192})?", signature)
        ):
            raise BrokenAnswerError("the beacon's answer is no round of it")
        return Round(self.name, number, randomness, signature, self.moment(number))

    def moment(self, number: int) -> datetime:
        """When a round was made: before it nobody could know its value."""
        return datetime.fromtimestamp(self.genesis + (number - 1) * self.period, UTC)


# What the League of Entropy's two chains say of themselves at /info; for who verifies without asking them.
CHAINS = {
    chain.name: chain
    for chain in (
        Chain("8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce", 1595431050, 30),
        Chain("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", 1692803367, 3),
    )
}


def line_at(beacon: Beacon, at: datetime) -> str:
    """The line for a checkpoint of the moment `at`. CheckpointError for a value from after it: the beacon or the clock
    is wrong. FetchError."""
    value = beacon.newest()
    if value.at > at + SKEW:
        raise CheckpointError(
            f"the beacon's round {value.number} is of {value.at.isoformat()}, after the checkpoint",
            remedy="Set the clock of this machine right, or leave `beacon_url` empty.",
        )
    return value.line


def stated(extensions: tuple[str, ...]) -> tuple[str, int, str] | None:
    """(chain, round, randomness) that a checkpoint's lines state; None if none."""
    for line in extensions:
        if match := _LINE.fullmatch(line):
            return match[1], int(match[2]), match[3]
    return None
