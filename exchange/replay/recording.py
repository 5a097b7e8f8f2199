"""A recorded level-3 session: the book before, what was sent, which matches came of it, the book after.

A folder holds `beginning_level_3.json.xz` and `ending_level_3.json.xz` ({"bids", "asks": [[price, size,
order id], ...]}, in queue order within a price) and `messages.jsonl.xz`, the full channel between them. Of
the messages only what its clients did is read, plus the matches to compare with; the rest is consequence.
"""

import json
import lzma
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from exchange.engine.types import OrderType, Side
from exchange.rules import scaled

PRICE_DECIMALS = 2
QUANTITY_DECIMALS = 8
QUOTE_DECIMALS = PRICE_DECIMALS + QUANTITY_DECIMALS  # so that a tick times a lot is one atom
_SIDES = {"buy": Side.BUY, "sell": Side.SELL}
_TYPES = {"limit": OrderType.LIMIT, "market": OrderType.MARKET}


class RecordingError(Exception):
    """The folder holds no session that can be read; the message says where."""


class RestingOrder(NamedTuple):
    order_id: str
    side: Side
    price_ticks: int
    remaining_lots: int


class PlacedOrder(NamedTuple):
    """`budget_atoms` and `quantity_lots` bound a market order together; 0 is no bound."""

    order_id: str
    side: Side
    order_type: OrderType
    price_ticks: int
    quantity_lots: int
    budget_atoms: int


class CanceledOrder(NamedTuple):
    order_id: str
    side: Side


class Match(NamedTuple):
    maker_order_id: str
    taker_order_id: str
    price_ticks: int
    quantity_lots: int


@dataclass(frozen=True, slots=True)
class Recording:
    opening: Sequence[RestingOrder]
    instructions: Sequence[PlacedOrder | CanceledOrder]
    matches: Sequence[Match]
    ending: Sequence[RestingOrder]


def read_recording(folder: Path) -> Recording:
    """Raises RecordingError."""
    try:
        opening = _book(folder / "beginning_level_3.json.xz")
        messages = list(_messages(folder / "messages.jsonl.xz"))
        ending = _book(folder / "ending_level_3.json.xz")
        return Recording(
            opening,
            list(_instructions(messages, {order.order_id: order.side for order in opening})),
            [_match(message) for message in messages if message["type"] == "match"],
            ending,
        )
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise RecordingError(f"cannot read the recording: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RecordingError(f"{folder} is no level-3 recording: {error!r}") from error


def _book(path: Path) -> list[RestingOrder]:
    with lzma.open(path, "rt") as file:
        book = json.load(file)
    return [
        RestingOrder(order_id, side, _ticks(price), _lots(size))
        for side, half in ((Side.BUY, book["bids"]), (Side.SELL, book["asks"]))
        for price, size, order_id in half
    ]


def _messages(path: Path) -> Iterator[Mapping[str, Any]]:
    with lzma.open(path, "rt") as file:
        for line in file:
            yield json.loads(line)


def _instructions(
    messages: Sequence[Mapping[str, Any]], resting: dict[str, Side]
) -> Iterator[PlacedOrder | CanceledOrder]:
    """What clients sent. `resting` are the orders that a cancel can mean; a market order never rests."""
    for message in messages:
        if message["type"] == "received":
            order = _placed(message)
            if order.order_type == OrderType.LIMIT:
                resting[order.order_id] = order.side
            yield order
        elif message["type"] == "done" and message["reason"] == "canceled":
            side = resting.pop(message["order_id"], None)
            if side is not None:
                yield CanceledOrder(message["order_id"], side)


def _placed(message: Mapping[str, Any]) -> PlacedOrder:
    return PlacedOrder(
        message["order_id"],
        _SIDES[message["side"]],
        _TYPES[message["order_type"]],
        _ticks(message.get("price", "0")),
        _lots(message.get("size", "0")),
        _budget_atoms(message.get("funds", "0")),
    )


def _match(message: Mapping[str, Any]) -> Match:
    return Match(
        message["maker_order_id"],
        message["taker_order_id"],
        _ticks(message["price"]),
        _lots(message["size"]),
    )


def _ticks(price: str) -> int:
    return _exact(price, PRICE_DECIMALS)


def _lots(size: str) -> int:
    return _exact(size, QUANTITY_DECIMALS)


def _exact(text: str, decimals: int) -> int:
    number = scaled(text, decimals)
    if number is None:
        raise ValueError(f"{text} has more than {decimals} decimals")
    return number


def _budget_atoms(funds: str) -> int:
    """Rounded down: a fraction of an atom buys nothing."""
    whole, _, fraction = funds.partition(".")
    return _exact(f"{whole}.{fraction[:QUOTE_DECIMALS]}", QUOTE_DECIMALS)
