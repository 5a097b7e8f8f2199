"""The pages of the admin that are no model's: home, search, a customer's; what pages ask by themselves."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.module_loading import import_string
from unfold.sites import UnfoldAdminSite

from access.customer_page import panels_of
from access.home import board_of
from access.operator_session import OF_ITSELF
from access.search_everything import search_all
from access.views_of_people import MAX_TERM, note_view

if TYPE_CHECKING:
    Site = admin.AdminSite
else:  # it has no types
    Site = UnfoldAdminSite

View = Callable[..., HttpResponse]
REFRESH_SECONDS = 15


class CockpitSite(Site):
    index_title = "Home"
    site_url = None
    enable_nav_sidebar = True

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **super().each_context(request),
            "red_frame": not settings.DEBUG and not settings.DEMO,
            "is_in": self.has_permission(request),
        }

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Of one app, for its page. No page lists them all: there is the menu, which costs less."""
        return [] if app_label is None else super().get_app_list(request, app_label)

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        menu = import_string(settings.OPERATOR_MENU)
        return menu(request)  # type: ignore[no-any-return]  # it is known by its name alone

    def extra_urls(self) -> list[URLPattern]:
        """Before those of the models (Unfold asks for them)."""
        return [
            path("work/", self._of_itself(self.board), name="work"),
            path("waiting/", self._of_itself(self.waiting), name="waiting"),
            path("customers/<int:customer_id>/", self.admin_view(self.customer), name="customer"),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        request.current_app = self.name
        context = {"title": self.index_title, "refresh_seconds": REFRESH_SECONDS, **_board(request)}
        return self._page(request, "admin/home.html", {**context, **(extra_context or {})})

    def board(self, request: HttpRequest) -> TemplateResponse:
        return TemplateResponse(request, "admin/board.html", _board(request))

    def waiting(self, request: HttpRequest) -> TemplateResponse:
        """How much waits, for the head of every page."""
        board = board_of(request.user, with_figures=False)
        return TemplateResponse(request, "admin/waiting.html", {"board": board})

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        written = request.GET.get("q", "")
        results = search_all(request.user, written)
        if results.groups:  # it shows names and addresses, be it of many at once
            note_view(request, "search", seen={"search": results.term[:MAX_TERM]})
        if results.only is not None:
            return HttpResponseRedirect(results.only.url)
        context = {"title": "Search", "searched": written.strip()[:200], "results": results}
        return self._page(request, "admin/search.html", {**context, **(extra_context or {})})

    def customer(self, request: HttpRequest, customer_id: int) -> HttpResponse:
        if not request.user.has_perm("auth.view_user"):
            raise PermissionDenied
        if customer_id > 2**63 - 1:
            raise Http404
        person = get_user_model().objects.filter(pk=customer_id).first()
        if person is None:
            raise Http404
        note_view(request, f"user:{customer_id}", "customer.viewed")
        panels = panels_of(request.user, customer_id)
        context = {"title": person.get_username(), "person": person, "panels": panels}
        return self._page(request, "admin/customer.html", context)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        return TemplateResponse(request, template, {**self.each_context(request), **context})

    def _of_itself(self, view: View) -> View:
        """What a page asks without anybody: it keeps nobody logged in; whose time is over gets the door."""

        def asked(request: HttpRequest) -> HttpResponse:
            request.META[OF_ITSELF] = "1"
            if not self.has_permission(request):
                return HttpResponse(status=204, headers={"HX-Refresh": "true"})
            return view(request)

        return asked


def _board(request: HttpRequest) -> dict[str, Any]:
    return {"board": board_of(request.user), "now": timezone.now()}
