"""What keeps the ledger sealed: a head is signed soon after anything was written, and witnesses are asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from conductatlas.archive import beacon, ledger, witness
from conductatlas.archive.checkpoint import PublicKey
from conductatlas.archive.fetch import user_agent
from conductatlas.archive.ledger_models import Checkpoint, Cosignature
from conductatlas.archive.witness import HttpPost, Post, Witness
from conductatlas.clock import Clock, SystemClock
from conductatlas.config import Config
from conductatlas.errors import ConductAtlasError, ConfigurationError, LeaseLostError
from conductatlas.work import due
from conductatlas.work.beside import again_and_again, tried

log = structlog.get_logger("conductatlas.ledger")


@dataclass(frozen=True, slots=True)
class Sealing:
    """What a process needs to seal: a clock, and the others it asks. beacon: None where none is named."""

    clock: Clock = field(default_factory=SystemClock)
    beacon: beacon.Beacon | None = None
    witnesses: tuple[Witness, ...] = ()
    post: Post | None = None

    def step(self, progress: Callable[[int], None] = lambda _: None) -> Checkpoint | None:
        """Seal what there is, and have it witnessed; the checkpoint, None where there was nothing new or another
        process seals. Errors as of `ledger.seal`; a witness or a beacon that does not answer is logged."""
        holder = due.holder_name()
        try:
            made = ledger.seal(holder, self.clock, extensions=self._extensions, progress=progress)
        except LeaseLostError:
            return None
        if self.witnesses and (newest := made or Checkpoint.objects.order_by("-size").first()):
            self._have_witnessed(newest)
        return made

    def run(self, stop: threading.Event, interval: float) -> None:
        """Seal every `interval` seconds until `stop` is set. What goes wrong is logged, and tried again."""
        again_and_again(self.step_or_log, stop, interval)

    def step_or_log(self) -> None:
        """One step; a fault is logged, since what was to be sealed stays where it is."""
        tried(self.step, log, "ledger not sealed")

    def _extensions(self, at: datetime) -> tuple[str, ...]:
        if self.beacon is None:
            return ()
        try:
            return (beacon.line_at(self.beacon, at),)
        except ConductAtlasError as fault:
            log.warning("checkpoint without a beacon", **fault.diagnostics())
            return ()

    def _have_witnessed(self, checkpoint: Checkpoint) -> None:
        for one in self.witnesses:
            seen = Cosignature.objects.filter(witness=str(one.key)).order_by("-checkpoint__size")
            last = seen.values_list("checkpoint__size", flat=True).first() or 0
            if last >= checkpoint.size or self.post is None:
                continue
            try:
                witness.ask(one, checkpoint, last, self.post)
            except ConductAtlasError as fault:
                log.warning("checkpoint not witnessed", witness=one.key.name, **fault.diagnostics())


def witnesses_of(config: Config) -> tuple[Witness, ...]:
    """Those that the setting `witnesses` names. ConfigurationError."""
    found = []
    for line in config.witnesses:
        verifier, _, url = line.partition(" ")
        try:
            found.append(Witness(PublicKey.parse(verifier), url.strip()))
        except ConductAtlasError as fault:
            raise ConfigurationError(f"witnesses: {fault.message}") from None
        if not url.strip().startswith(("https://", "http://")):
            raise ConfigurationError(f"witnesses: {line!r} names no address after the key")
    return tuple(found)


def make_sealing(config: Config) -> Sealing:
    """As the settings want it; the sample world has neither beacon nor witness. ConfigurationError."""
    clock, asked = SystemClock(), witnesses_of(config)
    if config.sample_world or not (asked or config.beacon_url):
        return Sealing(clock)
    from conductatlas.work.tools import make_fetcher, make_guard, make_limits  # much to load for nothing

    return Sealing(
        clock,
        beacon=beacon.Drand(config.beacon_url, make_fetcher(config, clock)) if config.beacon_url else None,
        witnesses=asked,
        post=HttpPost(make_guard(config), user_agent(config.contact), clock, make_limits(config)),
    )
