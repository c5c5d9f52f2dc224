"""The WSGI application, for gunicorn (`serve`) and waitress (`up`)."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conductatlas.django_settings")

application = get_wsgi_application()
