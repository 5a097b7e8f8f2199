"""What the exchange stores. The engine's worker writes most of it with SQL (`journal.py`); everybody else
only reads. Integers are in the units of the engine: ticks, lots, atoms, nanoseconds.
"""

from exchange.models.history import Candle
from exchange.models.journal import EngineRequest, JournalEntry
from exchange.models.markets import (
    AccountTier,
    FeeTier,
    FeeTierRule,
    LanePolicy,
    Market,
    MarketMaker,
    MarketStatus,
    Shard,
)
from exchange.models.orders import AccountMessage, Balance, DeadMansSwitch, Order, Trade
from exchange.models.wallets import WalletTransfer

__all__ = [
    "AccountMessage",
    "AccountTier",
    "Balance",
    "Candle",
    "DeadMansSwitch",
    "EngineRequest",
    "FeeTier",
    "FeeTierRule",
    "JournalEntry",
    "LanePolicy",
    "Market",
    "MarketMaker",
    "MarketStatus",
    "Order",
    "Shard",
    "Trade",
    "WalletTransfer",
]
