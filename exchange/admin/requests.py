"""The journal and what was asked of engines, decoded, and the page that shows what came of a request."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from access.read_only import LongTableAdmin, as_uuid, is_number
from exchange.admin import units
from exchange.admin.described import describe_command, describe_events, lines, outcome
from exchange.engine.types import SHARD_SLOTS, RejectReason
from exchange.models import EngineRequest, JournalEntry
from exchange.rules import RequestStatus

MAX_RESULTS = 100
WAIT_S = 60  # so long the page asks again by itself


@admin.register(JournalEntry)
class JournalEntryAdmin(LongTableAdmin):
    list_display = ("id", "place", "time", "kind", "what", "came_of_it")
    search_help_text = "shard/sequence, a command's id, or the number of an entry (or order)"
    fields = ("id", "shard", "sequence", "epoch", "time", "command_id", "kind", "what", "all_events")
    readonly_fields = fields

    def matching(self, term: str) -> Q | None:
        shard, _, sequence = term.partition("/")
        if is_number(shard) and is_number(sequence):
            return Q(pk=int(sequence) * SHARD_SLOTS + int(shard))
        command_id = as_uuid(term)
        return super().matching(term) if command_id is None else Q(command_id=command_id)

    @admin.display(description="shard/sequence")
    def place(self, entry: JournalEntry) -> str:
        return f"{entry.shard_id}/{entry.sequence}"

    @admin.display(description="time (UTC)")
    def time(self, entry: JournalEntry) -> str:
        return units.at(entry.timestamp_ns)

    @admin.display(description="command")
    def kind(self, entry: JournalEntry) -> str:
        return describe_command(entry.command)[0]

    @admin.display(description="with")
    def what(self, entry: JournalEntry) -> str:
        return describe_command(entry.command)[1]

    @admin.display(description="outcome")
    def came_of_it(self, entry: JournalEntry) -> str:
        return outcome(entry.events)

    @admin.display(description="events")
    def all_events(self, entry: JournalEntry) -> SafeString:
        return format_html("<pre>{}</pre>", lines(describe_events(entry.events)))


@admin.register(EngineRequest)
class EngineRequestAdmin(LongTableAdmin):
    list_display = (
        "id",
        "created_at",
        "summary",
        "requested_by",
        "status",
        "refusal",
        "reason",
        "resolved_at",
    )
    list_filter = ("status", "kind")
    list_select_related = ("requested_by",)
    search_help_text = "A command's id, or the number of a request"
    fields = (
        "id",
        "created_at",
        "requested_by",
        "reason",
        "summary",
        "kind",
        "what",
        "status",
        "refusal",
        "resolved_at",
        "shard",
        "sequence",
        "command_id",
        "all_events",
    )
    readonly_fields = fields

    def matching(self, term: str) -> Q | None:
        command_id = as_uuid(term)
        return super().matching(term) if command_id is None else Q(command_id=command_id)

    @admin.display(description="the engine's reason")
    def refusal(self, request: EngineRequest) -> str:
        return RejectReason(request.reject_reason).name if request.reject_reason else ""

    @admin.display(description="command")
    def what(self, request: EngineRequest) -> str:
        return describe_command(request.command)[1]

    @admin.display(description="events")
    def all_events(self, request: EngineRequest) -> SafeString | str:
        entry = JournalEntry.objects.filter(command_id=request.command_id).first()
        if entry is None:
            return "not carried out yet"
        return format_html("<pre>{}</pre>", lines(describe_events(entry.events)))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.results_view)
        return [path("results/", view, name="exchange_enginerequest_results"), *super().get_urls()]

    def results_view(self, request: HttpRequest) -> TemplateResponse:
        ids = [part for part in request.GET.get("ids", "").split(",") if is_number(part)][:MAX_RESULTS]
        found = EngineRequest.objects.filter(pk__in=ids).select_related("requested_by").order_by("pk")
        rows = list(found)
        if not rows or not self.has_view_permission(request):
            raise Http404
        waiting = [row for row in rows if row.status == RequestStatus.PENDING]
        age_s = (timezone.now() - max(row.created_at for row in rows)).total_seconds()
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "What came of it",
            "rows": [(row, self.refusal(row)) for row in rows],
            "waiting": len(waiting),
            "asks_again": bool(waiting) and age_s < WAIT_S,
        }
        return TemplateResponse(request, "admin/engine_results.html", context)
