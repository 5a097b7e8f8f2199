"""A market: its parameters, what changes in its life, and between which prices nothing unusual can happen."""

from exchange.engine.book import Asset, Half, Order, Terms, Trader
from exchange.engine.fees import accumulated_ppm_atoms, buy_hold_atoms
from exchange.engine.triggers import Triggers
from exchange.engine.types import BOUNDLESS_TICKS, BUY, OPEN, PPM, SELL
from ledger.money import mul_div_ceil, mul_div_floor


class Market:
    """`terms` are the parameters as in `commands.CreateMarket`, without its kind.

    Three ranges of prices, each with both ends included, follow from the rest (`refresh`): the band is for
    limit prices and the furthest that a market order goes; trades happen within the breaker's range only;
    and a trade within the calm range meets no edge of these and reaches no trigger. `calm_keys` has that one
    by the side of a taker, as keys of the other half: the nearest and the furthest.
    """

    __slots__ = (
        "asks",
        "band_high",
        "band_low",
        "band_ppm",
        "base",
        "base_atoms_per_lot",
        "bids",
        "breaker_halt_ns",
        "breaker_high",
        "breaker_low",
        "breaker_ppm",
        "breaker_price_ticks",
        "breaker_since_ns",
        "breaker_window_ns",
        "calm_keys",
        "fee_tiers",
        "last_price_ticks",
        "last_trade_id",
        "max_notional_atoms",
        "max_open_orders",
        "min_notional_atoms",
        "name",
        "price_step_ticks",
        "quantity_step_lots",
        "quote",
        "quote_atoms_per_tick_lot",
        "reference_price_ticks",
        "resume_ns",
        "started",
        "status",
        "still_high",
        "still_low",
        "terms",
        "traders",
        "triggers",
        "tripped",
    )

    def __init__(self, terms: Terms, base: Asset, quote: Asset) -> None:
        self.base = base
        self.quote = quote
        self.bids = Half(BUY)
        self.asks = Half(SELL)
        self.triggers = Triggers()
        self.traders: dict[int, Trader] = {}
        self.fee_tiers: dict[int, tuple[int, int]] = {}
        self.status = OPEN
        self.resume_ns = 0
        self.reference_price_ticks = 0
        self.breaker_price_ticks = 0
        self.breaker_since_ns = 0
        self.last_trade_id = 0
        self.last_price_ticks = 0
        # Within a command: the breaker has stopped a taker; the first trade has given the breaker its price.
        self.tripped = self.started = False
        self.set_terms(terms)

    def set_terms(self, terms: Terms) -> None:
        self.terms = terms
        self.name: str = terms[0]
        self.base_atoms_per_lot: int = terms[3]
        self.quote_atoms_per_tick_lot: int = terms[4]
        self.price_step_ticks: int = terms[5]
        self.quantity_step_lots: int = terms[6]
        self.min_notional_atoms: int = terms[7]
        self.max_notional_atoms: int = terms[8]
        self.max_open_orders: int = terms[9]
        self.band_ppm: int = terms[12]
        self.breaker_ppm: int = terms[13]
        self.breaker_window_ns: int = terms[14]
        self.breaker_halt_ns: int = terms[15]
        self.refresh()

    def half(self, side: int) -> Half:
        return self.bids if side == BUY else self.asks

    def opposite(self, side: int) -> Half:
        return self.asks if side == BUY else self.bids

    def rates(self, tier: int) -> tuple[int, int]:
        """Maker and taker rate of the highest tier known here that is not above `tier`."""
        known = max((one for one in self.fee_tiers if one <= tier), default=0)
        return self.fee_tiers[known] if known else (self.terms[10], self.terms[11])

    def due_ns(self) -> int:
        """When a halt by the breaker or the breaker's window ends; 0: never."""
        if self.status != OPEN:
            return self.resume_ns
        return self.breaker_since_ns + self.breaker_window_ns if self.breaker_price_ticks else 0

    def refresh(self) -> None:
        """Derive the ranges anew: after a change of parameters, of a trigger or of a price they stand on."""
        self.breaker_low, self.breaker_high = price_range(self.breaker_price_ticks, self.breaker_ppm)
        self.still_low = max(self.breaker_low, self.triggers.highest_falling() + 1)
        self.still_high = min(self.breaker_high, self.triggers.lowest_rising() - 1)
        if self.breaker_ppm and not self.breaker_price_ticks:
            self.still_low, self.still_high = (
                BOUNDLESS_TICKS,
                0,
            )  # the first trade gives the breaker its price
        self.move_band()

    def move_band(self) -> None:
        """The part of it that follows each new last price, where the band does."""
        reference = self.reference_price_ticks or self.last_price_ticks
        self.band_low, self.band_high = price_range(reference, self.band_ppm)
        low, high = max(self.band_low, self.still_low), min(self.band_high, self.still_high)
        self.calm_keys = ((-low, -high), (high, low))

    def traded(self, price_ticks: int, trade_id: int) -> None:
        """The last trades were at this price."""
        self.last_price_ticks = price_ticks
        self.last_trade_id = trade_id
        if self.breaker_ppm and not self.breaker_price_ticks:
            self.breaker_price_ticks = price_ticks
            self.started = True
            self.refresh()


def price_range(reference_ticks: int, ppm: int) -> tuple[int, int]:
    """The lowest and highest whole price within `ppm` of the reference; any price where one of them is 0."""
    if not reference_ticks or not ppm:
        return 0, BOUNDLESS_TICKS
    low = mul_div_ceil(reference_ticks, PPM - ppm, PPM)
    return low, mul_div_floor(reference_ticks, PPM + ppm, PPM)


def hold_atoms(market: Market, order: Order) -> int:
    """What an open order locks: quote atoms of a buy, base atoms of a sell."""
    return hold_with(market, order, order.terms, order.remaining_lots)


def hold_with(market: Market, order: Order, terms: Terms, remaining_lots: int) -> int:
    """What an open order would lock with these terms. What a waiting market order does not bound (a buy its
    budget, a sell its quantity) it does not lock."""
    if terms[5] == SELL:
        return remaining_lots * market.base_atoms_per_lot if terms[10] else 0
    if not terms[9]:
        return int(terms[11])
    maker_ppm, taker_ppm, filled_quote = terms[13], terms[14], order.filled_quote_atoms
    taken_quote = filled_quote - order.made_quote_atoms
    accumulated = accumulated_ppm_atoms(filled_quote, taken_quote, maker_ppm, taker_ppm)
    notional = remaining_lots * terms[9] * market.quote_atoms_per_tick_lot
    return buy_hold_atoms(notional, accumulated, maker_ppm, taker_ppm)
