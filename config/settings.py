"""Every setting of the product, from the environment, with defaults that start on a laptop."""

import os
import warnings
from pathlib import Path

import dj_database_url

from access import document
from config import alert_settings, cockpit_sources, deploy_settings
from config.backup_settings import backup_settings
from config.cockpit_settings import UNFOLD as UNFOLD
from config.loading import begin_loading
from config.logs import logging_settings
from config.processes import SERVICES, is_on
from config.running import running_environment
from config.static_version import static_version

begin_loading()

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = Path(os.environ.get("BALLAST_STATE_DIR", BASE_DIR / ".state"))

# A command in another terminal finds the servers of a running `manage.py up`, unless it names a database
# itself: nothing of a demo, neither its secret nor its play money, may reach that one.
_env = {**({} if os.environ.get("DATABASE_URL") else running_environment(STATE_DIR)), **os.environ}


def _flag(name: str, default: bool) -> bool:
    return is_on(_env.get(name, "1" if default else "0"))


DEBUG = _flag("DEBUG", False)
DEMO = _flag("BALLAST_DEMO", False)
PROCESS = _env.get("BALLAST_PROCESS", "manage")  # the line of the process table that this process runs
UNSAFE_SECRET_KEY = "unsafe-development-key" * 3  # refused by a system check unless DEBUG or DEMO
SECRET_KEY = _env.get("SECRET_KEY", UNSAFE_SECRET_KEY)
# Where links in mails lead ("https://ballast.example.com"); without it, to the host of the request, so name
# it where ALLOWED_HOSTS lets everything in. Its host is allowed, and a platform's own name stands in for it.
SITE_URL = deploy_settings.site_url(_env)
ALLOWED_HOSTS = deploy_settings.allowed_hosts(_env, SITE_URL)
SILENCED_SYSTEM_CHECKS = deploy_settings.accepted_warnings(_env)
# Encrypts the secrets of API keys and second factors in the database: with another one those are unusable.
ENCRYPTION_KEY = _env.get("BALLAST_ENCRYPTION_KEY", SECRET_KEY)
CSRF_TRUSTED_ORIGINS = [origin for origin in _env.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]

