"""Every setting: typed, documented, read once.

A setting is looked for in the environment (`CONDUCTATLAS_<NAME>`, or the content of the file that
`CONDUCTATLAS_<NAME>_FILE` names), then in `config.toml` in the data folder,
then taken from its default. `Config.origins` remembers which of the three it was. Keys live in their own
files under `keys/`, readable by the owner only. There is no debug setting.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conductatlas.errors import ConfigurationError

PREFIX = "CONDUCTATLAS_"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("expected text")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("expected a whole number")
    number = int(value)
    if number < 0:
        raise ValueError("expected a number that is not negative")
    return number


def _count(value: object) -> int:
    number = _whole(value)
    if number < 1:
        raise ValueError("expected a number of at least 1")
    return number


def _port(value: object) -> int:
    number = _whole(value)
    if number > 65_535:
        raise ValueError("expected a port, at most 65535")
    return number


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("expected seconds")
    number = float(value)
    if not 0 <= number < 86_400 * 366:
        raise ValueError("expected seconds between 0 and a year")
    return number


def _switch(value: object) -> bool:
    if isinstance(value, bool):
        return value
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    try:
        return words[str(value).strip().lower()]
    except KeyError:
        raise ValueError("expected true or false") from None


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(value)
    raise ValueError("expected a list of texts (in the environment: parted by commas)")


def _networks(value: object) -> tuple[str, ...]:
    return tuple(str(ipaddress.ip_network(text, strict=False)) for text in _texts(value))


def _spacing(value: object) -> dict[str, float]:
    """Seconds for every host, or a table of host to seconds with `default`."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = json.loads(value)
    if isinstance(value, Mapping):
        return {"default": 1.0} | {str(host).lower(): _seconds(pause) for host, pause in value.items()}
    return {"default": _seconds(value)}


def _authorities(value: object) -> dict[str, dict[str, str]]:
    """Name → {url, policy, standing, checked_on}, of which all but `url` may be missing.

    In the environment `name=url,name=url`, or JSON; in the file a table of name to address, or to a table.
    """
    if isinstance(value, str):
        if value.lstrip().startswith("{"):
            value = json.loads(value)
        else:
            pairs = [text.partition("=") for text in _texts(value)]
            value = {name.strip(): url.strip() for name, _, url in pairs}
    if not isinstance(value, Mapping):
        raise ValueError("expected a table of names and addresses (in the environment: name=url,name=url)")
    return {str(name): _authority(str(name), about) for name, about in value.items()}


def _authority(name: str, about: object) -> dict[str, str]:
    stated = {"url": about} if isinstance(about, str) else about
    if not isinstance(stated, Mapping) or not stated.keys() <= {"url", "policy", "standing", "checked_on"}:
        raise ValueError(f"{name}: expected an address, or url, policy, standing, checked_on")
    known = {str(key): str(text) for key, text in stated.items()}  # a date of TOML reads as it is written
    if not re.fullmatch(r"[\w .-]{1,100}", name):
        raise ValueError(f"{name!r} is no name: letters, digits, spaces, dots and hyphens, at most 100")
    if urlsplit(known.get("url", "")).scheme not in {"http", "https"}:
        raise ValueError(f"{name}: expected an address that begins with http:// or https://")
    if not re.fullmatch(r"|[0-2](\.\d+)+", known.get("policy", "")):
        raise ValueError(f"{name}: expected an OID as policy, such as 1.3.6.1.4.1.4146.2.3")
    if known.get("standing", "") not in {"", "qualified", "not qualified"}:
        raise ValueError(f"{name}: expected `qualified` or `not qualified` as standing, or none")
    if known.get("standing") and "checked_on" not in known:
        raise ValueError(f"{name}: a standing needs checked_on, the day you looked at the EU Trusted List")
    if "checked_on" in known:
        known["checked_on"] = date.fromisoformat(known["checked_on"]).isoformat()
    return known


def _prices(value: object) -> dict[str, str]:
    """{in, out, currency}, or nothing. The prices of a million tokens, as exact decimals; in the environment JSON."""
    if isinstance(value, str):
        value = json.loads(value or "{}")
    if not isinstance(value, Mapping) or (value and value.keys() != {"in", "out", "currency"}):
        raise ValueError("expected a table of in, out and currency")
    known = {str(key): str(text) for key, text in value.items()}
    for key in known.keys() - {"currency"}:
        if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", known[key]):
            raise ValueError(f"{key}: expected the price of a million tokens, such as 0.15")
    if known and not re.fullmatch(r"[A-Z]{3}", known["currency"]):
        raise ValueError("currency: expected three letters, such as EUR")
    return known


