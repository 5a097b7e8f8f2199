"""What the engine says happened. An event is a plain tuple whose layout a NamedTuple here defines.

The hot loop emits bare tuples (making one costs a twentieth of a dataclass); readers get names with
`named(event)`. A test holds the two layouts together. Units as in `commands`.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple, get_args


class EventKind(IntEnum):
    REJECTED = 0
    ORDER_ACCEPTED = 1
    TRADE = 2
    ORDER_REDUCED = 3
    ORDER_CLOSED = 4
    ORDER_REPEATED = 5
    DEPOSITED = 6
    WITHDRAWN = 7
    MARKET_CREATED = 8
    ORDER_TRIGGERED = 9
    ORDER_AMENDED = 10
    SWITCH_SET = 11
    SWITCH_FIRED = 12
    MARKET_CHANGED = 13
    MARKET_STATUS_CHANGED = 14
    REFERENCE_PRICE_SET = 15
    BREAKER_REBASED = 16
    FEE_TIER_SET = 17
    ACCOUNT_TIER_SET = 18


class Rejected(NamedTuple):
    """The command changed nothing. `reason` is a `RejectReason`."""

    kind: int
    account: int
    market: str
    client_order_id: str
    reason: int


class OrderAccepted(NamedTuple):
    """The first event of an order; what follows in the same command says whether it rests.

    A stop or take-profit order does neither: it waits outside the book (status UNTRIGGERED) for its trigger.
    """

    kind: int
    order_id: int
    account: int
    market: str
    client_order_id: str
    side: int
    order_type: int
    time_in_force: int
    post_only: bool
    price_ticks: int
    quantity_lots: int
    budget_atoms: int
    self_trade_prevention: int
    maker_fee_ppm: int
    taker_fee_ppm: int
    trigger_price_ticks: int
    expires_ns: int


class Trade(NamedTuple):
    """One match at the maker's price. A maker with nothing remaining is FILLED without a further event.

    Fees are in quote atoms, paid by each side on top of (buyer) or out of (seller) the notional.
    """

    kind: int
    market: str
    trade_id: int
    maker_order_id: int
    taker_order_id: int
    maker_account: int
    taker_account: int
    taker_side: int
    price_ticks: int
    quantity_lots: int
    notional_atoms: int
    maker_fee_atoms: int
    taker_fee_atoms: int
    maker_remaining_lots: int


class OrderReduced(NamedTuple):
    """Self-trade prevention took `prevented_lots` off an order that stays open."""

    kind: int
    market: str
    order_id: int
    account: int
    side: int
    price_ticks: int
    prevented_lots: int
    remaining_lots: int


class OrderClosed(NamedTuple):
    """An order left for any cause but that of a maker filled in full (see `Trade`).

    A taker that is filled closes with status FILLED; `remaining_lots` is what was not filled.
    """

    kind: int
    market: str
    order_id: int
    account: int
    client_order_id: str
    side: int
    price_ticks: int
    status: int
    reason: int
    filled_lots: int
    remaining_lots: int


class OrderRepeated(NamedTuple):
    """The same order was sent before; `first_sequence` is the journal entry with its result."""

    kind: int
    order_id: int
    first_sequence: int


class Deposited(NamedTuple):
    kind: int
    account: int
    asset: str
    amount_atoms: int
    transfer_id: int


class Withdrawn(NamedTuple):
    kind: int
    account: int
    asset: str
    amount_atoms: int
    transfer_id: int


class MarketCreated(NamedTuple):
    kind: int
    market: str


class OrderTriggered(NamedTuple):
    """`last_price_ticks` has reached the order's trigger. Its trades follow, as of a taker; then it rests
    (last in the queue of its price) or closes. All this is part of the command that did it."""

    kind: int
    market: str
    order_id: int
    account: int
    client_order_id: str
    side: int
    last_price_ticks: int


class OrderAmended(NamedTuple):
    """The terms that an open order has from now on. Unless `kept_priority` it left the book and, where it
    does not wait for a trigger, comes back as a taker: its trades follow, then it rests last or closes.
    """

    kind: int
    market: str
    order_id: int
    account: int
    client_order_id: str
    side: int
    previous_price_ticks: int
    price_ticks: int
    trigger_price_ticks: int
    quantity_lots: int
    remaining_lots: int
    kept_priority: bool


class SwitchSet(NamedTuple):
    """`due_ns` 0: disarmed."""

    kind: int
    account: int
    market: str
    due_ns: int


class SwitchFired(NamedTuple):
    """The orders that it canceled follow, each with its ORDER_CLOSED."""

    kind: int
    account: int
    market: str


class MarketChanged(NamedTuple):
    """The parameters from now on: the fields of `commands.ChangeMarket`."""

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


class MarketStatusChanged(NamedTuple):
    """By an operator, by the circuit breaker (`by_breaker`), or because a halt by the breaker is over.

    `resume_ns`: when the market opens by itself; 0: not by itself.
    """

    kind: int
    market: str
    status: int
    by_breaker: bool
    resume_ns: int


class ReferencePriceSet(NamedTuple):
    kind: int
    market: str
    price_ticks: int


class BreakerRebased(NamedTuple):
    """The price that the circuit breaker measures from, from now on."""

    kind: int
    market: str
    price_ticks: int
    since_ns: int


class FeeTierSet(NamedTuple):
    kind: int
    market: str
    tier: int
    maker_fee_ppm: int
    taker_fee_ppm: int


class AccountTierSet(NamedTuple):
    kind: int
    account: int
    tier: int


Event = tuple[Any, ...]
NamedEvent = (  # in the order of EventKind
    Rejected
    | OrderAccepted
    | Trade
    | OrderReduced
    | OrderClosed
    | OrderRepeated
    | Deposited
    | Withdrawn
    | MarketCreated
    | OrderTriggered
    | OrderAmended
    | SwitchSet
    | SwitchFired
    | MarketChanged
    | MarketStatusChanged
    | ReferencePriceSet
    | BreakerRebased
    | FeeTierSet
    | AccountTierSet
)

LAYOUTS: dict[int, type[NamedEvent]] = dict(zip(EventKind, get_args(NamedEvent), strict=True))


def named(event: Sequence[Any]) -> NamedEvent:
    """The same event with names. Raises TypeError or KeyError for a tuple that is no event."""
    return LAYOUTS[event[0]](*event)
