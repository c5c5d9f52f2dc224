"""The answers to the fifty questions that were found by reading: their form, and that the texts are still those."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.corpus.texts import reading_of

FILE = Path(__file__).parent / "questions_gold.toml"
PLATFORMS: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))["platforms"]

BOOLEANS = re.findall(
    r"\w+",
    """
    arbitration class_action_waiver jury_waiver indemnification warranty_as_is force_majeure change_by_continued_use
    termination_without_cause assignment_by_platform auto_renewal content_licence_to_platform content_licence_perpetual
    feedback_licence publicity_right competing_use_ban reverse_engineering_ban scraping_ban export_control
    monitoring_of_interactions targeted_ads do_not_track_honoured biometric_mentioned automated_decisions_mentioned
""",
)
DAYS = ["change_notice_days", "termination_notice_days", "price_change_notice_days"]
PLACES = ["governing_law", "venue", "entity_country"]
DATES = ["terms_last_updated", "terms_effective", "privacy_last_updated", "privacy_effective"]
CHOICES = {
    "small_claims_carve_out": {"optional", "required", "appeal only"},
    "ai_training_on_user_content": {
        "yes",
        "yes unless opted out",
        "only if opted in",
        "no",
        "depends on plan",
    },
    "retention_general": {"as long as necessary"},
    "sells_data": {"says it does not sell", "sells or shares (as US law defines)"},
}
LISTS = {
    "ai_training_opt_out_how": {"account settings", "form", "e-mail", "upgrade", "linked instructions"},
    "transfers_mechanism": {
        "SCC",
        "UK IDTA or Addendum",
        "adequacy",
        "DPF",
        "BCR",
        "consent",
        "derogation",
        "agreement by use",
        "lawful mechanism, unnamed",
        "other",
    },
}
PERIOD = re.compile(r"P(?:\d+[YMWD])+|PT\d+H")
KEYS = re.findall(
    r"\w+",
    """
    arbitration arbitration_provider arbitration_opt_out_days class_action_waiver jury_waiver small_claims_carve_out
    governing_law venue liability_cap indemnification time_to_sue warranty_as_is force_majeure change_notice_days
    change_by_continued_use termination_without_cause termination_notice_days assignment_by_platform auto_renewal
    refunds price_change_notice_days user_owns_output content_licence_to_platform content_licence_perpetual
    feedback_licence publicity_right competing_use_ban reverse_engineering_ban scraping_ban export_control
    ai_training_on_user_content ai_training_opt_out_how monitoring_of_interactions min_age children_data
    retention_specific_periods retention_general sells_data targeted_ads transfers_mechanism do_not_track_honoured
    biometric_mentioned automated_decisions_mentioned privacy_contact_email legal_entity entity_country
    terms_last_updated terms_effective privacy_last_updated privacy_effective
""",
)
ABOUT = {
    "value",
    "document",
    "section",
    "start",
    "debatable",
    "why",
    "also",
    "null_ok",
    "scope",
    "condition",
} | {
    *("conflict", "detail", "exclusive", "mutual", "liability_mode", "takes_effect"),
    *("parental_consent_below", "higher_where_law", "gpc_honoured", "refined"),
}


def fits(key: str, value: object) -> bool:
    """Whether it is a value that the questionnaire has for `key`."""
    if key in BOOLEANS:
        return isinstance(value, bool)
    if key in DAYS:
        return value == "no fixed period" or _whole(value)
    if key in {"arbitration_opt_out_days", "min_age"}:
        return _whole(value)
    if key in PLACES:
        return re.fullmatch(r"[A-Z]{2}(?:-[A-Z]{2,3})?", str(value)) is not None
    if key in DATES:
        return date.fromisoformat(str(value)).isoformat() == value
    if key in CHOICES:
        return value in CHOICES[key]
    if key in LISTS:
        return isinstance(value, list) and bool(value) and set(value) <= LISTS[key]
    return _fits_one_of_its_own(key, value)


def _fits_one_of_its_own(key: str, value: object) -> bool:
    match key, value:
        case "user_owns_output", bool() | "depends":
            return True
        case "liability_cap", "none stated":
            return True
        case "liability_cap", {"greater_of": bool(), **terms}:
            return terms.keys() in ({"amount", "currency", "fees_months"}, {"fees_months"}, {"fees"})
        case "refunds", str():
            return value in {"none", "limited"} or PERIOD.fullmatch(str(value)) is not None
        case "children_data", {"knowingly_collected": bool(), **below}:
            return below.keys() <= {"below"}
        case "retention_specific_periods", [*periods]:
            return all(
                row.keys() == {"what", "period"} and PERIOD.fullmatch(row["period"]) for row in periods
            )
        case "privacy_contact_email", str():
            return re.fullmatch(r"[\w.]+@[\w.]+", str(value)) is not None
        case (("arbitration_provider" | "legal_entity"), str()):
            return True
    return False


def _whole(value: object) -> bool:
    return type(value) is int and value >= 0


def test_ten_platforms_are_answered_in_the_order_of_the_questionnaire() -> None:
    assert len({platform["slug"] for platform in PLATFORMS}) == len(PLATFORMS) == 10
    for platform in PLATFORMS:
        assert list(platform["answers"]) == KEYS, platform["slug"]
    assert len(KEYS) == 50


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: str(platform["slug"]))
def test_answers_have_values_of_the_questionnaire(platform: dict[str, Any]) -> None:
    documents = {row["file"].partition("__")[2] for row in platform["documents"]}
    for key, answer in platform["answers"].items():
        values = [answer[name] for name in ("value",) if name in answer] + answer.get("also", [])
        assert [value for value in values if not fits(key, value)] == [], key
        assert answer.keys() <= ABOUT, key
        assert not answer or answer["document"] in documents, key
        assert not answer or (answer["section"] and answer["start"] >= 0), key
        assert answer.get("debatable", False) == ("why" in answer), key
        assert len(answer.get("why", "").split()) <= 25, key


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("arbitration", "yes"),
        ("min_age", True),
        ("change_notice_days", "soon"),
        ("governing_law", "California"),
        ("terms_effective", "2024-1-3"),
        ("liability_cap", {"amount": 100}),
        ("retention_specific_periods", [{"what": "logs", "period": "30 days"}]),
        ("transfers_mechanism", []),
        ("refunds", "all"),
    ],
)
def test_other_values_are_seen(key: str, value: object) -> None:
    try:
        assert not fits(key, value)
    except ValueError:
        assert key in DATES


@pytest.mark.corpus
@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: str(platform["slug"]))
def test_the_texts_are_those_that_were_read(platform: dict[str, Any], shared: Path) -> None:
    for row in platform["documents"]:
        reading = reading_of(row, shared / "corpus")
        assert reading.digest == row["sha256"], row["file"]
        starts = [
            answer["start"]
            for answer in platform["answers"].values()
            if answer and answer["document"] == row["file"].partition("__")[2]
        ]
        assert all(start == 0 or reading.text[start - 1] == "\n" for start in starts), row["file"]
