"""Deposits, what reorgs left owing, and frozen accounts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, Q

from access.deeds import Deed, DeedAdmin, DeedForm, Doing, Takes
from access.errors import NotFound
from access.read_only import LongTableAdmin, is_number
from access.views_of_people import HoldsPersonalData
from custody.admin import units
from custody.models import AccountFreeze, Deposit, ReorgReceivable
from custody.rendering import bitcoin
from custody.selectors import owed_sats, views_of
from custody.services.freezes import end_freeze, freeze_account


@admin.register(Deposit)
class DepositAdmin(HoldsPersonalData, LongTableAdmin):
    person_field = "owner_id"
    list_display = ("id", "created_at", "owner", "amount", "status", "coin", "credited_at")
    list_filter = ("status",)
    list_select_related = ("owner", "coin__watched")
    search_help_text = "A txid, an address, an owner's name or number"
    fields = (
        "id",
        "owner",
        "amount",
        "status",
        "depth",
        "address",
        "coin",
        "credits",
        "created_at",
        "credited_at",
        "changed_at",
    )
    readonly_fields = fields

    def matching(self, term: str) -> Q | None:
        if units.is_txid(term):
            return Q(coin__txid=term)
        return Q(coin__watched__address=term) | units.owner_is(term)

    @admin.display(description="amount")
    def amount(self, deposit: Deposit) -> str:
        return f"{bitcoin(deposit.amount_sats)} BTC"

    @admin.display(description="confirmations")
    def depth(self, deposit: Deposit) -> str:
        found = views_of([deposit])
        return f"{found[0].confirmations} of {found[0].required}" if found else "-"

    @admin.display(description="address")
    def address(self, deposit: Deposit) -> str:
        return deposit.coin.watched.address


@admin.register(ReorgReceivable)
class ReorgReceivableAdmin(HoldsPersonalData, LongTableAdmin):
    person_field = "owner_id"
    list_display = ("id", "created_at", "owner", "owed", "met", "deposit")
    list_select_related = ("owner", "deposit")
    search_help_text = "An owner's name or number"
    fields = ("id", "owner", "deposit", "number", "owed", "met", "created_at")
    readonly_fields = fields

    def matching(self, term: str) -> Q | None:
        return units.owner_is(term)

    @admin.display(description="owed")
    def owed(self, row: ReorgReceivable) -> str:
        return f"{bitcoin(row.owed_sats)} BTC"

    @admin.display(description="met since")
    def met(self, row: ReorgReceivable) -> str:
        return f"{bitcoin(row.met_sats)} BTC"


class FreezeForm(DeedForm):
    user = forms.CharField(max_length=150, help_text="The owner's name.")


class Freeze(Deed):
    name = "freeze"
    title = "Freeze an account"
    about = "Its owner withdraws nothing, and moves nothing to trading, until an operator ends it."
    permission = "custody.end_freeze"
    takes = Takes.NONE
    form = FreezeForm
    named_by_links = ("user",)

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        owner_id = units.user_named(doing.values["user"])
        if owner_id is None:
            raise NotFound("There is no such user.", field="user")
        return freeze_account(owner_id=owner_id, origin=doing.origin, reason=doing.reason)


class EndFreeze(Deed):
    name = "end"
    title = "End the freeze"
    about = "Whatever is still owed: it is met by what the owner gets later. While anything is, it takes two."
    permission = "custody.end_freeze"

    def suits(self, row: Model) -> bool:
        assert isinstance(row, AccountFreeze)
        return row.ended_at is None

    def needs_two(self, row: Model | None, values: Mapping[str, Any]) -> bool:
        assert isinstance(row, AccountFreeze)
        return owed_sats(row.owner_id) > 0

    def facts(self, row: Model) -> Sequence[tuple[str, object]]:
        assert isinstance(row, AccountFreeze)
        owed = f"{bitcoin(owed_sats(row.owner_id))} BTC"
        return [
            ("owner", row.owner),
            ("because", row.reason),
            ("since", row.began_at),
            ("still owed", owed),
        ]

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        assert isinstance(row, AccountFreeze)
        return end_freeze(owner_id=row.owner_id, origin=doing.origin, reason=doing.reason)


@admin.register(AccountFreeze)
class AccountFreezeAdmin(HoldsPersonalData, DeedAdmin, LongTableAdmin):
    person_field = "owner_id"
    deeds = (Freeze(), EndFreeze())
    list_display = ("id", "owner", "reason", "began_at", "ended_at", "ended_because")
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    list_select_related = ("owner",)
    search_help_text = "An owner's name or number"

    def matching(self, term: str) -> Q | None:
        return units.owner_is(term) | (Q(pk=int(term)) if is_number(term) else Q())
