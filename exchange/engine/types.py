"""The vocabulary of the engine: sides, order types, statuses and the named reasons of every refusal.

Numbers are part of the journal's format: never renumber a member, only add.
"""

from enum import IntEnum
from typing import Final


class Side(IntEnum):
    BUY = 0
    SELL = 1


class OrderType(IntEnum):
    """A stop triggers when the last price has moved against its side (a buy: up to the trigger or above),
    a take-profit when it has moved for it (a buy: down to the trigger or below)."""

    LIMIT = 0
    MARKET = 1
    STOP_LIMIT = 2
    STOP_MARKET = 3
    TAKE_PROFIT_LIMIT = 4
    TAKE_PROFIT_MARKET = 5


class TimeInForce(IntEnum):
    GTC = 0
    IOC = 1
    FOK = 2
    GTD = 3


class SelfTradePrevention(IntEnum):
    """What happens when a taker meets an order of its own owner. The taker's mode decides."""

    EXPIRE_TAKER = 0
    EXPIRE_MAKER = 1
    EXPIRE_BOTH = 2
    DECREMENT = 3


class OrderStatus(IntEnum):
    NEW = 0
    PARTIALLY_FILLED = 1
    FILLED = 2
    CANCELED = 3
    EXPIRED = 4
    REJECTED = 5
    UNTRIGGERED = 6


class MarketStatus(IntEnum):
    """What a market takes, each less than the one before: all; what only adds to the book (post-only orders,
    and cancels); cancels; nothing at all."""

    OPEN = 0
    POST_ONLY = 1
    CANCEL_ONLY = 2
    HALTED = 3


class CloseReason(IntEnum):
    """Why an order is no longer in the book."""

    NONE = 0
    FILLED = 1
    USER = 2
    UNFILLED_REMAINDER = 3
    NO_LIQUIDITY = 4
    SELF_TRADE = 5
    BUDGET_SPENT = 6
    GTD_EXPIRED = 7
    DEAD_MANS_SWITCH = 8
    OPERATOR = 9
    PRICE_BAND = 10
    CIRCUIT_BREAKER = 11
    # What a triggered order met that would have refused it, had it been sent then.
    INSUFFICIENT_FUNDS = 12
    POST_ONLY_WOULD_CROSS = 13
    FOK_UNFILLED = 14


class RejectReason(IntEnum):
    """Why a command was refused. The member's name is the stable code that clients see."""

    MALFORMED_COMMAND = 1
    DEADLINE_PASSED = 2
    MARKET_NOT_FOUND = 3
    MARKET_EXISTS = 4
    INVALID_MARKET = 5
    INVALID_ORDER = 6
    OUT_OF_RANGE = 7
    TICK_SIZE = 8
    LOT_SIZE = 9
    MIN_NOTIONAL = 10
    MAX_NOTIONAL = 11
    TOO_MANY_OPEN_ORDERS = 12
    INSUFFICIENT_FUNDS = 13
    POST_ONLY_WOULD_CROSS = 14
    FOK_UNFILLED = 15
    DUPLICATE_CLIENT_ORDER_ID = 16
    ORDER_NOT_FOUND = 17
    ASSET_NOT_FOUND = 18
    INVALID_AMOUNT = 19
    MARKET_HALTED = 20
    MARKET_CANCEL_ONLY = 21
    MARKET_POST_ONLY = 22
    PRICE_BAND = 23
    WOULD_TRIGGER_IMMEDIATELY = 24
    EXPIRY_PASSED = 25
    AMEND_UNCHANGED = 26
    AMEND_BELOW_FILLED = 27
    AMEND_LOSES_PRIORITY = 28
    WOULD_BREAK_ORDERS = 29
    INVALID_TIMEOUT = 30


INT64_MAX = 2**63 - 1
PPM: Final = 1_000_000
CLIENT_ORDER_ID_RETENTION_NS = 24 * 3600 * 10**9
SHARD_SLOTS: Final = 64
EVERYBODY = 0  # as the account of a CancelAll; no user has this number
MAX_FEE_TIER = 99
MAX_SWITCH_TIMEOUT_NS = 24 * 3600 * 10**9
MAX_CLOSED_AT_ONCE = 10_000  # by a tick, and by a cancel-all for everybody: the next one goes on
MAX_BAND_PPM = 100 * PPM  # of a price band and of a circuit breaker
MAX_BREAKER_NS = 31 * 24 * 3600 * 10**9
BOUNDLESS_TICKS = 2**63  # above any price

# The same numbers as plain integers: in Python 3.11 reading and comparing a member of an enum costs
# several times as much, and the engine does it for each order. Written out, so that a compiler sees them.
BUY: Final = 0
SELL: Final = 1
LIMIT: Final = 0
MARKET: Final = 1
STOP_LIMIT: Final = 2
STOP_MARKET: Final = 3
GTC: Final = 0
IOC: Final = 1
FOK: Final = 2
GTD: Final = 3
EXPIRE_TAKER: Final = 0
EXPIRE_MAKER: Final = 1
EXPIRE_BOTH: Final = 2
DECREMENT: Final = 3
OPEN: Final = 0
POST_ONLY: Final = 1
CANCEL_ONLY: Final = 2
HALTED: Final = 3
