"""What the engine says happened. An event is a plain tuple whose layout a NamedTuple here defines.

The hot loop emits bare tuples (making one costs a twentieth of a dataclass); readers get names with
`named(event)`. A test holds the two layouts together. Units as in `commands`.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple


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


class Rejected(NamedTuple):
    """The command changed nothing. `reason` is a `RejectReason`."""

    kind: int
    account: int
    market: str
    client_order_id: str
    reason: int


class OrderAccepted(NamedTuple):
    """The first event of an order; what follows in the same command says whether it rests."""

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


Event = tuple[Any, ...]
NamedEvent = (
    Rejected
    | OrderAccepted
    | Trade
    | OrderReduced
    | OrderClosed
    | OrderRepeated
    | Deposited
    | Withdrawn
    | MarketCreated
)

LAYOUTS: dict[int, type[NamedEvent]] = {
    EventKind.REJECTED: Rejected,
    EventKind.ORDER_ACCEPTED: OrderAccepted,
    EventKind.TRADE: Trade,
    EventKind.ORDER_REDUCED: OrderReduced,
    EventKind.ORDER_CLOSED: OrderClosed,
    EventKind.ORDER_REPEATED: OrderRepeated,
    EventKind.DEPOSITED: Deposited,
    EventKind.WITHDRAWN: Withdrawn,
    EventKind.MARKET_CREATED: MarketCreated,
}


def named(event: Sequence[Any]) -> NamedEvent:
    """The same event with names. Raises TypeError or KeyError for a tuple that is no event."""
    return LAYOUTS[event[0]](*event)
