from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protego import Protego

from conductatlas.archive.robots import MAX_LENGTH, Decision, RobotsPolicy, robots_url
from conductatlas.errors import AddressRefusedError

SITE = "https://lumen.example"
TOKEN = "ConductAtlas"


def decide(body: str, target: str = "/legal/terms") -> Decision:
    return RobotsPolicy.from_answer(200, body.encode()).decision(SITE + target, TOKEN)


@pytest.mark.parametrize(
    ("status", "allowed", "why"),
    [
        (200, True, "allowed: no rule matches"),
        (301, True, "allowed: robots.txt answered 301"),
        (403, True, "allowed: robots.txt answered 403"),
        (404, True, "allowed: robots.txt answered 404"),
        (500, False, "disallowed: robots.txt answered 500"),
        (503, False, "disallowed: robots.txt answered 503"),
        (None, False, "disallowed: robots.txt could not be had"),
    ],
)
def test_the_status_decides_before_the_body(status: int | None, allowed: bool, why: str) -> None:
    assert RobotsPolicy.from_answer(status, b"").decision(f"{SITE}/terms", TOKEN) == Decision(allowed, why)


def test_the_body_of_an_error_says_nothing() -> None:
    assert RobotsPolicy.from_answer(404, b"User-agent: *\nDisallow: /").decision(SITE, TOKEN).allowed


@pytest.mark.parametrize("status", [200, 503, None])
def test_robots_txt_itself_is_always_allowed(status: int | None) -> None:
    policy = RobotsPolicy.from_answer(status, b"User-agent: *\nDisallow: /")
    assert policy.decision(robots_url(SITE), TOKEN).allowed
    assert not policy.decision(f"{SITE}/robots.txt.html", TOKEN).allowed


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("User-agent: *\nDisallow: /legal # all of it", "disallowed by 'Disallow: /legal'"),
        ("User-agent: *\nDisallow: /\nAllow: /legal/", "allowed by 'Allow: /legal/'"),
        ("User-agent: *\nAllow: /legal\nDisallow: /legal", "allowed by 'Allow: /legal'"),
        ("User-agent: *\nDisallow:", "allowed: no rule matches"),
        ("User-agent: other\nDisallow: /", "allowed: no rule matches"),
        ("Disallow: /", "allowed: no rule matches"),
        ("<!doctype html><p>User-agent: *</p>Disallow: /", "allowed: no rule matches"),
        ("\ufeffUser-agent: *\rdisallow : /legal", "disallowed by 'disallow : /legal'"),
        ("USER-AGENT: conductatlas/2.0\nDisallow: /legal", "disallowed by 'Disallow: /legal'"),
        ("User-agent: conduct\nDisallow: /", "allowed: no rule matches"),
        ("User-agent: *\nDisallow: /\nUser-agent: ConductAtlas\nAllow: /x", "allowed: no rule matches"),
        ("User-agent: a\nSitemap: /s\nUser-agent: ConductAtlas\nDisallow: /", "disallowed by 'Disallow: /'"),
        ("User-agent: ConductAtlas\nUser-agent: b\nDisallow: /", "disallowed by 'Disallow: /'"),
        ("User-agent: ConductAtlas\nDisallow: /a\nUser-agent: b\nDisallow: /", "allowed: no rule matches"),
        (
            "User-agent: ConductAtlas\nDisallow: /a\n\nUser-agent: b\nAllow: /\n\n"
            "User-agent: ConductAtlas\nDisallow: /legal",
            "disallowed by 'Disallow: /legal'",
        ),
    ],
)
def test_groups_and_rules(body: str, why: str) -> None:
    decision = decide(body)
    assert decision.why == why
    assert decision.allowed is why.startswith("allowed")


