"""The ledger in the admin: to be read, by nobody to be changed. Amounts are shown in the asset's decimals."""

from django.contrib import admin
from django.db.models import Q

from access.read_only import LongTableAdmin, ReadOnlyAdmin, is_number
from ledger.models import Account, Asset, DomainEvent, PendingTransfer, Transfer
from ledger.money import format_atoms


def _amount(atoms: int, asset: Asset) -> str:
    return f"{format_atoms(atoms, asset.decimals)} {asset.code}"


@admin.register(Asset)
class AssetAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "decimals")
    ordering = ("code",)


@admin.register(Account)
class AccountAdmin(LongTableAdmin):
    list_display = ("id", "owner", "asset", "purpose", "shard", "balance", "set_aside")
    list_filter = ("asset", "purpose", "shard")
    list_select_related = ("owner", "asset")
    search_help_text = "The number of an account, or the name of its owner"
    readonly_fields = ("balance", "set_aside")

    def matching(self, term: str) -> Q | None:
        return Q(pk=int(term)) if is_number(term) else Q(owner__username=term)

    @admin.display(description="balance")
    def balance(self, account: Account) -> str:
        return _amount(account.balance_atoms, account.asset)

    @admin.display(description="set aside")
    def set_aside(self, account: Account) -> str:
        return _amount(account.pending_debits_atoms, account.asset)


class _MovementAdmin(LongTableAdmin):
    list_select_related = ("debit__asset", "debit__owner", "credit__asset", "credit__owner")
    search_help_text = "A key, account:NUMBER, or the number of a row"
    readonly_fields = ("amount",)

    @admin.display(description="amount")
    def amount(self, row: Transfer | PendingTransfer) -> str:
        return _amount(row.amount_atoms, row.debit.asset)


@admin.register(Transfer)
class TransferAdmin(_MovementAdmin):
    list_display = ("id", "created_at", "code", "debit", "credit", "amount", "key")

    def matching(self, term: str) -> Q | None:
        account = term.removeprefix("account:")
        if account != term and is_number(account):
            return Q(debit_id=int(account)) | Q(credit_id=int(account))
        return Q(pk=int(term)) if is_number(term) else Q(key=term)


@admin.register(PendingTransfer)
class PendingTransferAdmin(_MovementAdmin):
    list_display = ("id", "created_at", "status", "code", "debit", "credit", "amount", "key", "reason")
    list_filter = ("status",)
    search_help_text = "A key, or the number of a row"

    def matching(self, term: str) -> Q | None:
        return Q(pk=int(term)) if is_number(term) else Q(key=term)


@admin.register(DomainEvent)
class DomainEventAdmin(LongTableAdmin):
    list_display = ("id", "created_at", "stream", "version", "name", "data")
    search_help_text = "A stream (vault:ID, stability-fee), or the number of a row"

    def matching(self, term: str) -> Q | None:
        return Q(pk=int(term)) if is_number(term) else Q(stream=term)
