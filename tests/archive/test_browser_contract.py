"""What every browser does, run on Chromium and on the twin in memory."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from conductatlas.archive.answer import Answer
from conductatlas.archive.browser import Browser, MemoryBrowser
from conductatlas.archive.chromium import ChromiumBrowser
from conductatlas.clock import SystemClock
from conductatlas.errors import AnswerTooLargeError, BrowserHungError, FetchError

URL = "http://lumen.example/terms"
SHELL = "<!doctype html><title>Lumen</title><div id=root></div><script>%s</script>"
WRITES = "document.getElementById('root').innerHTML = '<h1>Terms</h1>' + '<p>You agree to these terms.</p>'.repeat(60)"
LEAVES = WRITES + ";location.href = 'http://other.example/terms'"
pytestmark = pytest.mark.browser


def answer(body: str, *headers: tuple[str, str], url: str = URL) -> Answer:
    now = datetime.now(UTC)
    fields = (("Content-Type", "text/html; charset=utf-8"), *headers)
    data = body.encode()
    return Answer(url, url, 200, "HTTP/1.1", (), (), fields, data, True, "", len(data), "", None, now, now)


@pytest.fixture(params=["chromium", "memory"])
def browser(request: pytest.FixtureRequest, chromium: ChromiumBrowser) -> Browser:
    if request.param == "chromium":
        return chromium
    shown = SHELL % "" + "<h1>Terms</h1>" + "<p>You agree to these terms.</p>" * 60
    faults: dict[str, bytes | FetchError] = {
        URL: shown.encode(),
        URL + "/hangs": BrowserHungError("busy"),
        URL + "/huge": AnswerTooLargeError("huge"),
        URL + "/leaves": shown.encode(),
    }
    return MemoryBrowser(SystemClock(), dict(faults), {URL + "/leaves": "http://other.example/terms"})


def fails(browser: Browser, script: str, path: str) -> type[FetchError]:
    with pytest.raises(FetchError) as caught:
        browser.render(answer(SHELL % script, url=URL + path))
    return type(caught.value)


def test_the_text_a_script_puts_in_is_there(browser: Browser) -> None:
    rendered = browser.render(answer(SHELL % WRITES))
    assert rendered.dom.decode("utf-8").count("You agree to these terms.</p>") >= 60
    assert rendered.browser and rendered.viewport == "1280x1024"
    assert rendered.started_at <= rendered.finished_at
    assert (rendered.left_for, rendered.refused) == ("", 0)


def test_a_script_that_goes_elsewhere_is_told_and_not_followed(browser: Browser) -> None:
    rendered = browser.render(answer(SHELL % LEAVES, url=URL + "/leaves"))
    assert rendered.left_for == "http://other.example/terms"
    assert "You agree to these terms." in rendered.dom.decode("utf-8")


def test_a_page_that_never_rests_is_a_typed_error_and_the_next_one_works(browser: Browser) -> None:
    assert fails(browser, "while (true) {}", "/hangs") is BrowserHungError
    assert b"You agree to these terms." in browser.render(answer(SHELL % WRITES)).dom


def test_a_page_without_end_is_too_large(browser: Browser) -> None:
    script = "document.getElementById('root').textContent = 'terms '.repeat(400000)"
    assert fails(browser, script, "/huge") is AnswerTooLargeError
