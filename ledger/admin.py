"""The ledger in the admin: to be read, by nobody to be changed."""

from django.contrib import admin

from access.read_only import ReadOnlyAdmin
from ledger.models import Account, Asset, PendingTransfer, Transfer


@admin.register(Asset)
class AssetAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "decimals")


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("id", "owner", "asset", "purpose", "shard", "balance_atoms", "pending_debits_atoms")
    list_filter = ("asset", "purpose", "shard")
    search_fields = ("owner__username", "=id")
    list_select_related = ("owner", "asset")


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("id", "created_at", "code", "debit", "credit", "amount_atoms", "key")
    search_fields = ("=key", "=reference")
    list_select_related = ("debit", "credit")
    ordering = ("-id",)


@admin.register(PendingTransfer)
class PendingTransferAdmin(ReadOnlyAdmin):
    list_display = ("id", "created_at", "status", "code", "debit", "credit", "amount_atoms", "key", "reason")
    list_filter = ("status",)
    search_fields = ("=key", "=reference")
    list_select_related = ("debit", "credit")
    ordering = ("-id",)
