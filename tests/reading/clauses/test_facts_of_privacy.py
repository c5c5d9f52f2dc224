"""What invented privacy policies state, and the traps: sentences that look like a fact and are none."""

from __future__ import annotations

import pytest
from tests.reading.clauses.document import values_of

NOTHING = object()

TRANSFERS = [
    ("Transfers to Norway rest on an adequacy decision of the European Commission.", ["adequacy"]),
    (
        "We transfer data to countries that the Commission has found to provide an adequate level of protection.",
        ["adequacy"],
    ),
    # where there is no adequacy, something else is named
    (
        "For transfers to countries without an adequacy decision we use standard contractual clauses.",
        ["SCC"],
    ),
    (
        "Where a country has not been found to provide an adequate level of protection, transfers rest on SCCs.",
        ["SCC"],
    ),
    (
        "A provider abroad that is not subject to an adequacy decision receives transfers under an agreement with "
        "appropriate safeguards.",
        ["lawful mechanism, unnamed"],
    ),
    (
        "When we transfer data abroad we ensure it benefits from an adequate level of protection by relying on "
        "standard contractual clauses.",
        ["SCC"],
    ),
    (
        "We transfer data under the Data Privacy Framework, on the adequacy decision for the EU-US Data Privacy "
        "Framework.",
        ["DPF"],
    ),
    # not in the Union, but adequate
    (
        "Transfers go to countries not in the EEA that are covered by an adequacy decision.",
        ["adequacy"],
    ),
]


@pytest.mark.parametrize(("sentence", "value"), TRANSFERS)
def test_on_what_data_leaves_the_country(sentence: str, value: object) -> None:
    found = values_of(f"# International transfers\n{sentence}", "transfers", kind="privacy")
    assert found.get("transfers.mechanism", NOTHING) == value


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("Heron does not “sell” your personal information as the law defines it.", "denies"),
        ('We don\'t "sell" personal data, or share it.', "denies"),
        ("We do not engage in targeted advertising, “sell” personal data or profile you.", "denies"),
        # asked for, or denied with a wink
        ("You can ask us not to sell your personal information.", NOTHING),
        ("We do not sell your personal information in the traditional sense of the word.", NOTHING),
        ("Except for this, Heron doesn't otherwise sell your personal data.", NOTHING),
    ],
)
def test_sale(sentence: str, value: object) -> None:
    found = values_of(f"# Sale of personal data\n{sentence}", "data_sale", kind="privacy")
    assert found.get("data_sale.statement", NOTHING) == value


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("We show personalised ads.", True),
        ("We use web beacons for retargeting on other sites.", True),
        # advertisements, not those by interests
        ("We show non-personalised ads.", NOTHING),
        ("We do not display third-party advertisements on our website.", NOTHING),
        ("We do not use your data for targeted advertising.", False),
    ],
)
def test_advertising_by_interests(sentence: str, value: object) -> None:
    found = values_of(f"# Cookies\n{sentence}", "cookies", kind="privacy")
    assert found.get("targeted_advertising.does", NOTHING) == value


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("We retain your personal information as needed to provide the service.", "as long as necessary"),
        (
            "We delete records that contain personal information once they are no longer necessary for our purposes.",
            "as long as necessary",
        ),
        ("You may ask us to delete personal data that is no longer necessary.", NOTHING),
        ("If you break our rules, we may keep your data as necessary to look into it.", NOTHING),
        ("We may retain certain information as needed to comply with the law.", NOTHING),
    ],
)
def test_how_long_in_general(sentence: str, value: object) -> None:
    found = values_of(f"# Data retention\n{sentence}", "retention", kind="privacy")
    assert found.get("retention.general", NOTHING) == value


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("We retain cookies during thirteen (13) months from your consent.", "P13M"),
        ("Cookie identifiers are retained as needed and never longer than 13 months.", "P13M"),
        ("We delete such data soon after you close the account, not to exceed thirty days.", "P30D"),
        ("Logs of access are kept centrally with one-year retention.", "P1Y"),
    ],
)
def test_periods(sentence: str, value: object) -> None:
    found = values_of(f"# Data retention\n{sentence}", "retention", kind="privacy")
    assert found.get("retention.periods", NOTHING) == value


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        (
            "You can opt out of training on your content by following the instructions in our help centre.",
            ["linked instructions"],
        ),
        (
            "If you refuse, you can opt out by turning off “Improve the model for everyone”, which stops training.",
            ["account settings"],
        ),
    ],
)
def test_how_to_opt_out_of_training(sentence: str, value: object) -> None:
    found = values_of(f"# Training\n{sentence}", "ai_training", kind="privacy")
    assert found.get("ai_training.opt_out_how", NOTHING) == value
