"""The complete state of an engine as plain values, in one canonical order.

Two engines are equal exactly when their snapshots are. Rows whose balance is zero and zero are left
out; open orders stand in the order of their priority; client order ids in the order they were taken.
"""

from typing import NamedTuple


class OrderState(NamedTuple):
    """An open order: resting in the book, or with `untriggered` waiting for its trigger outside of it.

    What is locked for it follows from these fields.
    """

    order_id: int
    account: int
    client_order_id: str
    side: int
    order_type: int
    time_in_force: int
    post_only: bool
    price_ticks: int
    quantity_lots: int
    budget_atoms: int
    self_trade_prevention: int
    trigger_price_ticks: int
    expires_ns: int
    untriggered: bool
    filled_lots: int
    prevented_lots: int
    filled_quote_atoms: int
    taker_quote_atoms: int
    maker_fee_ppm: int
    taker_fee_ppm: int


class FeeTierState(NamedTuple):
    tier: int
    maker_fee_ppm: int
    taker_fee_ppm: int


class MarketState(NamedTuple):
    """Parameters as in `commands.CreateMarket`, then what changes in the life of the market.

    `open_orders` stand in the order of their priority, bids first; `untriggered_orders` in that of their ids.
    """

    market: str
    base_asset: str
    quote_asset: str
    base_atoms_per_lot: int
    quote_atoms_per_tick_lot: int
    price_step_ticks: int
    quantity_step_lots: int
    min_notional_atoms: int
    max_notional_atoms: int
    max_open_orders: int
    maker_fee_ppm: int
    taker_fee_ppm: int
    band_ppm: int
    breaker_ppm: int
    breaker_window_ns: int
    breaker_halt_ns: int
    status: int
    resume_ns: int
    reference_price_ticks: int
    breaker_price_ticks: int
    breaker_since_ns: int
    fee_tiers: tuple[FeeTierState, ...]
    last_trade_id: int
    last_price_ticks: int
    open_orders: tuple[OrderState, ...]
    untriggered_orders: tuple[OrderState, ...]


class BalanceState(NamedTuple):
    account: int
    asset: str
    free_atoms: int
    locked_atoms: int


class ClientOrderState(NamedTuple):
    """A client order id within its retention: the order's content as it was placed, and the command that took
    it. Amending the order changes nothing here."""

    account: int
    client_order_id: str
    order_id: int
    sequence: int
    accepted_ns: int
    market: str
    side: int
    order_type: int
    time_in_force: int
    post_only: bool
    price_ticks: int
    quantity_lots: int
    budget_atoms: int
    self_trade_prevention: int
    trigger_price_ticks: int
    expires_ns: int


class AccountTierState(NamedTuple):
    account: int
    tier: int


class SwitchState(NamedTuple):
    """An armed dead man's switch."""

    account: int
    market: str
    due_ns: int


class Snapshot(NamedTuple):
    """`shard` < 64. An order's id is `sequence of its command * 64 + shard`, so ids never collide."""

    shard: int
    sequence: int
    timestamp_ns: int
    markets: tuple[MarketState, ...]
    balances: tuple[BalanceState, ...]
    client_orders: tuple[ClientOrderState, ...]
    account_tiers: tuple[AccountTierState, ...] = ()
    switches: tuple[SwitchState, ...] = ()
