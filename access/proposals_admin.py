"""Proposals in the admin: what one operator wants and another one has to decide, and what became of each."""

from django.contrib import admin
from django.db.models import Model
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from access.deeds import Deed, DeedAdmin, Doing
from access.models import OperatorProposal, ProposalStatus
from access.proposals import argument_lines, take_back
from access.read_only import LongTableAdmin
from access.second_person import decide_url


def _is_open(proposal: OperatorProposal) -> bool:
    return proposal.status == ProposalStatus.OPEN and proposal.expires_at > timezone.now()


class TakeBack(Deed):
    name = "take-back"
    title = "Withdraw or decline it"
    about = "Its proposer withdraws it; whoever might approve it declines it. Nothing is carried out."
    permission = "access.view_operatorproposal"

    def suits(self, row: Model) -> bool:
        assert isinstance(row, OperatorProposal)
        return _is_open(row)

    def facts(self, row: Model) -> list[tuple[str, object]]:
        assert isinstance(row, OperatorProposal)
        return [("what", row.title), ("of", row.about), ("by", row.operator), ("because", row.reason)]

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        assert isinstance(row, OperatorProposal)
        return take_back(proposal_id=row.pk, origin=doing.origin, reason=doing.reason, now=timezone.now())


class OperatorProposalAdmin(DeedAdmin, LongTableAdmin):
    deeds = (TakeBack(),)
    list_display = ("id", "created_at", "title", "about", "operator", "reason", "state", "decided_by")
    list_filter = ("status",)
    list_select_related = ("operator", "decided_by")
    search_help_text = "The number of a proposal"
    fields = (
        "title",
        "about",
        "decide",
        "asked",
        "known",
        "operator",
        "reason",
        "created_at",
        "expires_at",
        "state",
        "decided_by",
        "decided_at",
        "decided_because",
        "permission",
    )
    readonly_fields = fields

    @admin.display(description="state")
    def state(self, proposal: OperatorProposal) -> str:
        is_late = proposal.status == ProposalStatus.OPEN and not _is_open(proposal)
        return ProposalStatus.EXPIRED.label if is_late else proposal.get_status_display()

    @admin.display(description="decide")
    def decide(self, proposal: OperatorProposal) -> SafeString | str:
        url = decide_url(proposal) if _is_open(proposal) else ""
        return format_html('<a href="{}">Read and decide</a>', url) if url else "-"

    @admin.display(description="asked for")
    def asked(self, proposal: OperatorProposal) -> SafeString:
        return _lines(argument_lines(proposal))

    @admin.display(description="was so when proposed")
    def known(self, proposal: OperatorProposal) -> SafeString:
        return _lines([f"{name}: {value}" for name, value in proposal.facts])


def _lines(lines: list[str]) -> SafeString:
    return format_html("<pre>{}</pre>", format_html_join("\n", "{}", ((line,) for line in lines)))
