"""What operators decide of custody: terms by two of them, the stop of withdrawals, and whose keys count."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from access.deeds import Deed, DeedAdmin, DeedForm, Doing, Takes
from access.read_only import ReadOnlyAdmin
from custody.bitcoin.types import Role
from custody.errors import InvalidState
from custody.models import TermsProposal, TermsVersion, VaultWallet, WalletCounter, WalletKey, WithdrawalStop
from custody.rules.parties import trust_in
from custody.rules.terms import LIMITS, terms_from_json, terms_to_json
from custody.selectors import key_parties
from custody.selectors_terms import terms_in_force
from custody.services.stops import let_withdrawals_go_on, stop_withdrawals
from custody.services.terms import approve_terms, propose_terms, withdraw_proposal
from custody.services.wallet_keys import accept_key


def _changes(content: Any, before: Mapping[str, int]) -> str:
    after = terms_to_json(terms_from_json(content))
    changed = (name for name in LIMITS if before[name] != after[name])
    return ", ".join(f"{name} {before[name]} to {after[name]}" for name in changed)


class TermsForm(DeedForm):
    """Gives only what was changed on the page."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name, (least, most) in LIMITS.items():
            self.fields[name] = forms.IntegerField(min_value=least, max_value=most, show_hidden_initial=True)
        self.order_fields([*LIMITS, "reason"])

    def clean(self) -> dict[str, Any]:
        kept = {*self.changed_data, "token", "reason"}
        return {name: value for name, value in self.cleaned_data.items() if name in kept}


class Propose(Deed):
    name = "propose"
    title = "Propose other terms"
    about = (
        "In force once another operator approves. Amounts in satoshis, rates in satoshis for 1,000 vbytes, "
        "times in seconds."
    )
    permission = "custody.change_terms"
    takes = Takes.NONE
    form = TermsForm

    def initial(self, row: Model | None) -> Mapping[str, object]:
        return terms_to_json(terms_in_force())

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        return propose_terms(changes=doing.values, origin=doing.origin, reason=doing.reason)

    def done(self, outcomes: Sequence[object]) -> tuple[str, str]:
        return "Proposed: another operator must agree.", ""


class OfProposal(Deed):
    permission = "custody.change_terms"

    def suits(self, row: Model) -> bool:
        assert isinstance(row, TermsProposal)
        return row.ended_at is None

    def facts(self, row: Model) -> Sequence[tuple[str, object]]:
        assert isinstance(row, TermsProposal)
        changes = _changes(row.content, terms_to_json(terms_in_force()))
        return [("by", row.operator), ("because", row.reason), ("changes", changes)]


class ApproveTerms(OfProposal):
    name = "approve"
    title = "Approve these terms"
    about = "In force at once. Not by who proposed them."

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        assert isinstance(row, TermsProposal)
        return approve_terms(proposal_id=row.pk, origin=doing.origin, reason=doing.reason, now=timezone.now())


class WithdrawProposal(OfProposal):
    name = "withdraw"
    title = "Withdraw the proposal"
    about = "The terms stay as they are."

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        assert isinstance(row, TermsProposal)
        withdraw_proposal(proposal_id=row.pk, origin=doing.origin, reason=doing.reason, now=timezone.now())
        return None


@admin.register(TermsProposal)
class TermsProposalAdmin(DeedAdmin, ReadOnlyAdmin):
    deeds = (Propose(), ApproveTerms(), WithdrawProposal())
    list_display = ("id", "created_at", "operator", "reason", "ended_at", "ended_because")
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    list_select_related = ("operator",)
    ordering = ("-id",)
    sortable_by = ()


@admin.register(TermsVersion)
class TermsVersionAdmin(ReadOnlyAdmin):
    list_display = ("id", "created_at", "proposed_by", "approved_by", "reason", "differs")
    list_select_related = ("proposed_by", "approved_by")
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description="differs from the version before")
    def differs(self, version: TermsVersion) -> str:
        before = TermsVersion.objects.filter(pk__lt=version.pk).order_by("-pk").first()
        return _changes(version.content, terms_to_json(terms_from_json(before.content if before else {})))


