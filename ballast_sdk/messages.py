"""What comes over the socket besides answers. `docs/websocket.md` says what each means."""

from typing import Any, Literal, cast

import msgspec

from ballast_sdk.models import Candle, Fill, Order, Price, PriceSource, PublicTrade, Vault, VaultEvent
from ballast_sdk.models.base import Model

Level = tuple[str, str]
Kind = Literal["snapshot", "update"]


class Notice(Model, frozen=True, kw_only=True):
    """Said to every subscription that it concerns, in its place among the messages.

    disconnected: The connection is gone and is being made anew; what you hold may be old until more comes.
    resync: Something was missed; a snapshot follows and replaces what you hold.
    stale, live: The house hears nothing of its own market data; it hears them again.
    reload: Some of the account's notices may be missing: look into the list.
    """

    kind: Literal["disconnected", "resync", "stale", "live", "reload"]


class BookSnapshot(Model, frozen=True, kw_only=True):
    """The whole book, best first: [price, quantity]."""

    market: str
    sequence: int
    time_ms: int
    bids: list[Level]
    asks: list[Level]


class BookUpdate(Model, frozen=True, kw_only=True):
    """What rests now at each price that is named; a quantity of 0: nothing."""

    market: str
    first_sequence: int
    sequence: int
    time_ms: int
    bids: list[Level]
    asks: list[Level]


class TradesMessage(Model, frozen=True, kw_only=True):
    """Oldest first. A snapshot has the latest 50."""

    type: Kind
    market: str
    trades: list[PublicTrade]


class Day(Model, frozen=True, kw_only=True):
    """A market's last 24 hours. Prices are None where there was no trade."""

    last_price: str | None
    open_price: str | None
    high_price: str | None
    low_price: str | None
    price_change: str | None
    price_change_ppm: int | None
    volume: str
    quote_volume: str
    trades: int


class TickerMessage(Model, frozen=True, kw_only=True):
    type: Kind
    market: str
    time_ms: int
    ticker: Day


class CandlesMessage(Model, frozen=True, kw_only=True):
    """Each takes the place of the one with its `start_ms`."""

    type: Kind
    market: str
    interval: str
    time_ms: int
    candles: list[Candle]


class PriceMessage(Price, frozen=True, kw_only=True):
    """The oracle's price. Each is whole; `sources` are there where they were asked for."""

    sources: list[PriceSource] = msgspec.field(default_factory=list)


class TradingBalance(Model, frozen=True, kw_only=True):
    asset: str
    free: str
    locked: str


class ShardBalance(TradingBalance, frozen=True, kw_only=True):
    shard: int


class AccountSnapshot(Model, frozen=True, kw_only=True):
    """Open orders and all balances, after the messages in `sequences` (the last one's number by shard)."""

    sequences: dict[str, int]
    orders: list[Order]
    balances: list[ShardBalance]


class AccountUpdate(Model, frozen=True, kw_only=True):
    """What happened to the account in one batch of a shard. Orders are as they were then, or later."""

    shard: int
    sequence: int
    time_ms: int
    orders: list[Order]
    fills: list[Fill]
    balances: list[TradingBalance]


class VaultsSnapshot(Model, frozen=True, kw_only=True):
    """One's own vaults that are not closed, the latest 200."""

    vaults: list[Vault]


class VaultUpdate(VaultEvent, frozen=True, kw_only=True):
    """What happened to one vault, and what it is after that, or later."""

    vault_id: str
    vault: Vault


class NoticeMessage(Model, frozen=True, kw_only=True):
    """What the account is told, as it is told."""

    notice_id: str
    kind: str
    text: str
    data: dict[str, object]
    created_at_ms: int


Message = (
    BookSnapshot
    | BookUpdate
    | TradesMessage
    | TickerMessage
    | CandlesMessage
    | PriceMessage
    | AccountSnapshot
    | AccountUpdate
    | VaultsSnapshot
    | VaultUpdate
    | NoticeMessage
)

_KINDS: dict[tuple[str, str], type[Message]] = {
    ("book", "snapshot"): BookSnapshot,
    ("book", "update"): BookUpdate,
    ("trades", "snapshot"): TradesMessage,
    ("trades", "update"): TradesMessage,
    ("ticker", "snapshot"): TickerMessage,
    ("ticker", "update"): TickerMessage,
    ("candles", "snapshot"): CandlesMessage,
    ("candles", "update"): CandlesMessage,
    ("prices", "snapshot"): PriceMessage,
    ("prices", "price_update"): PriceMessage,
    ("account", "snapshot"): AccountSnapshot,
    ("account", "update"): AccountUpdate,
    ("vaults", "snapshot"): VaultsSnapshot,
    ("vaults", "update"): VaultUpdate,
    ("notices", "notice"): NoticeMessage,
}


class Head(msgspec.Struct, frozen=True):
    """What every frame can be told apart by."""

    id: int | str | None = None
    ok: bool | None = None
    channel: str = ""
    type: str = ""
    market: str = ""
    interval: str = ""
    state: str = ""


def head_of(frame: bytes) -> Head:
    return msgspec.json.decode(frame, type=Head)


def message_of(head: Head, frame: bytes) -> Message | Notice | None:
    """None for a kind that this release does not know."""
    if head.type in ("resync", "reload"):
        return Notice(kind=cast(Any, head.type))
    kind = _KINDS.get((head.channel, head.type))
    return None if kind is None else msgspec.json.decode(frame, type=kind)
