"""Declarations as texts, with one thing wrong at a time. Property tests here have no deadline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

QUILL = """\
name = "Quill"
slug = "quill"
category = "productivity"
website = "https://quill.example/"

[[documents]]
kind = "terms"
title = "Terms of Service"
language = "en"
url = "https://quill.example/terms"

[[documents]]
kind = "privacy"
title = "Privacy Policy"
language = "en"
region = "EU"
audience = "consumers"
cadence = "6h"

[[documents.sources]]
url = "https://quill.example/privacy"
select = ["main"]

[[documents.sources]]
url = "https://quill.example/privacy/eu"
remove = [".menu"]
"""


@pytest.fixture
def quill() -> str:
    return QUILL


@pytest.fixture
def declare(tmp_path: Path) -> Callable[..., Path]:
    """Write declarations into a folder: file name (without .toml) to text."""

    def write(**files: str | bytes) -> Path:
        folder = tmp_path / "declarations"
        folder.mkdir(exist_ok=True)
        for stem, text in files.items():
            (folder / f"{stem}.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
        return folder

    return write
