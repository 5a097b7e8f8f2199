"""Making and changing a market. Its parameters are checked here, so that matching need not doubt them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from exchange.engine.admission import notional_refusal
from exchange.engine.book import Asset, Order, Terms
from exchange.engine.commands import ChangeMarket, CreateMarket
from exchange.engine.events import Event, EventKind, OrderAccepted
from exchange.engine.market import Market
from exchange.engine.rejection import rejected
from exchange.engine.state import EngineState
from exchange.engine.status import rebase
from exchange.engine.types import INT64_MAX, MAX_BAND_PPM, MAX_BREAKER_NS, PPM, RejectReason

Rates = tuple[int, int]  # maker and taker, ppm
MARKET_CREATED, MARKET_CHANGED = int(EventKind.MARKET_CREATED), int(EventKind.MARKET_CHANGED)


def create_market(state: EngineState, command: Sequence[Any]) -> list[Event]:
    order = CreateMarket(*command)
    if order.market in state.markets:
        return rejected(0, order.market, "", RejectReason.MARKET_EXISTS)
    if not is_valid(order):
        return rejected(0, order.market, "", RejectReason.INVALID_MARKET)
    add_market(state, order[1:])
    return [(MARKET_CREATED, order.market)]


def add_market(state: EngineState, terms: Terms) -> Market:
    """`terms` are the fields of a CreateMarket after its kind."""
    name, base_name, quote_name = terms[:3]
    base = state.assets.setdefault(base_name, Asset(base_name))
    quote = state.assets.setdefault(quote_name, Asset(quote_name))
    market = state.markets[name] = Market(tuple(terms), base, quote)
    return market


def change_market(state: EngineState, command: Sequence[Any]) -> list[Event]:
    """Turning the circuit breaker on or off gives it a price to measure from, or takes that away."""
    change = ChangeMarket(*command)
    market = state.markets.get(change.market)
    if market is None:
        return rejected(0, change.market, "", RejectReason.MARKET_NOT_FOUND)
    terms = (*market.terms[:5], *change[2:])
    rates = [(change.maker_fee_ppm, change.taker_fee_ppm), *market.fee_tiers.values()]
    if not is_valid(CreateMarket(0, *terms)) or not house_pays_no_rebate(rates):
        return rejected(0, change.market, "", RejectReason.INVALID_MARKET)
    if not _fits_orders(state, Market(terms, market.base, market.quote), market, rates):
        return rejected(0, change.market, "", RejectReason.WOULD_BREAK_ORDERS)
    had_breaker = market.breaker_ppm > 0
    market.set_terms(terms)
    set_rates(state, market)
    events: list[Event] = [(MARKET_CHANGED, *change[1:])]
    if had_breaker != (market.breaker_ppm > 0):
        rebase(state, market, events)
    state.schedule(market)
    return events


def set_rates(state: EngineState, market: Market) -> None:
    """Give everybody the rates of his tier, from his next order on."""
    for account, trader in market.traders.items():
        trader.set_rates(*market.rates(state.account_tiers.get(account, 0)))


def house_pays_no_rebate(rates: Iterable[Rates]) -> bool:
    """Whether the largest rebate is at most the lowest taker fee, whoever trades with whom."""
    makers, takers = zip(*rates, strict=True)
    return bool(min(makers) + min(takers) >= 0)


def open_orders_of(market: Market) -> Iterator[Order]:
    """Those that rest and those that wait; in no order."""
    for half in (market.bids, market.asks):
        for level in half.levels.values():
            order = level.head
            while order is not None:
                yield order
                order = order.next
    yield from market.triggers.orders.values()


def open_rates(market: Market) -> Iterator[Rates]:
    """Open orders keep the rates that they were accepted with."""
    return ((order.terms[13], order.terms[14]) for order in open_orders_of(market))


def _fits_orders(state: EngineState, changed: Market, market: Market, rates: Sequence[Rates]) -> bool:
    """Whether every open order could have been placed in the market as it is to be."""
    changed.last_price_ticks = market.last_price_ticks
    if any(trader.open_orders > changed.max_open_orders for trader in market.traders.values()):
        return False
    if not house_pays_no_rebate([*rates, *open_rates(market)]):
        return False
    return all(_fits(changed, order) for order in open_orders_of(market))


def _fits(changed: Market, order: Order) -> bool:
    terms, step_lots = OrderAccepted._make(order.terms), changed.quantity_step_lots
    prices = (terms.price_ticks, terms.trigger_price_ticks)
    remaining_lots = order.remaining_lots if terms.quantity_lots else 0
    return (
        not any(price_ticks % changed.price_step_ticks for price_ticks in prices)
        and not terms.quantity_lots % step_lots
        and not remaining_lots % step_lots
        and notional_refusal(changed, terms) is None
    )


def is_valid(market: CreateMarket) -> bool:
    """Whether the parameters go together. A rebate may not exceed the taker's fee, so that the house pays
    for a trade at most what rounding comes to."""
    names = market.market and market.base_asset and market.quote_asset
    positive = (
        market.base_atoms_per_lot,
        market.quote_atoms_per_tick_lot,
        market.price_step_ticks,
        market.quantity_step_lots,
        market.max_notional_atoms,
        market.max_open_orders,
    )
    return bool(
        names
        and market.base_asset != market.quote_asset
        and min(positive) > 0
        and max(positive) <= INT64_MAX
        and 0 <= market.min_notional_atoms <= market.max_notional_atoms
        and 0 <= market.taker_fee_ppm < PPM
        and -market.taker_fee_ppm <= market.maker_fee_ppm < PPM
        and 0 <= market.band_ppm <= MAX_BAND_PPM
        and 0 <= market.breaker_ppm <= MAX_BAND_PPM
        and 0 <= market.breaker_halt_ns <= MAX_BREAKER_NS
        and (0 if not market.breaker_ppm else 1) <= market.breaker_window_ns <= MAX_BREAKER_NS
    )
