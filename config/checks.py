"""System checks: an unsafe deployment is refused with the way out, before it serves anybody."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from exchange.bots.terms import wrong_names
from exchange.compiled.loading import CHOICES
from oracle.rules.names import NoSource, SourceName, read_name
from oracle.rules.policy import Policy
from oracle.sources.registry import why_unknown
from oracle.sources.surroundings import UnsafeAddress, checked_address

_SHORTEST_SECRET = 32
_GOOD_ONE = 'python -c "import secrets; print(secrets.token_urlsafe(48))"'
_MODES = ("poll", "push")
_LEAST_POLL_SECONDS, _MOST_POLL_SECONDS = 0.5, 60.0
_MOST_SOURCES = 50
_MOST_SHARDS = 64  # an order's id has six bits for its shard


def check_secret_key(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    if settings.DEBUG or settings.DEMO:
        return []
    if settings.SECRET_KEY == settings.UNSAFE_SECRET_KEY:
        problem = "SECRET_KEY is not set, so sessions could be forged and stored secrets read."
    elif len(settings.SECRET_KEY) < _SHORTEST_SECRET:
        problem = f"SECRET_KEY is shorter than {_SHORTEST_SECRET} characters."
    else:
        return []
    hint = f"Set it to the output of: {_GOOD_ONE}  On a laptop `make up` keeps one for you, or set DEBUG=1."
    return [Error(problem, hint=hint, id="ballast.E001")]


def check_debug_is_local(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """DEBUG shows source and settings to whoever provokes an error."""
    local = {"localhost", "127.0.0.1", "[::1]", "testserver"}
    if not settings.DEBUG or set(settings.ALLOWED_HOSTS) <= local:
        return []
    hint = "Unset DEBUG, or leave ALLOWED_HOSTS at its default."
    return [Error("DEBUG is on while ALLOWED_HOSTS names a public host.", hint=hint, id="ballast.E002")]


def check_metrics_token(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """The page is public but for the token, and guesses at it are not counted."""
    if settings.DEBUG or settings.DEMO or not settings.METRICS_TOKEN:
        return []
    if len(settings.METRICS_TOKEN) >= _SHORTEST_SECRET:
        return []
    problem = f"BALLAST_METRICS_TOKEN is shorter than {_SHORTEST_SECRET} characters, so it could be guessed."
    hint = f"Unset it, or set it to the output of: {_GOOD_ONE}"
    return [Error(problem, hint=hint, id="ballast.E003")]


def check_limits(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """A limit of nothing would refuse everybody; half a rate would fail at the first request."""
    wrong = [
        f"BALLAST_RATE_{kind.upper()}"
        for kind, rate in settings.RATE_LIMITS.items()
        if len(rate) != 2 or min(rate) < 1
    ]
    wrong += [
        f"BALLAST_SOCKETS_{kind.upper()}" for kind, most in settings.WEBSOCKET_LIMITS.items() if most < 1
    ]
    most = settings.BINANCE_LIMITS
    wrong += ["BALLAST_BINANCE_LIMITS"] if len(most) != 3 or min(most.values()) < 1 else []
    wrong += ["BALLAST_SHARDS"] if not 1 <= settings.SHARDS <= _MOST_SHARDS else []
    wrong += ["BALLAST_WEB_THREADS"] if settings.WEB_THREADS < 1 else []
    wrong += ["BALLAST_POOL_CONNECTIONS"] if settings.POOL_CONNECTIONS < 1 else []
    wrong += ["BALLAST_TRUSTED_PROXY_HOPS"] if settings.TRUSTED_PROXY_HOPS < 0 else []
    hint = "docs/operating.md says what each of the settings may be."
    return [Error(f"{name} is out of range.", hint=hint, id="ballast.E004") for name in wrong]


def check_engine(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    if settings.ENGINE in CHOICES:
        return []
    problem = f"BALLAST_ENGINE is {settings.ENGINE!r}, which is none of {', '.join(CHOICES)}."
    return [Error(problem, hint="Unset it: auto is the default.", id="ballast.E008")]


def check_oracle_sources(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """What is made up never stands beside what is real, and too few sources would never make a price."""
    names, hint = settings.ORACLE_SOURCES, "docs/oracle.md says what BALLAST_ORACLE_SOURCES may name."
    sources: list[SourceName] = []
    wrong: list[str] = []
    for name in names:
        try:
            sources.append(read_name(name))
        except NoSource as error:
            wrong.append(str(error))
    wrong += [why for why in map(why_unknown, sources) if why]
    wrong += _unsafe_addresses()
    wrong += ["a source is named twice"] if len(set(names)) < len(names) else []
    wrong += [f"more than {_MOST_SOURCES} sources"] if len(names) > _MOST_SOURCES else []
    if wrong:
        return [Error(f"Sources of prices: {one}.", hint=hint, id="ballast.E005") for one in wrong]
    counted = [source for source in sources if source.is_counted]
    if len({source.is_simulated for source in counted}) > 1:
        problem = "BALLAST_ORACLE_SOURCES mixes simulated sources with real ones."
        return [Error(problem, hint="Name only one of the two.", id="ballast.E006")]
    if len(counted) < Policy().min_sources:
        problem = f"BALLAST_ORACLE_SOURCES has {len(counted)} sources of the price of bitcoin."
        hint = f"With fewer than {Policy().min_sources} there is no price, unless another policy takes fewer."
        return [Warning(problem, hint=hint, id="ballast.W001")]
    return []


def _unsafe_addresses() -> list[str]:
    wrong = []
    for address in settings.ORACLE_ADDRESSES.values():
        try:
            checked_address(address)
        except UnsafeAddress as error:
            wrong.append(f"BALLAST_ORACLE_ADDRESSES: {error}")
    return wrong


def check_oracle_times(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """A round must have ended before the next one begins."""
    wrong = [] if settings.ORACLE_MODE in _MODES else ["BALLAST_ORACLE_MODE is neither poll nor push."]
    if not _LEAST_POLL_SECONDS <= settings.ORACLE_POLL_SECONDS <= _MOST_POLL_SECONDS:
        wrong.append("BALLAST_ORACLE_POLL_SECONDS is out of range.")
    elif not 0 < settings.ORACLE_DEADLINE_SECONDS < settings.ORACLE_POLL_SECONDS:
        wrong.append("BALLAST_ORACLE_DEADLINE_SECONDS is not below BALLAST_ORACLE_POLL_SECONDS.")
    wrong += [] if settings.ORACLE_KEPT_DAYS >= 1 else ["BALLAST_ORACLE_KEPT_DAYS is out of range."]
    hint = "docs/operating.md says what each of the settings may be."
    return [Error(problem, hint=hint, id="ballast.E007") for problem in wrong]


def check_bots(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Bots that nobody has switched on are not looked at."""
    if not settings.BOTS:
        return []
    hint = "docs/operating.md says what each of the settings may be."
    wrong = [f"BALLAST_BOTS_{name.upper()}" for name in wrong_names(settings.BOTS_TERMS)]
    errors: list[CheckMessage] = [
        Error(f"{name} is out of range.", hint=hint, id="ballast.E009") for name in wrong
    ]
    bare = [bot for bot, (key, secret) in settings.BOTS_KEYS.items() if not (key and secret)]
    if bare and not settings.DEMO:
        problem = f"The bots are on, and the keys of {' and '.join(bare)} are not set."
        hint = "Set BALLAST_BOTS_MAKER_KEY and _SECRET, and the same of TAKER: keys of two accounts of yours."
        errors.append(Error(problem, hint=hint, id="ballast.E010"))
    maker, taker = (key for key, _ in settings.BOTS_KEYS.values())
    if maker and maker == taker:
        problem = "Maker and taker have the same key, so they would trade with themselves."
        errors.append(Error(problem, hint="Give each an account of its own.", id="ballast.E011"))
    return errors
