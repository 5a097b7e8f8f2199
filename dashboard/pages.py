"""How a page is made: its template with what every page knows, never kept by anybody's cache."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from dashboard.areas import AREAS
from dashboard.visitors import visitor_of

NETWORK_NAMES = {
    "main": "MAIN",
    "test": "TESTNET",
    "testnet4": "TESTNET",
    "signet": "SIGNET",
    "regtest": "REGTEST",
}


def render_page(
    request: HttpRequest, template: str, context: Mapping[str, object] | None = None, *, status: int = 200
) -> HttpResponse:
    """The CSRF cookie comes with every page, so that its scripts can speak for who is logged in."""
    get_token(request)
    response = HttpResponse(
        render_to_string(template, {**frame(), "visitor": visitor_of(request), **(context or {})}, request),
        status=status,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def frame() -> dict[str, object]:
    """What base.html needs beside the visitor; it asks nobody."""
    network = settings.BITCOIN_NETWORK if settings.CUSTODY else ""
    return {
        "areas": AREAS,
        "network": network,
        "network_name": NETWORK_NAMES.get(network, network.upper()),
        "is_demo": settings.DEMO,
        "source_url": settings.SOURCE_URL,
    }
