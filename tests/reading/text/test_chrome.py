"""What is left out of a page, and what must not be."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from conductatlas.reading.text.html import read_html

POLICY = "".join(
    f"<p>Clause {n}: you grant us a licence to what you post, and we may end it.</p>" for n in range(30)
)


def lines(markup: str) -> list[str]:
    return read_html(markup, "https://acme.example/terms").reading.text.split("\n")


@pytest.mark.parametrize(
    "chrome",
    [
        "<nav><a href=/a>Products</a></nav>",
        "<header><a href=/>Acme</a><button>Menu</button></header>",
        "<footer><a href=/a>Careers</a></footer>",
        "<aside><a href=/blog>Gone: read our blog</a></aside>",
        "<div role=dialog>Gone: we value your privacy</div>",
        "<div id=onetrust-consent-sdk>Gone: cookies</div>",
        "<div class='CookieBanner__root'>Gone: cookies</div>",
        "<div class='js-cookie-banner is-open'>Gone: cookies</div>",
        "<ul class=breadcrumbs><li>Gone<li>Legal</ul>",
        "<div class=related-articles><h3>Gone</h3><a href=/x>Other</a></div>",
        "<form><p>Gone: subscribe</p><input name=email><button>Go</button></form>",
        "<button>Print</button>",
        "<a href='#main'>Skip to main content</a>",
        "<p><a href='#top'>Back to top</a></p>",
        "<p class=sr-only>Gone</p>",
        "<h2>Contents</h2><ul><li><a href='#a'>Scope</a><li><a href='#b'>Fees</a><li>3. <a href='#c'>End</a></ul>",
        "<div><p><a href='https://acme.example/terms#a'>A</a><p><a href='#b'>B</a><p><a href='#c'>C</a></div>",
        "<script>gone()</script><style>gone{}</style><noscript>Gone</noscript><template>Gone</template><svg><text>Gone</text></svg>",
        "<select><option>Gone</select><textarea>Gone</textarea>",
    ],
)
@pytest.mark.parametrize("where", ["before", "inside main", "after"])
def test_chrome_is_left_out(chrome: str, where: str) -> None:
    page = {
        "before": f"<body>{chrome}<div>{POLICY}</div>",
        "inside main": f"<main>{chrome}{POLICY}</main>",
        "after": f"<div>{POLICY}</div>{chrome}",
    }[where]
    assert lines(page) == lines(POLICY)


@pytest.mark.parametrize("element", ["header", "footer", "aside"])
def test_what_frames_a_page_may_belong_to_an_article(element: str) -> None:
    note = f"<{element}><p>Last updated: 1 May 2026. A longer note on what has changed since.</p></{element}>"
    assert lines(f"{note}<div>{POLICY}</div>") == lines(POLICY)
    assert len(lines(f"<article>{note}{POLICY}</article>")) == 31


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        (
            "<button aria-expanded=false>Fees</button><div hidden><p>You pay monthly.</p></div>",
            "Fees\nYou pay monthly.",
        ),
        ("<h3><button>Fees</button></h3><div style='display:none'>You pay.</div>", "Fees\nYou pay."),
        ("<details><summary>Fees</summary>You pay.</details>", "Fees\nYou pay."),
        ("<section id=sharing><h2>Sharing</h2><p>We share data.</p></section>", "Sharing\nWe share data."),
        ("<div id=newsletter-and-email><p>We send a newsletter.</p></div>", "We send a newsletter."),
        ("<h2 id=cookie-consent>Cookie consent</h2><p>We ask.</p>", "Cookie consent\nWe ask."),
        ("<ul><li><a href='#a'>Scope</a><li><a href=/other>Other terms</a></ul>", "Scope\nOther terms"),
        ("<form><p>By using it you agree.</p></form>", "By using it you agree."),
        ("<aside><p>In short: we keep your data for a year, and then we delete it.</p></aside>", "In short:"),
        ("<header><h2>Annex</h2><p>Last updated: 1 May 2026</p></header>", "Last updated: 1 May 2026"),
    ],
)
def test_what_may_be_policy_stays(markup: str, kept: str) -> None:
    assert kept in "\n".join(lines(f"<main>{POLICY}{markup}</main>"))


def test_a_policy_in_an_odd_place_is_no_chrome() -> None:
    assert len(lines(f"<p>Welcome.</p><div role=dialog>{POLICY}</div>")) == 31
    assert len(lines(f"<nav>{POLICY}</nav>")) == 30
    assert len(lines(f"<form><input name=q>{POLICY}</form>")) == 30


def test_the_page_header_with_the_only_title_stays() -> None:
    assert lines(f"<header><h1>Terms</h1></header><div>{POLICY}</div>")[0] == "Terms"


def test_main_is_read_alone_only_if_it_holds_half_of_the_text() -> None:
    assert lines(f"<p>Promoted!</p><main>{POLICY}</main>")[0].startswith("Clause 0")
    assert lines(f"<main><p>Promoted!</p></main><div>{POLICY}</div>")[:2][1].startswith("Clause 0")


def test_a_title_above_main_begins_the_document() -> None:
    read = lines(f"<p>Promoted!</p><h1>Terms</h1><p>Updated: 1 May 2026</p><main>{POLICY}</main>")
    assert read[:3] == ["Terms", "Updated: 1 May 2026", lines(POLICY)[0]]


def test_the_list_of_names_is_well_formed() -> None:
    source = resources.files("conductatlas.reading.text").joinpath("chrome.toml").read_text("utf-8")
    data = tomllib.loads(source)
    assert set(data) == {"name", "lines"}
    for row in data["name"]:
        assert set(row) <= {"what", "share", "links", "names"}
        assert row["what"] and 0 < row["share"] <= 1 and 0 <= row.get("links", 0) <= 1
        assert len(row["names"]) == len(set(row["names"])) and all(
            name.strip() == name for name in row["names"]
        )
    for words in data["lines"].values():
        assert all(word == word.lower() for word in words) and len(words) == len(set(words))


WORDS = ("About", "Careers", "Ads", "Help", "Login", "Signup", "Cookies", "Imprint")
MENU = " ".join(f"<a href=/{word}>{word}</a>" for word in WORDS)


def test_a_line_of_links_and_nothing_else_is_a_menu() -> None:
    assert "Careers" not in "".join(lines(f"<main>{POLICY}<p>{MENU}</p></main>"))
    assert "Careers" in "".join(lines(f"<main>{POLICY}<p>You also agree to: {MENU}</p></main>"))
    assert "Careers" in "".join(
        lines(f"<main>{POLICY}<table><tr><th>Sites<td>{MENU}<tr><th>More<td>none</table></main>")
    )


def test_a_list_to_choose_from_is_no_text() -> None:
    choices = "".join(f"<li role=option>Language {n}" for n in range(60))
    found = "".join(lines(f"<main>{POLICY}<ul role=listbox>{choices}</ul></main>"))
    assert "Language" not in found
    label = "<label for=x>Choose a language.</label><select id=x><option>Deutsch</select>"
    assert "Choose" not in "".join(lines(f"<main>{POLICY}{label}</main>"))
    accordion = "<input type=checkbox id=y><label for=y>Your rights</label>"
    assert "Your rights" in "".join(lines(f"<main>{POLICY}{accordion}</main>"))
