"""What a batch is made of, and every row that it changes: plain values, in the order of `batch_sql`."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from exchange.engine.commands import Command
from exchange.engine.events import Event
from exchange.engine.order_state import TRANSITIONS
from exchange.engine.types import OrderStatus, OrderType
from exchange.live_wire import PublicTrade
from exchange.market_terms import PARAMETERS


class MarketFacts(NamedTuple):
    """What folding needs to know of a market."""

    market_id: int
    base_asset: str
    quote_asset: str
    base_atoms_per_lot: int


class Applied(NamedTuple):
    """One command that the engine has taken, with what it was and what came of it.

    `requested`: a row of `EngineRequest` asked for it and ends with it.
    """

    sequence: int
    command_id: UUID
    command: Command
    command_bytes: bytes
    events: Sequence[Event]
    events_bytes: bytes
    requested: bool = False


class TransferEnd(NamedTuple):
    """A wallet transfer that the engine has posted (`reject_reason` 0) or refused."""

    pending_id: int
    reject_reason: int


class RequestEnd(NamedTuple):
    """An operator's request that the engine has carried out (`reject_reason` 0) or refused."""

    command_id: UUID
    reject_reason: int
    sequence: int


class Placement(NamedTuple):
    """The terms of an order's row, as of now where it was amended in the batch that placed it."""

    account: int
    market_id: int
    client_order_id: str
    side: int
    order_type: int
    time_in_force: int
    post_only: bool
    price_ticks: int
    quantity_lots: int
    budget_atoms: int
    self_trade_prevention: int
    maker_fee_ppm: int
    taker_fee_ppm: int
    trigger_price_ticks: int
    expires_ns: int


class Terms(NamedTuple):
    """What an amendment can change."""

    price_ticks: int | None
    quantity_lots: int | None
    trigger_price_ticks: int | None


UNCHANGED = Terms(None, None, None)
# As plain integers: making a member of an enum, and hashing it, costs several times as much.
_NEW, _WAITS, _MARKET = int(OrderStatus.NEW), int(OrderStatus.UNTRIGGERED), int(OrderType.MARKET)
_AFTER = {(int(status), int(event)): int(then) for (status, event), then in TRANSITIONS.items()}
MARKET_COLUMNS = (
    *PARAMETERS,
    "resume_ns",
    "reference_price_ticks",
    "breaker_price_ticks",
    "breaker_since_ns",
)


class OrderChange:
    """A row of the orders table: whole for an order of this batch, differences for an older one."""

    # Values of the class until they change: most orders of a batch change few of them.
    close_reason = 0
    filled_lots = 0
    prevented_lots = 0
    filled_quote_atoms = 0
    taker_quote_atoms = 0
    fee_atoms = 0
    # Of a closed order: what is neither this nor filled was prevented.
    remaining_lots: int | None = None
    terms: Terms = UNCHANGED
    original: Terms = UNCHANGED
    queued: tuple[int | None, int | None] = (None, None)
    triggered_ns: int | None = None

    def __init__(self, order_id: int, placement: Placement | None) -> None:
        self.order_id = order_id
        self.placement = placement
        self.status: int | None = None
        if placement is not None:
            self.status = _WAITS if placement.order_type > _MARKET else _NEW

    def fill(self, lots: int, notional: int, fee: int, event: int) -> None:
        """`event`: an `OrderEvent` as a number."""
        self.filled_lots += lots
        self.filled_quote_atoms += notional
        self.fee_atoms += fee
        self.status = _AFTER[self.status or _NEW, event]

    def amend(self, terms: Terms) -> None:
        """An older order's first terms are in its row; those of a new one are kept here."""
        self.terms = terms
        if self.placement is not None:
            if self.original is UNCHANGED:
                before = self.placement
                self.original = Terms(before.price_ticks, before.quantity_lots, before.trigger_price_ticks)
            self.placement = self.placement._replace(**terms._asdict())

    @property
    def moved(self) -> bool:
        """Whether it was amended, was triggered, or entered a queue anew."""
        return self.terms is not UNCHANGED or self.queued[0] is not None


class BatchRows:
    """Everything a batch changes, as tuples in the order of `batch_sql`'s statements; what is the same in
    all rows of a batch (shard, epoch, time) is not repeated here.

    `deltas` and `fees` are for the ledger; `touched` the balances that may be others now; `levels`,
    `triggered`, `public_trades` and `account_events` what is told to the outside after the commit.
    """

    def __init__(self) -> None:
        self.journal: list[tuple[Any, ...]] = []
        self.new_orders: list[tuple[Any, ...]] = []
        self.moved_orders: list[tuple[Any, ...]] = []
        self.changed_orders: list[tuple[Any, ...]] = []
        self.trades: list[tuple[Any, ...]] = []
        self.deltas: dict[tuple[int, str], int] = defaultdict(int)
        self.fees: dict[str, int] = defaultdict(int)
        self.touched: set[tuple[int, str]] = set()
        self.books: set[str] = set()
        self.levels: dict[str, set[tuple[int, int]]] = defaultdict(set)
        self.triggered: list[
            tuple[str, int, int]
        ] = []  # market, account, order id: may rest at its own price
        self.public_trades: dict[str, list[PublicTrade]] = defaultdict(list)
        self.account_events: dict[int, list[Event]] = defaultdict(list)
        self.transfer_ends: list[TransferEnd] = []
        self.request_ends: list[RequestEnd] = []
        self.market_changes: dict[str, dict[str, Any]] = defaultdict(dict)  # by symbol: column to value
        self.fee_tiers: dict[tuple[int, int], tuple[int, int]] = {}  # (market id, tier): maker, taker ppm
        self.account_tiers: dict[int, int] = {}
        self.switches: dict[tuple[int, str], int] = {}  # (account, market): due, 0 for none
