"""What is for operators: sign-in, the admin, stored bytes."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from conductatlas.accounts.models import User
from conductatlas.append_only import append_only_models
from conductatlas.archive import packs
from conductatlas.archive.models import RefusedBody
from conductatlas.errors import NotFoundError

PASSWORD = "correct horse battery"
BODY = b"<script>alert('stored')</script>"
DIGEST = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pack store holds one snapshot."""

    def read_snapshot(digest: str) -> bytes:
        if digest != DIGEST:
            raise NotFoundError("no such snapshot")
        return BODY

    monkeypatch.setattr(packs, "read_snapshot", read_snapshot)


# ── stored bytes ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("address", [f"/snapshot/{DIGEST}", "/refused/1"])
def test_only_operators_get_stored_bytes(
    world: Any, stored: None, client: Client, member: Client, address: str
) -> None:
    for browser in (client, member):
        answer = browser.get(address)
        assert answer.status_code == 403
        assert b"alert" not in answer.content


def test_a_snapshot_leaves_as_a_harmless_attachment(db: None, stored: None, operator: Client) -> None:
    answer = operator.get(f"/snapshot/{DIGEST}")
    assert answer.content == BODY
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="{DIGEST}.bin"'
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"


def test_a_refused_body_leaves_the_same_way(world: Any, operator: Client) -> None:
    answer = operator.get(f"/refused/{world.refused.pk}")
    assert answer.content == b"<h1>Sign in</h1>"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"].startswith("sandbox")


def test_bytes_that_are_not_there_are_not_found(world: Any, stored: None, operator: Client) -> None:
    RefusedBody.objects.all().delete()
    addresses = [
        f"/refused/{world.refused.pk}",
        f"/refused/{2**70}",
        f"/snapshot/{'f' * 64}",
        "/snapshot/..%2f..%2fconfig.toml",
        f"/snapshot/{DIGEST.upper()}",
    ]
    assert [operator.get(address).status_code for address in addresses] == [404] * len(addresses)


# ── the admin ────────────────────────────────────────────────────────────────────────────────────
def test_every_cited_table_that_the_admin_shows_is_read_only(world: Any, operator: Client) -> None:
    cited = set(append_only_models())
    shown = [model for model in admin.site._registry if model in cited]
    assert len(shown) >= 8
    for model in shown:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert operator.get(reverse(f"{name}_changelist")).status_code == 200, name
        assert operator.get(reverse(f"{name}_add")).status_code == 403, name
        row = model._default_manager.first()
        if row is None:
            continue
        page = operator.get(reverse(f"{name}_change", args=[row.pk]))
        assert page.status_code == 200, name
        assert b'name="_save"' not in page.content
        assert operator.post(reverse(f"{name}_change", args=[row.pk]), {}).status_code == 403
        assert operator.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("name", ["catalogue_platform", "catalogue_document", "catalogue_source", "work_due"])
def test_the_catalogue_is_to_look_at(world: Any, operator: Client, name: str) -> None:
    assert operator.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert operator.get(reverse(f"admin:{name}_add")).status_code == 403


def test_people_are_managed(world: Any, operator: Client) -> None:
    answer = operator.post(
        reverse("admin:accounts_user_add"),
        {
            "email": "new@archive.example",
            "usable_password": "true",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )
    assert answer.status_code == 302
    person = User.objects.get(email="new@archive.example")
    assert person.check_password(PASSWORD)
    assert operator.get(reverse("admin:accounts_user_change", args=[person.pk])).status_code == 200


def test_refused_captures_lead_to_their_bytes(world: Any, operator: Client) -> None:
    page = operator.get(reverse("admin:archive_capture_changelist")).content
    assert f'href="/refused/{world.refused.pk}"'.encode() in page


def test_the_admin_is_for_operators_and_bears_the_name(world: Any, member: Client, operator: Client) -> None:
    assert member.get("/admin/").status_code == 302
    assert b"ConductAtlas" in operator.get("/admin/").content


# ── sign-in ──────────────────────────────────────────────────────────────────────────────────────
def sign_in(client: Client, password: str, email: str = "keeper@archive.example", **more: Any) -> bool:
    answer = client.post("/admin/login/?next=/admin/", {"username": email, "password": password}, **more)
    return answer.status_code == 302


@pytest.fixture
def keeper(db: None) -> User:
    return User.objects.create_superuser("keeper@archive.example", PASSWORD)


def test_after_five_wrong_tries_the_right_password_waits_a_minute(keeper: User, client: Client) -> None:
    assert not any(sign_in(client, f"wrong {n}") for n in range(5))
    assert not sign_in(client, PASSWORD)
    assert not sign_in(client, PASSWORD, email="KEEPER@archive.example ")
    page = client.post("/admin/login/", {"username": "keeper@archive.example", "password": PASSWORD})
    assert b"Too many tries" in page.content
    with time_machine.travel("2026-11-22T12:02:00Z", tick=False):
        assert sign_in(client, PASSWORD)


def test_tries_count_for_one_address_and_one_person(keeper: User, client: Client) -> None:
    for n in range(6):
        sign_in(client, f"wrong {n}", email="somebody@else.example")
    assert sign_in(client, PASSWORD)
    for n in range(6):
        sign_in(client, f"wrong {n}")
    assert sign_in(Client(REMOTE_ADDR="192.0.2.44"), PASSWORD)


def test_a_good_sign_in_forgets_the_tries(keeper: User, client: Client) -> None:
    for _ in range(3):
        assert not any(sign_in(client, f"wrong {n}") for n in range(4))
        assert sign_in(client, PASSWORD)


def test_rows_are_named_as_people_name_them(world: Any, operator: Client) -> None:
    """A page for operators names a version by its id and a check by its moment: never "Version object (2)"."""
    for name, row in (
        ("history_change", world.confirmed),
        ("history_version", world.versions[1]),
        ("archive_capture", world.refused),
        ("archive_check", world.refused.check_row),
    ):
        page = operator.get(reverse(f"admin:{name}_change", args=[row.pk])).content.decode()
        assert " object (" not in page, name
    assert (
        world.versions[1].public_id
        in operator.get(reverse("admin:history_reading_changelist")).content.decode()
    )


def test_platforms_of_no_category_are_found(world: Any, operator: Client) -> None:
    address = reverse("admin:catalogue_platform_changelist")
    assert b'<a href="?category=none">not stated</a>' in b" ".join(
        operator.get(address).content.split()
    ).replace(b"> ", b">").replace(b" <", b"<")
    assert b"0 platforms" in operator.get(f"{address}?category=none").content