class Stop(Deed):
    name = "stop"
    title = "Stop all withdrawals"
    about = (
        "At once, for everybody: nothing is asked for and nothing is signed until another operator ends it."
    )
    permission = "custody.stop_withdrawals"
    takes = Takes.NONE

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        return stop_withdrawals(origin=doing.origin, reason=doing.reason)


class GoOn(Deed):
    name = "go-on"
    title = "Let withdrawals go on"
    about = "By another operator than who stopped them; by two where the house itself did."
    permission = "custody.stop_withdrawals"

    def suits(self, row: Model) -> bool:
        assert isinstance(row, WithdrawalStop)
        return row.ended_at is None

    def needs_two(self, row: Model | None, values: Mapping[str, Any]) -> bool:
        assert isinstance(row, WithdrawalStop)
        return row.operator_id is None

    def facts(self, row: Model) -> Sequence[tuple[str, object]]:
        assert isinstance(row, WithdrawalStop)
        return [("by", row.operator or "the house itself"), ("because", row.reason), ("since", row.began_at)]

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        assert isinstance(row, WithdrawalStop)
        return let_withdrawals_go_on(
            stop_id=row.pk, origin=doing.origin, reason=doing.reason, now=timezone.now()
        )


@admin.register(WithdrawalStop)
class WithdrawalStopAdmin(DeedAdmin, ReadOnlyAdmin):
    deeds = (Stop(), GoOn())
    list_display = ("id", "began_at", "operator", "reason", "ended_at", "ended_by", "ended_because")
    list_select_related = ("operator", "ended_by")
    ordering = ("-id",)
    sortable_by = ()


class KeyForm(DeedForm):
    """The key that was read: another one that came meanwhile is not accepted by this page."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=200)


class AcceptKey(Deed):
    name = "accept"
    title = "Accept the other key"
    about = (
        "What is opened from now on is made of it. Make sure with whoever runs the signer, not by this page."
    )
    permission = "custody.change_terms"
    form = KeyForm

    def initial(self, row: Model | None) -> Mapping[str, object]:
        return {"key": row.refused_key} if isinstance(row, WalletKey) else {}

    def suits(self, row: Model) -> bool:
        assert isinstance(row, WalletKey)
        return bool(row.refused_key)

    def needs_two(self, row: Model | None, values: Mapping[str, Any]) -> bool:
        return True

    def facts(self, row: Model) -> Sequence[tuple[str, object]]:
        assert isinstance(row, WalletKey)
        return [("run by", row.party), ("known key", row.key), ("other key", row.refused_key)]

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        assert isinstance(row, WalletKey)
        row.refresh_from_db(fields=["refused_key"])
        if row.refused_key != doing.values["key"]:
            raise InvalidState("By now the signer shows another key.", status="OTHER")
        return accept_key(role=Role(row.role), origin=doing.origin, reason=doing.reason)


class SaysWhomToTrust(ReadOnlyAdmin):
    """Its list begins with what it means who holds the two keys of vaults."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        told = {"subtitle": trust_in(key_parties().is_one)}
        return super().changelist_view(request, {**(extra_context or {}), **told})


@admin.register(WalletKey)
class WalletKeyAdmin(DeedAdmin, SaysWhomToTrust):
    deeds = (AcceptKey(),)
    list_display = ("role", "party", "key", "learned_at", "refused_key")


@admin.register(VaultWallet)
class VaultWalletAdmin(SaysWhomToTrust):
    list_display = ("reference", "owner", "index", "created_at")
    list_select_related = ("owner",)
    search_fields = ("=reference", "=owner__username")
    ordering = ("-id",)
    sortable_by = ()


@admin.register(WalletCounter)
class WalletCounterAdmin(ReadOnlyAdmin):
    list_display = ("wallet", "branch", "next_index")