@pytest.mark.parametrize(
    ("pattern", "target", "matches"),
    [
        ("/legal$", "/legal", True),
        ("/legal$", "/legal/", False),
        ("/legal", "/legalese", True),
        ("/Legal", "/legal", False),
        ("/*.pdf$", "/a/terms.pdf", True),
        ("/*.pdf$", "/a/terms.pdf?x", False),
        ("*/terms", "/legal/terms", True),
        ("/a*b*c", "/aXbYc/d", True),
        ("/a*b*c", "/acb", False),
        ("/a*b$", "/ab", True),
        ("/ab*b$", "/ab", False),
        ("/*$", "/anything", True),
        ("/?lang=", "/?lang=de", True),
        ("/%7Eann/", "/~ann/", True),
        ("/~ann/", "/%7eann/", True),
        ("/straße", "/stra%C3%9Fe", True),
        ("/stra%c3%9fe", "/straße", True),
        ("/go?to=http://x", "/go?to=http%3A%2F%2Fx", True),
        ("/price%24", "/price$", True),
        ("/price$", "/price$", False),
        ("/star%2A", "/star*", True),
        ("/100%", "/100%25", True),
        ("legal", "/legal", False),
    ],
)
def test_patterns(pattern: str, target: str, matches: bool) -> None:
    assert decide(f"User-agent: *\nDisallow: {pattern}", target).allowed is not matches


def test_the_most_specific_rule_decides() -> None:
    body = "User-agent: *\nAllow: /legal/terms\nDisallow: /legal/\nAllow: /legal/*/annex\nDisallow: /"
    assert decide(body, "/legal/terms").allowed
    assert not decide(body, "/legal/privacy").allowed
    assert decide(body, "/legal/privacy/annex").allowed


@pytest.mark.parametrize(
    ("value", "delay"), [("10", 10.0), ("0.5", 0.5), ("soon", None), ("-1", None), ("1e9", None), ("٣", None)]
)
def test_a_crawl_delay_is_seconds_or_nothing(value: str, delay: float | None) -> None:
    assert decide(f"User-agent: *\nCrawl-delay: {value}\nDisallow: /private").crawl_delay == delay


def test_only_so_much_is_read_and_no_half_rule() -> None:
    filler = b"User-agent: *\nAllow: /x\n"
    rule = b"Disallow: /legal/archive\n"
    policy = RobotsPolicy.from_answer(200, filler + b"#" * (MAX_LENGTH - len(filler) - 18) + b"\n" + rule)
    assert policy.decision(f"{SITE}/legal/terms", TOKEN).allowed
    policy = RobotsPolicy.from_answer(200, filler + rule + b"#" * MAX_LENGTH)
    assert not policy.decision(f"{SITE}/legal/archive", TOKEN).allowed


def test_what_is_no_web_address_gets_a_typed_error() -> None:
    with pytest.raises(AddressRefusedError):
        RobotsPolicy.from_answer(200).decision("mailto:legal@lumen.example", TOKEN)


@given(body=st.binary(max_size=300), target=st.text(max_size=30))
def test_any_bytes_lead_to_a_decision(body: bytes, target: str) -> None:
    for start in (b"", b"User-agent: *\nDisallow: "):
        try:
            decision = RobotsPolicy.from_answer(200, start + body).decision(f"{SITE}/{target}", TOKEN)
        except AddressRefusedError:
            continue
        assert decision.why.startswith("allowed" if decision.allowed else "disallowed")
        assert "\0" not in decision.why


PATHS = st.text("ab/", max_size=4).map(lambda text: f"/{text}")
RULES = st.tuples(
    st.sampled_from(["Allow", "Disallow"]), PATHS | st.text("ab/*", max_size=5).map(lambda t: f"/{t}")
)
GROUPS = st.tuples(st.lists(st.sampled_from(["*", TOKEN, "other"]), min_size=1), st.lists(RULES, min_size=1))


@settings(max_examples=300)
@given(groups=st.lists(GROUPS, max_size=4), path=PATHS)
def test_decisions_are_those_of_protego(
    groups: list[tuple[list[str], list[tuple[str, str]]]], path: str
) -> None:
    lines = [
        line
        for agents, rules in groups
        for line in [f"User-agent: {agent}" for agent in agents] + [f"{word}: {rule}" for word, rule in rules]
    ]
    body = "\n".join(lines)
    assert decide(body, path).allowed is Protego.parse(body).can_fetch(SITE + path, TOKEN)
