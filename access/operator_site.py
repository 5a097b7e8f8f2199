"""The admin site: who is in it, for how long, and that nothing in it deletes.

A login at /admin/ takes a password and a code (`access.operator_door`), and ends after a while without a
request, after a while in all, and with any change of who he is (`access.operator_session`). Who logged in
elsewhere logs in again here.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from access.cockpit_site import CockpitSite
from access.operator_door import door
from access.operator_gate import is_operators_place
from access.operator_session import counts_as_operator

PASSWORD_PAGE = "/account/security"  # asks for a code, and ends all other logins  # noqa: S105  # a path


class OperatorSite(CockpitSite):
    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def has_permission(self, request: HttpRequest) -> bool:
        """Also of what operators may do on other pages."""
        is_staff = super().has_permission(request)
        return is_staff and is_operators_place(request) and counts_as_operator(request)

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        return door(self, request)

    def password_change(  # type: ignore[override]  # a page there
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """An own password is changed where everybody changes it: with a code."""
        return HttpResponseRedirect(PASSWORD_PAGE)
