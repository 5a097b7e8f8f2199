"""What the engine can be told. A command is a plain tuple whose layout a NamedTuple here defines.

The first field is the kind, so that the engine can dispatch without a type check; the builder
functions are how everybody else makes one. Prices are ticks, quantities lots, amounts atoms of the
asset, times nanoseconds UTC. `account` is the owner's number. `deadline_ns` 0 means no deadline.
"""

from enum import IntEnum
from typing import NamedTuple

from exchange.engine.types import OrderType, SelfTradePrevention, Side, TimeInForce


class CommandKind(IntEnum):
    MALFORMED = 0
    PLACE_ORDER = 1
    CANCEL_ORDER = 2
    CANCEL_ALL = 3
    DEPOSIT = 4
    WITHDRAW = 5
    CREATE_MARKET = 6


class Malformed(NamedTuple):
    """Bytes from the queue that are no command: refused, journalled and answered like any other."""

    kind: int


class PlaceOrder(NamedTuple):
    """`quantity_lots` 0 on a market order means that `budget_atoms` of quote alone bounds it."""

    kind: int
    deadline_ns: int
    account: int
    market: str
    side: int
    order_type: int
    time_in_force: int
    post_only: bool
    price_ticks: int
    quantity_lots: int
    budget_atoms: int
    self_trade_prevention: int
    client_order_id: str


class CancelOrder(NamedTuple):
    """By `order_id`, or by `client_order_id` where `order_id` is 0."""

    kind: int
    deadline_ns: int
    account: int
    order_id: int
    client_order_id: str


class CancelAll(NamedTuple):
    """Every open order of the account, in one market or (with an empty `market`) in all of the shard."""

    kind: int
    deadline_ns: int
    account: int
    market: str


class Deposit(NamedTuple):
    """Credit an account from its funding wallet; `transfer_id` is the pending ledger transfer."""

    kind: int
    account: int
    asset: str
    amount_atoms: int
    transfer_id: int


class Withdraw(NamedTuple):
    """Debit what is free on an account towards its funding wallet."""

    kind: int
    account: int
    asset: str
    amount_atoms: int
    transfer_id: int


class CreateMarket(NamedTuple):
    """`quote_atoms_per_tick_lot` is the notional of one lot at a price of one tick.

    `price_step_ticks` and `quantity_step_lots` are what orders must be multiples of; ticks and lots
    themselves never change in the life of a market, so stored prices keep their meaning.
    """

    kind: int
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


Command = Malformed | PlaceOrder | CancelOrder | CancelAll | Deposit | Withdraw | CreateMarket


def place_order(
    *,
    account: int,
    market: str,
    side: Side,
    quantity_lots: int = 0,
    price_ticks: int = 0,
    budget_atoms: int = 0,
    order_type: OrderType = OrderType.LIMIT,
    time_in_force: TimeInForce = TimeInForce.GTC,
    post_only: bool = False,
    self_trade_prevention: SelfTradePrevention = SelfTradePrevention.EXPIRE_MAKER,
    client_order_id: str = "",
    deadline_ns: int = 0,
) -> PlaceOrder:
    return PlaceOrder(
        int(CommandKind.PLACE_ORDER),
        deadline_ns,
        account,
        market,
        int(side),
        int(order_type),
        int(time_in_force),
        post_only,
        price_ticks,
        quantity_lots,
        budget_atoms,
        int(self_trade_prevention),
        client_order_id,
    )


def cancel_order(
    *, account: int, order_id: int = 0, client_order_id: str = "", deadline_ns: int = 0
) -> CancelOrder:
    return CancelOrder(int(CommandKind.CANCEL_ORDER), deadline_ns, account, order_id, client_order_id)


def cancel_all(*, account: int, market: str = "", deadline_ns: int = 0) -> CancelAll:
    return CancelAll(int(CommandKind.CANCEL_ALL), deadline_ns, account, market)


def deposit(*, account: int, asset: str, amount_atoms: int, transfer_id: int) -> Deposit:
    return Deposit(int(CommandKind.DEPOSIT), account, asset, amount_atoms, transfer_id)


def withdraw(*, account: int, asset: str, amount_atoms: int, transfer_id: int) -> Withdraw:
    return Withdraw(int(CommandKind.WITHDRAW), account, asset, amount_atoms, transfer_id)


def create_market(
    *,
    market: str,
    base_asset: str,
    quote_asset: str,
    base_atoms_per_lot: int,
    quote_atoms_per_tick_lot: int,
    price_step_ticks: int = 1,
    quantity_step_lots: int = 1,
    min_notional_atoms: int = 0,
    max_notional_atoms: int = 2**62,
    max_open_orders: int = 200,
    maker_fee_ppm: int = 200,
    taker_fee_ppm: int = 500,
) -> CreateMarket:
    return CreateMarket(
        int(CommandKind.CREATE_MARKET),
        market,
        base_asset,
        quote_asset,
        base_atoms_per_lot,
        quote_atoms_per_tick_lot,
        price_step_ticks,
        quantity_step_lots,
        min_notional_atoms,
        max_notional_atoms,
        max_open_orders,
        maker_fee_ppm,
        taker_fee_ppm,
    )
