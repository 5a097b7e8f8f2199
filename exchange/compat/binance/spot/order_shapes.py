"""Orders and trades as the JSON that Binance answers with. Pure."""

from collections.abc import Sequence
from typing import Any

from exchange.compat.binance.amounts import price_text, quantity_text, quote_text
from exchange.compat.binance.spot import order_words as words
from exchange.compat.binance.symbols import symbol_of
from exchange.engine.types import Side
from exchange.models import Market
from exchange.order_facts import FillFacts, OrderFacts
from exchange.rendering import NS_PER_MS

Shape = dict[str, Any]


def order_shape(facts: OrderFacts, market: Market) -> Shape:
    """As lists and queries have it."""
    return {
        **_identity(facts, market),
        **_terms(facts, market),
        "stopPrice": price_text(market, facts.trigger_price_ticks),
        "icebergQty": quantity_text(market, 0),
        "time": facts.created_ns // NS_PER_MS,
        "updateTime": facts.updated_ns // NS_PER_MS,
        "isWorking": words.is_working(facts),
    }


def placed_shape(facts: OrderFacts, fills: Sequence[FillFacts], market: Market, kind: str) -> Shape:
    """`kind`: ACK, RESULT or FULL."""
    shape = {**_identity(facts, market), "transactTime": facts.created_ns // NS_PER_MS}
    if kind == "ACK":
        return shape
    shape |= _terms(facts, market) | _stop(facts, market)
    if kind == "RESULT":
        return shape
    return {**shape, "fills": [_fill_shape(fill, market) for fill in fills]}


def canceled_shape(facts: OrderFacts, market: Market, client_order_id: str) -> Shape:
    """`client_order_id` is that of the cancel."""
    return {
        **_identity(facts, market),
        "origClientOrderId": words.client_order_id_of(facts.order_id, facts.client_order_id),
        "clientOrderId": client_order_id,
        "transactTime": facts.updated_ns // NS_PER_MS,
        **_terms(facts, market),
        **_stop(facts, market),
    }


def amended_shape(facts: OrderFacts, market: Market) -> Shape:
    """With the time of the amendment as `updateTime`."""
    identity, terms = _identity(facts, market), _terms(facts, market)
    return {
        "updateTime": facts.updated_ns // NS_PER_MS,
        **identity,
        "origClientOrderId": identity["clientOrderId"],
        "price": terms["price"],
        "qty": terms["origQty"],
        "executedQty": terms["executedQty"],
        "preventedQty": quantity_text(market, facts.prevented_lots),
        "quoteOrderQty": terms["origQuoteOrderQty"],
        "cumulativeQuoteQty": terms["cummulativeQuoteQty"],
        "status": terms["status"],
        "timeInForce": terms["timeInForce"],
        "type": terms["type"],
        "side": terms["side"],
        "workingTime": terms["workingTime"],
        "selfTradePreventionMode": terms["selfTradePreventionMode"],
    }


def trade_shape(fill: FillFacts, market: Market) -> Shape:
    return {
        "symbol": symbol_of(market),
        "id": fill.trade_id,
        "orderId": fill.order_id,
        "orderListId": words.NO_LIST,
        "price": price_text(market, fill.price_ticks),
        "qty": quantity_text(market, fill.quantity_lots),
        "quoteQty": quote_text(market, fill.notional_atoms),
        "commission": quote_text(market, fill.fee_atoms),
        "commissionAsset": market.quote_asset,
        "time": fill.timestamp_ns // NS_PER_MS,
        "isBuyer": fill.side == Side.BUY,
        "isMaker": fill.is_maker,
        "isBestMatch": True,
    }


def _identity(facts: OrderFacts, market: Market) -> Shape:
    return {
        "symbol": symbol_of(market),
        "orderId": facts.order_id,
        "orderListId": words.NO_LIST,
        "clientOrderId": words.client_order_id_of(facts.order_id, facts.client_order_id),
    }


def _terms(facts: OrderFacts, market: Market) -> Shape:
    terms = {
        "price": price_text(market, facts.price_ticks),
        "origQty": quantity_text(market, words.original_lots(facts)),
        "executedQty": quantity_text(market, facts.filled_lots),
        "origQuoteOrderQty": quote_text(market, facts.budget_atoms),
        "cummulativeQuoteQty": quote_text(market, facts.filled_quote_atoms),
        "status": words.status_name(facts.status, facts.close_reason, facts.reject_reason),
        "timeInForce": words.time_in_force_name(facts.order_type, facts.time_in_force),
        "type": words.type_name(facts.order_type, post_only=facts.post_only),
        "side": words.SIDE_NAMES[facts.side],
        "workingTime": words.working_time_ms(facts),
        "selfTradePreventionMode": words.PREVENTION_NAMES[facts.self_trade_prevention],
    }
    if facts.prevented_lots:
        terms["preventedQuantity"] = quantity_text(market, facts.prevented_lots)
    return terms


def _stop(facts: OrderFacts, market: Market) -> Shape:
    if not facts.trigger_price_ticks:
        return {}
    return {"stopPrice": price_text(market, facts.trigger_price_ticks)}


def _fill_shape(fill: FillFacts, market: Market) -> Shape:
    return {
        "price": price_text(market, fill.price_ticks),
        "qty": quantity_text(market, fill.quantity_lots),
        "commission": quote_text(market, fill.fee_atoms),
        "commissionAsset": market.quote_asset,
        "tradeId": fill.trade_id,
    }
