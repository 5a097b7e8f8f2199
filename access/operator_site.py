"""The admin site: who is in it, for how long, and that nothing in it deletes.

A login at /admin/ ends after a while without a request, and after a while in all. Who logged in elsewhere
logs in again here.
"""

import time

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from access.cockpit_site import CockpitSite
from access.operator_session import OF_ITSELF
from access.roles import Permission, may

SINCE, SEEN = "operator_since", "operator_seen"
NOTED_SECONDS = 30  # how stale the time of the last request may be, so that few requests write the session


class OperatorSite(CockpitSite):
    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def has_permission(self, request: HttpRequest) -> bool:
        if not super().has_permission(request) or not _is_fresh(request):
            return False
        return request.user.pk is not None and may(request.user.pk, Permission.ADMIN_ACCESS)

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        if request.method == "GET" and request.user.is_authenticated and not self.has_permission(request):
            _forget_expired(request)
        response = super().login(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            begin_operating(request)
        return response


def begin_operating(request: HttpRequest) -> None:
    """The login counts from now on."""
    request.session[SINCE] = request.session[SEEN] = int(time.time())


def _is_fresh(request: HttpRequest) -> bool:
    now = int(time.time())
    since, seen = request.session.get(SINCE), request.session.get(SEEN)
    if not isinstance(since, int) or not isinstance(seen, int):
        return False
    if now - since > settings.OPERATOR_LONGEST_SECONDS or now - seen > settings.OPERATOR_IDLE_SECONDS:
        return False
    if now - seen >= NOTED_SECONDS and not request.META.get(OF_ITSELF):
        request.session[SEEN] = now
    return True


def _forget_expired(request: HttpRequest) -> None:
    """Only what ran out here: a login that never was an operator's stays what it is."""
    if SINCE in request.session:
        logout(request)
