"""What a bad request gets: templates `400.html`, `403.html`, `404.html`, `410.html`, `500.html`.

    status          the number
    message         one sentence, or ""
    remedy          what to do, or ""
`500.html` is rendered without context processors or database.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from conductatlas.web.context import describe


def problem(request: HttpRequest, status: int, message: str = "", remedy: str = "") -> HttpResponse:
    """A page that says what is wrong and what to do about it."""
    context = {"status": status, "message": message, "remedy": remedy}
    return render(request, f"{status}.html", context, status=status)


def bad_request(_: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django's)
    # The host may be the very thing that is wrong, so the page is made without asking the request for it.
    context = {"status": 400, "site": describe(settings.CONFIG.site_url.rstrip("/"), "")}
    return HttpResponse(loader.get_template("400.html").render(context), status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django's)
    return problem(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django's)
    return problem(request, 404)


def broken(_: HttpRequest) -> HttpResponse:
    return HttpResponse(loader.get_template("500.html").render({"status": 500}), status=500)
