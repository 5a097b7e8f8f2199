"""Making a market. Its parameters are checked here once, so that matching need not doubt them."""

from collections.abc import Sequence
from typing import Any

from exchange.engine.book import Asset, Market, Terms
from exchange.engine.commands import CreateMarket
from exchange.engine.events import Event, EventKind
from exchange.engine.placing import rejected
from exchange.engine.state import EngineState
from exchange.engine.types import INT64_MAX, PPM, RejectReason


def create_market(state: EngineState, command: Sequence[Any]) -> list[Event]:
    order = CreateMarket(*command)
    if order.market in state.markets:
        return rejected(0, order.market, "", RejectReason.MARKET_EXISTS)
    if not is_valid(order):
        return rejected(0, order.market, "", RejectReason.INVALID_MARKET)
    add_market(state, order[1:])
    return [(int(EventKind.MARKET_CREATED), order.market)]


def add_market(state: EngineState, terms: Terms) -> Market:
    """`terms` are the fields of a CreateMarket after its kind."""
    name, base_name, quote_name = terms[:3]
    base = state.assets.setdefault(base_name, Asset(base_name))
    quote = state.assets.setdefault(quote_name, Asset(quote_name))
    market = state.markets[name] = Market(tuple(terms), base, quote)
    return market


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
    )
