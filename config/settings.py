"""Every setting of the product, from the environment, with defaults that start on a laptop."""

import os
from pathlib import Path

import dj_database_url

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = Path(os.environ.get("BALLAST_STATE_DIR", BASE_DIR / ".state"))


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in ("1", "true", "yes", "on")


DEBUG = _flag("DEBUG", False)
DEMO = _flag("BALLAST_DEMO", False)
SECRET_KEY = os.environ.get("SECRET_KEY", "unsafe-development-key" * 3)
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
# Encrypts the secrets of API keys in the database. Changing it makes the HMAC keys that exist unusable.
ENCRYPTION_KEY = os.environ.get("BALLAST_ENCRYPTION_KEY", SECRET_KEY)
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]

DATABASES = {"default": dj_database_url.config(default="postgresql:///ballast", conn_max_age=60)}
REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")

# The front door. How many proxies of ours stand in front and append to X-Forwarded-For; 0 believes nobody.
TRUSTED_PROXY_HOPS = int(os.environ.get("BALLAST_TRUSTED_PROXY_HOPS", "0"))
WEB_THREADS = int(os.environ.get("BALLAST_WEB_THREADS", "4"))
# Tokens a second and the bucket's size, for each API key, each logged-in user, each address of nobody's.
RATE_LIMITS = {
    kind: tuple(int(part) for part in os.environ.get(f"BALLAST_RATE_{kind.upper()}", default).split(":"))
    for kind, default in {"key": "200:1000", "user": "50:200", "ip": "20:100"}.items()
}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "config",
    "access",
    "ledger",
    "exchange",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
APPEND_SLASH = False

REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema", "UNAUTHENTICATED_USER": None}
SPECTACULAR_SETTINGS = {
    "TITLE": "Ballast",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-API-KEY"},
            "timestamp": {"type": "apiKey", "in": "header", "name": "X-TIMESTAMP"},
            "nonce": {"type": "apiKey", "in": "header", "name": "X-NONCE"},
            "signature": {"type": "apiKey", "in": "header", "name": "X-SIGNATURE"},
            "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        }
    },
}
