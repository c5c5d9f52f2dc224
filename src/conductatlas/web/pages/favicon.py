"""`/favicon.ico`: where browsers look for an icon on pages that name none, such as the admin's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static


def show(_: HttpRequest) -> HttpResponse:
    return redirect(static("favicon.svg"), permanent=True)
