"""System checks of where the admin is there: nonsense would shut operators out, or let everybody in."""

import re
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.http.request import validate_host

from access.operator_gate import read_networks

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]", re.ASCII)
_MOST = 100
_HINT = "docs/operating.md says what each of the settings may be."


def check_admin_hosts(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    wrong: list[CheckMessage] = []
    for host in settings.ADMIN_HOSTS:
        if _HOST.fullmatch(host.lower()) is None:
            problem = f"BALLAST_ADMIN_HOSTS: {host!r} is no host name (without scheme, port and wildcard)."
            wrong.append(Error(problem, hint=_HINT, id="ballast.E030"))
        elif not validate_host(host.lower(), settings.ALLOWED_HOSTS):
            problem = f"BALLAST_ADMIN_HOSTS names {host}, which ALLOWED_HOSTS does not let in."
            wrong.append(Error(problem, hint="Name it in ALLOWED_HOSTS, too.", id="ballast.E031"))
    return wrong


def check_admin_ips(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    wrong: list[CheckMessage] = []
    for text in settings.ADMIN_IPS:
        try:
            (network,) = read_networks([text])
        except ValueError as error:
            wrong.append(Error(f"BALLAST_ADMIN_IPS: {error}.", hint=_HINT, id="ballast.E032"))
            continue
        if network.prefixlen == 0:
            problem = f"BALLAST_ADMIN_IPS has {text}, which is every address there is."
            wrong.append(Error(problem, hint="Name networks of yours, or unset it.", id="ballast.E032"))
    if len(settings.ADMIN_IPS) > _MOST:
        problem = f"BALLAST_ADMIN_IPS has more than {_MOST} networks."
        wrong.append(Error(problem, hint=_HINT, id="ballast.E032"))
    if settings.ADMIN_IPS and settings.HTTPS and settings.TRUSTED_PROXY_HOPS == 0:
        problem = "BALLAST_ADMIN_IPS is set behind a proxy that nobody trusts: every address is the proxy's."
        hint = "Set BALLAST_TRUSTED_PROXY_HOPS to how many proxies of yours append to X-Forwarded-For."
        wrong.append(Error(problem, hint=hint, id="ballast.E033"))
    return wrong
