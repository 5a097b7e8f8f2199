"""How user data events look: executionReport, outboundAccountPosition, balanceUpdate. Pure.

Names and numbers are those of `order_words`, so an event says what a query of the order would have said then.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from exchange.compat.binance.amounts import amount_text, price_text, quantity_text, quote_text
from exchange.compat.binance.spot import order_words as words
from exchange.compat.binance.symbols import symbol_of
from exchange.engine.events import Deposited, OrderAmended, OrderClosed, OrderReduced, Withdrawn
from exchange.engine.order_state import OPEN_STATUSES
from exchange.engine.types import CloseReason, OrderStatus, SelfTradePrevention, Side
from exchange.feeds.order_tracker import Step
from exchange.models import Market
from exchange.order_facts import FillFacts, OrderFacts
from exchange.rendering import NS_PER_MS
from exchange.wire import AssetBalance

Event = dict[str, Any]

NO_TRADE = -1
_REJECT_REASONS = {
    CloseReason.INSUFFICIENT_FUNDS: "INSUFFICIENT_BALANCES",
    CloseReason.POST_ONLY_WOULD_CROSS: "WOULD_MATCH_IMMEDIATELY",
}


def execution_report(step: Step, market: Market, *, now_ms: int, execution_id: int) -> Event:
    """A cancel's own client id is not journalled, so `c` is the order's there too."""
    facts = step.facts
    name = words.client_order_id_of(facts.order_id, facts.client_order_id)
    return {
        "e": "executionReport",
        "E": now_ms,
        "s": symbol_of(market),
        "c": name,
        **_terms(facts, market),
        "C": name if _is_canceled_by_request(step) else "",
        "x": _execution_type(step),
        "X": words.status_name(facts.status, facts.close_reason, facts.reject_reason),
        "r": _REJECT_REASONS.get(CloseReason(facts.close_reason), "NONE"),
        "i": facts.order_id,
        **_last_fill(step.fill, market),
        "z": quantity_text(market, facts.filled_lots),
        "T": facts.updated_ns // NS_PER_MS,
        "I": execution_id,
        "w": facts.status in OPEN_STATUSES and facts.status != OrderStatus.UNTRIGGERED,
        "O": facts.created_ns // NS_PER_MS,
        "Z": quote_text(market, facts.filled_quote_atoms),
        **_working(facts),
        "V": SelfTradePrevention(facts.self_trade_prevention).name,
        **_prevented(step, market),
    }


def _terms(facts: OrderFacts, market: Market) -> Event:
    return {
        "S": Side(facts.side).name,
        "o": words.type_name(facts.order_type, post_only=facts.post_only),
        "f": words.time_in_force_name(facts.order_type, facts.time_in_force),
        "q": quantity_text(market, words.original_lots(facts)),
        "p": price_text(market, facts.price_ticks),
        "P": price_text(market, facts.trigger_price_ticks),
        "F": quantity_text(market, 0),
        "g": words.NO_LIST,
        "Q": quote_text(market, facts.budget_atoms),
    }


def _execution_type(step: Step) -> str:
    """A stop is NEW twice: when it begins to wait, and when its trigger puts it to work."""
    if step.fill is not None:
        return "TRADE"
    event = step.event
    if isinstance(event, OrderAmended):
        return "REPLACED"
    if isinstance(event, OrderReduced):
        return "TRADE_PREVENTION"
    if not isinstance(event, OrderClosed):
        return "NEW"
    if event.reason == CloseReason.SELF_TRADE:
        return "TRADE_PREVENTION"
    return "CANCELED" if event.status == OrderStatus.CANCELED else "EXPIRED"


def _is_canceled_by_request(step: Step) -> bool:
    return isinstance(step.event, OrderClosed) and step.event.reason == CloseReason.USER


def _last_fill(fill: FillFacts | None, market: Market) -> Event:
    if fill is None:
        nothing = quantity_text(market, 0)
        return {
            "l": nothing,
            "L": price_text(market, 0),
            "Y": quote_text(market, 0),
            "n": "0",
            "N": None,
            "t": NO_TRADE,
            "m": False,
            "M": False,
        }
    return {
        "l": quantity_text(market, fill.quantity_lots),
        "L": price_text(market, fill.price_ticks),
        "Y": quote_text(market, fill.notional_atoms),
        "n": quote_text(market, fill.fee_atoms),
        "N": market.quote_asset,
        "t": fill.trade_id,
        "m": fill.is_maker,
        "M": True,
    }


def _working(facts: OrderFacts) -> Event:
    return {"W": words.working_time_ms(facts)} if words.is_working(facts) else {}


def _prevented(step: Step, market: Market) -> Event:
    """Of a match that self-trade prevention stopped what the engine tells: it has no ids of such matches."""
    prevention = step.prevention
    found: Event = {}
    if step.facts.prevented_lots:
        found["A"] = quantity_text(market, step.facts.prevented_lots)
    if prevention is None:
        return found
    lots, price = prevention.lots, prevention.price_ticks
    if lots:
        found["B"] = quantity_text(market, lots)
    if prevention.counter_order_id:
        found |= {"U": prevention.counter_order_id, "Cs": symbol_of(market)}
    if lots and price:
        found |= {
            "pl": quantity_text(market, lots),
            "pL": price_text(market, price),
            "pY": quote_text(market, lots * price * market.quote_atoms_per_tick_lot),
        }
    return found


def account_position(
    held: Iterable[AssetBalance], decimals: Mapping[str, int], *, updated_ms: int, now_ms: int
) -> Event:
    """`held`: what the account has of each asset that may have changed, in all shards together."""
    return {
        "e": "outboundAccountPosition",
        "E": now_ms,
        "u": updated_ms,
        "B": [
            {
                "a": one.asset,
                "f": amount_text(one.free_atoms, decimals[one.asset]),
                "l": amount_text(one.locked_atoms, decimals[one.asset]),
            }
            for one in held
        ],
    }


def balance_update(
    moved: Deposited | Withdrawn, decimals: Mapping[str, int], *, cleared_ms: int, now_ms: int
) -> Event:
    """Money that came into the trading wallet (d > 0) or left it."""
    amount = moved.amount_atoms if isinstance(moved, Deposited) else -moved.amount_atoms
    return {
        "e": "balanceUpdate",
        "E": now_ms,
        "a": moved.asset,
        "d": amount_text(amount, decimals[moved.asset]),
        "T": cleared_ms,
    }
