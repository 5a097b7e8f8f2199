"""What is known of the chain: where the watcher stands, addresses, coins, and which others have spent."""

from collections.abc import Sequence

from django.contrib import admin
from django.db.models import Model, Q

from access.deeds import Deed, DeedAdmin, Doing
from access.read_only import LongTableAdmin, ReadOnlyAdmin
from custody.admin import units
from custody.models import (
    ChainBlock,
    ChainPosition,
    Coin,
    CoinSource,
    FeeEstimate,
    HouseCoin,
    SpentInput,
    UnexpectedSpend,
    WatchedScript,
)
from custody.rendering import bitcoin
from custody.services.unexpected import end_unexpected_spend


@admin.register(ChainPosition)
class ChainPositionAdmin(ReadOnlyAdmin):
    list_display = ("network", "height", "block_hash", "tip_height", "peers", "polled_at", "unfit")


@admin.register(ChainBlock)
class ChainBlockAdmin(LongTableAdmin):
    list_display = ("height", "block_hash", "time")
    search_help_text = "A height, or a block's hash"

    def matching(self, term: str) -> Q | None:
        return Q(block_hash=term) if units.is_txid(term) else super().matching(term)


@admin.register(FeeEstimate)
class FeeEstimateAdmin(ReadOnlyAdmin):
    list_display = ("rate", "at")


@admin.register(CoinSource)
class CoinSourceAdmin(LongTableAdmin):
    list_display = ("txid", "size")
    search_help_text = "A txid"
    ordering = ("-txid",)
    readonly_fields = ("size",)

    def matching(self, term: str) -> Q | None:
        return Q(txid=term) if units.is_txid(term) else None

    @admin.display(description="bytes")
    def size(self, source: CoinSource) -> int:
        return len(source.raw)


@admin.register(SpentInput)
class SpentInputAdmin(LongTableAdmin):
    list_display = ("id", "txid", "prev_txid", "prev_vout", "rival", "rival_height")
    search_help_text = "A txid"

    def matching(self, term: str) -> Q | None:
        if not units.is_txid(term):
            return super().matching(term)
        return Q(txid=term) | Q(prev_txid=term) | Q(rival=term)


@admin.register(WatchedScript)
class WatchedScriptAdmin(LongTableAdmin):
    list_display = ("id", "address", "trail", "owner", "wallet", "branch", "index", "created_at")
    list_filter = ("trail",)
    list_select_related = ("owner",)
    search_help_text = "An address, a wallet, an owner's name or number"
    exclude = ("script",)

    def matching(self, term: str) -> Q | None:
        return Q(address=term) | Q(wallet=term) | units.owner_is(term)


@admin.register(Coin)
class CoinAdmin(LongTableAdmin):
    list_display = (
        "id",
        "outpoint",
        "value",
        "watched",
        "height",
        "in_mempool",
        "spent_by",
        "spent_height",
        "is_booked",
    )
    list_filter = ("watched__trail", "is_booked")
    list_select_related = ("watched",)
    search_help_text = "The txid that made it or spends it, or an address"

    def matching(self, term: str) -> Q | None:
        if units.is_txid(term):
            return Q(txid=term) | Q(spent_by=term)
        return Q(watched__address=term)

    @admin.display(description="outpoint")
    def outpoint(self, coin: Coin) -> str:
        return str(coin)

    @admin.display(description="value")
    def value(self, coin: Coin) -> str:
        return f"{bitcoin(coin.value_sats)} BTC"


@admin.register(HouseCoin)
class HouseCoinAdmin(LongTableAdmin):
    list_display = ("id", "coin", "value", "is_counted", "changed_at")
    list_filter = ("is_counted",)
    list_select_related = ("coin__watched",)
    search_help_text = "A txid, or an address"

    def matching(self, term: str) -> Q | None:
        return Q(coin__txid=term) if units.is_txid(term) else Q(coin__watched__address=term)

    @admin.display(description="value")
    def value(self, row: HouseCoin) -> str:
        return f"{bitcoin(row.coin.value_sats)} BTC"


class LookedAt(Deed):
    name = "looked-at"
    title = "It was looked at"
    about = "Health stops warning of it. Say what it was: a key that is stolen spends more than one coin."
    permission = "custody.stop_withdrawals"

    def suits(self, row: Model) -> bool:
        assert isinstance(row, UnexpectedSpend)
        return row.ended_at is None

    def facts(self, row: Model) -> Sequence[tuple[str, object]]:
        assert isinstance(row, UnexpectedSpend)
        return [
            ("coin", row.coin),
            ("value", f"{bitcoin(row.coin.value_sats)} BTC"),
            ("wallet", row.coin.watched.wallet),
            ("spent by", row.txid),
        ]

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        assert isinstance(row, UnexpectedSpend)
        return end_unexpected_spend(spend_id=row.pk, origin=doing.origin, reason=doing.reason)


@admin.register(UnexpectedSpend)
class UnexpectedSpendAdmin(DeedAdmin, LongTableAdmin):
    deeds = (LookedAt(),)
    list_display = ("id", "noted_at", "coin", "txid", "ended_at", "ended_because")
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    list_select_related = ("coin",)
    search_help_text = "A txid"

    def matching(self, term: str) -> Q | None:
        return Q(txid=term) | Q(coin__txid=term) if units.is_txid(term) else None
