"""The state of an engine to its canonical values and back, and the digest of them."""

import hashlib
import json

from exchange.engine.book import Half, Order, Terms
from exchange.engine.closing import UNBOUNDED_LOTS, filled_lots
from exchange.engine.events import EventKind
from exchange.engine.listing import add_market
from exchange.engine.market import Market, hold_atoms
from exchange.engine.snapshot import (
    AccountTierState,
    BalanceState,
    ClientOrderState,
    FeeTierState,
    MarketState,
    OrderState,
    Snapshot,
    SwitchState,
)
from exchange.engine.state import EngineState
from exchange.engine.types import SHARD_SLOTS, Side


def order_state(order: Order) -> OrderState:
    _, order_id, account, _, client_order_id, side, order_type, time_in_force, post_only, *rest = order.terms
    price_ticks, quantity_lots, budget_atoms, self_trade_prevention, maker_ppm, taker_ppm, *later = rest
    trigger_price_ticks, expires_ns = later
    return OrderState(
        order_id,
        account,
        client_order_id,
        side,
        order_type,
        time_in_force,
        post_only,
        price_ticks,
        quantity_lots,
        budget_atoms,
        self_trade_prevention,
        trigger_price_ticks,
        expires_ns,
        order.level is None,
        filled_lots(order),
        order.prevented_lots,
        order.filled_quote_atoms,
        order.filled_quote_atoms - order.made_quote_atoms,
        maker_ppm,
        taker_ppm,
    )


def _client_order_state(accepted_ns: int, accepted: Terms) -> ClientOrderState:
    _, order_id, account, market, client_order_id, *content = (*accepted[:13], *accepted[15:17])
    sequence = order_id // SHARD_SLOTS
    return ClientOrderState(account, client_order_id, order_id, sequence, accepted_ns, market, *content)


def _accepted(client_order: ClientOrderState) -> Terms:
    account, client_order_id, order_id, _, _, market, *content = client_order
    identity = (int(EventKind.ORDER_ACCEPTED), order_id, account, market, client_order_id)
    return (*identity, *content[:8], 0, 0, *content[8:])


def half_orders(half: Half) -> list[Order]:
    """In the order of their priority: the best price first, then the earliest."""
    orders: list[Order] = []
    for key in reversed(half.keys):
        order = half.levels[key].head
        while order is not None:
            orders.append(order)
            order = order.next
    return orders


def take_snapshot(state: EngineState) -> Snapshot:
    """Markets, assets and accounts stand in the order of their names and numbers."""
    balances = tuple(
        BalanceState(account, name, balance.free_atoms, balance.locked_atoms)
        for name, asset in sorted(state.assets.items())
        for account, balance in sorted(asset.balances.items())
        if balance.free_atoms or balance.locked_atoms
    )
    return Snapshot(
        shard=state.shard,
        sequence=state.sequence,
        timestamp_ns=state.timestamp_ns,
        markets=tuple(_market_state(market) for _, market in sorted(state.markets.items())),
        balances=balances,
        client_orders=tuple(_client_order_state(*entry) for entry in state.client_order_queue),
        account_tiers=tuple(AccountTierState(*entry) for entry in sorted(state.account_tiers.items())),
        switches=tuple(SwitchState(*key, due_ns) for key, due_ns in sorted(state.switches.items())),
    )


def digest(snapshot: Snapshot) -> str:
    return hashlib.sha256(json.dumps(snapshot, separators=(",", ":")).encode()).hexdigest()


