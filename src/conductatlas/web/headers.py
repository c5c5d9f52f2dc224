"""Security headers of every answer, in one place.

Names and values: Content Security Policy Level 3 (W3C), Referrer Policy (W3C), Permissions Policy (W3C), RFC 6797
(HSTS), and the Cross-Origin-* headers of the HTML and Fetch standards.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Nothing inline and nothing from elsewhere. `data:` images are those that Django's admin draws from its CSS.
PAGE_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
# Bytes that a stranger wrote: whatever opens them gets no origin, no script and no request.
DOWNLOAD_POLICY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

HSTS = "max-age=31536000; includeSubDomains"
UNUSED_FEATURES = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
)
HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    # The admin checks the referrer of its forms; other sites learn nothing.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class SecurityHeaders:
    """Sets each header that the view did not set itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        if settings.CONFIG.behind_tls and request.is_secure():
            response.setdefault("Strict-Transport-Security", HSTS)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            # What a signed-in person sees may hold private documents: no shared cache keeps it.
            response.setdefault("Cache-Control", "private")
        return response
