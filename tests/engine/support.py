"""People, a market and short words for the engine's tests. Alice, Bob and Carol are account numbers."""

from typing import Any, TypeVar

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.events import NamedEvent, OrderAccepted, OrderClosed, Rejected, Trade, named
from exchange.engine.types import MarketStatus, OrderType, RejectReason, Side, TimeInForce

Named = TypeVar("Named", bound=NamedEvent)
ALICE, BOB, CAROL = 1, 2, 3
MARKET = "BTC-USDB"
HOUR_NS = 3600 * 10**9
FREE_OF_FEES = {"maker_fee_ppm": 0, "taker_fee_ppm": 0}


def an_engine(**parameters: Any) -> Engine:
    """One market of BTC in lots of 1 atom at ticks of 1 atom, unless told otherwise; everybody is rich."""
    engine = Engine()
    open_market(engine, **parameters)
    for account in (ALICE, BOB, CAROL):
        fund(engine, account, BTC=10**12, USDB=10**12)
    return engine


def open_market(engine: Engine, **parameters: Any) -> list[NamedEvent]:
    given = {
        "market": MARKET,
        "base_asset": "BTC",
        "quote_asset": "USDB",
        "base_atoms_per_lot": 1,
        "quote_atoms_per_tick_lot": 1,
        **parameters,
    }
    return tell(engine, c.create_market(**given))


def fund(engine: Engine, account: int, **atoms: int) -> None:
    for asset, amount in atoms.items():
        if amount:
            tell(engine, c.deposit(account=account, asset=asset, amount_atoms=amount, transfer_id=1))


def tell(engine: Engine, command: c.Command, at: int = 0) -> list[NamedEvent]:
    return [named(event) for event in engine.apply(command, at)]


def buy(engine: Engine, account: int, lots: int = 0, price: int = 0, **rest: Any) -> list[NamedEvent]:
    return place(engine, account, Side.BUY, lots, price, **rest)


def sell(engine: Engine, account: int, lots: int = 0, price: int = 0, **rest: Any) -> list[NamedEvent]:
    return place(engine, account, Side.SELL, lots, price, **rest)


def place(
    engine: Engine, account: int, side: Side, lots: int, price: int, *, at: int = 0, **rest: Any
) -> list[NamedEvent]:
    """A limit order where a price is given, otherwise a market order."""
    rest.setdefault("order_type", OrderType.LIMIT if price else OrderType.MARKET)
    rest.setdefault("market", MARKET)
    order = c.place_order(account=account, side=side, quantity_lots=lots, price_ticks=price, **rest)
    return tell(engine, order, at)


def ioc(engine: Engine, account: int, side: Side, lots: int, price: int, **rest: Any) -> list[NamedEvent]:
    return place(engine, account, side, lots, price, time_in_force=TimeInForce.IOC, **rest)


def fok(engine: Engine, account: int, side: Side, lots: int, price: int, **rest: Any) -> list[NamedEvent]:
    return place(engine, account, side, lots, price, time_in_force=TimeInForce.FOK, **rest)


def cancel(engine: Engine, account: int, *, at: int = 0, **which: Any) -> list[NamedEvent]:
    return tell(engine, c.cancel_order(account=account, **which), at)


def order_id(events: list[NamedEvent]) -> int:
    accepted = events[0]
    assert isinstance(accepted, OrderAccepted), events
    return accepted.order_id


def trades(events: list[NamedEvent]) -> list[Trade]:
    return [event for event in events if isinstance(event, Trade)]


def fills(events: list[NamedEvent]) -> list[tuple[int, int]]:
    """(lots, price) of each trade."""
    return [(trade.quantity_lots, trade.price_ticks) for trade in trades(events)]


def closed(events: list[NamedEvent]) -> OrderClosed:
    last = events[-1]
    assert isinstance(last, OrderClosed), events
    return last


def refused(events: list[NamedEvent]) -> RejectReason:
    (event,) = events
    assert isinstance(event, Rejected), events
    return RejectReason(event.reason)


def tick(engine: Engine, at: int) -> list[NamedEvent]:
    return tell(engine, c.tick(), at)


def amend(engine: Engine, account: int, order: int, *, at: int = 0, **terms: Any) -> list[NamedEvent]:
    return tell(engine, c.amend_order(account=account, order_id=order, **terms), at)


def set_status(engine: Engine, status: MarketStatus, at: int = 0) -> list[NamedEvent]:
    return tell(engine, c.set_market_status(market=MARKET, status=status), at)


def trade_at(engine: Engine, price: int) -> list[NamedEvent]:
    """Make `price` the last price: Carol sells one lot to Bob. Returns the events of Bob's order."""
    sell(engine, CAROL, 1, price)
    return buy(engine, BOB, 1, price)


def stop(engine: Engine, account: int, side: Side, lots: int, trigger: int, **rest: Any) -> list[NamedEvent]:
    """A stop-limit order where a limit price is given, otherwise a stop-market order."""
    price = rest.pop("price", 0)
    rest.setdefault("order_type", OrderType.STOP_LIMIT if price else OrderType.STOP_MARKET)
    return place(engine, account, side, lots, price, trigger_price_ticks=trigger, **rest)


def only(events: list[NamedEvent], kind: type[Named]) -> list[Named]:
    return [event for event in events if isinstance(event, kind)]
