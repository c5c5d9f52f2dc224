"""Where links lead: which addresses are one place, and where another place is a difference (S13)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conductatlas.reading.compare.comparison import Comparison, compare
from conductatlas.reading.compare.hunks import HunkKind
from conductatlas.reading.compare.knowledge import table
from conductatlas.reading.compare.linking import is_rule, place_of
from conductatlas.reading.compare.render import redline_ansi, redline_html
from conductatlas.reading.text.marks import Mark, MarkKind, Reading

LISTED = "Our sub-processors are listed here."
OPTING = "You can opt out here at any time."
CHAT = "Read more about bicycles here."
PAGE = "https://pelican.example/list"


def linked(text: str, *targets: str) -> Reading:
    """A reading in which the n-th "here" leads to the n-th target."""
    marks, at = [], -1
    for target in targets:
        at = text.index("here", at + 1)
        marks.append(Mark(at, at + 4, MarkKind.LINK, value=target))
    return Reading(text, tuple(marks), "", "en")


@pytest.mark.parametrize(
    "same",
    [
        "http://www.pelican.example/list/",
        "https://PELICAN.example:443/list#top",
        "https://pelican.example/list?utm_source=x&fbclid=1&ref=footer&mc_eid=2",
        "https://pelican.example/list/index.html",
        "https://pelican.example/l%69st?hl=de",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fpelican.example%2Flist&h=AT0",
        "https://www.google.com/url?q=https://pelican.example/list&sa=D",
        "https://www.bing.com/ck/a?!&&p=59&u=a1aHR0cHM6Ly9wZWxpY2FuLmV4YW1wbGUvbGlzdA&ntb=1",
        "https://m.example/privacy/policy/logging/?target=X&redirect_uri=https%3A%2F%2Fpelican.example%2Flist",
    ],
)
def test_one_place_has_many_addresses(same: str) -> None:
    assert place_of(same) == place_of(PAGE)
    assert compare(linked(LISTED, PAGE), linked(LISTED, same)).kind is None


@pytest.mark.parametrize(
    "other",
    [
        "https://pelican.example/lists",
        "https://heron.example/list",
        "https://pelican.example:8443/list",
        "https://pelican.example/list?id=2",
        "mailto:list@pelican.example",
        "not an address [",
    ],
)
def test_another_place_is_a_hunk_of_its_own_in_a_clause_that_rests_on_it(other: str) -> None:
    for old, new in ((PAGE, other), (other, PAGE)):
        comparison = compare(linked(LISTED, old), linked(LISTED, new))
        (hunk,) = comparison.hunks
        assert (hunk.kind, hunk.significance, hunk.rules) == (HunkKind.RELINKED, "substantive", ("S13",))
        assert (hunk.old_target, hunk.new_target) == (old, new)
        assert not hunk.is_edited
        assert comparison.links_changed == 0
        assert hunk.to_dict(comparison.old.text, comparison.new.text)["new_target"] == new


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        ("blog/nest-rules", "index/nest-rules/", True),
        ("resources/nest_rules", "legal/nest-rules", True),
        ("nest-rules", "policies/nest-rules", True),
        ("eu/nest-rules", "us/nest-rules", False),
        ("policies/nest-rules", "policies/eu/nest-rules", False),
        ("blog/nests", "legal/nests", False),
        ("legal/nest-rules", "legal/nest-rules-2", False),
    ],
)
def test_a_page_that_moved_on_its_site_is_the_same(old: str, new: str, is_same: bool) -> None:
    before, after = (f"https://pelican.example/{path}" for path in (old, new))
    assert (compare(linked(LISTED, before), linked(LISTED, after)).kind is None) is is_same
    other = after.replace("pelican", "heron")
    assert compare(linked(LISTED, before), linked(LISTED, other)).kind == "substantive"


def test_an_address_in_words_leads_to_the_same_page() -> None:
    old, new = (
        Reading(f"See our terms at https://pelican.example/{path} for that.", (), "", "en")
        for path in ("resources/nest_rules", "legal/nest-rules")
    )
    assert compare(old, new).kind == "editorial"


def test_elsewhere_it_is_counted() -> None:
    comparison = compare(linked(CHAT, PAGE), linked(CHAT, "https://pelican.example/others"))
    assert (comparison.kind, comparison.links_changed) == (None, 1)


def test_the_heading_over_a_clause_says_what_it_is_about() -> None:
    text = "Terms\nSub-processors\nThe list is here."
    headings = (Mark(0, 5, MarkKind.HEADING, 1), Mark(6, 20, MarkKind.HEADING, 2))
    old, new = (
        replace(one, marks=(*headings, *one.marks)) for one in (linked(text, PAGE), linked(text, f"{PAGE}/2"))
    )
    assert [hunk.kind for hunk in compare(old, new).hunks] == ["relinked"]


def test_a_clause_of_which_words_differ_too_is_told_once() -> None:
    comparison = compare(
        linked(f"{OPTING} Or here.", PAGE, PAGE),
        linked("You may opt out here at any time. Or here.", PAGE, f"{PAGE}/2"),
    )
    (hunk,) = comparison.hunks
    assert (hunk.kind, hunk.rules) == (HunkKind.MODIFIED, ("S3", "S13"))
    assert (hunk.old_target, hunk.new_target) == (PAGE, f"{PAGE}/2")


def test_an_editorial_edit_beside_it_does_not_hide_it() -> None:
    old, new = linked("1. Opt out here.", PAGE), linked("2. Opt out here.", f"{PAGE}/2")
    (hunk,) = compare(old, new).hunks
    assert (hunk.significance, hunk.rules) == ("substantive", ("S13", "N3"))


def test_backwards_is_the_mirror_image() -> None:
    old, new = linked(f"{OPTING} Not here.", PAGE, "https://a.example/"), linked(OPTING, f"{PAGE}/2")

    def told(comparison: Comparison) -> list[object]:
        return [(hunk.kind, hunk.rules, hunk.old_target, hunk.new_target) for hunk in comparison.hunks]

    assert told(compare(old, new)) == [
        (kind, rules, after, before) for kind, rules, before, after in told(compare(new, old))
    ]


def test_drawings_show_both_addresses_and_link_to_neither() -> None:
    old, new = linked(LISTED, PAGE), linked(LISTED, "https://heron.example/<b>")
    comparison = compare(old, new)
    drawn = redline_html(old, new, comparison)
    assert f"{PAGE}</del>" in drawn
    assert "https://heron.example/&lt;b&gt;</ins>" in drawn
    assert "href" not in drawn
    assert redline_ansi(old, new, comparison, colour=False).startswith("@ ")


def test_the_table_holds_what_it_says() -> None:
    data = table("linking")
    assert set(data["clauses"]) == {
        "incorporation",
        "opt_out",
        "notice",
        "subprocessors",
        "rights",
        "arbitration",
    }
    for entry in data["clauses"].values():
        assert set(entry) == {"en", "de", "fr", "es"}
    assert len(data["parameters"]) == len(set(data["parameters"]))
    assert is_rule("Vos droits: écrivez ici.", "fr")
    assert not is_rule("Lisez ceci.", "fr")


@pytest.mark.parametrize(
    "address",
    [
        "https://l.facebook.com/l.php?u=javascript:alert(1)",
        "https://l.facebook.com/l.php?h=AT0",
        "https://google.com/url?q=",
    ],
)
def test_an_exit_that_leads_to_no_page_is_itself(address: str) -> None:
    assert place_of(address).startswith(("l.facebook.com/l.php", "google.com/url"))


def test_random_ids_within_a_path_are_one_place_and_at_its_end_are_not() -> None:
    one, two = "0a4a6b89-5408-4ff0-80b7-6131ce2870e8", "5009bf07-b21e-45c8-bce6-0236c03708ac"
    within = "https://pelican.example/redirect/website.v1.{}/settings"
    assert place_of(within.format(one)) == place_of(within.format(two))
    behind = "https://pelican.example/terms-{}"
    assert place_of(behind.format(one)) != place_of(behind.format(two))


def test_what_is_not_encoded_stays_as_it_is() -> None:
    assert place_of("https://bing.com/ck/a?u=a1%%%").startswith("bing.com/ck/a")
