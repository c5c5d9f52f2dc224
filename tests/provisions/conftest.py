"""An archive whose checks find provisions; its web is the fetcher's twin in memory."""

from __future__ import annotations

from tests.work.conftest import archive

__all__ = ["archive"]
