"""The way in and out: sign up, log in with a second step where there is a second factor, log out."""

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from access.accounts.errors import LoginExpired
from access.accounts.logging_in import (
    STEP_GOOD_FOR,
    begin_session,
    check_login,
    end_session,
    spend_login_code,
    step_token,
    user_of_step,
)
from access.accounts.opening import open_account
from access.accounts.origins import origin_of_page
from access.errors import DatabaseUnavailable, DomainError
from dashboard.pages import render_page
from dashboard.visitors import visitor_of

HOME = "/wallet"
STEP_COOKIE = "login_step"
_CODE_PATH = "/login/code"


@require_http_methods(["GET", "POST"])
def signup(request: HttpRequest) -> HttpResponse:
    if visitor_of(request).is_known:
        return HttpResponseRedirect(HOME)
    if request.method == "GET":
        return _form(request, "signup")
    now = timezone.now()
    try:
        user = open_account(
            username=request.POST.get("username", ""),
            email=request.POST.get("email", ""),
            password=request.POST.get("password", ""),
            site=site_of(request),
            origin=origin_of_page(request),
            now=now,
        )
        begin_session(request, user, origin_of_page(request, user.pk), now)
    except DomainError as error:
        return _form(request, "signup", error)
    except DatabaseError:
        return _form(request, "signup", DatabaseUnavailable())
    return HttpResponseRedirect(_next(request))


@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    if visitor_of(request).is_known:
        return HttpResponseRedirect(_next(request))
    if request.method == "GET":
        return _form(request, "login")
    now = timezone.now()
    try:
        step = check_login(
            request,
            name=request.POST.get("username", ""),
            password=request.POST.get("password", ""),
            now=now,
        )
        if step.needs_code:
            return _to_second_step(request, step_token(step.user))
        begin_session(request, step.user, origin_of_page(request, step.user.pk), now)
    except DomainError as error:
        return _form(request, "login", error)
    except DatabaseError:
        return _form(request, "login", DatabaseUnavailable())
    return HttpResponseRedirect(_next(request))


@require_http_methods(["GET", "POST"])
def login_code(request: HttpRequest) -> HttpResponse:
    """The second step. Until it is done there is no session."""
    now = timezone.now()
    try:
        user = user_of_step(request.COOKIES.get(STEP_COOKIE, ""))
        if request.method == "GET":
            return _form(request, "code")
        code = request.POST.get("code", "")
        spend_login_code(user=user, code=code, origin=origin_of_page(request), now=now)
        begin_session(request, user, origin_of_page(request, user.pk), now)
    except LoginExpired as error:
        response = _form(request, "login", error)
        response.delete_cookie(STEP_COOKIE, path="/login")
        return response
    except DomainError as error:
        return _form(request, "code", error)
    except DatabaseError:
        return _form(request, "code", DatabaseUnavailable())
    response = HttpResponseRedirect(_next(request))
    response.delete_cookie(STEP_COOKIE, path="/login")
    return response


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    try:
        end_session(request, timezone.now())
    except DatabaseError:
        problem = DatabaseUnavailable(
            "You are still logged in: the house cannot reach its records. Try again."
        )
        return render_page(request, "dashboard/account/message.html", {"problem": problem}, status=503)
    return HttpResponseRedirect("/")


def site_of(request: HttpRequest) -> str:
    """Where links in mails lead: what the settings say, else the host that was asked: an allowed one."""
    return settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")


def _to_second_step(request: HttpRequest, token: str) -> HttpResponse:
    wanted = _wanted(request)
    response = HttpResponseRedirect(f"{_CODE_PATH}?next={wanted}" if wanted else _CODE_PATH)
    response.set_cookie(
        STEP_COOKIE,
        token,
        max_age=STEP_GOOD_FOR,
        path="/login",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Strict",
    )
    return response


def _form(request: HttpRequest, name: str, problem: DomainError | None = None) -> HttpResponse:
    """What was typed stays, but for what is secret."""
    given = {
        "username": request.POST.get("username", "")[:254],
        "email": request.POST.get("email", "")[:254],
        "next": _wanted(request),
        "problem": problem,
    }
    page = f"dashboard/account/{name}.html"
    response = render_page(request, page, given, status=200 if problem is None else problem.status)
    for header, value in problem.headers() if problem else ():
        response.headers[header] = value
    return response


def _wanted(request: HttpRequest) -> str:
    """Where somebody was going when he was asked who he is; "" for anywhere that is not here."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if is_ours else ""


def _next(request: HttpRequest) -> str:
    return _wanted(request) or HOME
