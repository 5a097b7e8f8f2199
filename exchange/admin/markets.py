"""Shards, markets and their fees in the admin. A market changes only as its engine says it did."""

from django.contrib import admin

from access.deeds import DeedAdmin
from access.read_only import MAX_COUNTED, ReadOnlyAdmin
from access.reasons import AuditedAdmin
from exchange.admin import units
from exchange.admin.account_deeds import TakeAway
from exchange.admin.market_deeds import (
    CancelAllOfMarket,
    CancelAllOfShard,
    ChangeParameters,
    ChangeStatus,
    SetFeeTier,
    SetReferencePrice,
)
from exchange.admin.market_switches import SWITCHES
from exchange.engine.order_state import OPEN_STATUSES
from exchange.models import FeeTier, FeeTierRule, Market, MarketMaker, Order, Shard
from exchange.selectors import trades_of_market


@admin.register(Shard)
class ShardAdmin(DeedAdmin, ReadOnlyAdmin):
    deeds = (CancelAllOfShard(),)
    list_display = ("number", "holder", "epoch", "sequence", "time", "lease_expires_at")
    ordering = ("number",)

    @admin.display(description="last command (UTC)")
    def time(self, shard: Shard) -> str:
        return units.at(shard.timestamp_ns)


@admin.register(Market)
class MarketAdmin(DeedAdmin, ReadOnlyAdmin):
    deeds = (
        *SWITCHES,
        ChangeStatus(),
        ChangeParameters(),
        SetReferencePrice(),
        SetFeeTier(),
        CancelAllOfMarket(),
    )
    readonly_fields = ("last_price", "open_orders")
    list_display = (
        "symbol",
        "shard",
        "status",
        "price_step",
        "quantity_step",
        "least",
        "maker_fee_ppm",
        "taker_fee_ppm",
        "band_ppm",
        "breaker_ppm",
        "reference_price",
        "lane_policy",
    )
    list_filter = ("status", "shard", "quote_asset")
    search_fields = ("symbol",)
    ordering = ("symbol",)

    @admin.display(description="price step")
    def price_step(self, market: Market) -> str:
        return units.price(market.price_step_ticks, market)

    @admin.display(description="quantity step")
    def quantity_step(self, market: Market) -> str:
        return units.quantity(market.quantity_step_lots, market)

    @admin.display(description="least notional")
    def least(self, market: Market) -> str:
        return units.quote_amount(market.min_notional_atoms, market)

    @admin.display(description="reference price")
    def reference_price(self, market: Market) -> str:
        ticks = market.reference_price_ticks
        return units.price(ticks, market) if ticks else "last trade"

    @admin.display(description="last price")
    def last_price(self, market: Market) -> str:
        last = trades_of_market(market_id=market.pk).order_by("-pk").first()
        return "no trade yet" if last is None else units.price(last.price_ticks, market)

    @admin.display(description="open orders")
    def open_orders(self, market: Market) -> str:
        """Steps and limits that these would not fit, the engine refuses."""
        found = Order.objects.filter(status__in=sorted(OPEN_STATUSES), market_id=market.pk)
        count = found.order_by().values("pk")[: MAX_COUNTED + 1].count()
        return f"more than {MAX_COUNTED:,}" if count > MAX_COUNTED else f"{count:,}"


@admin.register(FeeTier)
class FeeTierAdmin(ReadOnlyAdmin):
    list_display = ("market", "tier", "maker_fee_ppm", "taker_fee_ppm")
    list_filter = ("market",)
    list_select_related = ("market",)
    ordering = ("market", "tier")


@admin.register(FeeTierRule)
class FeeTierRuleAdmin(DeedAdmin, AuditedAdmin):
    deeds = (
        TakeAway(
            name="remove",
            title="Remove the rule",
            about="Accounts leave the tier with the next review, within the hour.",
            permission="exchange.delete_feetierrule",
        ),
    )
    list_display = ("tier", "volume", "quote_asset")
    ordering = ("tier",)

    @admin.display(description="from a 30-day volume of")
    def volume(self, rule: FeeTierRule) -> str:
        return units.amount(rule.volume_atoms, rule.quote_asset)


@admin.register(MarketMaker)
class MarketMakerAdmin(DeedAdmin, AuditedAdmin):
    deeds = (
        TakeAway(
            name="end",
            title="End the designation",
            about="The account loses its lane within seconds; its orders stay.",
            permission="exchange.delete_marketmaker",
        ),
    )
    list_display = ("market", "account", "created_at")
    list_filter = ("market",)
    list_select_related = ("market", "account")
    raw_id_fields = ("account",)
    search_fields = ("=account__username", "=account__id")