def _proxy(value: object) -> str:
    """The address of a forward proxy, "" for none. Its words are not repeated: it may hold a password."""
    text = _text(value)
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # whose message may quote it
        is_address = False
    if text and not (is_address and not (parts.path.strip("/") or parts.query or parts.fragment)):
        raise ValueError("expected http:// or https:// and a host, with its port")
    return text


def _one_of(*words: str) -> Callable[[object], str]:
    def parse(value: object) -> str:
        if value not in words:
            raise ValueError("expected one of " + ", ".join(words))
        return str(value)

    return parse


def _setting(default: Any, doc: str, parse: Callable[[object], Any]) -> Any:
    if callable(getattr(default, "copy", None)):
        return field(default_factory=default.copy, metadata={"doc": doc, "parse": parse})
    return field(default=default, metadata={"doc": doc, "parse": parse})


@dataclass(frozen=True, slots=True)
class Config:
    """All settings of one data folder. Field metadata holds each one's documentation and parser."""

    data_dir: Path
    origins: Mapping[str, str] = field(default_factory=dict)

    site_url: str = _setting("", "Public address of the site, for links in feeds and the user agent.", _text)
    allowed_hosts: tuple[str, ...] = _setting((), "Host names the site answers to.", _texts)
    bind: str = _setting("127.0.0.1", "Address that `up` and `serve` listen on.", _text)
    port: int = _setting(8710, "Port that `up` and `serve` listen on; 0 takes a free one.", _port)
    database_url: str = _setting(
        "sqlite:///conductatlas.sqlite3",
        "Where rows live: `sqlite:///FILE` (relative to the data folder) or `postgresql://…`.",
        _text,
    )
    database_password: str = _setting(
        "", "Password for the database server, where `database_url` holds none.", _text
    )
    blob_url: str = _setting(
        "file://snapshots",
        "Where sealed packs live: `file://FOLDER` (relative to the data folder) or `s3://BUCKET/PREFIX`.",
        _text,
    )
    declarations: tuple[str, ...] = _setting(
        (),
        "Folders of your own declarations (`*.toml`), beside or instead of the shipped ones; if none, "
        "`declarations` in the data folder.",
        _texts,
    )
    shipped_catalogue: bool = _setting(True, "Whether the declarations that ship are loaded.", _switch)
    sample_world: bool = _setting(
        False, "Serve the invented sample world on loopback and watch that instead of the web.", _switch
    )
    workers: int = _setting(4, "Documents checked at the same time.", _whole)
    host_spacing: Mapping[str, float] = _setting(
        {"default": 1.0}, "Seconds between two requests to one host; a table of host to seconds.", _spacing
    )
    max_body: int = _setting(10_000_000, "Largest answer in bytes, on the wire and unpacked.", _whole)
    connect_timeout: float = _setting(10.0, "Seconds to wait for a connection.", _seconds)
    read_timeout: float = _setting(30.0, "Seconds to wait for the next bytes.", _seconds)
    total_timeout: float = _setting(60.0, "Seconds for one request with all its redirects.", _seconds)
    browser: str = _setting(
        "auto",
        "Chromium for pages whose text is put in by a script: `auto` finds it, `off`, or its path.",
        _text,
    )
    browser_timeout: float = _setting(20.0, "Seconds for one page in the browser.", _seconds)
    browser_idle: float = _setting(60.0, "Seconds without work after which the browser is ended.", _seconds)
    allowed_networks: tuple[str, ...] = _setting(
        (), "Networks that captures may reach although they are not public, as CIDR.", _networks
    )
    contact_url: str = _setting(
        "",
        "Page on which platforms can reach you; stands in the user agent. Default: the site's /legal/.",
        _text,
    )
    operator: str = _setting("", "Who runs this archive, as named on /legal/ and /privacy/.", _text)
    accept_language: str = _setting("en", "Accept-Language of captures whose document declares none.", _text)
    vantage: str = _setting("", "Where captures are made from, in your words, e.g. `DE, office line`.", _text)
    second_vantage: str = _setting(
        "", "Where the proxy of the second vantage stands, in your words, e.g. `CH, hosted`.", _text
    )
    second_vantage_proxy: str = _setting(
        "",
        "Forward proxy (CONNECT) through which what replaces or ends a document is looked at a second time; none: "
        "everything is asked from here.",
        _proxy,
    )
    lease_seconds: float = _setting(
        300.0, "How long a worker may hold a document before another may take it.", _seconds
    )
    incident_after: int = _setting(
        3, "Checks in a row that do not read a document before an incident is opened; at least 1.", _count
    )
    refused_days: int = _setting(90, "Days for which bytes of refused and failed captures are kept.", _whole)
    ledger_interval: float = _setting(
        60.0, "Seconds between two signed heads of the ledger, as long as there is anything new.", _seconds
    )
    witnesses: tuple[str, ...] = _setting(
        (), "Who is asked to co-sign the ledger's heads: `VERIFIER-KEY URL` each (C2SP tlog-witness).", _texts
    )
    beacon_url: str = _setting(
        "",
        "A drand chain whose newest value stands in the ledger's heads, e.g. `https://api.drand.sh`.",
        _text,
    )
    timestamp_authorities: Mapping[str, Mapping[str, str]] = _setting(
        {},
        "Authorities (RFC 3161) that stamp each checkpoint of the ledger, by name; two or more.",
        _authorities,
    )
    timestamp_roots: str = _setting(
        "timestamp-roots",
        "Certificates that stamps must lead to: a PEM file or a folder (relative to the data folder).",
        _text,
    )
    language_model_url: str = _setting(
        "", "Server of a language model (OpenAI chat API), e.g. `http://127.0.0.1:8080/v1`; none: off.", _text
    )
    language_model_name: str = _setting("", "Name of the model that is asked for there.", _text)
    language_model_key: str = _setting("", "Key for that server, if it wants one.", _text)
    language_model_timeout: float = _setting(60.0, "Seconds for one answer of the model.", _seconds)
    language_model_per_minute: int = _setting(20, "Requests a minute to the model, at most.", _count)
    language_model_daily_budget: int = _setting(
        200_000, "Tokens a day (UTC) that the model may read and write, all told; 0: none.", _whole
    )
    language_model_prices: Mapping[str, str] = _setting(
        {}, "What a million tokens cost: `in`, `out` and `currency`; none: no cost is shown.", _prices
    )
    language_model_private_documents: bool = _setting(
        False, "Whether private documents may be given to the model; their owners have to agree.", _switch
    )
    metrics: bool = _setting(False, "Whether /metrics answers (Prometheus text format).", _switch)
    log_format: str = _setting(
        "console", "`console` or `json`, on standard error.", _one_of("console", "json")
    )
    log_level: str = _setting(
        "info", "`debug`, `info`, `warning` or `error`.", _one_of("debug", "info", "warning", "error")
    )

    # ── derived ──────────────────────────────────────────────────────────────────────────────────
    @property
    def secret_key_file(self) -> Path:
        return self.data_dir / "keys" / "secret.key"

    @property
    def contact(self) -> str:
        """The address in the user agent: `contact_url`, else the site's legal page."""
        return self.contact_url or (self.site_url.rstrip("/") + "/legal/" if self.site_url else "")

    @property
    def local_url(self) -> str:
        """Where `up` can be reached on this machine."""
        host = f"[{self.bind}]" if ":" in self.bind else self.bind
        return f"http://{host}:{self.port}"

    @property
    def behind_tls(self) -> bool:
        return self.site_url.startswith("https://")

    @property
    def sqlite_file(self) -> Path | None:
        """The database file, or None where the database is a server."""
        if not self.database_url.startswith("sqlite:///"):
            return None
        return self.data_dir / self.database_url.removeprefix("sqlite:///")

    @property
    def blob_folder(self) -> Path | None:
        """The folder of sealed packs, or None where they lie in a bucket."""
        if not self.blob_url.startswith("file://"):
            return None
        return self.data_dir / self.blob_url.removeprefix("file://")

    def postgresql(self) -> dict[str, str]:
        """The parameters in `database_url`, by libpq's names and as libpq reads it: sockets, `sslmode` and all.

        ConfigurationError if it is no address, or the driver is not installed.
        """
        try:
            from psycopg import ProgrammingError, conninfo
        except ImportError:
            raise ConfigurationError(
                "database_url names a PostgreSQL server, and its driver is not installed",
                remedy="Install `conductatlas[postgresql]`.",
            ) from None
        try:
            parameters = conninfo.conninfo_to_dict(self.database_url)
        except ProgrammingError:  # whose message may quote the password
            raise ConfigurationError(
                "database_url cannot be read",
                remedy="Write special characters in user name and password as `%40` and the like.",
            ) from None
        given = {name: str(value) for name, value in parameters.items() if value is not None}
        return ({"password": self.database_password} if self.database_password else {}) | given

    def spacing_for(self, host: str) -> float:
        """Seconds between two requests to `host` (lower case, without port)."""
        return self.host_spacing.get(host, self.host_spacing["default"])

    def require_safe_listening(self) -> None:
        """Refuse to listen beyond loopback before the operator said under which names. ConfigurationError."""
        if self.bind not in LOOPBACK and not (self.site_url and self.allowed_hosts):
            raise ConfigurationError(
                f"refusing to listen on {self.bind} without `site_url` and `allowed_hosts`",
                remedy="Set both in config.toml, or leave `bind` at 127.0.0.1.",
            )


