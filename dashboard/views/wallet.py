"""The pages of one's wallets. What they show is asked from the API by their scripts; here stand the words."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from dashboard.pages import render_page
from dashboard.visitors import customers_only


@require_GET
@customers_only
def balances(request: HttpRequest) -> HttpResponse:
    return _page(request, "balances")


@require_GET
@customers_only
def deposit(request: HttpRequest) -> HttpResponse:
    return _page(request, "deposit")


@require_GET
@customers_only
def withdraw(request: HttpRequest) -> HttpResponse:
    return _page(request, "withdraw")


@require_GET
@customers_only
def transfer(request: HttpRequest) -> HttpResponse:
    return _page(request, "transfer")


@require_GET
@customers_only
def statements(request: HttpRequest) -> HttpResponse:
    return _page(request, "statements")


def _page(request: HttpRequest, section: str) -> HttpResponse:
    given = {"section": section, "has_custody": settings.CUSTODY}
    return render_page(request, f"dashboard/wallet/{section}.html", given)
