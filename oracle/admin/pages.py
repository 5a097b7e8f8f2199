"""What every page of the oracle does: it says so where the prices on it are simulated."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from access.deeds import DeedAdmin
from access.read_only import NothingIsDeleted
from oracle.admin.units import warn_of_simulation


class SaysSimulated(NothingIsDeleted):
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if request.method == "GET":
            warn_of_simulation(request)
        return super().changelist_view(request, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if request.method == "GET":
            warn_of_simulation(request)
        return super().changeform_view(request, object_id, form_url, extra_context)


class SimulatedDeeds(SaysSimulated, DeedAdmin):
    """With deeds, whose pages show prices too."""

    def deed_view(self, request: HttpRequest, name: str) -> HttpResponse:
        answer = super().deed_view(request, name)
        if isinstance(answer, TemplateResponse):  # a page, and none that leads to another
            warn_of_simulation(request)
        return answer
