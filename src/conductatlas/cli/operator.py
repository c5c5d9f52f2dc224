"""`operator`: make a person who may sign in and see what is not public."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import ConfigurationError


def register(app: typer.Typer) -> None:
    app.command("operator")(operator)


def operator(
    email: Annotated[str, typer.Argument(help="The address to sign in with.")],
    password_file: Annotated[
        typer.FileText | None,
        typer.Option(help="A file with the password; else one is made and printed once."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make an operator, or give one a new password. Operators sign in at /admin/."""
    from conductatlas.cli.opening import open_archive

    open_archive()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from conductatlas.accounts.models import User
    from conductatlas.writing import writing

    password = password_file.read().strip() if password_file else secrets.token_urlsafe(15)
    try:
        validate_email(email)
        validate_password(password)
    except ValidationError as fault:
        raise ConfigurationError(" ".join(fault.messages), remedy="Choose another and try again.") from None
    with writing():
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            User.objects.create_superuser(email, password)
        else:
            user.set_password(password)
            user.is_staff = user.is_superuser = user.is_active = True
            user.save()
    shown = None if password_file else password
    Output(as_json).row(
        {"email": email.lower(), "new": user is None, "password": shown},
        f"{email} may sign in at /admin/." + (f" Password, shown once: {shown}" if shown else ""),
    )
