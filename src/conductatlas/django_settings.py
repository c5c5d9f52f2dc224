"""Django's settings, made from `config`. Nothing is decided here that an operator could set there."""

from __future__ import annotations

import getpass
import secrets
from pathlib import Path
from typing import Any

from conductatlas import config as _config

CONFIG = _config.load()


def _secret_key() -> str:
    try:
        return CONFIG.secret_key_file.read_text("utf-8").strip()
    except OSError:  # before the first start (type checker, `--help`): sessions of such a process end with it
        return secrets.token_urlsafe(48)


def _database() -> dict[str, Any]:
    if CONFIG.sqlite_file is not None:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(CONFIG.sqlite_file),
            "OPTIONS": {
                # One writer at a time waits its turn instead of failing; readers never wait (WAL).
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                # What is deleted (bytes of refused captures, after their time) is gone, not merely unlisted.
                "PRAGMA secure_delete=ON;"
                "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000;",
            },
            "CONN_MAX_AGE": None,
        }
    parameters = CONFIG.postgresql()
    return {
        "ENGINE": "django.db.backends.postgresql",
        # A name that is not stated is the user's, by libpq's rule, which Django would not ask for.
        "NAME": parameters.pop("dbname", "") or parameters.get("user") or getpass.getuser(),
        "USER": parameters.pop("user", ""),
        "PASSWORD": parameters.pop("password", ""),
        "HOST": parameters.pop("host", ""),
        "PORT": parameters.pop("port", ""),
        "OPTIONS": parameters,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DEBUG = False
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = list(CONFIG.allowed_hosts) or list(_config.LOOPBACK)
ROOT_URLCONF = "conductatlas.urls"
WSGI_APPLICATION = "conductatlas.web.wsgi.application"
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "conductatlas.web.formats"
LOCALE_PATHS = [Path(__file__).parent / "web" / "locale"]

INSTALLED_APPS = [
    "conductatlas.accounts",
    "conductatlas.catalogue",
    "conductatlas.archive",
    "conductatlas.history",
    "conductatlas.provisions",
    "conductatlas.work",
    "conductatlas.web",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "conductatlas.web.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "web" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "conductatlas.web.context.site",
            ],
        },
    }
]
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 86_400

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.behind_tls
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [CONFIG.site_url.rstrip("/")] if CONFIG.site_url else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.behind_tls else None
# These headers are set in one place, web/headers.py.
SECURE_CONTENT_TYPE_NOSNIFF = False
SECURE_REFERRER_POLICY = None
SECURE_CROSS_ORIGIN_OPENER_POLICY = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
LOGGING_CONFIG = None
