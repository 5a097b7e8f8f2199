"""What accounts hold and are told, in the admin: balances, tiers, switches, messages, wallet transfers."""

from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString

from access.deeds import DeedAdmin
from access.read_only import LongTableAdmin, ReadOnlyAdmin, is_number
from exchange.admin import units
from exchange.admin.account_deeds import SetAccountTier
from exchange.admin.described import describe_account_message, lines
from exchange.admin.history import user_number
from exchange.engine.types import RejectReason
from exchange.models import AccountMessage, AccountTier, Balance, DeadMansSwitch, WalletTransfer


class OfAccountAdmin(LongTableAdmin):
    """Rows of one user each: a search by the user goes through the index that begins with him."""

    search_help_text = "A user's name, or user:NUMBER, or the number of a row"
    user_field = "account_id"

    def matching(self, term: str) -> Q | None:
        name = term.removeprefix("user:")
        if is_number(name):
            return Q(**{self.user_field: int(name)}) if term != name else Q(pk=int(name))
        number = user_number(name)
        return None if number is None else Q(**{self.user_field: number})


@admin.register(Balance)
class BalanceAdmin(OfAccountAdmin):
    list_display = ("id", "account", "shard_id", "asset", "free", "locked")
    list_select_related = ("account",)
    readonly_fields = ("free", "locked")

    @admin.display(description="free")
    def free(self, balance: Balance) -> str:
        return units.amount(balance.free_atoms, balance.asset)

    @admin.display(description="locked")
    def locked(self, balance: Balance) -> str:
        return units.amount(balance.locked_atoms, balance.asset)


@admin.register(AccountTier)
class AccountTierAdmin(DeedAdmin, OfAccountAdmin):
    deeds = (SetAccountTier(),)
    list_display = ("id", "account", "shard_id", "tier", "pinned")
    list_filter = ("pinned", "tier")
    list_select_related = ("account",)


@admin.register(DeadMansSwitch)
class DeadMansSwitchAdmin(ReadOnlyAdmin):
    list_display = ("id", "account", "shard_id", "market", "due")
    list_select_related = ("account",)
    search_fields = ("=account__username",)
    ordering = ("-id",)

    @admin.display(description="due (UTC)")
    def due(self, switch: DeadMansSwitch) -> str:
        return units.at(switch.due_ns)


@admin.register(AccountMessage)
class AccountMessageAdmin(OfAccountAdmin):
    list_display = ("id", "account_id", "shard_id", "sequence", "time")
    fields = ("id", "account_id", "shard_id", "sequence", "time", "said")
    readonly_fields = fields

    @admin.display(description="time (UTC)")
    def time(self, message: AccountMessage) -> str:
        return units.at(message.timestamp_ns)

    @admin.display(description="content")
    def said(self, message: AccountMessage) -> SafeString:
        return format_html("<pre>{}</pre>", lines(describe_account_message(message.content)))


@admin.register(WalletTransfer)
class WalletTransferAdmin(OfAccountAdmin):
    user_field = "user_id"
    list_display = (
        "id",
        "created_at",
        "user",
        "direction",
        "amount",
        "shard_id",
        "status",
        "why",
        "resolved_at",
    )
    list_filter = ("status", "direction")
    list_select_related = ("user",)
    readonly_fields = ("amount", "why")

    @admin.display(description="amount")
    def amount(self, transfer: WalletTransfer) -> str:
        return units.amount(transfer.amount_atoms, transfer.asset)

    @admin.display(description="why refused")
    def why(self, transfer: WalletTransfer) -> str:
        return RejectReason(transfer.reject_reason).name if transfer.reject_reason else ""
