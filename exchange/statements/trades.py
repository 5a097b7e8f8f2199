"""What an account traded, oldest first, and what each sale gained by average cost (see `profit`).

A profit follows from all trades before it, so those are gone through from the first one; where pages end
is remembered for a while, so that the next page need not begin there again.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any

from exchange.engine.types import Side
from exchange.models import Market, Trade
from exchange.order_facts import FillFacts, fills_of_trade
from exchange.rendering import NS_PER_MS, render_fill, render_quantity
from exchange.selectors import market_by_id, trades_of_account
from exchange.statements.profit import NOTHING, Position, Sale, average_cost_atoms, buy, sell
from ledger.money import format_atoms

CHUNK = 1_000
MAX_REMEMBERED = 500
COLUMNS = (
    "time_ms",
    "trade_id",
    "order_id",
    "market",
    "side",
    "role",
    "price",
    "quantity",
    "quote_amount",
    "fee",
    "fee_asset",
    "cost",
    "profit",
    "uncovered_quantity",
    "uncovered_proceeds",
    "position_quantity",
    "position_cost",
    "average_cost",
)

Row = dict[str, Any]
Place = tuple[int, int]  # time (ns) and id of a trade
Positions = dict[int, Position]  # by market

START: Place = (-1, -1)
_remembered: OrderedDict[tuple[int, int, Place], Positions] = OrderedDict()
_lock = threading.Lock()


class TradeStatement:
    """One account's trades in [start, end), of one market or of all. Reads a chunk at a time."""

    def __init__(
        self, account: int, *, market: Market | None, start_ms: int | None, end_ms: int | None
    ) -> None:
        self._account = account
        self._market_id = market.id if market else None
        self._start_ns = (start_ms or 0) * NS_PER_MS
        self._end_ns = end_ms * NS_PER_MS if end_ms is not None else None
        self._here: tuple[Place, Positions] = (START, {})

    def rows(self, after: Place = START) -> Iterator[tuple[Place, Row] | None]:
        """Every row after this place. None between two chunks: a good moment to let others go on."""
        place, positions = self._begin(after)
        while True:
            trades = self._chunk(place)
            for trade in trades:
                place = (trade.timestamp_ns, trade.id)
                shown = trade.timestamp_ns >= self._start_ns and place > after
                for fill in fills_of_trade(trade, self._account):
                    position, sale = _after(positions.get(trade.market_id, NOTHING), fill)
                    positions[trade.market_id] = position
                    self._here = (place, positions)
                    if shown:
                        yield place, _render(fill, market_by_id(trade.market_id), position, sale)
            if len(trades) < CHUNK:
                return
            yield None

    def remember(self) -> None:
        """That a page ended with the row that came last: the next one need not begin with the first trade."""
        place, positions = self._here
        with _lock:
            _remembered[self._account, self._market_id or 0, place] = dict(positions)
            while len(_remembered) > MAX_REMEMBERED:
                _remembered.popitem(last=False)

    def _begin(self, after: Place) -> tuple[Place, Positions]:
        with _lock:
            found = _remembered.get((self._account, self._market_id or 0, after))
        return (after, dict(found)) if found is not None else (START, {})

    def _chunk(self, after: Place) -> Sequence[Trade]:
        trades = trades_of_account(account=self._account, market_id=self._market_id, after=after, limit=CHUNK)
        if self._end_ns is None:
            return trades
        return [trade for trade in trades if trade.timestamp_ns < self._end_ns]


def _after(position: Position, fill: FillFacts) -> tuple[Position, Sale | None]:
    """A buyer pays the fee on top, a seller out of what he gets."""
    if fill.side == Side.BUY:
        return buy(position, fill.quantity_lots, fill.notional_atoms + fill.fee_atoms), None
    return sell(position, fill.quantity_lots, fill.notional_atoms - fill.fee_atoms)


def _render(fill: FillFacts, market: Market, position: Position, sale: Sale | None) -> Row:
    average = average_cost_atoms(position, 10**market.quantity_decimals)
    return {
        **render_fill(fill, market),
        "cost": _quote(sale.cost_atoms if sale else None, market),
        "profit": _quote(sale.profit_atoms if sale else None, market),
        "uncovered_quantity": render_quantity(market, sale.uncovered_lots) if sale else None,
        "uncovered_proceeds": _quote(sale.uncovered_proceeds_atoms if sale else None, market),
        "position_quantity": render_quantity(market, position.lots),
        "position_cost": _quote(position.cost_atoms, market),
        "average_cost": _quote(average, market),
    }


def _quote(atoms: int | None, market: Market) -> str | None:
    return None if atoms is None else format_atoms(atoms, market.quote_decimals)
