"""What `doctor` says of the browser: there, missing, or switched off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conductatlas.archive import chromium
from conductatlas.config import load
from conductatlas.work.doctor import _browser


def test_off_is_told_and_no_fault() -> None:
    (finding,) = _browser(replace(load(), browser="off"))
    assert (finding.level, "switched off" in finding.message) == ("good", True)


def test_a_missing_browser_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "NAMES", ("no-such-program",))
    (finding,) = _browser(load())
    assert finding.level == "warning"
    assert "conductatlas[browser]" in finding.remedy


def test_a_path_that_leads_nowhere_is_named() -> None:
    (finding,) = _browser(replace(load(), browser="/no/such/chromium"))
    assert "/no/such/chromium" in finding.message


@pytest.mark.browser
def test_one_that_is_there_is_named_with_its_version() -> None:
    if not any(map(chromium.shutil.which, chromium.NAMES)):
        pytest.skip("no Chromium on this machine")
    (finding,) = _browser(load())
    assert (finding.level, "Chromium" in finding.message or "Chrome" in finding.message) == ("good", True)
