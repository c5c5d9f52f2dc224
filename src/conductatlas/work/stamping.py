"""What has checkpoints stamped: each by every authority that the settings name, and later where one does not answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import structlog
from cryptography import x509

from conductatlas.archive import stamping
from conductatlas.archive.authority import HttpAuthority, Token
from conductatlas.archive.certificates import read_certificates
from conductatlas.archive.fetch import Fetcher, user_agent
from conductatlas.archive.hosts import Hosts
from conductatlas.archive.revocation import Revocation, ask_revocation, require_not_revoked
from conductatlas.archive.stamp_models import Stamp, StampDue
from conductatlas.archive.stamping import KnownAuthority
from conductatlas.archive.timestamps import Verified, verify
from conductatlas.clock import Clock, SystemClock
from conductatlas.config import Config
from conductatlas.errors import ConductAtlasError, ConfigurationError, FetchError, LeaseLostError, StampError
from conductatlas.work import due
from conductatlas.work.beside import again_and_again, tried
from conductatlas.work.tools import make_fetcher, make_guard, make_limits
from conductatlas.writing import storage_faults

TURN = 5.0  # seconds between two looks at what is due
AT_ONCE = 20  # checkpoints in a row for which one authority is asked
log = structlog.get_logger("conductatlas.stamps")

Lists = dict[tuple[x509.Certificate, ...], tuple[Revocation, ...]]


@dataclass(frozen=True, slots=True)
class Put:
    """What came of one question to an authority: a stamp, or why there is none."""

    authority: str
    checkpoint: int  # its size
    stamp: Stamp | None = None
    fault: ConductAtlasError | None = None


@dataclass(frozen=True, slots=True)
class Stamping:
    """Authorities, the roots that their certificates must lead to, and where revocation lists are fetched."""

    authorities: tuple[KnownAuthority, ...] = ()
    roots: Sequence[x509.Certificate] = ()
    fetcher: Fetcher | None = None
    clock: Clock = field(default_factory=SystemClock)
    wait_for: Callable[[str], None] = lambda _url: None  # a host's turn

    def step(self) -> list[Put]:
        """Ask every authority for what is due. An authority that fails is left alone until it is due again, and does
        not keep the others waiting. StoreUnavailableError."""
        if not self.authorities:
            return []
        now = self.clock.now()
        with storage_faults():
            stamping.ensure([known.authority.name for known in self.authorities], now)
        lists: Lists = {}
        return [put for known in self.authorities for put in self._ask_for_all(known, lists)]

    def run(self, stop: threading.Event) -> None:
        """Do so until `stop` is set. What goes wrong is logged, and tried again."""
        if self.authorities:
            again_and_again(self.step_or_log, stop, TURN)

    def step_or_log(self) -> None:
        """One step; a fault is logged, since what is due stays due."""
        tried(self.step, log, "checkpoints not stamped")

    def _ask_for_all(self, known: KnownAuthority, lists: Lists) -> list[Put]:
        name, holder, done = known.authority.name, due.holder_name(), list[Put]()
        with storage_faults():
            rows = stamping.due(name, self.clock.now(), AT_ONCE)
        for row in rows:
            if not stamping.take(row, holder):
                continue
            try:
                done.append(self._ask(known, row, holder, lists))
            except LeaseLostError:
                continue
            if done[-1].stamp is None:
                break
        return done

    def _ask(self, known: KnownAuthority, row: StampDue, holder: str, lists: Lists) -> Put:
        """Network first, with no transaction open; then one that writes what came of it."""
        token: Token | None = None
        name, size = known.authority.name, row.checkpoint.size
        try:
            self.wait_for(known.authority.url)
            token = known.authority.stamp(stamping.digest_of(row.checkpoint))
            shown, revocations = self._verified(token, row, lists)
        except (FetchError, StampError) as fault:
            again = stamping.put_off(row, holder, known.authority.url, fault, token, self.clock.now())
            log.warning("no stamp", authority=name, again=again.isoformat(), **fault.diagnostics())
            return Put(name, size, fault=fault)
        stamp = stamping.keep(row, holder, known, token, shown, revocations)
        log.info("stamped", authority=name, checkpoint=size, moment=shown.moment.isoformat())
        return Put(name, size, stamp)

    def _verified(self, token: Token, row: StampDue, lists: Lists) -> tuple[Verified, tuple[Revocation, ...]]:
        shown = verify(token, stamping.digest_of(row.checkpoint), self.roots, token.received_at)
        if self.fetcher is None:
            return shown, ()
        if shown.chain not in lists:
            lists[shown.chain] = ask_revocation(shown.chain, self.fetcher, self.clock)
        require_not_revoked(lists[shown.chain])
        return shown, lists[shown.chain]


def make_stamping(config: Config) -> Stamping:
    """As the settings want it; the sample world asks nobody. ConfigurationError: authorities without a root."""
    if config.sample_world or not config.timestamp_authorities:
        return Stamping()
    clock = SystemClock()
    fetcher = make_fetcher(config, clock)
    authorities = tuple(
        KnownAuthority(
            HttpAuthority(
                name=name,
                url=about["url"],
                guard=make_guard(config),
                user_agent=user_agent(config.contact),
                clock=clock,
                limits=make_limits(config),
                policy_oid=about.get("policy", ""),
            ),
            about.get("standing", ""),
            date.fromisoformat(about["checked_on"]) if "checked_on" in about else None,
        )
        for name, about in config.timestamp_authorities.items()
    )
    hosts = Hosts(fetcher=fetcher, clock=clock, spacing=config.spacing_for)
    return Stamping(authorities, roots_of(config), fetcher, clock, hosts.wait)


def roots_of(config: Config) -> tuple[x509.Certificate, ...]:
    """The certificates that the setting `timestamp_roots` names. ConfigurationError if there are none."""
    place = config.data_dir / config.timestamp_roots
    if roots := read_certificates(place):
        return roots
    raise ConfigurationError(
        f"timestamp_authorities is set, and there is no root certificate in {place}",
        remedy="Put the roots of your authorities there, as PEM: docs/howto/timestamps.md.",
    )