def settings_fields() -> dict[str, Mapping[str, Any]]:
    """Name → {doc, parse, default} of every setting, in the order of the file."""
    return {
        f.name: {**f.metadata, "default": f.default_factory() if f.default is MISSING else f.default}  # type: ignore[operator]
        for f in fields(Config)
        if "doc" in f.metadata
    }


def default_data_dir(environment: Mapping[str, str] | None = None) -> Path:
    """`CONDUCTATLAS_DATA_DIR`, else the user's data folder by the XDG base directory specification."""
    environment = os.environ if environment is None else environment
    if named := environment.get(PREFIX + "DATA_DIR"):
        return Path(named).expanduser().absolute()
    home = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "conductatlas"


def load(data_dir: Path | None = None, environment: Mapping[str, str] | None = None) -> Config:
    """The settings of a data folder, without touching it. ConfigurationError names the setting at fault."""
    environment = os.environ if environment is None else environment
    data_dir = (data_dir or default_data_dir(environment)).absolute()
    in_file = _read_file(data_dir / "config.toml")
    known = settings_fields()
    for name in in_file.keys() - known.keys():
        raise ConfigurationError(
            f"config.toml: no setting is called {name!r}",
            remedy="Remove the line, or look the name up with `conductatlas config show`.",
        )
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    raw: object
    for name, about in known.items():
        variable = PREFIX + name.upper()
        if variable in environment:
            origins[name], raw = f"environment {variable}", environment[variable]
        elif variable + "_FILE" in environment:
            origins[name] = f"environment {variable}_FILE"
            raw = _secret(variable + "_FILE", environment[variable + "_FILE"])
        elif name in in_file:
            origins[name], raw = str(data_dir / "config.toml"), in_file[name]
        else:
            origins[name] = "default"
            continue
        try:
            values[name] = about["parse"](raw)
        except (ValueError, TypeError) as fault:
            raise ConfigurationError(f"{name} ({origins[name]}): {fault}", remedy=about["doc"]) from None
    config = Config(data_dir=data_dir, origins=origins, **values)
    _check_addresses(config)
    return config


