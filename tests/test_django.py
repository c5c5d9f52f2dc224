"""What Django itself says of models, admin and migrations."""

from __future__ import annotations

import pytest
from django.core.management import call_command


def test_nothing_is_wrong_by_the_checks_of_the_system() -> None:
    call_command("check", fail_level="WARNING")


@pytest.mark.django_db
def test_the_migrations_make_the_tables_that_the_models_say() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
