"""The state of an engine to its canonical values and back, and the digest of them."""

import hashlib
import json

from exchange.engine.book import Half, Market, Order, Terms, hold_atoms
from exchange.engine.events import EventKind
from exchange.engine.listing import add_market
from exchange.engine.snapshot import BalanceState, ClientOrderState, MarketState, OrderState, Snapshot
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
        False,
        quantity_lots - order.remaining_lots - order.prevented_lots,
        order.prevented_lots,
        order.filled_quote_atoms,
        order.taker_quote_atoms,
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
    markets = tuple(_market_state(market) for _, market in sorted(state.markets.items()))
    balances = tuple(
        BalanceState(account, name, balance.free_atoms, balance.locked_atoms)
        for name, asset in sorted(state.assets.items())
        for account, balance in sorted(asset.balances.items())
        if balance.free_atoms or balance.locked_atoms
    )
    client_orders = tuple(_client_order_state(*entry) for entry in state.client_order_queue)
    return Snapshot(state.shard, state.sequence, state.timestamp_ns, markets, balances, client_orders)


def digest(snapshot: Snapshot) -> str:
    return hashlib.sha256(json.dumps(snapshot, separators=(",", ":")).encode()).hexdigest()


def restore_state(snapshot: Snapshot) -> EngineState:
    """Raises AssertionError where the holds of the open orders are not the locked balances."""
    state = EngineState(snapshot.shard)
    state.sequence = snapshot.sequence
    state.timestamp_ns = snapshot.timestamp_ns
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
    for account, orders in state.orders.items():
        state.orders[account].update({key: orders.pop(key) for key in sorted(orders)})
    return state


def _market_state(market: Market) -> MarketState:
    orders = (*half_orders(market.bids), *half_orders(market.asks))
    changing = (market.last_trade_id, market.last_price_ticks, tuple(map(order_state, orders)), ())
    return MarketState._make((*market.terms, 0, 0, 0, 0, 0, (), *changing))


def _restore_market(state: EngineState, market_state: MarketState) -> None:
    market = add_market(state, market_state[:16])
    market.last_trade_id = market_state.last_trade_id
    market.last_price_ticks = market_state.last_price_ticks
    for order in market_state.open_orders:
        _restore_order(state, market, OrderState._make(order))


def _restore_order(state: EngineState, market: Market, order_state: OrderState) -> None:
    """The locked balances grow by each hold; `restore_state` compares them with the recorded ones."""
    trader = state.trader(market, order_state.account)
    terms = (
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
    remaining_lots = order_state.quantity_lots - order_state.filled_lots - order_state.prevented_lots
    assert remaining_lots > 0
    order = Order(terms, trader, remaining_lots)
    order.prevented_lots = order_state.prevented_lots
    order.filled_quote_atoms = order_state.filled_quote_atoms
    order.taker_quote_atoms = order_state.taker_quote_atoms
    order.hold_atoms = hold_atoms(market, order)
    balance = trader.base if order_state.side == Side.SELL else trader.quote
    balance.locked_atoms += order.hold_atoms
    market.half(order_state.side).append(order, order_state.price_ticks)
    trader.orders[order_state.order_id] = order
    trader.open_orders += 1
