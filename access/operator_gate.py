"""From where the admin is there at all: under which host names, from which addresses, and not for customers.

For everybody else it does not exist. What stands in the settings and cannot be read lets nobody in.
"""

from collections.abc import Callable, Sequence
from functools import cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port

PREFIX = "/admin"
Network = IPv4Network | IPv6Network


class OperatorGate:
    """After the middleware that knows who asks. `REMOTE_ADDR` is what trusted hops name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_of_operators(request.path_info) and not _is_there(request):
            raise Http404
        return self._get_response(request)


def is_of_operators(path: str) -> bool:
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def is_operators_place(request: HttpRequest) -> bool:
    return _is_host(request) and _is_near(request.META.get("REMOTE_ADDR", ""))


def read_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Raises ValueError, which names the one that is none."""
    return tuple(ip_network(text) for text in texts)


def _is_there(request: HttpRequest) -> bool:
    if not is_operators_place(request):
        return False
    user = request.user
    return not user.is_authenticated or user.is_staff


def _is_host(request: HttpRequest) -> bool:
    hosts = settings.ADMIN_HOSTS
    return not hosts or split_domain_port(request.get_host())[0] in {host.lower() for host in hosts}


def _is_near(address: str) -> bool:
    if not settings.ADMIN_IPS:
        return True
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in network for network in _networks(tuple(settings.ADMIN_IPS)))


@cache
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    try:
        return read_networks(texts)
    except ValueError:  # a system check says which; until it is mended nobody is near
        return ()
