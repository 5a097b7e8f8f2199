"""The engine: commands in, events out. It does no I/O and knows no clock, chance or database.

The same commands at the same times give the same events and the same digest, always.
"""

from collections.abc import Sequence
from typing import Any

from exchange.engine.book import Half
from exchange.engine.canceling import find_order
from exchange.engine.commands import Command
from exchange.engine.events import Event
from exchange.engine.matching import apply_batch
from exchange.engine.snapshot import OrderState, Snapshot
from exchange.engine.snapshotting import digest, order_state, restore_state, take_snapshot
from exchange.engine.state import EngineState
from exchange.engine.types import MarketStatus, Side


class Engine:
    def __init__(self, shard: int = 0) -> None:
        self._state = EngineState(shard)

    @property
    def shard(self) -> int:
        return self._state.shard

    @property
    def sequence(self) -> int:
        """Of the last command; the next one has the next number."""
        return self._state.sequence

    @property
    def timestamp_ns(self) -> int:
        """The latest time that came with a command: engine time never goes back."""
        return self._state.timestamp_ns

    @property
    def next_due_ns(self) -> int:
        """When the next TICK will find something to do; 0: never, as things stand."""
        return self._state.next_due_ns()

    def apply(self, command: Command | tuple[Any, ...], timestamp_ns: int) -> list[Event]:
        return self.apply_batch([command], timestamp_ns)[0]

    def apply_batch(
        self, commands: Sequence[Command | tuple[Any, ...]], timestamp_ns: int
    ) -> list[list[Event]]:
        """One list of events for each command. A command may be a plain tuple of its layout."""
        return apply_batch(self._state, commands, timestamp_ns) if commands else []

    def snapshot(self) -> Snapshot:
        return take_snapshot(self._state)

    @classmethod
    def restore(cls, snapshot: Snapshot) -> "Engine":
        """Raises AssertionError for a snapshot whose holds do not add up to its locked balances."""
        engine = cls(snapshot.shard)
        engine._state = restore_state(snapshot)
        return engine

    def state_digest(self) -> str:
        """SHA-256, in hex, of the canonical snapshot."""
        return digest(self.snapshot())

    def balance(self, account: int, asset: str) -> tuple[int, int]:
        """Free and locked atoms; nothing for an account or asset that is not here."""
        held = self._state.assets.get(asset)
        balance = held.balances.get(account) if held is not None else None
        return (0, 0) if balance is None else (balance.free_atoms, balance.locked_atoms)

    def level_lots(self, market: str, side: Side, price_ticks: int) -> int:
        half = self._state.markets[market].half(side)
        level = half.levels.get(half.key(price_ticks))
        return 0 if level is None else level.lots

    def depth(self, market: str, limit: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Bids and asks, best first, as (price_ticks, lots); at most `limit` levels of each."""
        book = self._state.markets[market]
        return _levels(book.bids, limit), _levels(book.asks, limit)

    def markets(self) -> list[str]:
        """The symbols of every market."""
        return list(self._state.markets)

    def last_price_ticks(self, market: str) -> int:
        """0 before the first trade."""
        return self._state.markets[market].last_price_ticks

    def market_status(self, market: str) -> MarketStatus:
        return MarketStatus(self._state.markets[market].status)

    def open_orders(self, account: int | None = None) -> list[OrderState]:
        """In the order of their ids, with those that wait for a trigger."""
        state = self._state
        accounts = list(state.orders) if account is None else [account]
        orders = [order for each in accounts for order in state.open_orders(each)]
        return sorted(map(order_state, orders))

    def find_order(
        self, account: int, order_id: int, client_order_id: str = ""
    ) -> tuple[str, OrderState] | None:
        """The open order, waiting or not, that a cancel or an amend by these would reach: market, order."""
        order = find_order(self._state, account, order_id, client_order_id)
        return None if order is None else (order.terms[3], order_state(order))


def _levels(half: Half, limit: int) -> list[tuple[int, int]]:
    levels: list[tuple[int, int]] = []
    for key in reversed(half.keys):
        if len(levels) >= limit:
            break
        level = half.levels[key]
        if level.head is not None:
            levels.append((level.price_ticks, level.lots))
    return levels
