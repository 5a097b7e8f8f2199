"""The vocabulary of the engine: sides, order types, statuses and the named reasons of every refusal.

Numbers are part of the journal's format: never renumber a member, only add.
"""

from enum import IntEnum


class Side(IntEnum):
    BUY = 0
    SELL = 1


class OrderType(IntEnum):
    LIMIT = 0
    MARKET = 1


class TimeInForce(IntEnum):
    GTC = 0
    IOC = 1
    FOK = 2


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


class CloseReason(IntEnum):
    """Why an order is no longer in the book."""

    NONE = 0
    FILLED = 1
    USER = 2
    UNFILLED_REMAINDER = 3
    NO_LIQUIDITY = 4
    SELF_TRADE = 5
    BUDGET_SPENT = 6


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


INT64_MAX = 2**63 - 1
PPM = 1_000_000
CLIENT_ORDER_ID_RETENTION_NS = 24 * 3600 * 10**9
SHARD_SLOTS = 64

# The same numbers as plain integers: in Python 3.11 reading and comparing a member of an enum costs
# several times as much, and the engine does it for each order.
BUY, SELL = int(Side.BUY), int(Side.SELL)
LIMIT, MARKET = int(OrderType.LIMIT), int(OrderType.MARKET)
GTC, IOC, FOK = int(TimeInForce.GTC), int(TimeInForce.IOC), int(TimeInForce.FOK)
EXPIRE_TAKER, EXPIRE_MAKER = int(SelfTradePrevention.EXPIRE_TAKER), int(SelfTradePrevention.EXPIRE_MAKER)
EXPIRE_BOTH, DECREMENT = int(SelfTradePrevention.EXPIRE_BOTH), int(SelfTradePrevention.DECREMENT)
