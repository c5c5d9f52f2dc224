"""The files under deploy/: they say what they must, and systemd's own checker has nothing to say against the units."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from conductatlas.cli.app import app
from conductatlas.config import settings_fields

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))
PROGRAM = "/opt/conductatlas/bin/conductatlas"
EXPOSED = {"conductatlas-web": 1.5, "conductatlas-watch": 2.5, "conductatlas-backup": 1.5}


def unit(file: Path) -> dict[str, dict[str, list[str]]]:
    """Section → key → values, in their order."""
    found: dict[str, dict[str, list[str]]] = {}
    section: dict[str, list[str]] = {}
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            section.setdefault(key, []).append(value)
    return found


def instructions() -> list[tuple[str, str]]:
    """The Containerfile as (instruction, rest), with continued lines joined and comments left out."""
    lines = [
        line
        for line in (DEPLOY / "Containerfile").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    text = re.sub(r" *\\\n\s*", " ", "\n".join(lines))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in text.splitlines() if line.strip()]


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return loaded


def is_call(words: list[str]) -> bool:
    """Whether these words are a command of ours, with options that it has."""
    command: Any = typer.main.get_command(app).commands.get(words[0])  # type: ignore[attr-defined]
    options = {option for parameter in command.params for option in parameter.opts} if command else set()
    return command is not None and all(word in options for word in words[1:] if word.startswith("-"))


# ── systemd ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units with a program that is there, as they would lie in /etc/systemd/system."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    folder = tmp_path_factory.mktemp("units")
    for file in (*SERVICES, *DEPLOY.glob("*.timer")):
        (folder / file.name).write_text(file.read_text("utf-8").replace(PROGRAM, "/bin/true"))
    return folder


def test_systemd_finds_no_fault_in_the_units(units: Path) -> None:
    files = [str(file) for file in sorted(units.iterdir())]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("name", sorted(EXPOSED))
def test_services_are_as_closed_as_they_were(units: Path, name: str) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(units / f"{name}.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    level = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert level is not None, done.stderr
    assert float(level[1]) <= EXPOSED[name]


@pytest.mark.parametrize("file", SERVICES, ids=lambda file: file.stem)
def test_services_call_commands_that_exist_as_a_user_of_their_own(file: Path) -> None:
    service = unit(file)["Service"]
    (call,) = service["ExecStart"]
    program, *words = shlex.split(call)
    assert program == PROGRAM
    assert is_call(words), call
    assert service["User"] == ["conductatlas"]
    for variable in service["Environment"]:
        name = variable.partition("=")[0].removeprefix("CONDUCTATLAS_").lower()
        assert name == "data_dir" or name in settings_fields()


def test_the_timer_has_its_service_and_runs_in_utc() -> None:
    timer = configparser.ConfigParser(interpolation=None)
    timer.read(DEPLOY / "conductatlas-backup.timer")
    assert timer["Timer"]["OnCalendar"].endswith("UTC")
    assert (DEPLOY / "conductatlas-backup.service").exists()
    assert unit(DEPLOY / "conductatlas-backup.service")["Service"]["Type"] == ["oneshot"]


# ── the image ────────────────────────────────────────────────────────────────────────────────────────


def test_the_image_is_built_in_stages_from_named_releases_and_runs_as_nobody_in_particular() -> None:
    lines = instructions()
    bases = [rest.split()[0] for name, rest in lines if name == "FROM"]
    assert len(bases) == 2
    assert all(re.fullmatch(r"docker\.io/library/python:3\.\d+-slim-\w+", base) for base in bases)
    names = [name for name, _ in lines]
    assert names.index("USER") > max(place for place, name in enumerate(names) if name == "RUN")
    (user,) = [rest for name, rest in lines if name == "USER"]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert not re.search(r"(?i)\b(password|secret|token)=", " ".join(rest for _, rest in lines))


def test_the_image_has_what_the_extras_need_by_the_lock() -> None:
    (sync,) = [rest for name, rest in instructions() if name == "RUN" and "uv sync" in rest]
    assert "--frozen" in sync and "--no-dev" in sync
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(re.findall(r"--extra ([\w-]+)", sync)) == set(extras)
    copied = [rest for name, rest in instructions() if name == "COPY" and not rest.startswith("--from")]
    for name in " ".join(copied).split():
        assert name.startswith("./") or (ROOT / name).exists(), name


def test_what_goes_into_the_build_is_named() -> None:
    ignored = (ROOT / ".containerignore").read_text("utf-8")
    assert ignored == (ROOT / ".dockerignore").read_text("utf-8")
    assert "\n*\n" in ignored
    assert not re.search(r"^!(deploy|tests|\.)", ignored, re.MULTILINE)


def test_the_programs_of_the_image_are_those_of_the_server() -> None:
    image = compose()["services"]["database"]["image"]
    assert re.search(r"postgres:(\d+)", image)[1] in re.findall(  # type: ignore[index]
        r"postgresql-client-(\d+)", (DEPLOY / "Containerfile").read_text("utf-8")
    )


# ── compose ──────────────────────────────────────────────────────────────────────────────────────────


def test_services_keep_to_themselves_and_have_no_password_in_the_file() -> None:
    found = compose()
    assert set(found["services"]) == {"web", "watch", "backup", "database"}
    for name, service in found["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"]
        assert "database_password" in service["secrets"]
        for volume in service["volumes"]:
            assert volume.split(":")[0] in found["volumes"]
        if name != "database":
            assert service["read_only"] is True
            assert service["depends_on"]["database"]["condition"] == "service_healthy"
            assert is_call(service["command"]), name
            for variable in service["environment"]:
                setting = variable.removeprefix("CONDUCTATLAS_").removesuffix("_FILE").lower()
                assert setting in settings_fields(), variable
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    assert not re.search(r"://[^/\s:]+:[^/\s@]+@", text)
    assert "POSTGRES_PASSWORD:" not in text
    assert "host_auth_method" not in text.lower()


def test_only_the_site_listens_and_only_on_this_machine() -> None:
    services = compose()["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in services["web"]["ports"])


def test_what_has_to_be_stated_has_no_default() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    assert set(re.findall(r"\$\{(\w+)(:\?)?", text)) == {("ATLAS_HOST", ":?"), ("ATLAS_OPERATOR", ":?")}
