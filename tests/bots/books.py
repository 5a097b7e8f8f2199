"""Books, orders and means as hypothesis makes them for the rules of the bots."""

from hypothesis import strategies as st

from exchange.bots.rules.copying import CopyTerms, Holding
from exchange.bots.rules.quoting import Plan, Quote, Resting
from exchange.bots.rules.units import PPM, Level, OutsideBook, Units, units_of
from exchange.engine.types import Side

UNITS = units_of(tick_size="0.01", lot_size="0.00001", min_notional="1", max_notional="1000000")
MIDDLE = 1_000


@st.composite
def wanted_quotes(draw: st.DrawFn, most: int = 8) -> list[Quote]:
    """Each price once, bids below asks."""
    prices = draw(st.lists(st.integers(1, 2 * MIDDLE), unique=True, max_size=most))
    return [
        Quote(Side.BUY if price < MIDDLE else Side.SELL, price, draw(st.integers(1, 100))) for price in prices
    ]


@st.composite
def resting_orders(draw: st.DrawFn, most: int = 8) -> list[Resting]:
    """As bids and asks can rest at one time; several at a price where something went wrong before."""
    middle = draw(st.integers(2, 2 * MIDDLE))
    prices = draw(st.lists(st.integers(1, 2 * MIDDLE), max_size=most))
    return [
        Resting(
            64 * (1 + index),
            Side.BUY if price < middle else Side.SELL,
            price,
            draw(st.integers(1, 100)),
            draw(st.integers(0, 5)),
        )
        for index, price in enumerate(prices)
    ]


@st.composite
def outside_books(draw: st.DrawFn) -> OutsideBook:
    middle = draw(st.integers(10**8, 10**13))
    steps = st.lists(st.integers(1, 10**10), max_size=12)
    size = st.integers(0, 10**10)
    bids, price = [], middle
    for step in draw(steps):
        price -= step
        if price > 0:
            bids.append(Level(price, draw(size)))
    asks, price = [], middle
    for step in draw(steps):
        price += step
        asks.append(Level(price, draw(size)))
    return OutsideBook(tuple(bids), tuple(asks))


copy_terms = st.builds(
    CopyTerms,
    levels=st.integers(1, 10),
    price_ppm=st.integers(PPM // 100, 10 * PPM),
    quantity_ppm=st.integers(1, 5 * PPM),
    group_ticks=st.integers(1, 1_000),
    spread_ticks=st.integers(1, 1_000),
    most_lots=st.integers(1, 10**7),
)

holdings = st.builds(
    Holding,
    base_lots=st.integers(0, 10**9),
    quote_cells=st.integers(0, 10**15),
    least_base_lots=st.integers(0, 10**8),
    least_quote_cells=st.integers(0, 10**14),
    most_base_lots=st.integers(0, 2 * 10**9),
    most_quote_cells=st.integers(0, 2 * 10**15),
)


def carried_out(plan: Plan, mine: list[Resting]) -> dict[tuple[Side, int], list[int]]:
    """What rests where afterwards: in the order of a plan, and never crossed at any of its steps."""
    resting = {order.order_id: Quote(order.side, order.price_ticks, order.lots) for order in mine}
    for amend in plan.amends:
        resting[amend.order.order_id] = Quote(amend.order.side, amend.price_ticks, amend.lots)
    for order in plan.cancels:
        del resting[order.order_id]
    for number, quote in enumerate(plan.places):
        resting[-1 - number] = quote
        assert not is_crossed(list(resting.values()))
    found: dict[tuple[Side, int], list[int]] = {}
    for quote in resting.values():
        found.setdefault((quote.side, quote.price_ticks), []).append(quote.lots)
    return found


def is_crossed(quotes: list[Quote]) -> bool:
    bids = [quote.price_ticks for quote in quotes if quote.side == Side.BUY]
    asks = [quote.price_ticks for quote in quotes if quote.side == Side.SELL]
    return bool(bids and asks) and max(bids) >= min(asks)


def notional(quote: Quote, units: Units = UNITS) -> int:
    return quote.price_ticks * quote.lots
