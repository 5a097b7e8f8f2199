"""Words that the API has for a choice. Generated: do not edit.

A type checker knows them all. When running, each is a str: a later release may know more words.
"""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    BitcoinNetwork = Literal["main", "testnet", "signet", "regtest"]
    CandleInterval = Literal[
        "1s",
        "5s",
        "15s",
        "30s",
        "1m",
        "3m",
        "5m",
        "15m",
        "30m",
        "1h",
        "2h",
        "4h",
        "6h",
        "8h",
        "12h",
        "1d",
        "3d",
        "1w",
        "1M",
    ]
    CloseReason = Literal[
        "NONE",
        "FILLED",
        "USER",
        "UNFILLED_REMAINDER",
        "NO_LIQUIDITY",
        "SELF_TRADE",
        "BUDGET_SPENT",
        "GTD_EXPIRED",
        "DEAD_MANS_SWITCH",
        "OPERATOR",
        "PRICE_BAND",
        "CIRCUIT_BREAKER",
        "INSUFFICIENT_FUNDS",
        "POST_ONLY_WOULD_CROSS",
        "FOK_UNFILLED",
    ]
    CollateralWithdrawalKind = Literal["WITHDRAW", "CLOSE"]
    CollateralWithdrawalStatus = Literal[
        "PLANNED", "SIGNED", "BROADCAST", "SUSPENDED", "CONFIRMED", "CANCELED"
    ]
    DepositStatus = Literal["SEEN", "CONFIRMED", "CREDITED", "REORGED", "DOUBLE_SPENT", "REPLACED", "EVICTED"]
    FillRole = Literal["MAKER", "TAKER"]
    KeyKind = Literal["HMAC", "ED25519"]
    KeyScope = Literal["read", "trade", "withdraw"]
    LanePolicy = Literal["FIFO", "LANES"]
    MarketStatus = Literal["OPEN", "POST_ONLY", "CANCEL_ONLY", "HALTED"]
    OpenOrClosed = Literal["open", "closed"]
    OracleInterval = Literal["1m", "5m", "15m", "1h", "4h", "1d", "1w"]
    OrderStatus = Literal[
        "NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "EXPIRED", "REJECTED", "UNTRIGGERED"
    ]
    OrderType = Literal[
        "LIMIT", "MARKET", "STOP_LIMIT", "STOP_MARKET", "TAKE_PROFIT_LIMIT", "TAKE_PROFIT_MARKET"
    ]
    PendingStatus = Literal["PENDING"]
    PriceOrigin = Literal["LIVE", "STORED"]
    PriceState = Literal["FRESH", "DEGRADED", "STALE", "HALTED"]
    RejectReason = Literal[
        "MALFORMED_COMMAND",
        "DEADLINE_PASSED",
        "MARKET_NOT_FOUND",
        "MARKET_EXISTS",
        "INVALID_MARKET",
        "INVALID_ORDER",
        "OUT_OF_RANGE",
        "TICK_SIZE",
        "LOT_SIZE",
        "MIN_NOTIONAL",
        "MAX_NOTIONAL",
        "TOO_MANY_OPEN_ORDERS",
        "INSUFFICIENT_FUNDS",
        "POST_ONLY_WOULD_CROSS",
        "FOK_UNFILLED",
        "DUPLICATE_CLIENT_ORDER_ID",
        "ORDER_NOT_FOUND",
        "ASSET_NOT_FOUND",
        "INVALID_AMOUNT",
        "MARKET_HALTED",
        "MARKET_CANCEL_ONLY",
        "MARKET_POST_ONLY",
        "PRICE_BAND",
        "WOULD_TRIGGER_IMMEDIATELY",
        "EXPIRY_PASSED",
        "AMEND_UNCHANGED",
        "AMEND_BELOW_FILLED",
        "AMEND_LOSES_PRIORITY",
        "WOULD_BREAK_ORDERS",
        "INVALID_TIMEOUT",
    ]
    ReserveSide = Literal["OWED", "BACKING", "HOUSE"]
    RoundRefusal = Literal["INSUFFICIENT_SOURCES", "DISPERSED", "WIDE_CONFIDENCE", "JUMP_UNCONFIRMED", "JUMP"]
    SelfTradePrevention = Literal["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"]
    Side = Literal["BUY", "SELL"]
    SourceVerdict = Literal[
        "KEPT",
        "SHOWN",
        "ABSENT",
        "DISABLED",
        "NOT_POSITIVE",
        "IN_THE_FUTURE",
        "OUT_OF_BOUNDS",
        "AT_A_BOUND",
        "STALE",
        "FROZEN",
        "NO_CONVERSION",
        "DEVIATES",
    ]
    TimeInForce = Literal["GTC", "IOC", "FOK", "GTD"]
    TransferStatus = Literal["PENDING", "POSTED", "REFUSED"]
    VaultCoinStatus = Literal[
        "SEEN", "CONFIRMED", "CREDITED", "GONE", "DOUBLE_SPENT", "LOST", "SPENT", "TAKEN"
    ]
    VaultStanding = Literal["SAFE", "WARNED", "LIQUIDATABLE"]
    VaultStatus = Literal[
        "PENDING", "ACTIVE", "WARNING", "LIQUIDATING", "LIQUIDATED", "CLOSING", "CLOSED", "FROZEN"
    ]
    Wallet = Literal["FUNDING", "TRADING"]
    WithdrawalStatus = Literal[
        "AWAITING_APPROVAL", "APPROVED", "SIGNING", "BROADCAST", "CONFIRMED", "CANCELED", "REJECTED"
    ]
else:
    BitcoinNetwork = CandleInterval = CloseReason = CollateralWithdrawalKind = CollateralWithdrawalStatus = (
        DepositStatus
    ) = FillRole = KeyKind = KeyScope = LanePolicy = MarketStatus = OpenOrClosed = OracleInterval = (
        OrderStatus
    ) = OrderType = PendingStatus = PriceOrigin = PriceState = RejectReason = ReserveSide = RoundRefusal = (
        SelfTradePrevention
    ) = Side = SourceVerdict = TimeInForce = TransferStatus = VaultCoinStatus = VaultStanding = (
        VaultStatus
    ) = Wallet = WithdrawalStatus = str
