"""Whose document it is: the company that speaks, and not its host, its parent or a warning in capitals."""

from __future__ import annotations

import pytest

from conductatlas.reading.clauses.entity import entity_of
from conductatlas.reading.text.marks import Reading


def reading(text: str) -> Reading:
    return Reading(text, (), "Terms", "en")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("These terms are a contract between you and Heron Labs, Inc.", "Heron Labs, Inc."),
        ("Last updated: May 01, 2026 Heron Inc. (“we”) provides a service.", "Heron Inc."),
        (
            "The service is provided by Heron Cloud (Singapore) Private Limited.",
            "Heron Cloud (Singapore) Private Limited",
        ),
        ("They set out the relationship between eHeron UK Ltd., and you.", "eHeron UK Ltd."),
        # who lives there contracts with another than everybody else
        (
            "If you live in Switzerland, your contract is with Heron Ireland Limited (“Heron”). Otherwise these terms "
            "are a contract between you and Heron, LLC.",
            "Heron, LLC",
        ),
    ],
)
def test_the_company_that_speaks(text: str, name: str) -> None:
    found = entity_of(reading(text))
    assert found is not None
    assert found.name == name
    assert found.span.of(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "The company tasked with hosting this website is Cloudhost, Inc., located at 1 Hill Street.",
        "Lantern and its subsidiaries of Bigger Lantern, Inc. (“Bigger”) run the service.",
        "PLEASE READ THE FOLLOWING CAREFULLY AS IT AFFECTS YOUR RIGHTS.",
        "Some data goes to Tidewater Analytics, Inc. for statistics.",
        "The service is provided by a Private Limited.",
    ],
)
def test_others_are_not_the_one_who_speaks(text: str) -> None:
    assert entity_of(reading(text)) is None


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("A contract between you and Heron Labs AB, domiciled in Stockholm, Sweden.", "SE"),
        (
            "A contract between you and Heron, Inc. Write to: Heron, Inc., 5 Hill Street, Suite 2, Austin, TX 78701.",
            "US",
        ),
        (
            "A contract between you and Heron, Inc. The site is controlled and operated from our offices in Canada.",
            "CA",
        ),
        # what the next sentence is about is not where the company is
        ("A contract between you and Heron Limited. The company of your choice in Norway is registered.", ""),
        ("A contract between you and Heron Limited, registered for users in the European Union.", ""),
    ],
)
def test_its_country(text: str, country: str) -> None:
    found = entity_of(reading(text))
    assert found is not None
    assert found.country == country
    assert country or found.country_span is None
