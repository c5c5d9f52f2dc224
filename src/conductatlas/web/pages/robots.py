"""`/robots.txt` (RFC 9309): everything but what is for operators."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from conductatlas.web.context import site_url

CLOSED = ("/snapshot/", "/refused/", "/admin/")


def show(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "Allow: /", ""]
    lines.append(f"Sitemap: {site_url(request)}{reverse('sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
