"""Orders, trades and candles in the admin, in people's units."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from access.deeds import DeedAdmin
from access.read_only import LongTableAdmin, is_number
from exchange.admin import units
from exchange.admin.account_deeds import CancelAllOfAccount
from exchange.engine.order_state import OPEN_STATUSES
from exchange.engine.types import CloseReason, OrderStatus, RejectReason
from exchange.models import Candle, Market, Order, Trade
from exchange.rules import CANDLE_START_BITS, STORED_INTERVALS_S, TRADE_ID_BITS


def user_number(name: str) -> int | None:
    return User.objects.filter(username=name).values_list("pk", flat=True).first()


class OpenFilter(admin.SimpleListFilter):
    """The index of open orders serves it; other statuses have none."""

    title = "open"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "open orders only")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(status__in=sorted(OPEN_STATUSES))


@admin.register(Order)
class OrderAdmin(DeedAdmin, LongTableAdmin):
    deeds = (CancelAllOfAccount(),)
    list_display = (
        "id",
        "time",
        "account_id",
        "symbol",
        "side",
        "order_type",
        "limit_price",
        "amount",
        "filled",
        "status",
        "why",
        "client_order_id",
    )
    list_filter = (OpenFilter,)
    search_help_text = "The number of an order, user:NAME, or user:NAME/CLIENT_ORDER_ID (accepted orders)"
    readonly_fields = ("time", "limit_price", "trigger_price", "amount", "filled", "value", "fee", "why")

    def matching(self, term: str) -> Q | None:
        if not term.startswith("user:"):
            return super().matching(term)
        name, _, client_order_id = term.removeprefix("user:").partition("/")
        account = user_number(name)
        if account is None:
            return None
        accepted = Q(account_id=account) & ~Q(status=OrderStatus.REJECTED)
        return accepted & Q(client_order_id=client_order_id) if client_order_id else accepted

    def _market(self, order: Order) -> Market | None:
        return units.market_numbered(order.market_id)

    @admin.display(description="placed (UTC)")
    def time(self, order: Order) -> str:
        return units.at(order.created_ns)

    @admin.display(description="market")
    def symbol(self, order: Order) -> str:
        return str(self._market(order) or order.market_id)

    @admin.display(description="price")
    def limit_price(self, order: Order) -> str:
        return units.price(order.price_ticks, self._market(order)) if order.price_ticks else "-"

    @admin.display(description="trigger price")
    def trigger_price(self, order: Order) -> str:
        return (
            units.price(order.trigger_price_ticks, self._market(order)) if order.trigger_price_ticks else "-"
        )

    @admin.display(description="quantity")
    def amount(self, order: Order) -> str:
        market = self._market(order)
        if order.quantity_lots:
            return units.quantity(order.quantity_lots, market)
        return f"for {units.quote_amount(order.budget_atoms, market)}"

    @admin.display(description="filled")
    def filled(self, order: Order) -> str:
        return units.quantity(order.filled_lots, self._market(order))

    @admin.display(description="value of the fills")
    def value(self, order: Order) -> str:
        return units.quote_amount(order.filled_quote_atoms, self._market(order))

    @admin.display(description="fees")
    def fee(self, order: Order) -> str:
        return units.quote_amount(order.fee_atoms, self._market(order))

    @admin.display(description="why it ended")
    def why(self, order: Order) -> str:
        if order.reject_reason:
            return RejectReason(order.reject_reason).name
        return CloseReason(order.close_reason).name if order.close_reason else ""


class MarketFilter(admin.SimpleListFilter):
    """By ranges of the primary key, in which a market's rows stand together."""

    title = "market"
    parameter_name = "of"
    bits = TRADE_ID_BITS

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(market.pk), market.symbol) for market in Market.objects.order_by("symbol")[:200]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value is None or not is_number(value):
            return queryset
        return queryset.filter(pk__range=(int(value) << self.bits, (int(value) + 1 << self.bits) - 1))


class CandleFilter(MarketFilter):
    bits = CANDLE_START_BITS + 4


@admin.register(Trade)
class TradeAdmin(LongTableAdmin):
    list_display = (
        "id",
        "time",
        "symbol",
        "trade_id",
        "taker_side",
        "at",
        "amount",
        "value",
        "maker",
        "taker",
    )
    list_filter = (MarketFilter,)
    search_help_text = "SYMBOL/TRADE_ID, or the number of a row"
    readonly_fields = ("time", "at", "amount", "value")

    def matching(self, term: str) -> Q | None:
        symbol, _, number = term.partition("/")
        market = units.market_named(symbol)
        if market is not None and is_number(number):
            return Q(pk=(market.pk << TRADE_ID_BITS) + int(number))
        return super().matching(term)

    @admin.display(description="time (UTC)")
    def time(self, trade: Trade) -> str:
        return units.at(trade.timestamp_ns)

    @admin.display(description="market")
    def symbol(self, trade: Trade) -> str:
        return str(units.market_numbered(trade.market_id) or trade.market_id)

    @admin.display(description="price")
    def at(self, trade: Trade) -> str:
        return units.price(trade.price_ticks, units.market_numbered(trade.market_id))

    @admin.display(description="quantity")
    def amount(self, trade: Trade) -> str:
        return units.quantity(trade.quantity_lots, units.market_numbered(trade.market_id))

    @admin.display(description="value")
    def value(self, trade: Trade) -> str:
        return units.quote_amount(trade.notional_atoms, units.market_numbered(trade.market_id))

    @admin.display(description="maker")
    def maker(self, trade: Trade) -> str:
        return f"user {trade.maker_account}, order {trade.maker_order_id}"

    @admin.display(description="taker")
    def taker(self, trade: Trade) -> str:
        return f"user {trade.taker_account}, order {trade.taker_order_id}"


@admin.register(Candle)
class CandleAdmin(LongTableAdmin):
    list_display = ("id", "start", "symbol", "interval_s", "open", "high", "low", "close", "volume", "trades")
    list_filter = (CandleFilter,)
    search_help_text = f"The number of a row. Intervals: {', '.join(map(str, STORED_INTERVALS_S))} s"

    def _price(self, candle: Candle, ticks: int) -> str:
        return units.price(ticks, units.market_numbered(candle.market_id))

    @admin.display(description="start (UTC)")
    def start(self, candle: Candle) -> str:
        return units.at(candle.start_s * 10**9)

    @admin.display(description="market")
    def symbol(self, candle: Candle) -> str:
        return str(units.market_numbered(candle.market_id) or candle.market_id)

    @admin.display(description="open")
    def open(self, candle: Candle) -> str:
        return self._price(candle, candle.open_ticks)

    @admin.display(description="high")
    def high(self, candle: Candle) -> str:
        return self._price(candle, candle.high_ticks)

    @admin.display(description="low")
    def low(self, candle: Candle) -> str:
        return self._price(candle, candle.low_ticks)

    @admin.display(description="close")
    def close(self, candle: Candle) -> str:
        return self._price(candle, candle.close_ticks)

    @admin.display(description="volume")
    def volume(self, candle: Candle) -> str:
        return units.quantity(int(candle.volume_lots), units.market_numbered(candle.market_id))
