"""The bitcoin of vaults: coins that came, and withdrawals with what their owners sign."""

from django.contrib import admin
from django.db.models import Q

from access.read_only import LongTableAdmin, ReadOnlyAdmin, as_uuid
from vaults.admin import units
from vaults.models import CoinCursor, CollateralWithdrawal, VaultCoin

_FINDS = "A txid, or what finds its vault: an id, an address, a label, an owner"


@admin.register(VaultCoin)
class VaultCoinAdmin(LongTableAdmin):
    list_display = (
        "id",
        "created_at",
        "vault",
        "coin",
        "value",
        "status",
        "credits",
        "spent_by",
        "change_of",
        "changed_at",
    )
    list_filter = ("status",)
    list_select_related = ("vault", "coin", "spent_by", "change_of")
    search_help_text = _FINDS
    readonly_fields = ("value",)

    def matching(self, term: str) -> Q | None:
        if units.is_txid(term):
            return Q(coin__txid=term) | Q(coin__spent_by=term)
        return Q(vault_id__in=units.vault_ids(term))

    @admin.display(description="value")
    def value(self, row: VaultCoin) -> str:
        return units.amount_of_bitcoin(row.value_sats)


@admin.register(CollateralWithdrawal)
class CollateralWithdrawalAdmin(LongTableAdmin):
    list_display = (
        "id",
        "created_at",
        "vault",
        "kind",
        "status",
        "amount",
        "fee",
        "address",
        "txid",
        "changed_at",
    )
    list_filter = ("status", "kind")
    list_select_related = ("vault",)
    ordering = ("-created_at", "-pk")  # type: ignore[assignment]  # its numbers have no order
    search_help_text = _FINDS
    readonly_fields = ("amount", "fee")

    def matching(self, term: str) -> Q | None:
        if units.is_txid(term):
            return Q(txid=term)
        found = as_uuid(term)
        own = Q(address=term) if found is None else Q(pk=found)
        return own | Q(vault_id__in=units.vault_ids(term))

    @admin.display(description="amount")
    def amount(self, row: CollateralWithdrawal) -> str:
        return units.amount_of_bitcoin(row.amount_sats)

    @admin.display(description="fee")
    def fee(self, row: CollateralWithdrawal) -> str:
        return units.amount_of_bitcoin(row.fee_sats)


@admin.register(CoinCursor)
class CoinCursorAdmin(ReadOnlyAdmin):
    list_display = ("id", "told_number", "after_id", "facts_number")
