from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.demo.moments import LAST
from conductatlas.demo.sites import Page, Site, load_sites
from conductatlas.demo.world import RETRY_AFTER, Answer, World
from conductatlas.errors import NotFoundError

PAGES = [
    pytest.param(site, page, id=f"{site.slug}-{page.name}") for site in load_sites() for page in site.pages
]
TERMS = "http://quillomere.example/legal/terms"
WORLD = World(datetime(2026, 11, 22, 12, tzinfo=UTC))
HOSTS = sorted(WORLD.hosts)


class Wellformed(HTMLParser):
    """Collects tags that are closed without having been opened, or never closed."""

    VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


def whole(answer: Answer) -> bool:
    return len(answer.body) == int(answer.header("Content-Length"))


@pytest.mark.parametrize(("site", "page"), PAGES)
def test_every_page_renders_at_every_moment(world: World, site: Site, page: Page) -> None:
    for moment in range(LAST + 1):
        answer = world.page(f"http://{site.host}{page.path_at(moment)}", moment)
        if page.fault_at(moment):
            continue
        assert answer.status == 200
        assert whole(answer)
        html = answer.body.decode(page.charset)
        assert "$" not in html.replace("US$", "").replace("$25", "")
        check = Wellformed()
        check.feed(html)
        assert check.faults == []


@pytest.mark.parametrize(("site", "page"), PAGES)
def test_the_same_question_gets_the_same_answer(world: World, site: Site, page: Page) -> None:
    url = f"http://{site.host}{page.path_at(LAST)}"
    assert world.page(url, LAST) == World(world.last).page(url, LAST)


def test_moments_are_told_from_the_last_one_backwards(world: World) -> None:
    assert world.when(LAST) == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert world.when(4) - world.when(3) == timedelta(hours=5)
    assert parsedate_to_datetime(world.page(TERMS, 0).header("Date")) == world.when(0)


@pytest.mark.parametrize("moment", [-1, LAST + 1])
def test_there_is_nothing_outside_the_moments(world: World, moment: int) -> None:
    with pytest.raises(NotFoundError):
        world.page(TERMS, moment)


def test_foreign_hosts_are_not_of_this_world(world: World) -> None:
    with pytest.raises(NotFoundError):
        world.page("http://elsewhere.example/", 0)


def test_a_platform_tells_its_dates_near_the_moment(world: World) -> None:
    body = world.page(TERMS, 5).body.decode()
    assert "Last updated: April 21, 2026" in body
    assert "Effective: May 21, 2026" in body


def test_front_page_is_a_hub_and_other_paths_are_not_there(world: World) -> None:
    assert b"/legal/privacy" in world.page("http://quillomere.example/", 0).body
    assert world.page("http://quillomere.example/nothing", 0).status == 404


# Validators


def test_etag_holds_as_long_as_the_text_and_spares_the_body(world: World) -> None:
    etag = world.page(TERMS, 2).header("ETag")
    assert world.page(TERMS, 4).header("ETag") == etag
    again = world.page(TERMS, 4, {"if-none-match": etag})
    assert (again.status, again.body) == (304, b"")
    assert world.page(TERMS, 5, {"if-none-match": etag}).status == 200


def test_last_modified_follows_the_text(world: World) -> None:
    url = "http://pulsewren.example/en/privacy"
    modified = world.page(url, 2).header("Last-Modified")
    assert parsedate_to_datetime(modified) == world.when(2) - timedelta(hours=3)
    assert world.page(url, 7, {"if-modified-since": modified}).status == 304
    assert world.page(url, 8, {"if-modified-since": modified}).status == 200


def test_rotating_etags_differ_although_the_text_is_the_same(world: World) -> None:
    url = "http://wendlebarrow.example/fees"
    first, second = (world.page(url, moment).header("ETag") for moment in (7, 8))
    assert first and second and first != second
    assert world.page(url, 8, {"if-none-match": first}).status == 200


@pytest.mark.parametrize("host", ["dukatello", "nethercoil", "pictavane"])
def test_some_sites_send_no_validators(world: World, host: str) -> None:
    site = next(site for site in world.sites if site.slug == host)
    answer = world.page(f"http://{site.host}{site.pages[0].path_at(0)}", 0)
    assert not answer.header("ETag") and not answer.header("Last-Modified")


