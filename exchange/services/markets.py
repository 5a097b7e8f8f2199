"""Opening markets. A market is a row first; the engine of its shard creates it when it finds the row."""

from django.db import transaction

from exchange.engine.listing import is_valid
from exchange.errors import AssetNotFound, InvalidMarket
from exchange.market_terms import COLUMNS, PARAMETERS, creating_command, fits
from exchange.models import LanePolicy, Market, Shard
from ledger.selectors import assets


def open_shard(*, number: int) -> Shard:
    """Get or create."""
    shard, _ = Shard.objects.get_or_create(number=number)
    return shard


def open_market(
    *,
    symbol: str,
    price_decimals: int,
    quantity_decimals: int,
    shard: int = 0,
    lane_policy: LanePolicy = LanePolicy.FIFO,
    **parameters: int,
) -> Market:
    """Get or create the market "BASE-QUOTE": a tick is 10^-price_decimals, a lot 10^-quantity_decimals.

    `parameters` are some of `market_terms.PARAMETERS`; the others are the model's defaults.
    Refused unless a tick times a lot is a whole number of quote atoms, and where the engine would refuse its
    fees or limits: such a row would wait for ever. Raises AssetNotFound, InvalidMarket.
    """
    assert set(parameters) <= set(PARAMETERS), "no parameters of a market"
    base, _, quote = symbol.partition("-")
    base_decimals, quote_decimals = _decimals_of(base, quote)
    if not 0 <= quantity_decimals <= base_decimals:
        raise InvalidMarket("A lot must be a whole number of base atoms.", field="quantity_decimals")
    if not 0 <= price_decimals <= quote_decimals - quantity_decimals:
        raise InvalidMarket("A tick times a lot must be a whole number of atoms.", field="price_decimals")
    with transaction.atomic():
        open_shard(number=shard)
        Shard.objects.select_for_update().get(number=shard)
        found = Market.objects.filter(symbol=symbol).first()
        if found is not None:
            return found
        last = Market.objects.order_by("-id").values_list("id", flat=True).first() or 0
        market = Market(
            id=last + 1,
            symbol=symbol,
            shard_id=shard,
            base_asset=base,
            quote_asset=quote,
            base_decimals=base_decimals,
            quote_decimals=quote_decimals,
            price_decimals=price_decimals,
            quantity_decimals=quantity_decimals,
            lane_policy=lane_policy,
            **parameters,
        )
        command = creating_command({name: getattr(market, name) for name in COLUMNS})
        if not fits(parameters) or not is_valid(command):
            raise InvalidMarket
        market.save(force_insert=True)
        return market


def _decimals_of(base: str, quote: str) -> tuple[int, int]:
    known = assets()
    if base not in known or quote not in known or base == quote:
        raise AssetNotFound(field="symbol")
    return known[base].decimals, known[quote].decimals
