"""How private messages look on a socket. Everything here blocks: call it in a thread.

Fills and balances are those of the message. Orders are read from their rows, so each is as it was at the
message or later; who follows all messages ends with every order as it is.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from access.sockets.frames import Frame, encode
from exchange.engine.events import (
    NamedEvent,
    OrderAccepted,
    OrderAmended,
    OrderClosed,
    OrderReduced,
    OrderTriggered,
    Trade,
)
from exchange.feeds.private_reads import Message, Picture
from exchange.models import Order
from exchange.order_facts import facts_of_row, fills_of_match
from exchange.rendering import NS_PER_MS, render_fill, render_order
from exchange.selectors import find_market, market_by_id, orders_by_ids
from exchange.wire import AccountContent, decode_account_message
from ledger.money import format_atoms
from ledger.selectors import assets

_OF_ONE_ORDER = (OrderAccepted, OrderReduced, OrderClosed, OrderTriggered, OrderAmended)


def render_messages(account: int, messages: Sequence[Message]) -> list[Frame]:
    """The rows of all orders are read once."""
    contents = [decode_account_message(message.content) for message in messages]
    concerned = [list(dict.fromkeys(_order_ids(account, content.events))) for content in contents]
    wanted = {order_id for order_ids in concerned for order_id in order_ids}
    rows = orders_by_ids(account=account, order_ids=wanted)
    return [
        _frame(account, message, content, [rows[order_id] for order_id in order_ids if order_id in rows])
        for message, content, order_ids in zip(messages, contents, concerned, strict=True)
    ]


def _order_ids(account: int, events: Sequence[NamedEvent]) -> Iterator[int]:
    for event in events:
        if isinstance(event, Trade):
            if event.maker_account == account:
                yield event.maker_order_id
            if event.taker_account == account:
                yield event.taker_order_id
        elif isinstance(event, _OF_ONE_ORDER) and event.account == account:
            yield event.order_id


def _frame(account: int, message: Message, content: AccountContent, rows: Sequence[Order]) -> Frame:
    return encode(
        {
            "channel": "account",
            "type": "update",
            "shard": message.shard,
            "sequence": message.sequence,
            "time_ms": message.timestamp_ns // NS_PER_MS,
            "orders": [_order(row) for row in rows],
            "fills": [
                fill
                for event in content.events
                if isinstance(event, Trade)
                for fill in _fills(account, event, message.timestamp_ns)
            ],
            "balances": [_balance(*balance) for balance in content.balances],
        }
    )


def _order(row: Order) -> dict[str, Any]:
    return render_order(facts_of_row(row), market_by_id(row.market_id))


def _fills(account: int, event: Trade, timestamp_ns: int) -> Iterator[dict[str, Any]]:
    """The account's side or sides, and nothing of the other's."""
    for fill in fills_of_match(event, account, timestamp_ns):
        yield render_fill(fill, find_market(event.market))


def _balance(asset: str, free_atoms: int, locked_atoms: int) -> dict[str, str]:
    decimals = assets()[asset].decimals
    return {
        "asset": asset,
        "free": format_atoms(free_atoms, decimals),
        "locked": format_atoms(locked_atoms, decimals),
    }


def render_picture(picture: Picture) -> Frame:
    return encode(
        {
            "channel": "account",
            "type": "snapshot",
            "sequences": {str(shard): number for shard, number in picture.numbers.items()},
            "orders": [_order(row) for row in picture.orders],
            "balances": [
                {"shard": row.shard_id, **_balance(row.asset, row.free_atoms, row.locked_atoms)}
                for row in picture.balances
            ],
        }
    )


RESYNC: Frame = encode({"channel": "account", "type": "resync"})
