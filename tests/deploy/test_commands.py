"""The commands that units and image name, run here: started, asked whether they are well, stopped in time."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.test_files import DEPLOY, PROGRAM, compose, instructions, unit

pytestmark = pytest.mark.postgres
OURS = Path(sys.executable).with_name("conductatlas")


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What compose.yaml sets, with a database of its own and its password in a file."""
    server = os.environ.get("CONDUCTATLAS_TEST_POSTGRESQL")
    if not server:
        pytest.skip("CONDUCTATLAS_TEST_POSTGRESQL names no server")
    import psycopg

    name, host = f"deploy_{secrets.token_hex(4)}", "atlas.example.org"
    (tmp_path / "password").write_text("from a file\n")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CONDUCTATLAS_")}
    stated = {
        variable: value.replace("${ATLAS_HOST:?the host name of the site}", host)
        for variable, value in compose()["services"]["web"]["environment"].items()
    }
    image = dict(
        word.split("=", 1)
        for kind, rest in instructions()
        if kind == "ENV"
        for word in shlex.split(rest)
        if word.startswith("CONDUCTATLAS_")
    )
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        yield (
            clean
            | image
            | stated
            | {
                "CONDUCTATLAS_DATA_DIR": str(tmp_path / "data"),
                "CONDUCTATLAS_DATABASE_URL": f"{server.partition('?')[0].rpartition('/')[0]}/{name}",
                "CONDUCTATLAS_DATABASE_PASSWORD_FILE": str(tmp_path / "password"),
                "CONDUCTATLAS_SHIPPED_CATALOGUE": "false",
                "CONDUCTATLAS_BIND": "127.0.0.1",
                "CONDUCTATLAS_PORT": str(free_port()),
            }
        )
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as there:
        return int(there.getsockname()[1])


def exec_start(name: str) -> list[str]:
    return [str(OURS) if word == PROGRAM else word
            for word in shlex.split(unit(DEPLOY / f"{name}.service")["Service"]["ExecStart"][0])]  # fmt: skip


def seconds(name: str) -> int:
    return int(unit(DEPLOY / f"{name}.service")["Service"]["TimeoutStopSec"][0])


def image(kind: str) -> list[str]:
    """The words of ENTRYPOINT, CMD or HEALTHCHECK."""
    (rest,) = [rest for name, rest in instructions() if name == kind]
    words: list[str] = json.loads(rest[rest.index("[") :])
    return words


def test_units_and_image_start_the_same_and_all_of_it_works(
    environment: dict[str, str], tmp_path: Path
) -> None:
    web, watch, backup = (exec_start(f"conductatlas-{name}") for name in ("web", "watch", "backup"))
    assert [*image("ENTRYPOINT"), *image("CMD")] == [OURS.name, *web[1:]]
    assert compose()["services"]["watch"]["command"] == watch[1:]
    assert compose()["services"]["backup"]["command"][::2] == ["backup", "--keep"] == [backup[1], backup[3]]

    is_well = [sys.executable if word == "python" else word for word in image("HEALTHCHECK")]
    assert subprocess.run(is_well, env=environment, capture_output=True, check=False).returncode != 0
    with (
        subprocess.Popen(web, env=environment, stderr=subprocess.PIPE) as site,
        subprocess.Popen(watch, env=environment, stderr=subprocess.PIPE) as watching,
    ):
        deadline = time.monotonic() + 60
        while subprocess.run(is_well, env=environment, capture_output=True, check=False).returncode:
            assert site.poll() is None and time.monotonic() < deadline
            time.sleep(0.2)
        _, *doctor = compose()["services"]["watch"]["healthcheck"]["test"]
        done = subprocess.run(
            [OURS, *doctor[1:]], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout

        folder = tmp_path / "backups"
        folder.mkdir()
        there = [str(folder) if word.startswith("/var/lib") else word for word in backup]
        done = subprocess.run(there, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert len(list(folder.iterdir())) == 1

        site.terminate()
        watching.terminate()
        assert site.wait(seconds("conductatlas-web")) == 0, site.stderr.read()
        assert watching.wait(seconds("conductatlas-watch")) == 0, watching.stderr.read()
