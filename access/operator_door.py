"""The pages of the admin's door: forms, and the cookie between them. `access.operator_login` decides."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import segno
from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from access.accounts.errors import LoginExpired
from access.accounts.origins import origin_of_page
from access.errors import DomainError
from access.form_looks import dress
from access.operator_login import (
    STEP_GOOD_FOR,
    Step,
    enter,
    first_step,
    problem_of,
    read_step,
    set_up_and_enter,
    step_token,
)
from access.operator_session import is_begun

COOKIE = "operator_step"
NEXT = "next"
_QR_SCALE = 5


class PasswordForm(forms.Form):
    template = "admin/door/password.html"
    username = forms.CharField(
        max_length=254,
        label="Name",
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    password = forms.CharField(
        max_length=256, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class CodeForm(forms.Form):
    template = "admin/door/code.html"
    code = forms.CharField(
        max_length=32,
        help_text="Six digits of your authenticator, or a recovery code.",
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "one-time-code"}),
    )


class FactorForm(CodeForm):
    template = "admin/door/factor.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = "Six digits of your authenticator."  # there are no other codes yet


def door(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """All of /admin/login/: which step it is says the cookie; a form says which it was."""
    if request.method != "POST":
        return _shown(site, request)
    try:
        if request.POST.get("step") == "password":
            return _password(site, request)
        return _code(site, request, read_step(request.COOKIES.get(COOKIE, "")))
    except LoginExpired as error:
        return _without_step(_page(site, request, PasswordForm(), error))


def _shown(site: AdminSite, request: HttpRequest) -> HttpResponse:
    if site.has_permission(request):
        return HttpResponseRedirect(_next(request))
    if request.user.is_authenticated and is_begun(request):
        logout(request)  # what ran out here; a login that never was an operator's stays what it is
    try:
        step = read_step(request.COOKIES.get(COOKIE, ""))
    except LoginExpired:
        return _page(site, request, PasswordForm())
    if "again" in request.GET:
        return _without_step(HttpResponseRedirect(_here(request)))
    return _page(site, request, FactorForm() if step.secret else CodeForm(), step=step)


def _password(site: AdminSite, request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _page(site, request, form, status=400)
    given, origin = form.cleaned_data, origin_of_page(request)
    try:
        step = first_step(
            request, name=given["username"], password=given["password"], origin=origin, now=timezone.now()
        )
    except DomainError as error:
        return _page(site, request, form, error)
    response = HttpResponseRedirect(_here(request))
    response.set_cookie(
        COOKIE,
        step_token(step),
        max_age=STEP_GOOD_FOR,
        path=reverse("admin:login"),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Strict",
    )
    return response


def _code(site: AdminSite, request: HttpRequest, step: Step) -> HttpResponse:
    form = (FactorForm if step.secret else CodeForm)(request.POST)
    if not form.is_valid():
        return _page(site, request, form, step=step, status=400)
    code, origin, now = form.cleaned_data["code"], origin_of_page(request), timezone.now()
    try:
        if not step.secret:
            enter(request, step=step, code=code, origin=origin, now=now)
            return _without_step(HttpResponseRedirect(_next(request)))
        codes = set_up_and_enter(request, step=step, code=code, origin=origin, now=now)
    except LoginExpired:
        raise
    except DomainError as error:
        return _page(site, request, form, error, step=step)
    content = {"recovery_codes": codes, "onward": _next(request), "title": "Keep these recovery codes"}
    context = {**site.each_context(request), **content}
    return _without_step(TemplateResponse(request, "admin/door/recovery.html", context))


def _page(
    site: AdminSite,
    request: HttpRequest,
    form: PasswordForm | CodeForm,
    error: DomainError | None = None,
    *,
    step: Step | None = None,
    status: int = 200,
) -> HttpResponse:
    dress(form)
    context: dict[str, Any] = {
        **site.each_context(request),
        **_of_step(step),
        "title": "Log in",
        "form": form,
        "problem": "" if error is None else problem_of(error),
        "wanted": _wanted(request),
    }
    response = TemplateResponse(
        request, form.template, context, status=status if error is None else error.status
    )
    for header, value in () if error is None else error.headers():
        response.headers[header] = value
    return response


def _of_step(step: Step | None) -> Mapping[str, object]:
    if step is None:
        return {}
    told: dict[str, object] = {"name": step.user.get_username()}
    if not step.secret:
        return told
    picture = segno.make(step.uri, error="m").svg_data_uri(scale=_QR_SCALE, border=3, light="#fff")
    groups = " ".join(step.secret[at : at + 4] for at in range(0, len(step.secret), 4))
    return {**told, "secret": groups, "uri": step.uri, "picture": picture}


def _without_step(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(COOKIE, path=reverse("admin:login"), samesite="Strict")
    return response


def _here(request: HttpRequest) -> str:
    wanted = _wanted(request)
    return reverse("admin:login") + (f"?{urlencode({NEXT: wanted})}" if wanted else "")


def _wanted(request: HttpRequest) -> str:
    """Where he was going; "" for anywhere that is not here."""
    wanted = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if is_ours else ""


def _next(request: HttpRequest) -> str:
    return _wanted(request) or reverse("admin:index")
