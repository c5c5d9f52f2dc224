"""`config show`: every setting, its value and where it came from."""

from __future__ import annotations

import re

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.config import initialise, load, settings_fields, to_toml

SECRETS = ("database_password", "language_model_key")
WITH_PASSWORDS = ("database_url", "second_vantage_proxy", "language_model_url")
commands = typer.Typer(help="The settings.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="config")


@commands.command("show")
def show(as_json: AsJson = False) -> None:
    """Every setting, its value, and where it was set: environment, config.toml or default."""
    config = load()
    initialise(config)
    output = Output(as_json)
    output.row(
        {"setting": "data_dir", "value": str(config.data_dir), "origin": "data folder"},
        f"data_dir = {to_toml(str(config.data_dir))}",
    )
    for name, about in settings_fields().items():
        value = getattr(config, name)
        shown = _without_password(value) if name in WITH_PASSWORDS else value
        if name in SECRETS and value:
            shown = "…"
        output.row(
            {"setting": name, "value": shown, "origin": config.origins[name], "about": about["doc"]},
            f"{name} = {to_toml(shown)}    # {config.origins[name]}",
        )


def _without_password(url: str) -> str:
    """An address whose passwords, before the host and among its parameters, are left out."""
    address, mark, parameters = url.partition("?")
    before, at, host = address.rpartition("@")
    scheme, _, login = before.partition("://")
    if at and ":" in login:
        address = f"{scheme}://{login.split(':')[0]}:…@{host}"
    return address + mark + re.sub(r"(password=)[^&]*", r"\1…", parameters)