@pytest.mark.parametrize("since", ["", "yesterday", "Thu, 01 Jan 99999 00:00:00 GMT", "\0"])
def test_a_date_that_is_none_is_ignored(world: World, since: str) -> None:
    assert world.page("http://pulsewren.example/en/privacy", 2, {"if-modified-since": since}).status == 200


@given(
    st.one_of(st.text(), st.builds("http://{}/{}".format, st.sampled_from(HOSTS), st.text())),
    st.dictionaries(
        st.sampled_from(["if-none-match", "if-modified-since", "accept-encoding"]), st.text(), max_size=3
    ),
    st.integers(-2, LAST + 2),
)
def test_any_question_gets_an_answer_or_a_typed_error(url: str, request: dict[str, str], moment: int) -> None:
    try:
        answer = WORLD.page(url, moment, request)
    except NotFoundError:
        return
    assert answer.status in {200, 301, 304, 404, 503}


# Noise


@pytest.mark.parametrize(
    "url",
    [
        "http://dukatello.example/salygos",
        "http://pictavane.example/about/terms",
        "http://wendlebarrow.example/fees",
        "http://nethercoil.example/legal/dpa",
    ],
)
def test_bytes_differ_from_moment_to_moment_without_a_change_of_the_text(world: World, url: str) -> None:
    assert world.page(url, 0).body != world.page(url, 1).body


def test_a_right_to_left_page_says_so(world: World) -> None:
    assert b'<html lang="ar" dir="rtl">' in world.page("http://zuvaroo.example/ar/privacy", 0).body


# Faults


def test_undeclared_windows_1252(world: World) -> None:
    answer = world.page("http://pulsewren.example/de/datenschutz", 0)
    assert answer.header("Content-Type") == "text/html"
    assert "Datenschutzerklärung" in answer.body.decode("windows-1252")
    assert b"charset" not in answer.body
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode()


def test_gzip_for_those_who_take_it(world: World) -> None:
    plain, packed = world.page(TERMS, 0), world.page(TERMS, 0, {"accept-encoding": "gzip, br"})
    assert packed.header("Content-Encoding") == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert whole(packed)


def test_unavailable_says_when_to_come_back(world: World) -> None:
    answer = world.page("http://dukatello.example/mokesciai", 7)
    assert (answer.status, answer.header("Retry-After")) == (503, str(RETRY_AFTER))


def test_truncated_body_is_half_of_what_it_claims(world: World) -> None:
    answer = world.page("http://pulsewren.example/en/privacy", 9, {"accept-encoding": "gzip"})
    assert len(answer.body) == int(answer.header("Content-Length")) // 2


def test_another_language_is_served_once(world: World) -> None:
    served = [b'lang="de"' in world.page("http://quillomere.example/legal/privacy", m).body for m in range(6)]
    assert served == [False, False, False, False, True, False]


@pytest.mark.parametrize(
    ("url", "moment", "words"),
    [
        (TERMS, 8, "Checking your browser"),
        ("http://pictavane.example/about/guidelines", 6, "You must log in"),
        ("http://zuvaroo.example/legal/rider-terms", 5, "doesn't exist"),
        ("http://nethercoil.example/legal/developer-terms", 9, "enable JavaScript"),
    ],
)
def test_walls_answer_200_in_place_of_the_text(world: World, url: str, moment: int, words: str) -> None:
    answer = world.page(url, moment)
    assert answer.status == 200
    assert words in answer.body.decode()
    assert "liab" not in answer.body.decode()
    assert not answer.header("ETag")


def test_a_moved_page_redirects_from_its_old_address(world: World) -> None:
    old, new = "http://wendlebarrow.example/terms", "http://wendlebarrow.example/legal/user-agreement"
    assert (world.page(old, 4).status, world.page(new, 4).status) == (200, 404)
    assert world.page(old, 5).header("Location") == "/legal/user-agreement"
    assert (world.page(old, 5).status, world.page(new, 5).status) == (301, 200)


def test_robots_files(world: World) -> None:
    wendlebarrow = "http://wendlebarrow.example/robots.txt"
    assert b"/help/cookies" not in world.page(wendlebarrow, 7).body
    assert b"Disallow: /help/cookies" in world.page(wendlebarrow, 8).body
    assert [world.page("http://nethercoil.example/robots.txt", m).status for m in (1, 2, 3)] == [
        200,
        503,
        200,
    ]
    assert world.page("http://zuvaroo.example/robots.txt", 0).status == 404
