"""One listener's picture of an account, brought forward message by message into user data events."""

import time
from collections.abc import Iterable

from exchange.compat.binance.spot.user_data.events import (
    Event,
    account_position,
    balance_update,
    execution_report,
)
from exchange.feeds.order_tracker import OrderTracker, Step
from exchange.feeds.private_reads import Message, Picture
from exchange.models import Market
from exchange.order_facts import facts_of_row
from exchange.rendering import NS_PER_MS
from exchange.selectors import find_market
from exchange.wire import AccountContent, AssetBalance, decode_account_message
from ledger.selectors import assets

_STEPS_OF_A_MESSAGE = 1 << 16
_SHARDS = 64


class AccountEvents:
    """Holds open orders and balances alone, so it is as large as the account. Where it `lacks` a market or an
    asset of a message it has to `learn` first, which blocks; the rest is pure."""

    def __init__(self, account: int, picture: Picture) -> None:
        self._tracker = OrderTracker(account, [facts_of_row(row) for row in picture.orders])
        self._held = {
            (row.asset, row.shard_id): (row.free_atoms, row.locked_atoms) for row in picture.balances
        }
        self._decimals: dict[str, int] = {}  # of an asset, and units of a market, never change
        self._markets: dict[str, Market] = {}

    def lacks(self, content: AccountContent) -> bool:
        known = all(balance.asset in self._decimals for balance in content.balances)
        return not known or bool(_symbols(content) - self._markets.keys())

    def learn(self, content: AccountContent) -> None:
        self._decimals = {code: asset.decimals for code, asset in assets().items()}
        self._markets |= {symbol: find_market(symbol) for symbol in _symbols(content)}

    def advance(self, message: Message, content: AccountContent) -> list[Event]:
        """What the account's next message tells."""
        told_ms = message.timestamp_ns // NS_PER_MS
        now_ms = max(time.time_ns() // NS_PER_MS, told_ms)
        found: list[Event] = []
        for index, step in enumerate(self._tracker.follow(content.events, message.timestamp_ns)):
            if isinstance(step, Step):
                number = _execution_id(message, index)
                market = self._markets[step.market]
                found.append(execution_report(step, market, now_ms=now_ms, execution_id=number))
            else:
                found.append(balance_update(step, self._decimals, cleared_ms=told_ms, now_ms=now_ms))
        if content.balances:
            held = self._in_all_shards(message.shard, content.balances)
            found.append(account_position(held, self._decimals, updated_ms=told_ms, now_ms=now_ms))
        return found

    def _in_all_shards(self, shard: int, changed: Iterable[AssetBalance]) -> list[AssetBalance]:
        found = []
        for one in changed:
            self._held[one.asset, shard] = (one.free_atoms, one.locked_atoms)
            held = [atoms for (asset, _), atoms in self._held.items() if asset == one.asset]
            free_atoms, locked_atoms = (sum(column) for column in zip(*held, strict=True))
            found.append(AssetBalance(one.asset, free_atoms, locked_atoms))
        return sorted(found)


def content_of(message: Message) -> AccountContent:
    return decode_account_message(message.content)


def _symbols(content: AccountContent) -> set[str]:
    """A switch and what it does may be for all markets: those have none."""
    return {getattr(event, "market", "") for event in content.events} - {""}


def _execution_id(message: Message, index: int) -> int:
    """The same whoever is told, and larger with each event of a shard."""
    place = index % _STEPS_OF_A_MESSAGE
    return (message.sequence * _STEPS_OF_A_MESSAGE + place) * _SHARDS + message.shard
