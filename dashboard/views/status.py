"""What the status page asks of Django once it is there: who looks at it, and the deeds of operators."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_GET, require_POST

from access.errors import DomainError, MissingField, NotFound, NotPermitted, ServiceUnavailable, error_body
from access.reasons import operator_origin, reason_field
from dashboard.pages import render_page
from dashboard.status.deeds import restart_process, restartable
from exchange.engine.types import MarketStatus
from exchange.selectors import fresh_markets
from exchange.services.operators import change_market_status

MAY_RESTART = "health.restart_process"
MAY_PAUSE = "exchange.request_market_status"
LOGIN = "/admin/login/?next=/status"
View = Callable[[HttpRequest], HttpResponse]


class RestartForm(forms.Form):
    line = forms.CharField(max_length=50)
    reason = reason_field()


class MarketForm(forms.Form):
    market = forms.CharField(max_length=30)
    status = forms.ChoiceField(choices=[(one.name, one.name) for one in MarketStatus])
    reason = reason_field()
    token = forms.UUIDField()


@require_GET
def visitor(request: HttpRequest) -> HttpResponse:
    """The account's part of the head, for a page that was made for nobody."""
    return render_page(request, "dashboard/status/visitor.html")


def _answered(view: View) -> View:
    """Refusals as the API writes them; a database that is away is said to be."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except DomainError as error:
            refusal = error
        except DatabaseError:
            refusal = ServiceUnavailable("The database does not answer. Nothing was done.")
        return HttpResponse(error_body(refusal, ""), "application/json", refusal.status)

    return answered


@require_GET
@_answered
def operator(request: HttpRequest) -> HttpResponse:
    """What who looks may do here. Whoever is no operator is told that there is nothing."""
    get_token(request)
    if not (request.user.is_authenticated and request.user.is_staff):
        raise NotFound
    is_fresh = admin.site.has_permission(request)
    may_restart = is_fresh and request.user.has_perm(MAY_RESTART)
    may_pause = is_fresh and request.user.has_perm(MAY_PAUSE)
    markets = [{"symbol": one.symbol, "status": one.status} for one in fresh_markets().values()]
    return JsonResponse(
        {
            "is_fresh": is_fresh,
            "login": LOGIN,
            "lines": restartable() if may_restart else [],
            "markets": markets if may_pause else [],
        },
        headers={"Cache-Control": "no-store"},
    )


@require_POST
@_answered
def restart(request: HttpRequest) -> HttpResponse:
    _require(request, MAY_RESTART)
    values = _values(RestartForm(request.POST))
    restart_process(line=str(values["line"]), reason=str(values["reason"]), origin=operator_origin(request))
    return JsonResponse({"ordered": values["line"]})


@require_POST
@_answered
def market(request: HttpRequest) -> HttpResponse:
    _require(request, MAY_PAUSE)
    values = _values(MarketForm(request.POST))
    asked = change_market_status(
        symbol=str(values["market"]),
        status=MarketStatus[str(values["status"])],
        reason=str(values["reason"]),
        origin=operator_origin(request),
        command_id=UUID(str(values["token"])),
    )
    return JsonResponse({"asked": asked.summary})


def _require(request: HttpRequest, permission: str) -> None:
    if not admin.site.has_permission(request) or not request.user.has_perm(permission):
        raise NotPermitted(permission=permission)


def _values(form: forms.Form) -> dict[str, object]:
    if form.is_valid():
        return dict(form.cleaned_data)
    name, problems = next(iter(form.errors.items()))
    raise MissingField(f"{name}: {problems[0]}", field=name)
