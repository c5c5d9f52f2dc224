"""`up`: site and watching in one process. `serve`: the site alone, with more processes."""

from __future__ import annotations

import socket
import sys
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import ConfigurationError

if TYPE_CHECKING:
    from waitress.server import BaseWSGIServer

    from conductatlas.config import Config

Port = Annotated[
    int | None, typer.Option("--port", help="Instead of the setting `port`; 0 takes a free one.")
]


def register(app: typer.Typer) -> None:
    app.command("up")(up)
    app.command("serve")(serve)


def up(port: Port = None, as_json: AsJson = False) -> None:
    """Watch the catalogue and serve the site, in one process, on this machine only unless told otherwise."""
    from conductatlas.cli.check import tell
    from conductatlas.cli.opening import (
        caught_up_meanwhile,
        load_catalogue,
        open_archive,
        outside,
        runner,
        sealed_meanwhile,
    )
    from conductatlas.cli.running import stopping
    from conductatlas.clock import SystemClock

    config = open_archive()
    config.require_safe_listening()
    load_catalogue(config)
    output = Output(as_json)
    server = start_site(config, port)
    with outside(config) as names:
        pool = runner(config, SystemClock(), names)
        with stopping(pool.stop), sealed_meanwhile(config, pool.stop), caught_up_meanwhile(pool.stop):
            announce(output, config, server)  # whoever reads it may stop it from now on
            for outcome in pool.watch():
                tell(output, outcome)
    server.close()


def serve(
    port: Port = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Serve the site alone; `watch` runs beside it. For a server behind a proxy."""
    from conductatlas.cli.opening import open_archive

    config = open_archive()
    config.require_safe_listening()
    listening = listen(config, port)
    host = f"[{config.bind}]" if ":" in config.bind else config.bind
    address = f"{host}:{listening.getsockname()[1]}"
    Output(as_json).row({"serving": f"http://{address}"}, f"Serving http://{address}")
    from django.db import connections
    from gunicorn.app.wsgiapp import WSGIApplication

    connections.close_all()  # the workers are forks of this process: a connection cannot be shared
    sys.argv = [
        "gunicorn", "--bind", f"fd://{listening.fileno()}", "--workers", str(workers), "--threads", "4",
        "--worker-class", "gthread", "--graceful-timeout", "8", "--access-logfile", "/dev/null",
        "conductatlas.web.wsgi:application",
    ]  # fmt: skip
    WSGIApplication("%(prog)s [OPTIONS]").run()


def listen(config: Config, port: int | None) -> socket.socket:
    """A socket that listens where the settings say. ConfigurationError if it cannot."""
    wanted = config.port if port is None else port
    try:
        family, _, _, _, address = socket.getaddrinfo(config.bind, wanted, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2048)
    except OSError as fault:
        raise _cannot_listen(config, wanted, fault) from None
    listening.set_inheritable(True)
    return listening


def start_site(config: Config, port: int | None = None) -> BaseWSGIServer:
    """The site on threads of this process. ConfigurationError if the port is taken."""
    from django.conf import settings
    from django.utils.module_loading import import_string
    from waitress.server import create_server

    application = import_string(settings.WSGI_APPLICATION)

    try:
        server = create_server(
            application, host=config.bind, port=config.port if port is None else port, threads=6, ident=None
        )
    except OSError as fault:
        raise _cannot_listen(config, config.port if port is None else port, fault) from None
    threading.Thread(target=server.run, name="site", daemon=True).start()
    return server


def _cannot_listen(config: Config, port: int, fault: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"cannot listen on {config.bind}:{port}: {fault.strerror}",
        remedy="Stop what uses the port, or choose another with --port.",
    )


def announce(output: Output, config: Config, server: BaseWSGIServer) -> None:
    """Print where the site can be read."""
    host = f"[{config.bind}]" if ":" in config.bind else config.bind
    # A name such as localhost stands for several addresses; then there is a list of them.
    port = server.effective_listen[0][1] if hasattr(server, "effective_listen") else server.effective_port
    url = f"http://{host}:{port}/"
    output.row({"serving": url, "data_dir": str(config.data_dir)}, f"The site is at {url} (stop with Ctrl-C)")
