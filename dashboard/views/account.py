"""The pages of one's account: overview, security with its logins, keys for programs, notices."""

from collections.abc import Mapping

from django.contrib.auth import get_user
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.accounts.emails import change_email, claimed_email, confirm_email, read_link, send_again
from access.accounts.logging_in import keep_session
from access.accounts.logins import end_login, end_other_logins, places_of
from access.accounts.origins import origin_of_page
from access.accounts.passwords import change_password
from access.errors import DatabaseUnavailable, DomainError
from access.second_factor import second_factor_state
from access.selectors import live_keys
from dashboard.pages import render_page
from dashboard.views.entering import site_of
from dashboard.visitors import customers_only, visitor_of

DONE = {
    "password": "Your password is changed. All other logins have ended, and withdrawals are held for a day.",
    "factor": "Your second factor is removed. Withdrawals are held for a day.",
    "ended": "That login has ended.",
    "others": "All other logins have ended.",
    "email": "If the address can be yours, a link to confirm it is on its way there.",
    "confirmed": "Your mail address is confirmed.",
}


@require_GET
@customers_only
def overview(request: HttpRequest) -> HttpResponse:
    return _overview(request)


def _overview(request: HttpRequest, problem: DomainError | None = None) -> HttpResponse:
    try:
        facts = _facts(request)
    except DatabaseError:
        facts = {"is_away": True}
    return _page(request, "overview", facts, problem)


def _facts(request: HttpRequest) -> dict[str, object]:
    user_id, now = visitor_of(request).user_id, timezone.now()
    user = get_user(request)
    return {
        "email": getattr(user, "email", ""),
        "claimed": claimed_email(user_id),
        "joined_at": getattr(user, "date_joined", None),
        "factor": second_factor_state(user_id=user_id, now=now),
        "logins": len(places_of(user_id, "")),
        "keys": live_keys(user_id).count(),
    }


@require_GET
@customers_only
def security(request: HttpRequest) -> HttpResponse:
    return _security(request)


def _security(request: HttpRequest, problem: DomainError | None = None) -> HttpResponse:
    user_id = visitor_of(request).user_id
    try:
        facts: dict[str, object] = {
            "places": places_of(user_id, request.session.session_key or ""),
            "factor": second_factor_state(user_id=user_id, now=timezone.now()),
        }
    except DatabaseError:
        facts = {"is_away": True}
    return _page(request, "security", facts, problem)


@require_POST
@customers_only
def password(request: HttpRequest) -> HttpResponse:
    """This login stays, under a new key; all others end by themselves."""
    now, origin = timezone.now(), origin_of_page(request, visitor_of(request).user_id)
    try:
        user = change_password(
            user_id=visitor_of(request).user_id,
            password=request.POST.get("password", ""),
            new_password=request.POST.get("new_password", ""),
            code=request.POST.get("code", "").strip(),
            origin=origin,
            now=now,
        )
        keep_session(request, user, origin, now)
    except DomainError as error:
        if error.code == "WEAK_PASSWORD":
            error.field = "new_password"
        return _security(request, error)
    except DatabaseError:
        return _security(request, DatabaseUnavailable())
    return _done("/account/security", "password")


@require_POST
@customers_only
def end_one(request: HttpRequest, login_id: int) -> HttpResponse:
    user_id = visitor_of(request).user_id
    origin = origin_of_page(request, user_id)
    try:
        end_login(user_id=user_id, login_id=login_id, origin=origin, now=timezone.now())
    except DomainError as error:
        return _security(request, error)
    except DatabaseError:
        return _security(request, DatabaseUnavailable())
    return _done("/account/security", "ended")


@require_POST
@customers_only
def end_others(request: HttpRequest) -> HttpResponse:
    user_id, this = visitor_of(request).user_id, request.session.session_key or ""
    origin = origin_of_page(request, user_id)
    try:
        end_other_logins(user_id=user_id, this_session=this, origin=origin, now=timezone.now())
    except DatabaseError:
        return _security(request, DatabaseUnavailable())
    return _done("/account/security", "others")


@require_POST
@customers_only
def email(request: HttpRequest) -> HttpResponse:
    """Another address, or the mail for the one that waits to be confirmed once more."""
    user_id, site, now = visitor_of(request).user_id, site_of(request), timezone.now()
    try:
        if "again" in request.POST:
            send_again(user_id=user_id, site=site, now=now)
        else:
            change_email(
                user_id=user_id,
                email=request.POST.get("email", ""),
                password=request.POST.get("password", ""),
                site=site,
                now=now,
            )
    except DomainError as error:
        return _overview(request, error)
    except DatabaseError:
        return _overview(request, DatabaseUnavailable())
    return _done("/account", "email")


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """By a button: what only looks at links confirms nothing."""
    page = "dashboard/account/confirm.html"
    try:
        _, address = read_link(token)
        if request.method == "POST":
            confirm_email(token=token, origin=origin_of_page(request), now=timezone.now())
    except DomainError as error:
        return render_page(request, page, {"problem": error}, status=error.status)
    except DatabaseError:
        return render_page(request, page, {"problem": DatabaseUnavailable()}, status=503)
    return render_page(request, page, {"email": address, "is_done": request.method == "POST"})


@require_GET
@customers_only
def keys(request: HttpRequest) -> HttpResponse:
    return _page(request, "keys", {})


@require_GET
@customers_only
def notices(request: HttpRequest) -> HttpResponse:
    return _page(request, "notices", {})


def _page(
    request: HttpRequest, name: str, facts: Mapping[str, object], problem: DomainError | None = None
) -> HttpResponse:
    given = {**facts, "problem": problem, "section": name, "done": DONE.get(request.GET.get("done", ""), "")}
    status = 200 if problem is None else problem.status
    return render_page(request, f"dashboard/account/{name}.html", given, status=status)


def _done(url: str, what: str) -> HttpResponse:
    return HttpResponseRedirect(f"{url}?done={what}")
