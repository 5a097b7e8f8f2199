"""Trades that everybody may see: one by one, and aggregated."""

from collections.abc import Iterable
from itertools import chain, dropwhile, islice, takewhile
from typing import Any

from exchange.compat.binance.amounts import price_text, quantity_text, quote_text
from exchange.compat.binance.operations import Call, Operation, Security
from exchange.compat.binance.parameters import Parameter, Values, limit, time_ms, whole
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.spot.aggregates import Aggregate, continues, fold, render_aggregate
from exchange.compat.binance.spot.symbol_lists import bad_combination
from exchange.compat.binance.symbols import find_by_symbol, symbol
from exchange.engine.types import Side
from exchange.live_wire import PublicTrade
from exchange.models import Market
from exchange.rendering import NS_PER_MS
from exchange.selectors_trades import first_trade_since, trades_back, trades_from

MAX_TRADES = 1_000
MAX_FOLDED = 20_000  # trades that a list of aggregates is made of, unless its first one alone has more


def recent(call: Call) -> list[dict[str, Any]]:
    market = find_by_symbol(call.values["symbol"])
    return _shown(market, _latest(market, call.values["limit"]))


def historical(call: Call) -> list[dict[str, Any]]:
    market, number = find_by_symbol(call.values["symbol"]), call.values["limit"]
    first_id = call.values["fromId"]
    if first_id is None:
        return _shown(market, _latest(market, number))
    return _shown(market, islice(trades_from(market.pk, first_id, page=number), number))


def _latest(market: Market, number: int) -> list[PublicTrade]:
    return list(islice(trades_back(market.pk, None, page=number), number))[::-1]


def _shown(market: Market, trades: Iterable[PublicTrade]) -> list[dict[str, Any]]:
    return [render_trade(trade, market) for trade in trades]


def render_trade(trade: PublicTrade, market: Market) -> dict[str, Any]:
    return {
        "id": trade.trade_id,
        "price": price_text(market, trade.price_ticks),
        "qty": quantity_text(market, trade.quantity_lots),
        "quoteQty": quote_text(market, trade.notional_atoms),
        "time": trade.timestamp_ns // NS_PER_MS,
        "isBuyerMaker": trade.taker_side == Side.SELL,
        "isBestMatch": True,
    }


def aggregated(call: Call) -> list[dict[str, Any]]:
    values = call.values
    market = find_by_symbol(values["symbol"])
    return [render_aggregate(one, market) for one in aggregates_of(market.pk, values)]


def aggregates_of(market_id: int, values: Values) -> list[Aggregate]:
    """From an id or a time on the first ones, otherwise the last ones; in any case oldest first."""
    number, end_ns = values["limit"], _after(values["endTime"])
    if values["fromId"] is not None:
        return _taken(fold(_whole_from(market_id, values["fromId"])), number)
    if values["startTime"] is not None:
        first_id = first_trade_since(market_id, values["startTime"] * NS_PER_MS)
        if first_id is None:
            return []
        found = trades_from(market_id, first_id)
        if end_ns is not None:
            found = takewhile(lambda trade: trade.timestamp_ns < end_ns, found)
        return _taken(fold(found), number)
    before_id = None if end_ns is None else first_trade_since(market_id, end_ns)
    backwards = _taken(fold(trades_back(market_id, before_id)), number)
    return [_turned(one) for one in reversed(backwards)]


def _after(end_ms: int | None) -> int | None:
    """The end is part of the time that is asked for."""
    return None if end_ms is None else (end_ms + 1) * NS_PER_MS


def _whole_from(market_id: int, first_id: int) -> Iterable[PublicTrade]:
    """From this trade on, but for those of an aggregate that began before it."""
    trades = iter(trades_from(market_id, first_id - 1))
    before = next(trades, None)
    if before is None or before.trade_id >= first_id:
        return trades if before is None else chain((before,), trades)
    return dropwhile(lambda trade: continues(before, trade), trades)


def _taken(aggregates: Iterable[Aggregate], number: int) -> list[Aggregate]:
    """At most so many, and fewer where they have very many trades: a list of ids goes on from any of them."""
    found: list[Aggregate] = []
    folded = 0
    for one in aggregates:
        found.append(one)
        folded += abs(one.last_trade_id - one.first_trade_id) + 1
        if len(found) >= number or folded >= MAX_FOLDED:
            break
    return found


def _turned(one: Aggregate) -> Aggregate:
    """Folded from its last trade to its first."""
    return one._replace(first_trade_id=one.last_trade_id, last_trade_id=one.first_trade_id)


def _check_aggregated(values: Values) -> None:
    start_ms, end_ms = values["startTime"], values["endTime"]
    if values["fromId"] is not None and (start_ms is not None or end_ms is not None):
        raise bad_combination()
    if start_ms is not None and end_ms is not None and start_ms > end_ms:
        raise Refusal(-1023, "Start time is greater than end time.")


_FROM_ID = Parameter("fromId", whole())

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "binance.spot.trades",
        recent,
        http=("GET", "/api/v3/trades"),
        socket="trades.recent",
        parameters=(symbol(), limit(500, MAX_TRADES)),
        weight=25,
    ),
    Operation(
        "binance.spot.historical_trades",
        historical,
        http=("GET", "/api/v3/historicalTrades"),
        socket="trades.historical",
        security=Security.KEY,
        parameters=(symbol(), limit(500, MAX_TRADES), _FROM_ID),
        weight=25,
    ),
    Operation(
        "binance.spot.aggregate_trades",
        aggregated,
        http=("GET", "/api/v3/aggTrades"),
        socket="trades.aggregate",
        parameters=(symbol(), limit(500, MAX_TRADES), _FROM_ID, time_ms("startTime"), time_ms("endTime")),
        weight=4,
        check=_check_aggregated,
    ),
)