# HTTPS says that a proxy in front ends TLS, sets X-Forwarded-Proto itself and forwards nobody else's.
# Cookies are then sent over nothing else and to this host alone.
HTTPS = _flag("BALLAST_HTTPS", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SECURE_REDIRECT_EXEMPT = ["^healthz/"]  # a platform's health check speaks plain HTTP
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

# A page that needs longer fails, and one that hangs in a transaction gives its locks back; migrations and the
# engine may take their time. The locks of a machine that is gone without a word are free after half a minute,
# not after two hours: one of them is the right to make prices.
_PEER_OPTIONS = (
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=30000"
)
_WEB_OPTIONS = " -c statement_timeout=2000 -c idle_in_transaction_session_timeout=5000"
_PG_OPTIONS = _PEER_OPTIONS + (_WEB_OPTIONS if PROCESS == "web" else "")

DATABASES = {
    "default": dj_database_url.parse(
        _env.get("DATABASE_URL") or "postgresql:///ballast", conn_max_age=60, conn_health_checks=True
    )
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {"application_name": f"ballast {PROCESS}", "options": _PG_OPTIONS, "connect_timeout": 5}
    | {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
)
DATABASES["default"]["OPTIONS"] |= deploy_settings.database_tls(_env, DATABASES["default"]["OPTIONS"])
REDIS_URL = deploy_settings.redis_url(
    _env.get("REDIS_URL", "redis://localhost:6379/0"), is_verified=_flag("BALLAST_REDIS_VERIFY", True)
)
# The most connections that a pool of a process opens to Redis or PostgreSQL: small plans give twenty in all.
POOL_CONNECTIONS = int(_env.get("BALLAST_POOL_CONNECTIONS", "64"))

# The front door. How many proxies of ours stand in front and append to X-Forwarded-For; 0 believes nobody.
TRUSTED_PROXY_HOPS = int(_env.get("BALLAST_TRUSTED_PROXY_HOPS", "0"))
PORT = int(_env.get("PORT", "8000"))
# Where every visitor finds the source of what runs, changes included: the licence asks for it.
SOURCE_URL = _env.get("BALLAST_SOURCE_URL", "/source")
# What an engine process runs: "compiled" (made by `make compile`), "python", or "auto": what there is.
ENGINE = _env.get("BALLAST_ENGINE") or "auto"
SHARDS = int(_env.get("BALLAST_SHARDS", "1"))  # engines that the release step opens; 1 to 64
WEB_THREADS = int(_env.get("BALLAST_WEB_THREADS", "4"))
# Tokens a second and the bucket's size, for each API key, each logged-in user, each address of nobody's.
RATE_LIMITS = {
    kind: tuple(int(part) for part in _env.get(f"BALLAST_RATE_{kind.upper()}", default).split(":"))
    for kind, default in {"key": "200:1000", "user": "50:200", "ip": "20:100"}.items()
}
# Of the surface in Binance's words: weight of an address in a minute, orders of an account in 10 s and a day.
_binance_limits = _env.get("BALLAST_BINANCE_LIMITS", "").split(",")
BINANCE_LIMITS = {"weight": 6_000, "orders_10s": 100, "orders_1d": 200_000} | {
    name.strip(): int(most)
    for name, equals, most in (part.partition("=") for part in _binance_limits)
    if equals
}
# Sockets that this web process takes: in all, from one address of nobody's, of one API key, of one login.
WEBSOCKET_LIMITS = {
    kind: int(_env.get(f"BALLAST_SOCKETS_{kind.upper()}", default))
    for kind, default in {"total": "5000", "ip": "50", "key": "10", "user": "10"}.items()
}

# The oracle: who is asked for prices (docs/oracle.md), how often, how long a round waits for answers. With
# mode "push" a process of its own (run_prices) listens to feeds in place of the schedule's polling.
_REAL_SOURCES = (
    "binance:BTC/USDT,coinbase:BTC/USD,kraken:BTC/USD,bitstamp:BTC/USD,okx:BTC/USDT,bitfinex:BTC/USD,"
    "pyth:BTC/USD,kraken:USDT/USD,coinbase:USDT/USD,house:BTC-USDB"
)
ORACLE_SOURCES = [
    name.strip()
    for name in _env.get(
        "BALLAST_ORACLE_SOURCES", deploy_settings.DEMO_SOURCES if DEMO else _REAL_SOURCES
    ).split(",")
    if name.strip()
]
ORACLE_MODE = _env.get("BALLAST_ORACLE_MODE") or "poll"
ORACLE_POLL_SECONDS = float(_env.get("BALLAST_ORACLE_POLL_SECONDS", "2"))
ORACLE_DEADLINE_SECONDS = float(
    _env.get("BALLAST_ORACLE_DEADLINE_SECONDS", min(1.5, ORACLE_POLL_SECONDS * 0.75))
)
ORACLE_KEPT_DAYS = int(_env.get("BALLAST_ORACLE_KEPT_DAYS", "7"))  # rounds; their minutes stay for ever
# Servers that stand in for a kind's own ("kraken=https://prices.example.com,pyth=https://..."), the folder of
# the files that recorded:NAME plays, and of the simulation the seed and the price around which it stays.
ORACLE_ADDRESSES = {
    kind.strip(): address.strip()
    for kind, equals, address in (
        one.partition("=") for one in _env.get("BALLAST_ORACLE_ADDRESSES", "").split(",")
    )
    if equals
}
ORACLE_RECORDINGS = Path(_env.get("BALLAST_ORACLE_RECORDINGS", STATE_DIR / "recordings"))
ORACLE_SIMULATED_SEED = _env.get("BALLAST_ORACLE_SIMULATED_SEED", "ballast")
ORACLE_SIMULATED_PRICE = int(_env.get("BALLAST_ORACLE_SIMULATED_PRICE", "60000"))

# Bots that copy an outside market into one of ours. They are customers like any other: with keys, over the
# API. `docs/operating.md` says what the terms mean.
BOTS = _flag("BALLAST_BOTS", False)
BOTS_SEED = _env.get("BALLAST_BOTS_SEED", "ballast")
BOTS_TERMS = {
    name: _env.get(f"BALLAST_BOTS_{name.upper()}") or default
    for name, default in {
        "url": SITE_URL if HTTPS and SITE_URL else f"http://127.0.0.1:{PORT}",
        "market": "BTC-USDB",
        "source": "simulated" if DEMO else "binance:BTC/USDT",
        "levels": "20",
        "price_ppm": "1000000",
        "quantity_ppm": "1000000" if DEMO else "100000",
        "tolerance_ppm": "250000",
        "period_ms": "500",
        "group": "0",
        "spread": "0",
        "most": "0",
        "least_base": "0",
        "least_quote": "0",
        "most_base": "0",
        "most_quote": "0",
        "taker_per_minute": "120",
        "taker_quantity_ppm": "1000000" if DEMO else "100000",
        "taker_most": "0",
    }.items()
}
# In a demo they are found in the state folder where they are not set.
BOTS_KEYS = {
    bot: (_env.get(f"BALLAST_BOTS_{bot.upper()}_KEY", ""), _env.get(f"BALLAST_BOTS_{bot.upper()}_SECRET", ""))
    for bot in ("maker", "taker")
}

# Custody: whose keys and which chain (docs/custody.md). A signer is named by its URL and the secret that both
# know; the backup is meant to be run by another party. A second chain source only has to agree.
CUSTODY = _flag("BALLAST_CUSTODY", False)
BITCOIN_NETWORK = _env.get("BALLAST_BITCOIN_NETWORK") or "main"
CHAIN_URL = _env.get("BALLAST_CHAIN", "")
CHAIN_SECOND = _env.get("BALLAST_CHAIN_SECOND", "")
# How often the watcher looks, and where a new installation begins to: 6 blocks below the tip of that moment.
CUSTODY_POLL_SECONDS = float(_env.get("BALLAST_CUSTODY_POLL_SECONDS", "2"))
_start_height = _env.get("BALLAST_CHAIN_START_HEIGHT", "")
CHAIN_START_HEIGHT = int(_start_height) if _start_height else None
SIGNERS = {
    role: (
        _env.get(f"BALLAST_SIGNER_{role.upper()}", ""),
        _env.get(f"BALLAST_SIGNER_{role.upper()}_SECRET", ""),
    )
    for role in ("hot", "protocol", "backup")
}
COLD_KEY = _env.get("BALLAST_COLD_KEY", "")
OWN_BACKUP = _flag("BALLAST_OWN_BACKUP", False)  # the house has the backup's key, too: pages and API say so
# The development chain: regtest, in a process of its own.
DEV_CHAIN = _flag("BALLAST_DEV_CHAIN", False)
DEV_CHAIN_BIND = _env.get("BALLAST_DEV_CHAIN_BIND") or "127.0.0.1:18443"
DEV_CHAIN_USER = _env.get("BALLAST_DEV_CHAIN_USER") or "ballast"
DEV_CHAIN_PASSWORD = _env.get("BALLAST_DEV_CHAIN_PASSWORD", "")
DEV_CHAIN_FOLDER = STATE_DIR / "chain"
# Seconds between blocks while transactions wait and until they are six deep; 0: on demand alone.
DEV_CHAIN_BLOCK_SECONDS = float(_env.get("BALLAST_DEV_CHAIN_BLOCK_SECONDS", "0"))

# E-mail goes out by a server of yours; without one it lies in a folder. `docs/notices.md`.
EMAIL_HOST = _env.get("BALLAST_EMAIL_HOST", "")
EMAIL_PORT = int(_env.get("BALLAST_EMAIL_PORT", "587"))
EMAIL_HOST_USER = _env.get("BALLAST_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = _env.get("BALLAST_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = _flag("BALLAST_EMAIL_STARTTLS", True)
EMAIL_TIMEOUT = 5
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "access.mail_folder.FolderBackend"
)
EMAIL_FOLDER = STATE_DIR / "mails"
DEFAULT_FROM_EMAIL = _env.get("BALLAST_EMAIL_FROM", "Ballast <ballast@localhost>")
# Lets webhooks go to this machine and this network, over plain HTTP and to any port: for trying them out.
WEBHOOKS_LOCAL = _flag("BALLAST_WEBHOOKS_LOCAL", False)
# Where backups go, whom they are encrypted for, how many are kept (docs/backup.md).
BACKUP = backup_settings(_env)
# Kinds of notices that people may choose channels for (see access.notices.kinds).
NOTICE_KINDS = ["access.notices.kinds.KINDS", "vaults.notice_kinds.KINDS"]
# What operators are told of, and how (config.alert_settings, docs/runbook.md).
ALERTS: list[str] = alert_settings.ALERTS
ALERT_EMAILS = alert_settings.alert_emails(_env)
ALERT_SECRETS = alert_settings.alert_secrets(_env)
ALERT_RUNBOOK_URL = _env.get("BALLAST_ALERT_RUNBOOK_URL", "").strip()

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "access.operator_apps.OperatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_prometheus",
    "config",
    "health",
    "access",
    "ledger",
    "oracle",
    "custody",
    "vaults",
    "exchange",
    "dashboard",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "access.page_policy.PagePolicy",
    "config.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "access.operator_gate.OperatorGate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "access" / "skin"],  # what of Unfold's templates our policy would not let run
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
PASSWORD_RESET_TIMEOUT = 3600
PASSWORD_HASHERS = ["access.passwords.PinnedPasswordHasher"]
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"
STATIC_URL = "/static/{}/".format(
    static_version(
        (BASE_DIR / app / "static" for app in ("access", "dashboard")), BASE_DIR / "requirements.txt"
    )
)
STATIC_ROOT = BASE_DIR / "staticfiles"
# Static files are served from where the apps keep them, so a deploy needs no step for them and no folder.
WHITENOISE_USE_FINDERS = True
warnings.filterwarnings("ignore", message="No directory at")
WHITENOISE_ALLOW_ALL_ORIGINS = False
APPEND_SLASH = False

# Identities that other apps add to the ledger's own (see ledger.identities).
LEDGER_CHECKS = [
    "exchange.identities.CHECKS",
    "oracle.identities.CHECKS",
    "custody.identities.CHECKS",
    "vaults.identities.CHECKS",
    "vaults.reserves.identities.CHECKS",
]

# What /health asks, what is verified each minute and hour, and who must be there (see health.registry).
HEALTH_CHECKS = [
    "health.checks.CHECKS",
    "exchange.checks.CHECKS",
    "oracle.checks.CHECKS",
    "custody.checks.CHECKS",
    "vaults.checks.CHECKS",
    "vaults.reserves.checks.CHECKS",
    "config.notice_checks.CHECKS",
    "config.backup_health.CHECKS",
    "config.approval_checks.CHECKS",
    "health.server_checks.CHECKS",
    "health.alerting.checks.CHECKS",
]
INVARIANTS = ["config.invariants.all_invariants"]
# What the operators' home, search and page of a customer are made of (see access.cockpit).
OPERATOR_MENU = "config.cockpit_menu.navigation"
OPERATOR_WORK = cockpit_sources.WORK
OPERATOR_SEARCH = cockpit_sources.SEARCH
OPERATOR_FIGURES = cockpit_sources.FIGURES
OPERATOR_PANELS = cockpit_sources.PANELS
EXPECTED_PROCESSES = {
    process.name: process.count
    for process in SERVICES
    if process.beats
    and process.mode in ("", ORACLE_MODE)
    and (not process.switch or _flag(process.switch, False))
} | {"engine": SHARDS}
# Who presents it as a bearer token reads /metrics. Without one the page is not there, but in a demo from this
# machine.
METRICS_TOKEN = _env.get("BALLAST_METRICS_TOKEN", "")
# An operator's login at /admin/ ends after so many seconds without a request, and after so many in all.
OPERATOR_IDLE_SECONDS = 15 * 60
OPERATOR_LONGEST_SECONDS = 8 * 3600
# Where the admin is there at all: host names and networks, with commas; elsewhere it answers 404.
ADMIN_HOSTS = [host.strip() for host in _env.get("BALLAST_ADMIN_HOSTS", "").split(",") if host.strip()]
ADMIN_IPS = [one.strip() for one in _env.get("BALLAST_ADMIN_IPS", "").split(",") if one.strip()]

REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "access.schema.EndpointSchema", "UNAUTHENTICATED_USER": None}
SPECTACULAR_SETTINGS = {
    "TITLE": "Ballast",
    "DESCRIPTION": document.DESCRIPTION,
    "TAGS": document.TAGS,
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "PREPROCESSING_HOOKS": ["access.schema.only_the_api"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "access.schema.name_successes",
    ],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "SideEnum": ["BUY", "SELL"],
        "WalletEnum": ["FUNDING", "TRADING"],
        "MarketStatusEnum": ["OPEN", "POST_ONLY", "CANCEL_ONLY", "HALTED"],
        "OracleStateEnum": ["FRESH", "DEGRADED", "STALE", "HALTED"],
        "KindEnum": ["HMAC", "ED25519"],
        "VaultStatusEnum": "vaults.rules.statuses.VaultStatus",
        "VaultCoinStatusEnum": "vaults.rules.statuses.CoinStatus",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "APPEND_COMPONENTS": document.components(SESSION_COOKIE_NAME),
}

# Lines on stdout (`config.logs`); the platform, or the log files of `manage.py up`, keep them.
LOGGING = logging_settings(PROCESS, _env)
LOG_REQUESTS = _flag("BALLAST_LOG_REQUESTS", False)  # a line for each request of the API
