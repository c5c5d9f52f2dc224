"""`demo`: the invented sample world, loaded through every stage, and its site."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import ConfigurationError

if TYPE_CHECKING:
    from conductatlas.config import Config


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    load_only: Annotated[bool, typer.Option("--load-only", help="Load the sample world and end.")] = False,
    port: Annotated[int | None, typer.Option("--port", help="Port of the site; 0 takes a free one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Load a year of seven invented platforms through capture, gate, reading and comparison; serve the site."""
    from conductatlas.cli.opening import load_catalogue, open_archive

    output = Output(as_json)
    prepare_folder(data_folder())
    config = open_archive(data_folder())
    load_catalogue(config)
    load_world(config, output)
    if not load_only:
        from conductatlas.cli.up import up

        up(port=port, as_json=as_json)


def data_folder() -> Path:
    """The named data folder, else one beside the real archive's, so that the two never mix."""
    from conductatlas.config import PREFIX, default_data_dir

    named = default_data_dir()
    return named if os.environ.get(PREFIX + "DATA_DIR") else named.with_name(named.name + "-demo")


def prepare_folder(folder: Path) -> None:
    """A data folder whose settings say that it holds the sample world. Refuses one that watches the real web."""
    from conductatlas.config import load, template

    settings = folder / "config.toml"
    if settings.exists():
        if not load(folder).sample_world:
            raise ConfigurationError(
                f"{folder} is an archive of the real web",
                remedy="Name another folder for the sample world with CONDUCTATLAS_DATA_DIR.",
            )
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        settings.touch(mode=0o600)
        settings.write_text(
            template({"sample_world": True, "vantage": "sample world on this machine"}), "utf-8"
        )
    except OSError as fault:
        raise ConfigurationError(
            f"the data folder {folder} cannot be written: {fault.strerror}",
            remedy="Free some room or mend its permissions, or name another with CONDUCTATLAS_DATA_DIR.",
        ) from None


def load_world(config: Config, output: Output) -> None:
    """Check every document at each moment of the sample world. What is loaded already stays as it is, so that a
    load that was stopped goes on where it was."""
    from conductatlas.archive.models import Check
    from conductatlas.catalogue.models import Document
    from conductatlas.cli.check import show
    from conductatlas.cli.opening import runner
    from conductatlas.cli.running import stopping
    from conductatlas.clock import SetClock, SystemClock
    from conductatlas.demo.moments import MOMENTS
    from conductatlas.demo.server import WorldServer
    from conductatlas.demo.world import World
    from conductatlas.work import extracting

    keys = list(Document.objects.filter(retired_at__isnull=True).order_by("pk").values_list("pk", flat=True))
    loaded = set(Check.objects.filter(clock_given=True).values_list("started_at", "document_id").order_by())
    first = min((moment for moment, _ in loaded), default=None)
    last = first + MOMENTS[0] if first else SystemClock().now().replace(microsecond=0) - timedelta(minutes=5)
    with WorldServer(World(last)) as server:
        for place, before in enumerate(MOMENTS):
            clock = SetClock(last - before)
            todo = [key for key in keys if (clock.moment, key) not in loaded]
            if not todo:
                continue
            server.move_to(place)
            pool = runner(config, clock, server.names)
            output.note(
                f"{clock.moment:%d %B %Y, %H:%M} UTC: checking {len(todo)} documents of the sample world"
            )
            with stopping(pool.stop):
                show(output, pool.run(todo, started_by="sample world"), len(todo))
            if pool.stop.is_set():
                raise typer.Exit(1)
    extracting.ask_all(SystemClock())
