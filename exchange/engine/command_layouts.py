"""The layouts of what the engine can be told: a command is a plain tuple that one of these NamedTuples names.

The first field is the kind, so that the engine can dispatch without a type check; `commands` has the
functions that make one. Prices are ticks, quantities lots, amounts atoms of the asset, times nanoseconds
UTC. `account` is the owner's number. `deadline_ns` 0 means no deadline.
"""

from enum import IntEnum
from typing import NamedTuple


class CommandKind(IntEnum):
    MALFORMED = 0
    PLACE_ORDER = 1
    CANCEL_ORDER = 2
    CANCEL_ALL = 3
    DEPOSIT = 4
    WITHDRAW = 5
    CREATE_MARKET = 6
    AMEND_ORDER = 7
    SET_SWITCH = 8
    TICK = 9
    CHANGE_MARKET = 10
    SET_MARKET_STATUS = 11
    SET_REFERENCE_PRICE = 12
    SET_FEE_TIER = 13
    SET_ACCOUNT_TIER = 14


class Malformed(NamedTuple):
    """Bytes from the queue that are no command: refused, journalled and answered like any other."""

    kind: int


class PlaceOrder(NamedTuple):
    """`quantity_lots` 0 on a market order means that `budget_atoms` of quote alone bounds it.

    `trigger_price_ticks` belongs to the stop and take-profit types, `expires_ns` to GTD; else they are 0.
    """

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
    trigger_price_ticks: int = 0
    expires_ns: int = 0


class CancelOrder(NamedTuple):
    """By `order_id`, or by `client_order_id` where `order_id` is 0."""

    kind: int
    deadline_ns: int
    account: int
    order_id: int
    client_order_id: str


class CancelAll(NamedTuple):
    """Every open order of the account, in one market or (with an empty `market`) in all of the shard.

    The account `EVERYBODY` is an operator's: the orders of all accounts, the `MAX_CLOSED_AT_ONCE` oldest.
    """

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
    band_ppm: int = 0
    breaker_ppm: int = 0
    breaker_window_ns: int = 0
    breaker_halt_ns: int = 0


class AmendOrder(NamedTuple):
    """New terms for an open order, by `order_id`, or by `client_order_id` where `order_id` is 0.

    0 leaves a term as it is; `quantity_lots` is the new whole quantity, what is filled included. Less
    quantity at the same price keeps the place in the queue; anything else gives it up, and may trade at once.
    With `keep_priority` what would give it up is refused (AMEND_LOSES_PRIORITY).
    """

    kind: int
    deadline_ns: int
    account: int
    order_id: int
    client_order_id: str
    price_ticks: int
    quantity_lots: int
    trigger_price_ticks: int
    keep_priority: bool


class SetSwitch(NamedTuple):
    """Arm the dead man's switch: unless it is set again within `timeout_ns`, every open order of the account
    is canceled, in one market or (empty `market`) in all of the shard. A timeout of 0 disarms it."""

    kind: int
    deadline_ns: int
    account: int
    market: str
    timeout_ns: int


class Tick(NamedTuple):
    """Time has passed: what is due at the time that comes with it happens now."""

    kind: int


class ChangeMarket(NamedTuple):
    """New parameters, all of them. Refused (WOULD_BREAK_ORDERS) while open orders would not fit them.

    `band_ppm` 0: no price band. `breaker_ppm` 0: no circuit breaker; `breaker_halt_ns` 0: a halt by the
    breaker lasts until an operator ends it.
    """

    kind: int
    market: str
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


class SetMarketStatus(NamedTuple):
    kind: int
    market: str
    status: int


class SetReferencePrice(NamedTuple):
    """What the price band stands around; 0: the last trade."""

    kind: int
    market: str
    price_ticks: int


class SetFeeTier(NamedTuple):
    """The rates of one tier (1..`MAX_FEE_TIER`) in a market; tier 0 are the market's own.

    An account of a tier that a market does not know pays as the next lower one that it does.
    """

    kind: int
    market: str
    tier: int
    maker_fee_ppm: int
    taker_fee_ppm: int


class SetAccountTier(NamedTuple):
    """From the next order on; an order keeps the rates that it was accepted with."""

    kind: int
    account: int
    tier: int


Command = (
    Malformed
    | PlaceOrder
    | CancelOrder
    | CancelAll
    | Deposit
    | Withdraw
    | CreateMarket
    | AmendOrder
    | SetSwitch
    | Tick
    | ChangeMarket
    | SetMarketStatus
    | SetReferencePrice
    | SetFeeTier
    | SetAccountTier
)
