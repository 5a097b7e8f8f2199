"""Market data and private messages as bytes on their way from the engine's worker to the web processes.

MessagePack arrays. Decoding checks the shape; what has another one is `MalformedMessage`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from exchange.wire import MalformedMessage

Levels = list[tuple[int, int]]  # (price ticks, lots)


class PublicTrade(NamedTuple):
    """A trade as everybody may see it, but for the taker's order, which nobody is shown: it says which trades
    belong together. `trade_id` is dense per market."""

    trade_id: int
    price_ticks: int
    quantity_lots: int
    notional_atoms: int
    taker_side: int
    timestamp_ns: int
    taker_order_id: int


class MarketMessage(NamedTuple):
    """What the shard's commands `first_sequence..last_sequence` changed in one market.

    Levels are absolute: the lots that rest at a price after `last_sequence`, 0 where nothing does. Of one
    market `first_sequence` is the last message's `last_sequence + 1`; anything else is a gap.
    """

    first_sequence: int
    last_sequence: int
    timestamp_ns: int
    bids: Levels
    asks: Levels
    trades: list[PublicTrade]


class AccountNews(NamedTuple):
    """One account's message of a batch, as its `AccountMessage` row has it."""

    account: int
    sequence: int
    content: bytes


class AccountsMessage(NamedTuple):
    """The private messages of one batch."""

    timestamp_ns: int
    messages: list[AccountNews]


_encoder = msgspec.msgpack.Encoder()
_market_decoder = msgspec.msgpack.Decoder(MarketMessage)
_accounts_decoder = msgspec.msgpack.Decoder(AccountsMessage)


def encode_market(message: MarketMessage) -> bytes:
    return _encoder.encode(message)


def decode_market(data: bytes) -> MarketMessage:
    """Raises MalformedMessage."""
    try:
        return _market_decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise MalformedMessage(str(error)) from error


def encode_account_news(timestamp_ns: int, messages: Sequence[AccountNews]) -> bytes:
    return _encoder.encode((timestamp_ns, messages))


def decode_account_news(data: bytes) -> AccountsMessage:
    """Raises MalformedMessage."""
    try:
        return _accounts_decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise MalformedMessage(str(error)) from error