def initialise(config: Config) -> None:
    """First start: make the data folder, a commented `config.toml` and the keys. Does nothing the second time."""
    try:
        config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = config.data_dir / "config.toml"
        if not target.exists():
            write_private(target, template())
        config.secret_key_file.parent.mkdir(mode=0o700, exist_ok=True)
        if not config.secret_key_file.exists():
            write_private(config.secret_key_file, secrets.token_urlsafe(48) + "\n")
    except OSError as fault:
        raise ConfigurationError(
            f"the data folder {config.data_dir} cannot be written: {fault.strerror}",
            remedy="Free some room or mend its permissions, or name another with CONDUCTATLAS_DATA_DIR.",
        ) from None


def template(overrides: Mapping[str, object] | None = None) -> str:
    """A config.toml with every setting explained and commented out, except `overrides`, which are set."""
    overrides = overrides or {}
    lines = ["# ConductAtlas settings. Environment variables CONDUCTATLAS_<NAME> come before this file.", ""]
    for name, about in settings_fields().items():
        lines.append(f"# {about['doc']}")
        value = overrides.get(name, about["default"])
        lines += [f"{'' if name in overrides else '# '}{name} = {to_toml(value)}", ""]
    return "\n".join(lines)


def to_toml(value: object) -> str:
    """A setting's value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(k)} = {to_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(to_toml(v) for v in value) + "]"
    return json.dumps(value) if isinstance(value, str) else str(value)


def _read_file(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise ConfigurationError(f"{file}: {fault}", remedy="Mend the file; it is TOML.") from None


def _secret(variable: str, file: str) -> str:
    """The value in a file of its own, as container engines hand secrets in; without the end of its line."""
    try:
        return Path(file).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigurationError(
            f"{variable}: {file} cannot be read: {getattr(fault, 'strerror', None) or 'it is no text'}",
            remedy="Name a file that the user of the process can read.",
        ) from None


def _check_addresses(config: Config) -> None:
    site = urlsplit(config.site_url)
    if config.site_url and not (site.scheme in {"http", "https"} and site.hostname):
        raise ConfigurationError("site_url must be http:// or https:// and a host")
    model = urlsplit(config.language_model_url)
    if config.language_model_url and not (model.scheme in {"http", "https"} and model.hostname):
        raise ConfigurationError("language_model_url must be http:// or https:// and a host")
    if config.language_model_key and model.scheme == "http" and model.hostname not in LOOPBACK:
        raise ConfigurationError(
            "language_model_key would go over the network in the clear",
            remedy="Give language_model_url as https://…, or leave the key out.",
        )
    if not re.match(r"sqlite:///.|postgres(?:ql)?://", config.database_url):
        raise ConfigurationError("database_url must begin with sqlite:/// or postgresql://")


def write_private(target: Path, text: str) -> None:
    """Write a new file that only its owner can read, whole or not at all."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    part.replace(target)
