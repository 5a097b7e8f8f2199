"""A forgotten password: asking for a link, and setting a new one by it."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from access.accounts.origins import origin_of_page
from access.accounts.passwords import ask_reset, reset_password, user_of_link
from access.errors import DatabaseUnavailable, DomainError
from dashboard.pages import render_page
from dashboard.views.entering import site_of


@require_http_methods(["GET", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Says the same to everybody."""
    if request.method == "GET":
        return render_page(request, "dashboard/account/forgot.html")
    try:
        ask_reset(email=request.POST.get("email", "")[:300], site=site_of(request), now=timezone.now())
    except DatabaseError:
        problem = DatabaseUnavailable()
        return render_page(request, "dashboard/account/forgot.html", {"problem": problem}, status=503)
    return render_page(request, "dashboard/account/forgot.html", {"is_done": True}, status=202)


@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """The link's own words are kept from wherever a page could lead: no referrer leaves this one."""
    response = _reset(request, number, token)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _reset(request: HttpRequest, number: str, token: str) -> HttpResponse:
    page = "dashboard/account/reset.html"
    try:
        if request.method == "GET":
            return render_page(request, page, {"username": user_of_link(number, token).username})
        user = reset_password(
            number=number,
            token=token,
            new_password=request.POST.get("password", ""),
            origin=origin_of_page(request),
            now=timezone.now(),
        )
    except DomainError as error:
        return render_page(request, page, {"problem": error}, status=error.status)
    except DatabaseError:
        return render_page(request, page, {"problem": DatabaseUnavailable()}, status=503)
    return render_page(request, page, {"is_done": True, "username": user.username})
