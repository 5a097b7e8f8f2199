"""Withdrawals and their addresses: a queue of those that need people, each with its transaction decoded."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from access.cockpit_links import customer_link
from access.deeds import Deed, DeedAdmin, Doing
from access.read_only import LongTableAdmin, as_uuid
from access.views_of_people import HoldsPersonalData
from custody.admin import units
from custody.admin.risks import WithRisks, risk_lines
from custody.models import AllowedAddress, FeeEstimate, Withdrawal, WithdrawalApproval
from custody.rendering import bitcoin
from custody.rules.statuses import WithdrawalStatus
from custody.rules.withdrawals import OPEN, UNSIGNED
from custody.selectors_spends import planned, versions_of
from custody.selectors_terms import terms_in_force
from custody.services.approvals import approve_withdrawal, reject_withdrawal
from custody.services.spending.pay import FALLBACK_RATE
from custody.services.spending.preview import preview

WAITING, UNDER_WAY, ALL = "waiting", "open", "all"


def _withdrawal(row: Model | None) -> Withdrawal:
    assert isinstance(row, Withdrawal)
    return row


def _transaction(withdrawal: Withdrawal) -> SafeString:
    """As it was planned, each version; before that as it would be planned now."""
    if withdrawal.spend_id is not None:
        plans = (
            units.decoded_plan(planned(version), version.vbytes)
            for version in versions_of(withdrawal.spend_id)
        )
        return format_html_join("", "{}", ((plan,) for plan in plans))
    if withdrawal.status not in UNSIGNED:
        return units.lines(["None."])
    estimate = FeeEstimate.objects.first()
    rate = FALLBACK_RATE if estimate is None else estimate.rate
    return units.decoded_preview(preview(withdrawal, rate=rate, terms=terms_in_force()), rate)


class Judge(Deed):
    permission = "custody.approve_withdrawal"

    def facts(self, row: Model) -> Sequence[tuple[str, object]]:
        withdrawal = _withdrawal(row)
        given = withdrawal.approvals.select_related("operator").order_by("pk")
        return [
            ("owner", customer_link(withdrawal.owner_id, withdrawal.owner)),
            ("amount", f"{bitcoin(withdrawal.amount_sats)} BTC"),
            ("to", withdrawal.address),
            ("risk", risk_lines(withdrawal)),
            ("on the owner's list since", withdrawal.allowed.created_at),
            ("asked from", withdrawal.requested_ip or "-"),
            ("approvals needed", withdrawal.approvals_needed),
            *(
                (f"{'approved' if one.approves else 'rejected'} by {one.operator}", one.reason)
                for one in given
            ),
            ("transaction", _transaction(withdrawal)),
        ]


class Approve(Judge):
    name = "approve"
    title = "Approve"
    about = (
        "Compare the address and the amount with what you know of the owner, not with this page alone. Who "
        "asked for it approves nothing, and everybody approves once."
    )

    def suits(self, row: Model) -> bool:
        return _withdrawal(row).status == WithdrawalStatus.AWAITING_APPROVAL

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        return approve_withdrawal(withdrawal_id=_withdrawal(row).pk, origin=doing.origin, reason=doing.reason)

    def done(self, outcomes: Sequence[object]) -> tuple[str, str]:
        (outcome,) = outcomes
        withdrawal = outcome if isinstance(outcome, Withdrawal) else None
        if withdrawal is not None and withdrawal.status == WithdrawalStatus.AWAITING_APPROVAL:
            return "Approved: another operator must agree.", ""
        return "Approved: it is signed with the next turn.", ""


class Reject(Judge):
    name = "reject"
    title = "Reject"
    about = "The money goes back to the owner's funding wallet, and the owner reads the reason."

    def suits(self, row: Model) -> bool:
        return _withdrawal(row).status in UNSIGNED

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        return reject_withdrawal(withdrawal_id=_withdrawal(row).pk, origin=doing.origin, reason=doing.reason)


class Waiting(admin.SimpleListFilter):
    """What waits for people stands first, without a click."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(WAITING, "waiting for people"), (UNDER_WAY, "open"), (ALL, "all")]

    def choices(self, changelist: Any) -> Any:
        return list(super().choices(changelist))[1:]  # without Django's own "All"

    def value(self) -> str | None:
        chosen = super().value()
        return chosen if chosen in (UNDER_WAY, ALL) else WAITING

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == ALL or request.GET.get("q"):
            return queryset
        statuses = OPEN if self.value() == UNDER_WAY else [WithdrawalStatus.AWAITING_APPROVAL]
        return queryset.filter(status__in=statuses)


@admin.register(Withdrawal)
class WithdrawalAdmin(HoldsPersonalData, WithRisks, DeedAdmin, LongTableAdmin):
    person_field = "owner_id"
    deeds = (Approve(), Reject())
    list_display = (
        "created_at",
        "owner",
        "amount",
        "address",
        "status",
        "risk",
        "approvals_needed",
        "txid",
        "ended_because",
    )
    list_filter = (Waiting, "status")
    list_select_related = ("owner",)
    ordering = ("-created_at", "-pk")  # type: ignore[assignment]  # its numbers have no order
    search_help_text = "A txid, an address, an owner's name or number, or a withdrawal's id"
    fields = (
        "id",
        "owner",
        "amount",
        "fee",
        "address",
        "status",
        "risk_reasons",
        "transaction",
        "approvals_needed",
        "opinions",
        "spend",
        "txid",
        "vout",
        "ended_because",
        "requested_ip",
        "created_at",
        "changed_at",
    )
    readonly_fields = fields

    def matching(self, term: str) -> Q | None:
        if units.is_txid(term):
            return Q(txid=term) | Q(spend__versions__txid=term)
        number = as_uuid(term)
        return Q(address=term) | units.owner_is(term) if number is None else Q(pk=number)

    @admin.display(description="amount")
    def amount(self, withdrawal: Withdrawal) -> str:
        return f"{bitcoin(withdrawal.amount_sats)} BTC"

    @admin.display(description="fee")
    def fee(self, withdrawal: Withdrawal) -> str:
        return f"{bitcoin(withdrawal.fee_sats)} BTC"

    @admin.display(description="risk")
    def risk_reasons(self, withdrawal: Withdrawal) -> SafeString:
        return risk_lines(withdrawal)

    @admin.display(description="transaction")
    def transaction(self, withdrawal: Withdrawal) -> SafeString:
        return _transaction(withdrawal)

    @admin.display(description="what operators said")
    def opinions(self, withdrawal: Withdrawal) -> SafeString:
        given = withdrawal.approvals.select_related("operator").order_by("pk")
        return units.lines(
            f"{one.created_at:%Y-%m-%d %H:%M} {one.operator} "
            f"{'approves' if one.approves else 'rejects'}: {one.reason}"
            for one in given
        )


@admin.register(WithdrawalApproval)
class WithdrawalApprovalAdmin(LongTableAdmin):
    list_display = ("id", "created_at", "withdrawal", "operator", "approves", "reason")
    list_select_related = ("withdrawal", "operator")
    search_help_text = "An operator's name or number"

    def matching(self, term: str) -> Q | None:
        return units.owner_is(term, "operator")


@admin.register(AllowedAddress)
class AllowedAddressAdmin(HoldsPersonalData, LongTableAdmin):
    person_field = "owner_id"
    list_display = ("id", "owner", "address", "label", "created_at", "available_at", "removed_at")
    list_select_related = ("owner",)
    search_help_text = "An address, an owner's name or number"
    exclude = ("script",)

    def matching(self, term: str) -> Q | None:
        return Q(address=term) | units.owner_is(term)
