"""Opening the archive for a command: settings, data folder, database."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from conductatlas.config import PREFIX, Config, initialise, load
from conductatlas.errors import ConductAtlasError

if TYPE_CHECKING:
    from conductatlas.clock import Clock
    from conductatlas.work.runners.embedded import Embedded
    from conductatlas.work.sealing import Sealing
    from conductatlas.work.stamping import Stamping
    from conductatlas.work.tools import Names


_opened: Config | None = None  # the archive of this process, until what it wrote is sealed


def open_settings(data_dir: Path | None = None) -> Config:
    """The settings, and Django made ready from them. The data folder is made on the first start."""
    if data_dir is not None:
        os.environ[PREFIX + "DATA_DIR"] = str(data_dir)
    config = load()
    initialise(config)
    os.environ["DJANGO_SETTINGS_MODULE"] = "conductatlas.django_settings"
    import django

    from conductatlas import logs

    logs.configure(config.log_format, config.log_level)
    django.setup()
    return config


def open_archive(data_dir: Path | None = None) -> Config:
    """The settings, with the database at this code's schema and the catalogue's documents given due moments."""
    config = open_settings(data_dir)
    from conductatlas.work import due, migration
    from conductatlas.writing import writing

    migration.migrate(config)
    with writing():
        due.release_dead()
    global _opened
    _opened = config
    return config


def sealing(config: Config) -> Sealing:
    """What seals the ledger, as the settings want it."""
    from conductatlas.work.sealing import make_sealing

    return make_sealing(config)


def stamping(config: Config) -> Stamping:
    """What has checkpoints stamped, as the settings want it. ConfigurationError."""
    from conductatlas.work.stamping import make_stamping

    return make_stamping(config)


def seal_what_was_written() -> None:
    """Seal the ledger of the archive that this process opened, if it opened one. A fault is logged: what was to be
    sealed stays where it is."""
    global _opened
    config, _opened = _opened, None
    if config is None:
        return
    try:
        sealing(config).step_or_log()
    except ConductAtlasError as fault:  # a setting
        import structlog

        structlog.get_logger("conductatlas.ledger").error("ledger not sealed", **fault.diagnostics())


@contextmanager
def sealed_meanwhile(config: Config, stop: threading.Event) -> Iterator[None]:
    """While the block runs, the ledger is sealed every `ledger_interval` seconds, and its checkpoints are stamped when
    they are due, beside it: an authority that is slow keeps no head waiting. ConfigurationError."""
    sealer, stamper = sealing(config), stamping(config)
    threading.Thread(
        target=sealer.run, args=(stop, config.ledger_interval), name="sealing", daemon=True
    ).start()
    threading.Thread(target=stamper.run, args=(stop,), name="stamping", daemon=True).start()
    yield


@contextmanager
def caught_up_meanwhile(stop: threading.Event) -> Iterator[None]:
    """While the block runs, provisions are looked for where that is due: after an upgrade all texts are."""
    from conductatlas.clock import SystemClock
    from conductatlas.work.extracting import CatchingUp

    threading.Thread(target=CatchingUp(SystemClock(), stop).run, name="extracting", daemon=True).start()
    yield


def load_catalogue(config: Config, clock: Clock | None = None) -> None:
    """Bring the catalogue's rows to what is declared. Faulty files are told and left out.

    clock: of the run; new documents are due at once by it.
    """
    import structlog

    from conductatlas.catalogue import services
    from conductatlas.cli.declared import declared
    from conductatlas.clock import SystemClock
    from conductatlas.work import due, migration
    from conductatlas.writing import writing

    catalogue, now = declared(config), (clock or SystemClock()).now()
    log = structlog.get_logger("conductatlas.catalogue")
    for fault in catalogue.faults:
        log.warning(
            "declaration left out", file=fault.file, line=fault.line, fault=fault.message, remedy=fault.remedy
        )
    with migration.one_at_a_time(config), writing():
        services.load(catalogue, now=now)
        due.ensure(now)


@contextmanager
def outside(config: Config) -> Iterator[Names | None]:
    """The web as this archive sees it: the real one (None), or the sample world's host names on loopback."""
    if not config.sample_world:
        yield None
        return
    from conductatlas.archive.services import last_moment
    from conductatlas.clock import SystemClock
    from conductatlas.demo.server import WorldServer
    from conductatlas.demo.world import World

    with WorldServer(World(last_moment() or SystemClock().now())) as server:
        yield server.names


def runner(config: Config, clock: Clock, names: Names | None) -> Embedded:
    """A pool of workers as the settings want it."""
    from datetime import timedelta

    from conductatlas.work.runners.embedded import Embedded
    from conductatlas.work.tools import make_tools

    return Embedded(
        tools=make_tools(config, clock, names),
        workers=max(1, config.workers),
        lease=timedelta(seconds=config.lease_seconds),
    )
