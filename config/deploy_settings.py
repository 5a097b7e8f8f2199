"""What platforms say in their own words, made what the libraries understand. It reads its arguments alone.

A value that an operator has set wins over one that a platform has.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

LOCAL_HOSTS = "localhost,127.0.0.1,[::1]"
# Play money has a play price: three feeds of one made-up market, and everything that shows it says so.
DEMO_SOURCES = "simulated:1,simulated:2,simulated:3,house:BTC-USDB"
# Where a platform says under which name the web process is reached.
_DOMAINS = ("RAILWAY_PUBLIC_DOMAIN", "HEROKU_APP_DEFAULT_DOMAIN_NAME")
# Whether a domain goes into every browser for good is for who owns it to say, not for a setting of ours.
_NEVER_ASKED = ("security.W021",)


def redis_url(url: str, *, is_verified: bool) -> str:
    """The URL with what it must say of certificates: Celery believes any, where redis-py believes known ones.

    Some platforms sign those of Redis themselves, so there is nothing to verify them by.
    """
    parts = urlsplit(url)
    if parts.scheme != "rediss" or "ssl_cert_reqs" in parse_qs(parts.query):
        return url
    said = f"ssl_cert_reqs={'required' if is_verified else 'none'}"
    return urlunsplit(parts._replace(query=f"{parts.query}&{said}" if parts.query else said))


def database_tls(environment: Mapping[str, str], options: Mapping[str, Any]) -> dict[str, str]:
    """How PostgreSQL is spoken to, where its URL does not say: in words of libpq, as `require`."""
    said = environment.get("BALLAST_DATABASE_SSLMODE", "")
    return {"sslmode": said} if said and "sslmode" not in options else {}


def site_url(environment: Mapping[str, str]) -> str:
    """What is set, else the platform's own name of this house, else ""."""
    said = environment.get("BALLAST_SITE_URL", "").rstrip("/")
    domains = [environment[name] for name in _DOMAINS if environment.get(name)]
    return said or (f"https://{domains[0]}" if domains else "")


def allowed_hosts(environment: Mapping[str, str], site: str) -> list[str]:
    """What is set, or this machine's names, and always the host that links lead to."""
    said = environment.get("ALLOWED_HOSTS") or LOCAL_HOSTS
    hosts = [host.strip() for host in said.split(",") if host.strip()]
    host = urlsplit(site).hostname
    return [*hosts, host] if host and host not in hosts else hosts


def accepted_warnings(environment: Mapping[str, str]) -> list[str]:
    """Ids of warnings that an operator has read and lives with, as `W004,W005`. Errors cannot be accepted."""
    words = [word.strip() for word in environment.get("BALLAST_ACCEPT", "").split(",")]
    return [*_NEVER_ASKED, *(f"ballast.{word}" for word in words if is_warning(word))]


def is_warning(word: str) -> bool:
    return word.startswith("W") and word[1:].isdecimal()