def restore_state(snapshot: Snapshot) -> EngineState:
    """The orders of one price must stand in the order of their queue; otherwise open orders may come in any.

    Raises AssertionError where the holds of the open orders are not the locked balances.
    """
    state = EngineState(snapshot.shard)
    state.sequence = snapshot.sequence
    state.timestamp_ns = snapshot.timestamp_ns
    state.account_tiers = dict(snapshot.account_tiers)
    for market_state in snapshot.markets:
        _restore_market(state, MarketState._make(market_state))
    for account, asset_name, free_atoms, locked_atoms in snapshot.balances:
        balance = state.assets[asset_name].balance(account)
        assert balance.locked_atoms == locked_atoms, "the holds of open orders are not what is locked"
        balance.free_atoms = free_atoms
        state.assets[asset_name].total_atoms += free_atoms + locked_atoms
    for asset in state.assets.values():
        whole = sum(balance.free_atoms + balance.locked_atoms for balance in asset.balances.values())
        assert whole == asset.total_atoms, "a balance with locked atoms is missing"
    for client_order in snapshot.client_orders:
        kept = ClientOrderState._make(client_order)
        state.remember_client_order(kept.accepted_ns, _accepted(kept))
    for switch in snapshot.switches:
        state.arm(*switch)
    return state


def _market_state(market: Market) -> MarketState:
    orders = (*half_orders(market.bids), *half_orders(market.asks))
    waiting = (order for _, order in sorted(market.triggers.orders.items()))
    changing = (
        market.status,
        market.resume_ns,
        market.reference_price_ticks,
        market.breaker_price_ticks,
        market.breaker_since_ns,
        tuple(FeeTierState(tier, *rates) for tier, rates in sorted(market.fee_tiers.items())),
        market.last_trade_id,
        market.last_price_ticks,
        tuple(map(order_state, orders)),
        tuple(map(order_state, waiting)),
    )
    return MarketState._make((*market.terms, *changing))


def _restore_market(state: EngineState, market_state: MarketState) -> None:
    market = add_market(state, market_state[:16])
    market.reference_price_ticks = market_state.reference_price_ticks
    market.breaker_price_ticks = market_state.breaker_price_ticks
    market.breaker_since_ns = market_state.breaker_since_ns
    market.fee_tiers = {tier: (maker_ppm, taker_ppm) for tier, maker_ppm, taker_ppm in market_state.fee_tiers}
    market.last_trade_id = market_state.last_trade_id
    market.last_price_ticks = market_state.last_price_ticks
    state.set_status(market, market_state.status, market_state.resume_ns)
    for order in (*market_state.open_orders, *market_state.untriggered_orders):
        _restore_order(state, market, OrderState._make(order))
    market.refresh()


def _restore_order(state: EngineState, market: Market, order_state: OrderState) -> None:
    """The locked balances grow by each hold; `restore_state` compares them with the recorded ones."""
    trader = state.trader(market, order_state.account)
    terms = _terms(market, order_state)
    filled, prevented = order_state.filled_lots, order_state.prevented_lots
    order = Order(terms, trader, (order_state.quantity_lots or UNBOUNDED_LOTS) - filled - prevented)
    assert order.remaining_lots > 0
    order.prevented_lots = prevented
    order.filled_quote_atoms = order_state.filled_quote_atoms
    order.made_quote_atoms = order_state.filled_quote_atoms - order_state.taker_quote_atoms
    order.hold_atoms = hold_atoms(market, order)
    balance = trader.base if order_state.side == Side.SELL else trader.quote
    balance.locked_atoms += order.hold_atoms
    trader.open_orders += 1
    state.schedule_expiry(terms)
    if order_state.untriggered:
        market.triggers.add(order)
        trader.waiting[order_state.order_id] = order
    else:
        market.half(order_state.side).append(order, order_state.price_ticks)
        trader.orders[order_state.order_id] = order


def _terms(market: Market, order_state: OrderState) -> Terms:
    return (
        int(EventKind.ORDER_ACCEPTED),
        order_state.order_id,
        order_state.account,
        market.name,
        order_state.client_order_id,
        order_state.side,
        order_state.order_type,
        order_state.time_in_force,
        order_state.post_only,
        order_state.price_ticks,
        order_state.quantity_lots,
        order_state.budget_atoms,
        order_state.self_trade_prevention,
        order_state.maker_fee_ppm,
        order_state.taker_fee_ppm,
        order_state.trigger_price_ticks,
        order_state.expires_ns,
    )
