"""The lock file names public registry addresses only, so that it works on anyone's machine."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
PUBLIC = {"pypi.org", "files.pythonhosted.org"}


def test_every_address_in_the_lock_is_a_public_registry() -> None:
    text = (ROOT / "uv.lock").read_text("utf-8")
    hosts = {urlsplit(address).hostname for address in re.findall(r"[a-z+]+://[^\s\"']+", text)}
    assert hosts == PUBLIC


def test_no_package_comes_from_anywhere_but_the_registry() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    sources = {
        tuple(package["source"].items()) for package in lock["package"] if package["name"] != "conductatlas"
    }
    assert sources == {(("registry", "https://pypi.org/simple"),)}


def test_the_default_install_has_no_browser_pdf_writer_queue_or_training_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[\[<>=;!~ ]", text)[0] for text in project["dependencies"]}
    assert not names & {
        "playwright",
        "weasyprint",
        "celery",
        "scikit-learn",
        "torch",
        "onnxruntime",
        "psycopg",
        "openai",
        "pydantic",
    }
    assert len(names) <= 24  # docs/explanation/dependencies.md says what each is for
