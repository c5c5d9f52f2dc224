"""What an operator should know: each check of the archive's health, with what to do about it."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from conductatlas.append_only import unprotected
from conductatlas.archive import chromium
from conductatlas.archive.models import IMPORTED, Check
from conductatlas.archive.stamp_models import StampDue
from conductatlas.config import Config
from conductatlas.errors import BrowserMissingError, ConductAtlasError
from conductatlas.work import incidents, migration
from conductatlas.work.models import Due
from conductatlas.work.stamping import roots_of
from conductatlas.writing import storage_faults

LOW_DISK = 500_000_000  # bytes
STALE = 2  # times the cadence


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. level: `good`, `warning` (works, look at it) or `fault` (mend it)."""

    subject: str
    level: str
    message: str
    remedy: str = ""

    def to_dict(self) -> dict[str, str]:
        return {"subject": self.subject, "level": self.level, "message": self.message, "remedy": self.remedy}


def examine(config: Config) -> list[Finding]:
    """Every finding, in the order disk, migrations, append-only, clock, leases, documents, stamps, browser, settings.

    A database that cannot be read, or has another schema than this code, is not looked into further.
    """
    looks = [_disk, _migrations, _triggers, _clock, _leases, _documents, _stamps, _browser, _settings]
    findings: list[Finding] = []
    for look in looks:
        try:
            with storage_faults():
                findings += look(config)
        except ConductAtlasError as fault:
            findings.append(Finding(look.__name__.strip("_"), "fault", fault.message, fault.remedy))
        if look is _migrations and findings[-1].level != "good":
            return [*findings, *_settings(config)]  # its tables are not there, or are not those we know
    return findings


def _disk(config: Config) -> Iterator[Finding]:
    free = shutil.disk_usage(config.data_dir).free
    low = free < LOW_DISK
    yield Finding(
        "disk",
        "fault" if low else "good",
        f"{free / 1e9:.1f} GB free where the archive lies",
        "Make room or move the data folder: checks stop being recorded when the disk is full." if low else "",
    )
    probe = config.data_dir / ".doctor"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as fault:
        yield Finding(
            "disk", "fault", f"the data folder cannot be written: {fault.strerror}", "Mend its permissions."
        )


def _migrations(_: Config) -> Iterator[Finding]:
    if newer := migration.unknown():
        yield Finding(
            "migrations", "fault", f"the database is newer than this code: {newer[0]}", "Upgrade the code."
        )
    elif todo := migration.pending():
        yield Finding("migrations", "warning", f"{len(todo)} not applied yet", "Run `conductatlas migrate`.")
    else:
        yield Finding("migrations", "good", "all applied")


def _triggers(_: Config) -> Iterator[Finding]:
    if bare := unprotected(connection):
        yield Finding(
            "append-only",
            "fault",
            "no trigger protects " + ", ".join(bare),
            "Run `conductatlas migrate`; it puts the triggers in place again.",
        )
    else:
        yield Finding("append-only", "good", "the database refuses update and delete of cited rows")


def _clock(_: Config) -> Iterator[Finding]:
    now = datetime.now(UTC)
    own = Check.objects.filter(clock_given=False).exclude(started_by=IMPORTED)
    last = own.order_by("-pk").values_list("finished_at", flat=True).first()
    if last is not None and last > now + timedelta(minutes=5):
        yield Finding(
            "clock",
            "fault",
            f"the last check is dated {last:%d %B %Y, %H:%M} UTC, after the present moment",
            "Set the clock (NTP). Records keep the moment their clock showed.",
        )
    else:
        yield Finding("clock", "good", f"{now:%d %B %Y, %H:%M} UTC; no record lies in the future")


def _leases(_: Config) -> Iterator[Finding]:
    now = datetime.now(UTC)
    held = Due.objects.exclude(holder="")
    stuck = held.filter(lease_until__lt=now).count()
    yield Finding(
        "leases",
        "warning" if stuck else "good",
        f"{stuck} run out and not given back" if stuck else f"{held.count()} held, none run out",
        "Nothing to do while a runner is up: it takes them over. Else start one." if stuck else "",
    )


def _documents(_: Config) -> Iterator[Finding]:
    now = datetime.now(UTC)
    late = [
        row
        for row in Due.objects.filter(document__retired_at__isnull=True).select_related("document__platform")
        if row.due_at < now - STALE * row.document.cadence
    ]
    open_incidents = incidents.everywhere()
    if late:
        yield Finding(
            "documents",
            "warning",
            f"{len(late)} not checked when due, first {late[0].document.path}",
            "Start `conductatlas up` or `conductatlas watch`.",
        )
    for group in incidents.by_host(open_incidents):
        first, number = group.incidents[0], len(group.incidents)
        yield Finding(
            "documents",
            "warning",
            f"{first.document.path}: not read since {first.since:%d %B %Y}, {first.reason.replace('_', ' ')}"
            if number == 1
            else f"{number} documents of {group.host or 'no host'} not read, "
            f"the first since {group.since:%d %B %Y}: {', '.join(group.reasons).replace('_', ' ')}",
            "See `conductatlas incidents` and what came instead; each ends by itself when a check reads it.",
        )
    if not late and not open_incidents:
        yield Finding("documents", "good", "none is late, and no incident is open")


def _stamps(config: Config) -> Iterator[Finding]:
    names = list(config.timestamp_authorities)
    if not names or config.sample_world:
        yield Finding("stamps", "good", "no time stamp authority is named; checkpoints are not stamped")
        return
    roots = roots_of(config)
    if len(names) < 2:
        yield Finding(
            "stamps",
            "warning",
            f"{names[0]} alone stamps checkpoints",
            "Name a second one in `timestamp_authorities`: authorities fail, and end.",
        )
    failing = StampDue.objects.filter(authority__in=names, attempts__gt=0).order_by("-checkpoint__size")
    for name in names:
        if row := failing.filter(authority=name).first():
            waiting = failing.filter(authority=name).count()
            yield Finding(
                "stamps",
                "warning",
                f"no stamp by {name} yet on {waiting} of the checkpoints: {row.message}",
                f"Nothing is lost: it is asked again at {row.due_at:%d %B %Y, %H:%M} UTC.",
            )
    if not failing:
        yield Finding("stamps", "good", f"{len(names)} authorities, {len(roots)} certificates to lead to")


def _browser(config: Config) -> Iterator[Finding]:
    if config.browser == "off":
        yield Finding("browser", "good", "switched off; pages whose text a script puts in are refused")
        return
    try:
        program = chromium.executable(config.browser)
        chromium.require_playwright()
    except BrowserMissingError as fault:
        yield Finding(
            "browser",
            "warning",
            f"{fault.message}; pages whose text a script puts in are refused",
            fault.remedy,
        )
        return
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as fault:
        yield Finding("browser", "fault", f"{program} does not start: {fault}", "Mend or replace it.")
    else:
        yield Finding("browser", "good", f"{program}, {said.stdout.strip()}")


def _settings(config: Config) -> Iterator[Finding]:
    if not config.contact and not config.sample_world:
        yield Finding(
            "settings",
            "warning",
            "platforms cannot tell who asks: the user agent names no contact page",
            "Set `contact_url` (or `site_url`) in config.toml.",
        )
    if config.bind not in {"127.0.0.1", "::1", "localhost"} and not config.behind_tls:
        yield Finding(
            "settings", "warning", f"listening on {config.bind} without TLS", "Put a TLS proxy before it."
        )
    yield Finding("settings", "good", f"read from {config.data_dir} on {socket.gethostname()}")
