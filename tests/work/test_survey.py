"""From one address to the documents it shows or leads to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conductatlas.archive.answer import Answer, Request
from conductatlas.archive.memory import MemoryFetcher, Page
from conductatlas.clock import SystemClock
from conductatlas.errors import RobotsRefusedError, StatusError
from conductatlas.work import survey
from conductatlas.work.survey import Look, Survey

SITE = "https://brambleway.example"
HUB = ("terms", "privacy", "cookies", "dpa", "sla", "refunds")
NAMES = {
    "terms": "Terms of use",
    "privacy": "Privacy policy",
    "cookies": "Cookie policy",
    "dpa": "Data processing addendum",
    "sla": "Service level agreement",
    "refunds": "Refund policy",
}


def document(title: str, *, head: str = "", language: str = "en") -> str:
    clause = (
        "These terms govern your use of the service. You agree that we process personal data as stated in"
    )
    body = "".join(f"<h2>{n}</h2><p>{clause} clause {n} of {title}.</p>" for n in range(8))
    return f"<html lang={language}><head><title>{title}</title>{head}</head><main><h1>{title}</h1>{body}</main></html>"


def hub(links: dict[str, str], more: str = "") -> str:
    rows = "".join(f"<li><a href='{address}'>{name}</a></li>" for address, name in links.items())
    return f"<html lang=en><title>Legal centre</title><h1>Legal centre</h1>{more}<ul>{rows}</ul></html>"


@pytest.fixture
def look() -> Callable[..., tuple[list[Look], list[str]]]:
    """Looks round a site of pages, and what was asked for."""

    def run(pages: dict[str, object], start: str = "/legal", **given: object) -> tuple[list[Look], list[str]]:
        served = {
            (path if "://" in path else SITE + path): Page(body.encode()) if isinstance(body, str) else body
            for path, body in pages.items()
        }
        fetcher = MemoryFetcher(SystemClock(), served)  # type: ignore[arg-type]

        def ask(url: str) -> Answer:
            return fetcher.fetch(Request(url))

        looks = list(Survey(ask=ask, **given).of(SITE + start))  # type: ignore[arg-type]
        return looks, [address.removeprefix(SITE) for address, _ in fetcher.asked]

    return run


def found(looks: list[Look]) -> list[str]:
    return [each.url.removeprefix(SITE) for each in looks if each.found]


def left(looks: list[Look]) -> dict[str, str]:
    return {each.url.removeprefix(SITE): str(each.reason) for each in looks if each.reason}


def site(**more: object) -> dict[str, object]:
    pages: dict[str, object] = {f"/{slug}": document(NAMES[slug]) for slug in HUB}
    return pages | {"/legal": hub({f"/{slug}": NAMES[slug] for slug in HUB})} | dict(more)


def test_a_document_is_found_and_its_links_are_not_followed(
    look: Callable[..., tuple[list[Look], list[str]]],
) -> None:
    looks, asked = look(
        {"/terms": document("Terms of use").replace("</main>", "<a href=/privacy>Privacy policy</a></main>")},
        "/terms#top",
    )
    assert (found(looks), asked) == (["/terms"], ["/terms"])


def test_a_hub_is_followed_and_never_found(look: Callable[..., tuple[list[Look], list[str]]]) -> None:
    looks, _ = look(site())
    assert found(looks) == [f"/{slug}" for slug in HUB]
    assert looks[0].followed == len(HUB)
    assert all(each.found and "Legal centre" not in each.found.reading.text for each in looks[1:])


def test_loops_and_fragments_are_asked_for_once(look: Callable[..., tuple[list[Look], list[str]]]) -> None:
    links = {f"/{slug}": NAMES[slug] for slug in HUB}
    pages = site() | {
        "/legal": hub(
            links | {"/terms#2": "Terms, part 2", "/terms/": "Terms", "/more": "Terms of service for teams"}
        ),
        "/more": hub(links | {"/legal": "All our terms"}),
    }
    looks, asked = look(pages)
    assert len(asked) == len(set(asked)) == len(HUB) + 2
    assert found(looks) == [f"/{slug}" for slug in HUB]


def test_a_hub_of_hubs_is_followed_two_levels_deep(look: Callable[..., tuple[list[Look], list[str]]]) -> None:
    def below(level: int) -> str:
        return hub(
            {f"/{slug}/{level}": NAMES[slug] for slug in HUB[:5]}
            | {f"/terms/hub{level + 1}": "Business terms"}
        )

    pages: dict[str, object] = {
        f"/{slug}/{n}": document(f"{NAMES[slug]} {n}") for slug in HUB for n in range(4)
    }
    looks, _ = look(pages | {"/legal": below(0), "/terms/hub1": below(1), "/terms/hub2": below(2)})
    assert {url[-1] for url in found(looks)} == {"0", "1"}
    assert left(looks) == {"/terms/hub2": "too_deep"}


def test_what_is_not_taken_says_why(look: Callable[..., tuple[list[Look], list[str]]]) -> None:
    links = {f"/{slug}": NAMES[slug] for slug in HUB} | {
        "https://elsewhere.example/privacy": "Privacy policy of our processor",
        "/jobs": "Jobs",
        "/terms/print": "Terms of use, to print",
    }
    pages = site() | {
        "/legal": hub(links),
        "/privacy": RobotsRefusedError("robots.txt"),
        "/cookies": StatusError(404),
        "/dpa": "<title>Sign in</title><h1>Sign in to continue</h1><form><input type=password></form>",
        "/terms/print": document("Terms of use"),
    }
    looks, asked = look(pages, declared=lambda url: "brambleway/sla" if url.endswith("/sla") else "")
    assert left(looks) == {
        "/privacy": "robots",
        "/cookies": "status",
        "/dpa": "login_wall",
        "/sla": "already_declared",
        "https://elsewhere.example/privacy": "off_site",
        "/terms/print": "same_text",
    }
    assert not {"/jobs", "/sla", "https://elsewhere.example/privacy"} & set(asked)


def test_another_host_counts_where_it_is_named(look: Callable[..., tuple[list[Look], list[str]]]) -> None:
    other = "https://elsewhere.example/privacy"
    pages = site() | {
        "/legal": hub({f"/{slug}": NAMES[slug] for slug in HUB} | {other: "Privacy notice"}),
        other: document("Privacy notice"),
    }
    assert other in found(look(pages, hosts=["elsewhere.example"])[0])


def test_copies_in_other_languages_are_not_asked_for(
    look: Callable[..., tuple[list[Look], list[str]]],
) -> None:
    links = {f"/{slug}": NAMES[slug] for slug in HUB} | {"/de/privacy": "Datenschutzerklärung"}
    copy = "<link rel=alternate hreflang=de href=/de/privacy>"
    looks, asked = look(site() | {"/legal": hub(links), "/privacy": document("Privacy policy", head=copy)})
    assert left(looks) == {"/de/privacy": "other_language"}
    assert "/de/privacy" not in asked


def test_no_more_pages_than_the_most_are_asked_for(
    look: Callable[..., tuple[list[Look], list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "MOST", 3)
    looks, asked = look(site())
    assert len(asked) == 3
    assert list(left(looks).values()) == ["too_many"] * 4


def test_the_first_address_must_answer(look: Callable[..., tuple[list[Look], list[str]]]) -> None:
    with pytest.raises(StatusError):
        look({"/legal": StatusError(404)})


@pytest.mark.parametrize(
    "markup",
    [
        "<a href='http://[::1'>Privacy policy</a>" * 9,
        "<a href='javascript:alert(1)'>Terms of use</a>" * 9,
        "<base href='http://u:p@x/'><a href='/terms'>Terms of use</a>" * 9,
        "<a href='data:text/html,terms'>Terms" + "<div>" * 500,
        "\x00<link rel=canonical href='//['><link rel=alternate hreflang='☃' href='::'>",
    ],
)
def test_hostile_markup_leads_nowhere(look: Callable[..., tuple[list[Look], list[str]]], markup: str) -> None:
    assert look({"/legal": markup})[1] == ["/legal"]
