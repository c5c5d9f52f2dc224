"""The sample world with a fixed last moment, so that every date in it is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from conductatlas.demo.server import WorldServer
from conductatlas.demo.world import World


@pytest.fixture(scope="session")
def world() -> World:
    return World(datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.fixture
def server(world: World) -> Iterator[WorldServer]:
    with WorldServer(world) as running:
        yield running
